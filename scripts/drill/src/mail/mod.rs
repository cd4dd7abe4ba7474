//! Mail in and out while everything on its way fails: workers are killed, the mailbox's server is restarted, its folder
//! gets a new UIDVALIDITY, two watchers want the same mailbox, and the server that takes our mail refuses, hangs and
//! breaks off at every step.
//!
//! Every mail that the mailbox took comes to exactly one outcome, every confirmation leaves once; what goes out again
//! does so under the same Message-ID and was counted.

mod dovecot;
mod judge;
mod letters;
mod post;

use crate::drills::Drills;
use crate::report::Report;
use dovecot::Dovecot;
use judge::Verdicts;
use letters::{Letter, Letters};
use post::Lmtp;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// Between two faults.
const PAUSE_MS: std::ops::Range<u64> = 200..800;
/// How long a killed program stays dead.
const DEAD_MS: std::ops::Range<u64> = 0..500;
const VICTIMS: [&str; 3] = ["mailbox", "mail-in", "notices"];
const LOOK: Duration = Duration::from_millis(250);

pub async fn drill(drills: &Drills, mails: Option<usize>) -> anyhow::Result<bool> {
    let settings = &drills.settings;
    let mails = mails.unwrap_or(settings.pick(1_000, 10_000));
    let rate = settings.pick(60.0, 150.0);
    let about = json!({ "mails": mails, "mails_per_second": rate });
    let mut report = Report::new("mail", settings.describe(about));
    let (stage, deaths) = (&drills.stage, drills.stage.fleet.deaths());
    let dovecot = Dovecot::of(stage);
    stage.sink.faults().switch(true);
    let (stop, stopped) = watch::channel(false);
    let broken = break_things(drills, &dovecot, stopped);
    let posted = async {
        let letters = post_all(drills, mails, rate).await;
        let _ = stop.send(true);
        letters
    };
    let (broken, letters) = tokio::join!(broken, posted);
    let (broken, letters) = (broken?, letters?);
    for (name, times) in broken.iter().chain(&stage.sink.faults().counts()) {
        report.tell(&format!("faults_{name}"), *times as f64, "count");
    }
    let rested = rest(drills, &letters).await?;
    stage.sink.faults().switch(false);
    report.bound(
        "rest_after_load",
        rested.map_or(f64::INFINITY, |took| took.as_secs_f64()),
        "s",
        rest_max(drills),
    );
    tell(&mut report, &judge::judge(&letters, &stage.facts, &stage.sink.accepted()).await?);
    report.none("programs_that_ended_by_themselves", stage.fleet.deaths() - deaths);
    Ok(report.held())
}

/// Puts mails into the mailbox; of what was confirmed some is answered, by people and by machines.
async fn post_all(drills: &Drills, mails: usize, rate: f64) -> anyhow::Result<Letters> {
    let desk = &drills.stage.desk;
    let mut letters = Letters::new(&desk.support_address, drills.settings.seed);
    let mut lmtp = Lmtp::new(desk.lmtp_port, &desk.mailbox);
    let mut tick = tokio::time::interval(Duration::from_secs_f64(1.0 / rate));
    while letters.len() < mails {
        tick.tick().await;
        let letter = letters.next(&drills.stage.sink);
        let is_known = lmtp.deliver(&letter).await?;
        letters.posted(letter, is_known);
    }
    Ok(letters)
}

/// Until the last mail is posted; returns how often what was done.
async fn break_things(
    drills: &Drills,
    dovecot: &Dovecot<'_>,
    stopped: watch::Receiver<bool>,
) -> anyhow::Result<BTreeMap<&'static str, usize>> {
    let mut random = StdRng::seed_from_u64(drills.settings.seed ^ 1);
    let mut done = BTreeMap::new();
    while !*stopped.borrow() {
        tokio::time::sleep(Duration::from_millis(random.random_range(PAUSE_MS))).await;
        let name = match random.random_range(0..20) {
            0 => {
                dovecot.restart().await?;
                "imap_restarts"
            }
            1 | 2 => {
                dovecot.new_validity(random.random_range(1..i32::MAX as u32)).await?;
                "uidvalidity_resets"
            }
            _ => kill(drills, &mut random).await?,
        };
        *done.entry(name).or_default() += 1;
    }
    Ok(done)
}

async fn kill(drills: &Drills, random: &mut StdRng) -> anyhow::Result<&'static str> {
    let kind = VICTIMS[random.random_range(0..VICTIMS.len())];
    let fleet = &drills.stage.fleet;
    let members = fleet.of(kind);
    let victim = members[random.random_range(0..members.len())];
    fleet.kill(victim).await?;
    tokio::time::sleep(Duration::from_millis(random.random_range(DEAD_MS))).await;
    fleet.revive(victim)?;
    Ok(match kind {
        "mailbox" => "kills_mailbox",
        "mail-in" => "kills_mail_in",
        _ => "kills_notices",
    })
}

fn rest_max(drills: &Drills) -> f64 {
    drills.settings.pick(120.0, 600.0)
}

/// Waits until every posted mail has its row and its outcome, and nothing is due or to be tried again. Waits between
/// tries are cut short: an hour of them would prove nothing more.
async fn rest(drills: &Drills, letters: &Letters) -> anyhow::Result<Option<Duration>> {
    let (since, facts, mut quiet) = (Instant::now(), &drills.stage.facts, 0);
    while quiet < 2 {
        if since.elapsed().as_secs_f64() > rest_max(drills) {
            return Ok(None);
        }
        facts.hasten().await?;
        let is_quiet = facts.backlog().await? == 0 && facts.settled_mails().await? >= letters.known();
        quiet = if is_quiet { quiet + 1 } else { 0 };
        tokio::time::sleep(LOOK).await;
    }
    Ok(Some(since.elapsed()))
}

fn tell(report: &mut Report, verdicts: &Verdicts) {
    for (name, count) in &verdicts.told {
        report.tell(name, *count as f64, "count");
    }
    for (name, count) in &verdicts.none {
        report.none(name, *count);
    }
}

impl Letter {
    /// For examples of what went wrong.
    fn name(&self) -> String {
        format!("{:?} {}", self.sort, self.id)
    }
}
