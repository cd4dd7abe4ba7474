//! Q8: every program of the Procfile at once, with nothing to do: their memory and their CPU time.

use super::Suite;
use super::memory::MB;
use crate::cpu::pss_bytes;
use crate::process::Process;
use crate::report::Row;
use crate::services::root;
use crate::stage::Stage;
use anyhow::Context;
use serde_json::{Map, Value, json};
use std::time::Duration;

/// Starting up is over by then.
const SETTLE: Duration = Duration::from_secs(5);
const WATCH: Duration = Duration::from_secs(10);

/// # Errors
/// A program did not start or ended.
pub async fn run(suite: &Suite<'_>) -> anyhow::Result<()> {
    let (mut sizes, mut shares, mut servers) = (Vec::new(), Vec::new(), Vec::new());
    let mut parts = Value::Null;
    for _ in 0..suite.bench.rounds {
        let stage = suite.bench.stage(suite.transport).await?;
        let mut fleet = start(suite, &stage)?;
        tokio::time::sleep(SETTLE).await;
        let (own, others) = watch(suite, &fleet).await;
        shares.push(own);
        servers.push(others);
        let each = each_mb(&mut fleet)?;
        sizes.push(each.iter().map(|(_, size)| size).sum());
        parts = Value::Object(
            each.into_iter().map(|(name, size)| (name, json!(size.round()))).collect::<Map<_, _>>(),
        );
        for (_, process) in fleet {
            process.stop().await;
        }
        stage.close().await?;
    }
    let row = Row::new("Q8", "pss_fleet_idle", "MB").hoping(120.0);
    suite.report.say(row.with("parts_last_round", parts), &sizes);
    let row = |metric| Row::new("Q8", metric, "percent_of_one_core").with("seconds", WATCH.as_secs());
    suite.report.say(row("cpu_fleet_idle").hoping(0.5), &shares);
    suite.report.say(row("cpu_servers_idle"), &servers);
    Ok(())
}

fn start(suite: &Suite<'_>, stage: &Stage) -> anyhow::Result<Vec<(String, Process)>> {
    let table = std::fs::read_to_string(root().join("Procfile")).context("the Procfile")?;
    let lines = table.lines().filter_map(|line| line.split_once(':'));
    let processes = lines.map(|(name, command)| {
        let mut words = command.split_whitespace();
        let program = words.next().context("a Procfile line without a command")?;
        let args: Vec<&str> = words.collect();
        let listen = [("LISTEN", "127.0.0.1:0".to_owned())];
        Ok((name.to_owned(), suite.bench.spawn_with(stage, program, &args, &listen)?))
    });
    processes.collect()
}

/// Percent of one core that the fleet used, and that PostgreSQL and Redis used.
async fn watch(suite: &Suite<'_>, fleet: &[(String, Process)]) -> (f64, f64) {
    let meter =
        fleet.iter().fold(suite.bench.meter(), |meter, (_, process)| meter.process("fleet", process.pid));
    let before = meter.read();
    tokio::time::sleep(WATCH).await;
    let spent = meter.since(&before);
    let percent = |used: f64| used / WATCH.as_micros() as f64 * 100.0;
    let own = spent.of("fleet");
    (percent(own), percent(spent.total_per(1.0) - own))
}

fn each_mb(fleet: &mut [(String, Process)]) -> anyhow::Result<Vec<(String, f64)>> {
    let sizes = fleet.iter_mut().map(|(name, process)| {
        process.must_live()?;
        Ok((name.clone(), pss_bytes(process.pid)? / MB))
    });
    sizes.collect()
}
