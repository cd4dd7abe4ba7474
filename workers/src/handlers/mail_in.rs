//! A stored mail becomes a ticket, a reply, a note, or lies in quarantine under a named cause.
//!
//! | file | what it does |
//! |---|---|
//! | `reading` | bytes → a mail, whatever a stranger put into them |
//! | `attachments` | its files |
//! | `desk` | the transaction in which it gets its outcome |
//! | `join` | which ticket it belongs to, and who its sender is there |
//! | `replies` | what a customer or an agent says in a ticket |
//! | `machines` | reports, receipts and automatic answers |
//! | `tickets` | new tickets |
//!
//! Nothing about a mail is trusted but our own keyed tokens: a known Message-ID or a number in the subject joins
//! a ticket only for who takes part in it. Anyone else opens a new ticket that names the old one. A mail on which
//! anything breaks is quarantined, and the next one proceeds.

mod attachments;
mod desk;
mod join;
mod machines;
mod reading;
mod replies;
mod tickets;

use crate::env::Env;
use crate::handler::{Attempt, Long, Outcome as Answer};
use desk::Desk;
use futures::future::FutureExt;
use jobs::{MailId, SiteId, mail_in};
use reading::Arrived;
pub use reading::{Reader, Room};
use schema::ledger::Verdict;
use schema::mail::inbound::{self, Outcome, Quarantine, Raw};
use schema::mail::rules::address;
use schema::pool::{DbError, Scope};
use schema::sites::Settings;
use schema::tickets::NotCreated;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

/// How long a mail waits for the outcome of its copy from another mailbox.
const TWIN_PAUSE: Duration = Duration::from_secs(1);
/// How long a large mail lies aside when there was no room for it.
const ROOM_PAUSE: Duration = Duration::from_secs(1);
/// Recipients that are looked at one by one.
const RECIPIENTS_MAX: usize = 50;

impl Long for mail_in::Read {
    async fn run(&self, attempt: &Attempt, env: &Env) -> Answer {
        let work =
            AssertUnwindSafe(tokio::time::timeout(env.reader.work_max, work(self.mail_id, attempt, env)));
        match work.catch_unwind().await {
            Ok(Ok(Ok(verdict))) => Ok(verdict),
            Ok(Ok(Err(error))) if attempt.is_last() && !is_outage(&error) => {
                tracing::warn!(mail = %self.mail_id, error = format!("{error:#}"), "a mail cannot be processed");
                quarantine(self.mail_id, None, Quarantine::unread("failed"), attempt, env).await
            }
            Ok(Ok(Err(error))) => Err(error),
            Ok(Err(_)) => quarantine(self.mail_id, None, Quarantine::unread("too_slow"), attempt, env).await,
            Err(_) => quarantine(self.mail_id, None, Quarantine::unread("panicked"), attempt, env).await,
        }
    }
}

async fn work(id: MailId, attempt: &Attempt, env: &Env) -> Answer {
    let Some(mut stored) = inbound::find(&env.db, id).await? else { return Ok(Verdict::Done) };
    match stored.twins.as_deref() {
        _ if stored.outcome != "received" => return Ok(Verdict::Done),
        // The other copy came first and decides.
        Some("received") => return Ok(Verdict::Snooze(TWIN_PAUSE)),
        _ => {}
    }
    let assigned = stored.assigned_site_id.map(SiteId);
    let Some((raw, _room)) = reading::bytes(&mut stored, env).await? else {
        return Ok(Verdict::Snooze(ROOM_PAUSE));
    };
    let mut arrived = match reading::read(raw, &env.reader).await {
        Ok(arrived) => arrived,
        Err(cause) => return quarantine(id, assigned, Quarantine::unread(cause), attempt, env).await,
    };
    let Some(site) = site(&arrived, &stored, env).await? else {
        return quarantine(id, None, Quarantine::of("no_site", &arrived.mail), attempt, env).await;
    };
    if stored.twins.is_some()
        && let Some(outcome) = inbound::twin(&env.db, id, site.id).await?
    {
        return end(id, Some(site.id), &outcome, attempt, env).await;
    }
    settle(id, &mut arrived, site, assigned.is_some(), attempt, env).await
}

/// The site a person gave the mail to, else that of its mailbox if the mail is addressed to it as well, else the first
/// it is addressed to.
async fn site(arrived: &Arrived, stored: &Raw, env: &Env) -> anyhow::Result<Option<Arc<Settings>>> {
    if let Some(assigned) = stored.assigned_site_id {
        return env.directory.by_id(SiteId(assigned)).await;
    }
    let addresses: Vec<String> = arrived.mail.recipients().map(address::mailbox_key).collect();
    let first = env.directory.by_addresses(&addresses).await?;
    let (Some(found), Some(own)) = (&first, stored.mailbox_site_id) else { return Ok(first) };
    if found.id.0 == own || addresses.len() == 1 {
        return Ok(first);
    }
    for address in addresses.iter().take(RECIPIENTS_MAX) {
        let site = env.directory.by_addresses(std::slice::from_ref(address)).await?;
        if site.as_ref().is_some_and(|site| site.id.0 == own) {
            return Ok(site);
        }
    }
    Ok(first)
}

/// Files first, then everything else in one transaction; files of a transaction that failed are removed.
async fn settle(
    id: MailId,
    arrived: &mut Arrived,
    site: Arc<Settings>,
    is_assigned: bool,
    attempt: &Attempt,
    env: &Env,
) -> Answer {
    let files = attachments::store(&mut arrived.mail, site.id, env).await?;
    let keys: Vec<String> = files.iter().filter_map(|file| file.storage_key.clone()).collect();
    let desk = Desk { id, arrived, is_assigned, site: &site, files, env, now: env.now() };
    let ended = desk.decide(attempt).await;
    if surely_undone(&ended) {
        attachments::remove(&keys, env).await;
    }
    ended
}

/// A commit whose answer was not heard may stand: then its files stay, at worst without a ticket.
fn surely_undone(ended: &Answer) -> bool {
    match ended {
        Ok(verdict) => *verdict != Verdict::Done,
        Err(error) => !is_outage(error) && !error.chain().any(|cause| cause.is::<NotCreated>()),
    }
}

/// The database's trouble, not the mail's.
fn is_outage(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| cause.is::<DbError>())
}

async fn quarantine(
    id: MailId,
    site: Option<SiteId>,
    kept: Quarantine,
    attempt: &Attempt,
    env: &Env,
) -> Answer {
    tracing::info!(mail = %id, cause = kept.cause, "quarantined");
    end(id, site, &Outcome::Quarantine(kept), attempt, env).await
}

/// An outcome that is nothing but itself.
async fn end(id: MailId, site: Option<SiteId>, outcome: &Outcome, attempt: &Attempt, env: &Env) -> Answer {
    if let Some(mut tx) = attempt.finish(env, Scope::System).await? {
        inbound::settle(&mut tx, id, site, outcome).await?;
        tx.commit().await?;
    }
    Ok(Verdict::Done)
}
