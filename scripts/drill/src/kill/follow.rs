//! Follows what a dead program left behind until somebody else has done it.
//!
//! The ledger does not say which process holds a lease, so it is read off: a lease that is renewed belongs to a
//! survivor and is let go; one that is not, or that passed to another token, was the dead one's.

use crate::facts::{Facts, Job};
use std::collections::HashMap;
use std::time::{Duration, Instant};
use uuid::Uuid;

const LOOK: Duration = Duration::from_millis(40);
/// A survivor would have renewed by now.
const RENEWED_WITHIN: Duration = Duration::from_millis(2500);
const FOLLOW_MAX: Duration = Duration::from_secs(40);

/// Seconds from the kill to the effect.
#[derive(Debug, Default)]
pub struct Followed {
    /// Of jobs the dead program held under a lease.
    pub held: Vec<f64>,
    /// Of jobs of its queue that were due then, in its hands or on their way.
    pub waiting: Vec<f64>,
    /// Until the edge was ready again.
    pub edge: Vec<f64>,
}

impl Followed {
    pub fn add(&mut self, other: Self) {
        self.held.extend(other.held);
        self.waiting.extend(other.waiting);
        self.edge.extend(other.edge);
    }
}

/// Waits until the edge answers.
pub async fn follow_edge(port: u16, at: Instant) -> Followed {
    while at.elapsed() < FOLLOW_MAX && !crate::load::is_ready(port).await {
        tokio::time::sleep(LOOK).await;
    }
    Followed { edge: vec![at.elapsed().as_secs_f64()], ..Followed::default() }
}

/// Waits until every job that was due or held in the dead program's queue has had its effect. A relay's death
/// concerns the due jobs of all queues, a clock's none.
pub async fn follow_jobs(facts: Facts, kind: &str, at: Instant) -> Followed {
    let mut followed = Followed::default();
    let left = match kind {
        "clock" => Ok(Vec::new()),
        "relay" => facts.waiting(None).await,
        queue => facts.waiting(Some(queue)).await,
    };
    let left =
        left.unwrap_or_default().into_iter().filter(|job| kind != "relay" || job.lease_token.is_none());
    let mut open: HashMap<Uuid, Open> = left.map(|job| (job.id, Open { job, is_orphan: false })).collect();
    while !open.is_empty() && at.elapsed() < FOLLOW_MAX {
        tokio::time::sleep(LOOK).await;
        let ids: Vec<Uuid> = open.keys().copied().collect();
        let Ok(standing) = facts.standing(&ids).await else { continue };
        let standing: HashMap<Uuid, Job> = standing.into_iter().map(|job| (job.id, job)).collect();
        let age = at.elapsed();
        open.retain(|id, job| match job.look(standing.get(id), age) {
            Look::Open => true,
            Look::Done => {
                followed.count(job, age);
                false
            }
            Look::Another => false,
        });
    }
    open.values().for_each(|job| followed.count(job, at.elapsed()));
    followed
}

impl Followed {
    /// A job that ended under the lease it had was a survivor's: the kill did not touch it.
    fn count(&mut self, open: &Open, age: Duration) {
        match (open.job.lease_token, open.is_orphan) {
            (None, _) => self.waiting.push(age.as_secs_f64()),
            (Some(_), true) => self.held.push(age.as_secs_f64()),
            (Some(_), false) => {}
        }
    }
}

/// A job not yet done, as it stood at the kill.
struct Open {
    job: Job,
    is_orphan: bool,
}

enum Look {
    Open,
    Done,
    /// Held by a survivor.
    Another,
}

impl Open {
    fn look(&mut self, now: Option<&Job>, age: Duration) -> Look {
        let Some(now) = now else { return Look::Done };
        if self.job.lease_token.is_some() {
            if now.lease_token == self.job.lease_token && now.leased_until > self.job.leased_until {
                return Look::Another;
            }
            self.is_orphan |= now.lease_token != self.job.lease_token || age > RENEWED_WITHIN;
        }
        // A watch has no end: its effect is that somebody watches.
        let is_watched = now.kind == "mailbox.watch" && now.lease_token.is_some();
        let is_taken_over = is_watched && now.lease_token != self.job.lease_token;
        // Put off until later is an end as well: it was tried.
        if is_taken_over || !now.is_due { Look::Done } else { Look::Open }
    }
}
