//! Mail to ticket (PERFORMANCE rows E1 to E3): a real IMAP server and the product's three programs between it and
//! the tickets: `workers mailbox`, `workers mail-in`, `workers relay`.
//!
//! First a burst: the mails wait in a fresh mailbox before anybody looks. Then, with the watcher idle, mails arrive
//! one at a time. Every mail must have become exactly one ticket with its Turkish text and its files.
//!
//! Dovecot lets half a second pass before it tells IDLE of a change, so that several share one notice. What is the
//! server's share of an arrival is measured by a second client that waits in IDLE beside ours.

mod check;
mod desk;
mod idle;
mod lmtp;
mod sample;
mod write;

use crate::bench::Bench;
use crate::pause;
use crate::process::Process;
use crate::report::{Report, Row, progress};
use crate::settings::MailOptions;
use crate::stage::{self, Stage};
use crate::stats::quantile;
use anyhow::ensure;
use chrono::{DateTime, Utc};
use desk::Desk;
use diesel_async::AsyncPgConnection;
use idle::Idle;
use jobs::{NewJob, mailbox};
use lmtp::Lmtp;
use sample::Sample;
use schema::ledger::Ledger;
use serde_json::Value;
use std::time::{Duration, Instant};

const PROGRAMS: [&str; 3] = ["mailbox", "mail-in", "relay"];
/// The programs have started and wait by then.
const SETTLE: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_secs(120);

/// The burst's figures.
struct Burst {
    rate: f64,
    rate_from_first: f64,
    cpu_ms: f64,
    parts: Value,
    found: check::Found,
}

/// Milliseconds of each mail that arrived alone.
#[derive(Default)]
struct Waits {
    /// From arrival to ticket.
    ticket: Vec<f64>,
    /// From arrival until the server told IDLE.
    notice: Vec<f64>,
    /// From there to the ticket.
    ours: Vec<f64>,
}

/// # Errors
/// A server or program fails, or a mail did not become a ticket.
pub async fn run(bench: &Bench, options: &MailOptions) -> anyhow::Result<()> {
    let transport = bench.transports[0];
    let report = Report::new("mail").with("transport", stage::name(transport));
    let (mut bursts, mut arrivals) = (Vec::new(), Vec::new());
    for round in 0..bench.rounds {
        progress(&format!("mail: round {}", round + 1));
        let stage = bench.stage(transport).await?;
        let (burst, waits) = self::round(bench, &stage, options).await?;
        stage.close().await?;
        bursts.push(burst);
        arrivals.push(waits);
    }
    tell(&report.with("mails", options.mails), &bursts);
    tell_arrivals(&report.with("mails", options.single), &arrivals);
    Ok(())
}

fn tell_arrivals(report: &Report, rounds: &[Waits]) {
    let take = |share: f64, of: fn(&Waits) -> &Vec<f64>| -> Vec<f64> {
        rounds.iter().map(|waits| quantile(of(waits), share)).collect()
    };
    let row = |metric| Row::new("E3", metric, "ms");
    report.say(row("arrival_to_ticket_p50"), &take(0.5, |waits| &waits.ticket));
    report.say(row("arrival_to_ticket_p99").against(5000.0, 500.0), &take(0.99, |waits| &waits.ticket));
    report.say(row("arrival_to_notice_of_server_p50"), &take(0.5, |waits| &waits.notice));
    report.say(row("notice_to_ticket_p50"), &take(0.5, |waits| &waits.ours));
    report.say(row("notice_to_ticket_p99"), &take(0.99, |waits| &waits.ours));
}

fn tell(report: &Report, bursts: &[Burst]) {
    let take = |value: fn(&Burst) -> f64| bursts.iter().map(value).collect::<Vec<f64>>();
    let rate = Row::new("E1", "burst", "mails/s").against(730.0, 2200.0);
    report.say(rate.with("from", "the sweep that starts the watching, log-in included"), &take(|b| b.rate));
    let rate = Row::new("E1", "burst_from_first_fetch", "mails/s");
    report.say(rate.with("from", "the first fetched mails"), &take(|b| b.rate_from_first));
    let cost = Row::new("E1", "cpu", "ms/mail").hoping(0.4);
    let parts = bursts.last().map(|burst| burst.parts.clone());
    report.say(cost.with("us_last_round", parts).with("without", "Dovecot"), &take(|b| b.cpu_ms));
    let whole = |metric| Row::new("E2", metric, "percent").against(100.0, 100.0);
    report.say(whole("text_intact"), &take(|b| b.found.intact_percent()));
    report.say(whole("attachments_present"), &take(|b| b.found.attached_percent()));
}

