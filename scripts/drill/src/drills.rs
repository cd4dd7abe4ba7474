//! What all drills share: the stage, the load, the rest after it, and the comparison at the end.

use crate::checker::{Evidence, Findings, check};
use crate::intents::{Heard, Kind, Log};
use crate::load::Load;
use crate::report::Report;
use crate::stage::Stage;
use crate::{kill, mail, postgres, redis};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What the caller chose.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    pub seed: u64,
    /// Intents a second.
    pub rate: f64,
    pub short: bool,
}

impl Settings {
    pub fn of(seed: Option<u64>, rate: Option<f64>, short: bool) -> Self {
        let rate = rate.filter(|rate| *rate > 0.0).unwrap_or(if short { 12.0 } else { 30.0 });
        // Small enough to be typed again.
        Self { seed: seed.unwrap_or_else(|| rand::random::<u64>() % 1_000_000), rate, short }
    }

    /// Chooses between the short form and the long one.
    pub fn pick<T>(&self, short: T, long: T) -> T {
        if self.short { short } else { long }
    }

    pub fn describe(&self, more: Value) -> Value {
        let profile = if cfg!(debug_assertions) { "debug" } else { "release" };
        let mut settings = Map::new();
        settings.extend(
            json!({ "seed": self.seed, "rate": self.rate, "short": self.short, "profile": profile })
                .as_object()
                .cloned()
                .unwrap_or_default(),
        );
        settings.extend(more.as_object().cloned().unwrap_or_default());
        Value::Object(settings)
    }
}

/// The stage and everything asked on it so far.
pub struct Drills {
    pub stage: Stage,
    pub settings: Settings,
    log: Arc<Log>,
    neighbour: String,
}

/// A drill under way: its load runs.
pub struct Act {
    pub report: Report,
    pub load: Load,
    /// Where its intents begin.
    from: usize,
    deaths: usize,
}

impl Drills {
    pub async fn open(settings: Settings) -> anyhow::Result<Self> {
        let began = Instant::now();
        let stage = Stage::open(settings.seed).await?;
        let neighbour = stage.facts.neighbour().await?;
        eprintln!("drill: the stage stands after {:.1} s", began.elapsed().as_secs_f64());
        Ok(Self { stage, settings, log: Arc::default(), neighbour })
    }

    pub async fn kill(&mut self, rounds: Option<usize>) -> anyhow::Result<bool> {
        kill::drill(self, rounds.unwrap_or(self.settings.pick(10, 20))).await
    }

    pub async fn redis(&mut self) -> anyhow::Result<bool> {
        redis::drill(self).await
    }

    pub async fn postgres(&mut self) -> anyhow::Result<bool> {
        postgres::drill(self).await
    }

    pub async fn mail(&mut self, mails: Option<usize>) -> anyhow::Result<bool> {
        mail::drill(self, mails).await
    }

    /// Mail at last: what it posts, no other drill knows.
    pub async fn all(&mut self) -> anyhow::Result<bool> {
        let held =
            [self.kill(None).await?, self.redis().await?, self.postgres().await?, self.mail(None).await?];
        Ok(held.iter().all(|held| *held))
    }

    /// Takes the stage down. What broken runs leave stays in its state directory.
    pub async fn close(self, held: anyhow::Result<bool>) -> anyhow::Result<bool> {
        let log = self.stage.state.join("run/intents.jsonl");
        self.log.write(&log)?;
        if !matches!(held, Ok(true)) {
            eprintln!(
                "drill: the programs' logs and intents.jsonl are in {}/run",
                self.stage.state.display()
            );
        }
        let took = self.stage.close().await?;
        eprintln!("drill: the slowest program took {:.1} s to end", took.as_secs_f64());
        held
    }

