//! Ticket intake over HTTP (PERFORMANCE rows H1 to H7): the real edge in front of the real database.
//!
//! Each combination of body and connections gets a fresh database, a fresh edge and a site of its own. After it the
//! database must hold exactly what was answered: every ticket once, numbered without a gap, each with its audit
//! entry, its confirmation and its jobs.

mod body;
mod check;
pub mod edge;
mod volley;

use crate::bench::Bench;
use crate::process::Process;
use crate::report::{Report, Row, progress};
use crate::settings::{Body, IntakeOptions, Rate};
use crate::stage::{self, Stage};
use crate::stats::quantile;
use edge::Edge;
use serde_json::Value;
use std::time::Duration;
use volley::{Plan, Volley};

const MB: f64 = 1_000_000.0;
const WARM_UP: Duration = Duration::from_secs(1);

/// Who works beside the edge under `--with-workers`.
const CREW: [&str; 3] = ["relay", "routing", "sla"];

/// One round's figures.
struct Round {
    rate: f64,
    p50_ms: f64,
    p99_ms: f64,
    refused: f64,
    cpu_us: f64,
    parts: Value,
    pss_mb: f64,
}

/// # Errors
/// The edge does not start, or the database does not hold what was answered.
pub async fn run(bench: &Bench, options: &IntakeOptions) -> anyhow::Result<()> {
    let transport = bench.transports[0];
    let report = Report::new("intake")
        .with("transport", stage::name(transport))
        .with("seconds", options.seconds)
        .with("rate_limit", if options.rate == Rate::High { "counted" } else { "off" })
        .with("workers", if options.with_workers { CREW.join(" ") } else { "none".into() });
    for body in &options.bodies {
        for connections in &options.connections {
            progress(&format!("intake: {body:?}, {connections} connections"));
            let stage = bench.stage(transport).await?;
            let rounds = combination(bench, &stage, options, *body, *connections).await?;
            tell(&report, *body, *connections, &rounds);
            stage.close().await?;
        }
    }
    Ok(())
}

async fn combination(
    bench: &Bench,
    stage: &Stage,
    options: &IntakeOptions,
    body: Body,
    connections: usize,
) -> anyhow::Result<Vec<Round>> {
    let mut edge = Edge::start(bench, stage, options.rate).await?;
    let crew: &[&str] = if options.with_workers { &CREW } else { &[] };
    let crew: Vec<Process> =
        crew.iter().map(|name| bench.spawn(stage, "workers", &[name])).collect::<Result<_, _>>()?;
    let meter = crew.iter().fold(bench.meter(), |meter, process| meter.process("workers", process.pid));
    let meter = meter.process("edge", edge.process.pid).process("load", std::process::id());
    let mut owner = stage.database.owner().await?;
    let (mut rounds, mut made) = (Vec::new(), 0);
    for _ in 0..bench.rounds {
        let plan = Plan {
            address: edge.address,
            connections,
            warm_up: WARM_UP,
            duration: Duration::from_secs(options.seconds.into()),
            request: body::request(body, &edge.site.key),
        };
        let volley = volley::fire(plan, &meter, edge.process.pid).await?;
        edge.process.must_live()?;
        made += volley.created;
        let kept = edge::empty_files(&stage.files)?;
        anyhow::ensure!(body != Body::Multipart || kept == made, "{kept} files for {made} tickets");
        rounds.push(round(&volley));
    }
    for process in crew {
        process.stop().await;
    }
    let expected = check::Expected { tickets: made, jobs_stand: !options.with_workers };
    check::site(&mut owner, edge.site.id, expected).await?;
    edge.process.stop().await;
    Ok(rounds)
}

fn round(volley: &Volley) -> Round {
    let answered = volley.waits_ms.len() as f64;
    Round {
        rate: volley.created_in_time as f64 / volley.seconds,
        p50_ms: quantile(&volley.waits_ms, 0.5),
        p99_ms: quantile(&volley.waits_ms, 0.99),
        refused: volley.refused as f64,
        cpu_us: volley.spent.total_per(answered.max(1.0)),
        parts: volley.spent.parts_per(answered.max(1.0)),
        pss_mb: volley.pss_bytes / MB,
    }
}

fn tell(report: &Report, body: Body, connections: usize, rounds: &[Round]) {
    let report = report.with("connections", connections).with("body", format!("{body:?}").to_lowercase());
    let take = |value: fn(&Round) -> f64| rounds.iter().map(value).collect::<Vec<f64>>();
    let name = |metric: &str| format!("{}_{connections}_{metric}", format!("{body:?}").to_lowercase());
    let row = |row, metric: &str, unit| Row::new(row, name(metric), unit);
    let file = body == Body::Multipart;
    report.say(
        rate_row(row(if file { "H6" } else { "H1" }, "rate", "tickets/s"), body, connections),
        &take(|r| r.rate),
    );
    let (half, tail) = (row(if connections == 1 { "H3" } else { "H2" }, "p50", "ms"), row("H2", "p99", "ms"));
    report.say(if connections == 1 && !file { half.against(0.7, 0.45) } else { half }, &take(|r| r.p50_ms));
    report.say(
        match connections {
            32 if !file => tail.against(14.5, 6.0),
            256 if !file => tail.against(52.5, 30.0),
            _ => tail,
        },
        &take(|r| r.p99_ms),
    );
    let cost = row("H4", "cpu", "us/ticket").with("parts_last_round", rounds.last().map(|r| r.parts.clone()));
    report.say(if file { cost } else { cost.against(240.0, 120.0) }, &take(|r| r.cpu_us));
    report.say(row("H5", "non_2xx", "answers").against(0.0, 0.0), &take(|r| r.refused));
    let size = row("H7", "edge_pss", "MB");
    report.say(if connections == 256 { size.against(40.0, 20.0) } else { size }, &take(|r| r.pss_mb));
}

/// The goals are for 32 connections and more: twice and four times the best peer.
fn rate_row(row: Row, body: Body, connections: usize) -> Row {
    match body {
        _ if connections < 32 => row,
        Body::Json => row.against(6700.0, 14_000.0),
        Body::Form => row.against(5700.0, 11_400.0),
        Body::Multipart => row.against(3000.0, 6000.0),
    }
}
