//! The desk's API over HTTP (rows D1 to D4): list, search, detail and reply, on few tickets and on very many.
//!
//! Fifty sites of uneven size, agents who log in as agents do, the real edge in front of the real database. Half of the
//! connections work at the one big site. Nothing is judged but whether every answer is a good one: a figure with another
//! answer in it is refused. What is held against the floors is the last size; its growth is that of the 99th percentiles.

mod asks;
mod people;
mod volley;

use crate::bench::Bench;
use crate::intake::edge::{self, RATE_HIGH};
use crate::report::{Report, Row, progress};
use crate::settings::DeskOptions;
use crate::stage::{self, Stage};
use crate::stats::{median, quantile};
use asks::{Ask, Kind};
use schema::testing::crowd;
use serde_json::Value;
use std::collections::HashMap;
use std::time::Duration;
use volley::Plan;

const PASSWORD: &str = "Temsilci-Parolası-2026";
const WARM_UP: Duration = Duration::from_millis(500);
const GROWTH_MAX: f64 = 2.0;
/// What one hopes for, as a share of what must hold.
const HOPE: f64 = 0.5;

/// One round's figures.
struct Round {
    rate: f64,
    p50_ms: f64,
    p99_ms: f64,
    cpu_us: f64,
    parts: Value,
}

/// 99th percentiles by the name of what is asked, of the first size.
type Before = HashMap<&'static str, f64>;

/// # Errors
/// The edge does not start, or gives an answer that is not a good one.
pub async fn run(bench: &Bench, options: &DeskOptions) -> anyhow::Result<()> {
    let mut before: Option<Before> = None;
    for tickets in &options.tickets {
        let (stage, is_new) = bench.kept_stage(bench.transports[0], &format!("desk_{tickets}")).await?;
        if is_new {
            fill(&stage, options.sites, *tickets).await?;
        }
        let report = Report::new("desk")
            .with("transport", stage::name(bench.transports[0]))
            .with("tickets", *tickets)
            .with("sites", options.sites)
            .with("connections", options.connections)
            .with("seconds", options.seconds);
        let found = size(bench, &stage, options, &report, before.as_ref()).await?;
        before.get_or_insert(found);
        if !options.keep {
            stage.close().await?;
        }
    }
    Ok(())
}

async fn fill(stage: &Stage, sites: u32, tickets: u64) -> anyhow::Result<()> {
    progress(&format!("desk: writing {tickets} tickets of {sites} sites"));
    let password_hash = schema::sessions::hash(PASSWORD)?;
    let crowd = crowd::Crowd { sites, tickets, password_hash: &password_hash };
    crowd::fill(&stage.database.url, crowd, |text| progress(&format!("  {text}"))).await
}

async fn size(
    bench: &Bench,
    stage: &Stage,
    options: &DeskOptions,
    report: &Report,
    before: Option<&Before>,
) -> anyhow::Result<Before> {
    let (edge, address) = edge::start(bench, stage, ("RATE_LIMIT_MAX", RATE_HIGH)).await?;
    let mut owner = stage.database.owner().await?;
    let people = people::sign_in(&mut owner, address, usize::from(options.connections)).await?;
    let meter = bench.meter().process("edge", edge.pid).process("load", std::process::id());
    let mut found = Before::new();
    for ask in asks::ALL.iter().filter(|ask| wanted(options, ask)) {
        let mut rounds = Vec::new();
        for _ in 0..bench.rounds {
            let requests = people.iter().map(|person| person.requests(ask)).collect();
            let duration = Duration::from_secs(options.seconds.into());
            let plan = Plan { address, warm_up: WARM_UP, duration, requests, good: ask.kind.good() };
            rounds.push(round(&volley::fire(plan, &meter).await?));
        }
        let p99 = median(&rounds.iter().map(|round| round.p99_ms).collect::<Vec<_>>());
        tell(report, ask, &rounds, before.and_then(|before| before.get(ask.name)).map(|before| p99 / before));
        found.insert(ask.name, p99);
    }
    edge.stop().await;
    Ok(found)
}

fn wanted(options: &DeskOptions, ask: &Ask) -> bool {
    options.only.is_empty() || options.only.iter().any(|part| ask.name.contains(part))
}

fn round(volley: &volley::Volley) -> Round {
    let answered = (volley.waits_ms.len() as f64).max(1.0);
    Round {
        rate: volley.waits_ms.len() as f64 / volley.seconds,
        p50_ms: quantile(&volley.waits_ms, 0.5),
        p99_ms: quantile(&volley.waits_ms, 0.99),
        cpu_us: volley.spent.total_per(answered),
        parts: volley.spent.parts_per(answered),
    }
}

fn tell(report: &Report, ask: &Ask, rounds: &[Round], growth: Option<f64>) {
    let take = |value: fn(&Round) -> f64| rounds.iter().map(value).collect::<Vec<f64>>();
    let row = |metric: &str, unit| Row::new(ask.kind.row(), format!("{} {metric}", ask.name), unit);
    report.say(row("p50", "ms"), &take(|round| round.p50_ms));
    let tail = row("p99", "ms");
    let tail = match ask.kind.p99_max_ms() {
        Some(max) => tail.against(max, max * HOPE),
        None => tail,
    };
    report.say(tail, &take(|round| round.p99_ms));
    report.say(row("rate", "1/s"), &take(|round| round.rate));
    let cost = row("cpu", "us").with("parts_last_round", rounds.last().map(|round| round.parts.clone()));
    report.say(cost, &take(|round| round.cpu_us));
    if let Some(growth) = growth {
        let row = row("growth", "x");
        report.say(if ask.kind == Kind::Reply { row } else { row.against(GROWTH_MAX, 1.2) }, &[growth]);
    }
}
