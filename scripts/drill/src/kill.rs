//! SIGKILL of one program each round, under load: whoever held a job takes it along, and somebody else must do it.
//!
//! Every kind of program comes once before any comes again, in a seeded order. 50 to 900 ms into its round a burst of
//! work for its kind begins, and the victim dies in the midst of it; it is restarted at once, or, every third time,
//! left dead while another of its kind runs.

mod follow;

use crate::drills::Drills;
use crate::intents::{Deadline, Kind};
use crate::load::Load;
use crate::report::{Report, percentile};
use crate::stage::Fleet;
use follow::{Followed, follow_edge, follow_jobs};
use futures::future::join_all;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use serde_json::json;
use std::collections::HashMap;
use std::time::Duration;
use tokio::task::JoinHandle;

const WARM_UP: Duration = Duration::from_secs(1);
const BURST_AFTER_MS: std::ops::Range<u64> = 50..900;
/// From the burst to the kill: in the midst of the requests, the jobs or the mails they cause.
const KILLED_AFTER_MS: std::ops::Range<u64> = 5..120;
/// What was arranged falls due half a second after its request.
const DUE_AFTER: Duration = Duration::from_millis(550);
const EFFECT_SECONDS_MAX: f64 = 15.0;
const EXIT_SECONDS_MAX: f64 = 10.0;

pub async fn drill(drills: &Drills, rounds: usize) -> anyhow::Result<bool> {
    let burst = drills.settings.pick(10, 25);
    let mut act = drills.begin("kill", json!({ "rounds": rounds, "of_each_kind": 2, "burst": burst }));
    tokio::time::sleep(WARM_UP).await;
    let mut game = Game::new(drills, &act.load, burst);
    for round in 0..rounds {
        game.round(round).await?;
    }
    let followed = game.close().await?;
    let exits = terminate_each(&drills.stage.fleet).await?;
    act.report.tell("rounds", rounds as f64, "count");
    tell(&mut act.report, followed);
    act.report.bound("sigterm_to_exit_max", exits.as_secs_f64(), "s", EXIT_SECONDS_MAX);
    drills.end(act).await
}

/// The rounds so far.
struct Game<'a> {
    drills: &'a Drills,
    load: &'a Load,
    burst: usize,
    random: StdRng,
    kinds: Vec<&'static str>,
    /// Kinds still to come before any comes again.
    hand: Vec<&'static str>,
    left_dead: Option<usize>,
    followers: HashMap<&'static str, JoinHandle<Followed>>,
    followed: Followed,
}

impl<'a> Game<'a> {
    fn new(drills: &'a Drills, load: &'a Load, burst: usize) -> Self {
        Self {
            drills,
            load,
            burst,
            random: StdRng::seed_from_u64(drills.settings.seed),
            kinds: drills.stage.fleet.kinds(),
            hand: Vec::new(),
            left_dead: None,
            followers: HashMap::new(),
            followed: Followed::default(),
        }
    }

    async fn round(&mut self, round: usize) -> anyhow::Result<()> {
        let kind = self.next_kind();
        // One death of a kind is followed to its end before the next one blurs it.
        if let Some(follower) = self.followers.remove(kind) {
            self.followed.add(follower.await?);
        }
        let fleet = &self.drills.stage.fleet;
        if let Some(dead) = self.left_dead.take() {
            fleet.revive(dead)?;
        }
        self.keep_busy(kind).await;
        let alive: Vec<usize> = fleet.of(kind).into_iter().filter(|index| fleet.is_alive(*index)).collect();
        let victim = alive[self.random.random_range(0..alive.len())];
        let at = fleet.kill(victim).await?;
        let stage = &self.drills.stage;
        if round % 3 == 2 && alive.len() > 1 {
            self.left_dead = Some(victim);
        } else {
            fleet.revive(victim)?;
        }
        let follower = match kind {
            "edge" => tokio::spawn(follow_edge(stage.desk.edge_port, at)),
            kind => tokio::spawn(follow_jobs(stage.facts.clone(), kind, at)),
        };
        self.followers.insert(kind, follower);
        Ok(())
    }

    /// Begins a burst of what a kind works on, and waits until it should be in the midst of it.
    async fn keep_busy(&mut self, kind: &str) {
        tokio::time::sleep(Duration::from_millis(self.random.random_range(BURST_AFTER_MS))).await;
        let (of, deadline, due_after) = match kind {
            "mailbox" | "mail-in" => (Kind::Mail, None, Duration::ZERO),
            "forms" => (Kind::Form, None, Duration::ZERO),
            "sla" => (Kind::Support, Some(Deadline::Warning), DUE_AFTER),
            "autoclose" => (Kind::Support, Some(Deadline::Closing), DUE_AFTER),
            _ => (Kind::Support, None, Duration::ZERO),
        };
        self.load.burst(of, deadline, self.burst);
        let killed_after = Duration::from_millis(self.random.random_range(KILLED_AFTER_MS));
        tokio::time::sleep(due_after + killed_after).await;
    }

    fn next_kind(&mut self) -> &'static str {
        if self.hand.is_empty() {
            self.hand.clone_from(&self.kinds);
            self.hand.shuffle(&mut self.random);
        }
        self.hand.pop().expect("there are kinds, and the hand was just filled")
    }

    async fn close(mut self) -> anyhow::Result<Followed> {
        if let Some(dead) = self.left_dead {
            self.drills.stage.fleet.revive(dead)?;
        }
        for (_, follower) in self.followers {
            self.followed.add(follower.await?);
        }
        Ok(self.followed)
    }
}

/// Asks one of each kind to end, all at once and under load, and starts them again; returns the longest wait.
async fn terminate_each(fleet: &Fleet) -> anyhow::Result<Duration> {
    let ends = fleet.kinds().into_iter().filter_map(|kind| fleet.of(kind).first().copied()).map(
        |index| async move {
            let took = fleet.terminate(index).await?;
            fleet.revive(index)?;
            anyhow::Ok(took)
        },
    );
    let took: anyhow::Result<Vec<Duration>> = join_all(ends).await.into_iter().collect();
    Ok(took?.into_iter().max().unwrap_or_default())
}

fn tell(report: &mut Report, mut followed: Followed) {
    for (name, samples) in
        [("kill_to_effect", &mut followed.held), ("kill_to_effect_of_waiting_jobs", &mut followed.waiting)]
    {
        report.tell(&format!("{name}_jobs"), samples.len() as f64, "count");
        report.tell(&format!("{name}_p50"), percentile(samples, 0.5), "s");
        report.bound(&format!("{name}_p99"), percentile(samples, 0.99), "s", EFFECT_SECONDS_MAX);
        report.bound(&format!("{name}_max"), percentile(samples, 1.0), "s", EFFECT_SECONDS_MAX);
    }
    report.bound("edge_kill_to_ready_max", percentile(&mut followed.edge, 1.0), "s", EFFECT_SECONDS_MAX);
}
