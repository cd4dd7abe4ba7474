//! Redis emptied, killed, stopped and restarted under load: it is only the wire, so nothing may be lost or doubled.

use crate::drills::Drills;
use crate::outage::Outages;
use serde_json::json;
use std::time::Duration;

pub async fn drill(drills: &Drills) -> anyhow::Result<bool> {
    let (flushes, kills) = (drills.settings.pick(2, 5), drills.settings.pick(1, 3));
    let stopped = Duration::from_secs(drills.settings.pick(3, 30));
    let settings = json!({ "flushes": flushes, "kills": kills, "stopped_seconds": stopped.as_secs() });
    let mut act = drills.begin("redis", settings);
    let valkey = &drills.stage.valkey;
    let measured = Duration::from_secs(drills.settings.pick(2, 5));
    let mut outages = Outages::after_warm_up(&drills.stage.sink, &mut act, measured).await;
    for _ in 0..flushes {
        outages.suffer(&mut act, "flushall", valkey.flush()).await?;
    }
    for _ in 0..kills {
        let fault = async {
            valkey.end("KILL").await?;
            valkey.start().await
        };
        outages.suffer(&mut act, "sigkill", fault).await?;
    }
    outages.suffer(&mut act, "sigstop", valkey.stop_for(stopped)).await?;
    let fault = async {
        valkey.end("TERM").await?;
        valkey.start().await
    };
    outages.suffer(&mut act, "restart", fault).await?;
    outages.tell(&mut act);
    drills.end(act).await
}
