//! The runner: bad jobs end as dead, good neighbours are unharmed, nothing runs for ever.

use super::desk::Desk;
use chrono::{DateTime, Utc};
use jobs::{Job, NewJob, Queue, SiteId};
use schema::ledger::Verdict;
use schema::pool::Tx;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::time::Duration;
use workers::env::Env;
use workers::handler::{Attempt, Long, Outcome, Short};
use workers::registry::{Registry, long, short};

/// Marks that it ran, then behaves as told.
#[derive(Clone, Serialize, Deserialize)]
struct Act {
    name: String,
    how: String,
}

impl Job for Act {
    const KIND: &'static str = "test.act";
    const QUEUE: Queue = Queue::Sla;
    const ATTEMPTS_MAX: i16 = 2;
    const TIMEOUT: Duration = Duration::from_millis(300);
    const ABOUT: &'static str = "A test's.";
    fn site(&self) -> SiteId {
        SiteId::SYSTEM
    }
    fn backoff(_: i16) -> Duration {
        Duration::ZERO
    }
}

impl Short for Act {
    async fn run(&self, tx: &mut Tx, _env: &Env, now: DateTime<Utc>) -> Outcome {
        tx.enqueue(NewJob::of(&Mark { name: self.name.clone() }).at(now + chrono::TimeDelta::hours(1)));
        match self.how.as_str() {
            "panics" => panic!("on purpose"),
            "fails" => anyhow::bail!("on purpose"),
            "hangs" => std::future::pending().await,
            "discards" => Ok(Verdict::Discard("no".into())),
            _ => Ok(Verdict::Done),
        }
    }
}

#[derive(Clone, Serialize, Deserialize)]
struct Mark {
    name: String,
}

impl Job for Mark {
    const KIND: &'static str = "test.mark";
    const QUEUE: Queue = Queue::Forms;
    const ABOUT: &'static str = "A test's.";
    fn site(&self) -> SiteId {
        SiteId::SYSTEM
    }
}

impl Long for Mark {
    async fn run(&self, _: &Attempt, _: &Env) -> Outcome {
        match self.name.as_str() {
            "panics" => panic!("on purpose"),
            _ => Ok(Verdict::Done),
        }
    }
}

fn registry() -> Registry {
    Registry::new(vec![short::<Act>(), long::<Mark>()])
}

async fn run(desk: &Desk, jobs: &[NewJob]) {
    desk.env.ledger.record(jobs).await.unwrap();
    desk.work_with(&registry()).await;
}

fn act(name: &str, how: &str) -> NewJob {
    NewJob::of(&Act { name: name.into(), how: how.into() })
}

const LEFT: &str =
    "select payload->>'name' as name, state, attempts from jobs where kind = 'test.act' order by 1";
const EFFECTS: &str = "select payload->>'name' as name from jobs where kind = 'test.mark' order by 1";

#[tokio::test(flavor = "multi_thread")]
async fn bad_jobs_end_as_dead_without_effect_and_their_neighbours_are_done_once() {
    let desk = Desk::new().await;
    let mut jobs: Vec<NewJob> = (0..20).map(|n| act(&format!("iyi {n:02}"), "")).collect();
    jobs.extend(["panics", "fails", "hangs", "discards"].map(|how| act(how, how)));
    run(&desk, &jobs).await;
    let dead = |name: &str, attempts: i32| json!({"name": name, "state": "dead", "attempts": attempts});
    let left = desk.rows(LEFT).await;
    assert_eq!(left, [dead("discards", 1), dead("fails", 2), dead("hangs", 2), dead("panics", 2)]);
    let effects = desk.rows(EFFECTS).await;
    assert_eq!(effects.len(), 20, "what a failed attempt wrote is undone: {effects:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_nobody_can_run_are_dead_and_say_why() {
    let desk = Desk::new().await;
    let unknown = NewJob { kind: "test.unknown", ..act("", "") };
    let unreadable = NewJob { payload: json!({"name": 7}), ..act("", "") };
    run(&desk, &[unknown, unreadable]).await;
    let dead = desk.env.ledger.dead(None, 10).await.unwrap();
    let errors: String = dead.iter().filter_map(|job| job.last_error.clone()).collect();
    assert_eq!(dead.len(), 2);
    assert!(errors.contains("no handler is known") && errors.contains("cannot be read"), "{errors}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_job_that_panics_is_retried_and_the_worker_lives() {
    let desk = Desk::new().await;
    let jobs = [NewJob::of(&Mark { name: "panics".into() }), NewJob::of(&Mark { name: "iyi".into() })];
    run(&desk, &jobs).await;
    let left = desk.row("select state, attempts, last_error from jobs").await;
    assert_eq!((&left["state"], &left["attempts"]), (&json!("ready"), &json!(1)));
    assert!(left["last_error"].as_str().unwrap().contains("on purpose"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_takes_its_workers_with_it_is_counted_and_ends() {
    let desk = Desk::new().await;
    let job = act("öldürücü", "panics");
    desk.env.ledger.record(std::slice::from_ref(&job)).await.unwrap();
    // Handed over three times, never finished: as after three dead workers.
    desk.run("update jobs set resends = 3").await;
    desk.work_with(&registry()).await;
    assert_eq!(desk.row(LEFT).await["state"], "dead");
}
