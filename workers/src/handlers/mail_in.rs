//! A stored mail becomes a ticket, a reply, a note, or lies in quarantine under a named cause.
//!
//! Nothing about a mail is trusted but our own keyed tokens: a known Message-ID or a number in the subject joins
//! a ticket only for who takes part in it. Anyone else opens a new ticket that names the old one.

mod attachments;
mod outcome;

use crate::env::Env;
use crate::handler::{Attempt, Long, Outcome as Answer};
use anyhow::Context;
use jobs::{MailId, SiteId, mail_in};
use object_store::{ObjectStoreExt, path::Path};
use schema::ledger::Verdict;
use schema::mail::inbound::{self, Outcome, Raw};
use schema::mail::rules::{Incoming, Unreadable, address, read};
use schema::pool::{DbError, Scope};
use schema::sites::Settings;
use schema::tickets::NotCreated;
use std::sync::Arc;
use std::time::Duration;

/// Mails up to this size are parsed where they are; larger ones on a thread of their own.
const QUICK_BYTES_MAX: usize = 64 * 1024;
/// How long a parser may take over a large mail.
const PARSING_MAX: Duration = Duration::from_secs(30);

impl Long for mail_in::Read {
    async fn run(&self, attempt: &Attempt, env: &Env) -> Answer {
        let Some(stored) = inbound::find(&env.db, self.mail_id).await? else { return Ok(Verdict::Done) };
        if stored.outcome != "received" {
            return Ok(Verdict::Done);
        }
        let raw = bytes(stored, env).await?;
        let mail = match parse(raw).await {
            Ok(mail) => mail,
            Err(cause) => return quarantine(self.mail_id, None, cause, attempt, env).await,
        };
        let addresses: Vec<String> = mail.recipients().map(address::mailbox_key).collect();
        match env.directory.by_addresses(&addresses).await? {
            None => quarantine(self.mail_id, None, "no_site", attempt, env).await,
            Some(site) => self.settle(&mail, site, attempt, env).await,
        }
    }
}

trait Settle {
    async fn settle(&self, mail: &Incoming, site: Arc<Settings>, attempt: &Attempt, env: &Env) -> Answer;
}

impl Settle for mail_in::Read {
    /// Files first, then everything else in one transaction; files of a transaction that failed are removed.
    async fn settle(&self, mail: &Incoming, site: Arc<Settings>, attempt: &Attempt, env: &Env) -> Answer {
        let files = attachments::store(mail, site.id, env).await?;
        let keys: Vec<String> = files.iter().filter_map(|file| file.storage_key.clone()).collect();
        let ended = outcome::decide(self.mail_id, mail, &site, files, attempt, env).await;
        if surely_undone(&ended) {
            attachments::remove(&keys, env).await;
        }
        ended
    }
}

/// A commit whose answer was not heard may stand: then its files stay, at worst without a ticket.
fn surely_undone(ended: &Answer) -> bool {
    match ended {
        Ok(verdict) => *verdict != Verdict::Done,
        Err(error) => !error.chain().any(|cause| cause.is::<DbError>() || cause.is::<NotCreated>()),
    }
}

async fn bytes(stored: Raw, env: &Env) -> anyhow::Result<Vec<u8>> {
    match (stored.raw, stored.raw_key) {
        (Some(raw), _) => Ok(raw),
        (None, Some(key)) => {
            let file = env.files.get(&Path::from(key.as_str())).await.context("the raw mail's file")?;
            Ok(file.bytes().await?.to_vec())
        }
        (None, None) => anyhow::bail!("the mail's bytes are nowhere"),
    }
}

async fn parse(raw: Vec<u8>) -> Result<Incoming, &'static str> {
    if raw.len() <= QUICK_BYTES_MAX {
        return read(&raw).map_err(Unreadable::code);
    }
    let reading = tokio::task::spawn_blocking(move || read(&raw).map_err(Unreadable::code));
    match tokio::time::timeout(PARSING_MAX, reading).await {
        Ok(Ok(read)) => read,
        Ok(Err(_)) => Err("malformed"),
        Err(_) => Err("too_slow"),
    }
}

async fn quarantine(id: MailId, site: Option<SiteId>, cause: &str, attempt: &Attempt, env: &Env) -> Answer {
    if let Some(mut tx) = attempt.finish(env, Scope::System).await? {
        inbound::settle(&mut tx, id, site, &Outcome::Quarantine(cause.to_owned())).await?;
        tx.commit().await?;
        tracing::info!(mail = %id, cause, "quarantined");
    }
    Ok(Verdict::Done)
}