    /// Starts the load of a drill.
    pub fn begin(&self, name: &'static str, settings: Value) -> Act {
        let stage = &self.stage;
        self.log.take_answers();
        Act {
            report: Report::new(name, self.settings.describe(settings)),
            from: self.log.len(),
            deaths: stage.fleet.deaths(),
            load: Load::start(stage.desk.clone(), stage.facts.clone(), self.log.clone(), self.settings.rate),
        }
    }

    /// Ends the load, waits until everything has settled, compares, and tells the figures all drills have.
    pub async fn end(&self, act: Act) -> anyhow::Result<bool> {
        let Act { mut report, load, from, deaths } = act;
        load.stop().await;
        let (rested, hastened) = self.rest().await;
        let rest_max = self.rest_max().as_secs_f64();
        report.bound(
            "rest_after_load",
            rested.map_or(f64::INFINITY, |took| took.as_secs_f64()),
            "s",
            rest_max,
        );
        if self.settings.short {
            report.tell("retries_hastened", hastened as f64, "count");
        }
        let evidence =
            Evidence::gather(&self.stage.facts, self.stage.sink.accepted(), &self.neighbour).await?;
        tell(&mut report, &check(&self.log.intents(), from, &evidence));
        let answers = self.log.take_answers();
        let odd = answers.iter().filter(|(status, _)| !matches!(status, 200..=299 | 503));
        report.none(
            "answers_other_than_2xx_503",
            odd.inspect(|odd| eprintln!("drill: answers: {odd:?}")).map(|(_, n)| n).sum(),
        );
        report.tell("answers_503", answers.get(&503).copied().unwrap_or_default() as f64, "count");
        report.none("programs_that_ended_by_themselves", self.stage.fleet.deaths() - deaths);
        Ok(report.held())
    }

    fn rest_max(&self) -> Duration {
        Duration::from_secs(self.settings.pick(45, 300))
    }

    /// Waits until nothing is due, held or to be tried again, and every accepted mail was read. In the short form
    /// waits between tries are cut short; how many is the second answer. None if it does not come to rest.
    async fn rest(&self) -> (Option<Duration>, i64) {
        let (since, facts, mut quiet, mut hastened) = (Instant::now(), &self.stage.facts, 0, 0);
        while quiet < 2 {
            if since.elapsed() > self.rest_max() {
                return (None, hastened);
            }
            if self.settings.short {
                // A database that is away is asked again.
                hastened += facts.hasten().await.unwrap_or_default();
            }
            quiet = if self.is_quiet().await { quiet + 1 } else { 0 };
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        (Some(since.elapsed()), hastened)
    }

    async fn is_quiet(&self) -> bool {
        let (facts, intents) = (&self.stage.facts, self.log.intents());
        let sent =
            intents.iter().filter(|intent| intent.kind == Kind::Mail && intent.heard == Heard::Ok).count();
        let (Ok(backlog), Ok(mails)) = (facts.backlog().await, facts.mails().await) else { return false };
        backlog == 0 && mails.len() >= sent
    }
}

fn tell(report: &mut Report, findings: &Findings) {
    report.tell("intents", findings.intents as f64, "count");
    report.tell("intents_accepted", findings.accepted as f64, "count");
    report.tell("intents_unknown", findings.unknown as f64, "count");
    report.tell("warnings_breaches_closings", findings.arranged as f64, "count");
    report.tell("repeated_same_message_id", findings.repeated_same_message_id as f64, "count");
    report.none("intents_refused", findings.refused);
    report.none("lost", findings.lost);
    report.none("doubled", findings.doubled);
    report.none("not_routed_once", findings.not_routed_once);
    report.none("not_warned_once", findings.not_warned_once);
    report.none("not_closed_once", findings.not_closed_once);
    report.none("mails_astray", findings.mails_astray);
    report.none("effects_without_intent", findings.strangers);
    report.none("numbers_not_consecutive", findings.numbers_not_consecutive);
    report.none("dead_jobs", findings.dead_jobs);
    report.none("neighbour_rows_moved", findings.neighbour_rows_moved);
}