/// The burst, and the waits of the later mails.
async fn round(bench: &Bench, stage: &Stage, options: &MailOptions) -> anyhow::Result<(Burst, Waits)> {
    let desk = Desk::new(bench, stage).await?;
    let mut lmtp = Lmtp::connect(bench.services.var("TEST_LMTP_PORT")?.parse()?, &desk.account).await?;
    let samples: Vec<Sample> = (0..options.mails).map(|n| sample::mail(n, &desk.account)).collect();
    for sample in &samples {
        lmtp.deliver(&sample.raw).await?;
    }
    let programs: Vec<Process> =
        PROGRAMS.iter().map(|name| bench.spawn(stage, "workers", &[name])).collect::<Result<_, _>>()?;
    tokio::time::sleep(SETTLE).await;
    let burst = burst(bench, stage, &desk, &samples, &programs).await?;
    let waits = arrivals(stage, &desk, &mut lmtp, options).await;
    for process in programs {
        process.stop().await;
    }
    Ok((burst, waits?))
}

async fn burst(
    bench: &Bench,
    stage: &Stage,
    desk: &Desk,
    samples: &[Sample],
    programs: &[Process],
) -> anyhow::Result<Burst> {
    let mut owner = stage.database.owner().await?;
    let meter = PROGRAMS
        .iter()
        .zip(programs)
        .fold(bench.meter(), |meter, (name, process)| meter.process(name, process.pid));
    let (ledger, mails) = (Ledger::new(stage.wired(1).await?), samples.len() as f64);
    desk.open_mailbox(&mut owner).await?;
    let (before, began) = (meter.read(), Utc::now());
    ledger.record(&[NewJob::of(&mailbox::Sweep { tick: began })]).await?;
    let ended = all_tickets(&mut owner, desk, samples.len()).await?;
    let spent = meter.since(&before);
    let first = check::first_fetch(&mut owner).await?;
    let seconds = |from: DateTime<Utc>| (ended - from).as_seconds_f64();
    Ok(Burst {
        rate: mails / seconds(began),
        rate_from_first: mails / seconds(first),
        cpu_ms: spent.total_per(mails) / 1000.0,
        parts: spent.parts_per(mails),
        found: check::tickets(&mut owner, desk.site.id, samples).await?,
    })
}

async fn all_tickets(
    owner: &mut AsyncPgConnection,
    desk: &Desk,
    mails: usize,
) -> anyhow::Result<DateTime<Utc>> {
    let since = Instant::now();
    loop {
        let tickets = check::count(owner, desk.site.id).await?;
        if tickets >= i64::try_from(mails)? {
            return Ok(Utc::now());
        }
        if since.elapsed() > PATIENCE {
            let outcomes = check::outcomes(owner).await?;
            anyhow::bail!("{tickets} tickets of {mails} mails after {PATIENCE:?}; outcomes: {outcomes}");
        }
        tokio::time::sleep(Duration::from_millis(4)).await;
    }
}

/// With the watcher idle in between, and never in step with it.
async fn arrivals(
    stage: &Stage,
    desk: &Desk,
    lmtp: &mut Lmtp,
    options: &MailOptions,
) -> anyhow::Result<Waits> {
    let mut owner = stage.database.owner().await?;
    let mut idle = Idle::start(desk).await?;
    let mut waits = Waits::default();
    let between = |from: Instant, to: Instant| to.saturating_duration_since(from).as_secs_f64() * 1000.0;
    for n in options.mails..options.mails + options.single {
        let sample = sample::mail(n, &desk.account);
        pause::between(80, 160).await;
        lmtp.deliver(&sample.raw).await?;
        let arrived = Instant::now();
        while !check::has_ticket(&mut owner, desk.site.id, &sample.subject).await? {
            ensure!(arrived.elapsed() < PATIENCE, "mail {n} became no ticket");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let (seen, told) = (Instant::now(), idle.told().await?);
        waits.ticket.push(between(arrived, seen));
        waits.notice.push(between(arrived, told));
        waits.ours.push(between(told, seen));
    }
    Ok(waits)
}
