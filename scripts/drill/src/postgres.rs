//! PostgreSQL restarted, and killed in two ways, under load: what was acknowledged stands, and work goes on.

use crate::drills::Drills;
use crate::outage::Outages;
use serde_json::json;
use std::time::{Duration, Instant};

pub async fn drill(drills: &Drills) -> anyhow::Result<bool> {
    let mut act = drills.begin("postgres", json!({ "fsync": true }));
    let postgres = &drills.stage.postgres;
    let measured = Duration::from_secs(drills.settings.pick(2, 5));
    let mut outages = Outages::after_warm_up(&drills.stage.sink, &mut act, measured).await;
    outages.suffer(&mut act, "restart_fast", postgres.restart_fast()).await?;
    let pid = backend(drills).await?;
    outages.suffer(&mut act, "backend_sigkill", postgres.kill_backend(pid)).await?;
    let fault = async {
        postgres.kill().await?;
        postgres.start().await
    };
    outages.suffer(&mut act, "postmaster_sigkill", fault).await?;
    outages.tell(&mut act);
    drills.end(act).await
}

/// Some backend. Our own connections went down with the restart and are replaced as they are used.
async fn backend(drills: &Drills) -> anyhow::Result<u32> {
    let since = Instant::now();
    loop {
        match drills.stage.facts.backend().await {
            Err(error) if since.elapsed() > Duration::from_secs(30) => return Err(error),
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            found => return found,
        }
    }
}
