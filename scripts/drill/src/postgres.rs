//! PostgreSQL restarted, and killed in two ways, under load: what was acknowledged stands, and work goes on.

use crate::drills::Drills;
use crate::outage::Outages;
use crate::stage::signal;
use serde_json::json;
use std::time::Duration;

pub async fn drill(drills: &Drills) -> anyhow::Result<bool> {
    let mut act = drills.begin("postgres", json!({ "fsync": true }));
    let (postgres, facts) = (&drills.stage.postgres, &drills.stage.facts);
    let measured = Duration::from_secs(drills.settings.pick(2, 5));
    let mut outages = Outages::after_warm_up(&drills.stage.sink, &mut act, measured).await;
    outages.suffer(&mut act, "restart_fast", postgres.restart_fast()).await?;
    let fault = async {
        // Our own connections went down with the restart: the first ones are replaced as they are used.
        let pid = loop {
            match facts.backend().await {
                Ok(pid) => break pid,
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        };
        signal(pid, "KILL").await
    };
    let fault = async { tokio::time::timeout(Duration::from_secs(30), fault).await? };
    outages.suffer(&mut act, "backend_sigkill", fault).await?;
    let fault = async {
        postgres.kill().await?;
        postgres.start().await
    };
    outages.suffer(&mut act, "postmaster_sigkill", fault).await?;
    outages.tell(&mut act);
    drills.end(act).await
}
