//! Watching mailboxes.
//!
//! A watch stays connected: it fetches what came after its cursor, stores it raw together with the new cursor in
//! one transaction that only the watch's lease holder gets into, then waits in IDLE. Flags in the mailbox are
//! neither read nor changed. A server that is away is tried again and again; the watch itself does not end.

mod doubt;
pub(super) mod login;

use crate::env::Env;
use crate::handler::{Attempt, Long, Outcome, Short};
use crate::io::imap::{self, Folder, Listed, Plan, RawMail};
use chrono::{DateTime, Utc};
use doubt::Doubt;
use jobs::{MailId, MailboxId, mailbox};
use object_store::{ObjectStoreExt, PutPayload, path::Path};
use schema::ledger::Verdict;
use schema::mail::inbound::{self, NewRaw, Place};
use schema::mail::mailboxes::{self, Mailbox};
use schema::mail::rules::identity;
use schema::pool::{Scope, Tx};
use std::time::Duration;

/// Raw mails up to this size stand in their row; larger ones in the file store.
const ROW_BYTES_MAX: usize = 256 * 1024;
const PAUSE_MIN: Duration = Duration::from_secs(1);
const PAUSE_MAX: Duration = Duration::from_secs(60);

/// Why a watch cannot go on in this round.
enum End {
    /// Somebody else watches, or nobody should.
    Over,
    /// To be tried again.
    Trouble(anyhow::Error),
}

impl<E: Into<anyhow::Error>> From<E> for End {
    fn from(error: E) -> Self {
        End::Trouble(error.into())
    }
}

impl Long for mailbox::Watch {
    async fn run(&self, attempt: &Attempt, env: &Env) -> Outcome {
        let (mut pause, mut doubt) = (PAUSE_MIN, Doubt::default());
        while !attempt.stop.is_cancelled() {
            let round = watch(self.mailbox_id, &mut doubt, attempt, env);
            let ended = tokio::select! {
                ended = round => ended,
                () = attempt.stop.cancelled() => break,
            };
            match ended {
                Ok(()) => pause = PAUSE_MIN,
                Err(End::Over) => return Ok(Verdict::Done),
                Err(End::Trouble(error)) => {
                    report(self.mailbox_id, attempt, env, &error).await;
                    doubt.learn(&error);
                    tokio::select! {
                        () = tokio::time::sleep(pause) => pause = (pause * 2).min(PAUSE_MAX),
                        () = attempt.stop.cancelled() => {}
                    }
                }
            }
        }
        Ok(Verdict::Snooze(Duration::ZERO))
    }
}

impl Short for mailbox::Sweep {
    async fn run(&self, tx: &mut Tx, _env: &Env, _now: DateTime<Utc>) -> Outcome {
        mailboxes::ensure_watched(tx).await?;
        inbound::keep_given_up(tx).await?;
        Ok(Verdict::Done)
    }
}

/// One connection's life.
async fn watch(id: MailboxId, doubt: &mut Doubt, attempt: &Attempt, env: &Env) -> Result<(), End> {
    let mut mailbox = current(id, attempt, env).await?;
    let mut server = imap::connect(&login::account(&mailbox, attempt, env).await?).await?;
    loop {
        let folder = server.examine(&mailbox.folder).await?;
        fetch_new(&mut server, &folder, &mut mailbox, doubt, attempt, env).await?;
        doubt.forget();
        server.idle_until_news(env.imap_poll).await?;
    }
}

/// The mailbox as it stands now, if it is still ours to watch.
async fn current(id: MailboxId, attempt: &Attempt, env: &Env) -> Result<Mailbox, End> {
    let Some(mut tx) = attempt.hold(env, Scope::System).await? else { return Err(End::Over) };
    let mailbox = mailboxes::find(&mut tx, id).await?;
    tx.rollback().await;
    mailbox.filter(|mailbox| mailbox.is_active).ok_or(End::Over)
}

/// Fetches everything after the cursor. When the folder was made anew the cursor means nothing: all is fetched
/// again, and what was stored before is recognised.
async fn fetch_new(
    server: &mut imap::Mailbox,
    folder: &Folder,
    mailbox: &mut Mailbox,
    doubt: &mut Doubt,
    attempt: &Attempt,
    env: &Env,
) -> Result<(), End> {
    if mailbox.uid_validity != Some(i64::from(folder.uid_validity)) {
        mailbox.last_uid = 0;
    }
    let after = u32::try_from(mailbox.last_uid)?;
    let listed = server.list_after(after).await?;
    let plan = if doubt.is_careful() { Plan::one_by_one(listed) } else { Plan::of(listed) };
    if !plan.too_large.is_empty() {
        let refused =
            plan.too_large.iter().map(|listed| refused(mailbox, folder, listed, "too_large")).collect();
        store(refused, after, folder, mailbox, attempt, env).await?;
    }
    let last = plan.batches.iter().flatten().chain(&plan.too_large).map(|listed| listed.uid).max();
    for batch in &plan.batches {
        let mails = fetched(server, folder, batch, mailbox, doubt, env).await?;
        let reached = batch.iter().map(|listed| listed.uid).max().unwrap_or(after);
        store(mails, reached, folder, mailbox, attempt, env).await?;
    }
    store(Vec::new(), last.unwrap_or(after), folder, mailbox, attempt, env).await
}

/// The mails of one batch. In doubt one at a time and in pieces, and one that cannot be fetched at all is named.
async fn fetched(
    server: &mut imap::Mailbox,
    folder: &Folder,
    batch: &[Listed],
    mailbox: &Mailbox,
    doubt: &mut Doubt,
    env: &Env,
) -> Result<Vec<NewRaw>, End> {
    let mails: Vec<RawMail> = match batch {
        [one] if doubt.has_given_up(one.uid) => {
            return Ok(vec![refused(mailbox, folder, one, "unfetchable")]);
        }
        [one] if doubt.is_careful() => {
            doubt.try_out(one.uid);
            let mail = server.fetch_in_pieces(one.uid).await?;
            doubt.trust();
            mail.into_iter().collect()
        }
        _ => server.fetch(batch).await?,
    };
    let mut kept_ones = Vec::with_capacity(mails.len());
    for mail in mails {
        kept_ones.push(kept(mail, mailbox, env).await?);
    }
    Ok(kept_ones)
}

/// Stores mails and the cursor behind them, in one transaction that only the lease's holder gets into.
async fn store(
    mails: Vec<NewRaw>,
    reached: u32,
    folder: &Folder,
    mailbox: &mut Mailbox,
    attempt: &Attempt,
    env: &Env,
) -> Result<(), End> {
    let validity = i64::from(folder.uid_validity);
    if mails.is_empty() && i64::from(reached) == mailbox.last_uid && mailbox.uid_validity == Some(validity) {
        return Ok(());
    }
    let id = MailboxId(mailbox.id);
    let Some(mut tx) = attempt.hold(env, Scope::System).await? else { return Err(End::Over) };
    if !mails.is_empty() {
        inbound::store(&mut tx, id, folder.uid_validity, mails).await?;
    }
    mailboxes::advance(&mut tx, id, folder.uid_validity, reached).await?;
    tx.commit().await?;
    (mailbox.uid_validity, mailbox.last_uid) = (Some(validity), i64::from(reached));
    Ok(())
}

/// A fetched mail with a place for its bytes: large ones are in the file store before their row says so.
async fn kept(mail: RawMail, mailbox: &Mailbox, env: &Env) -> anyhow::Result<NewRaw> {
    let identity = identity(&mail.raw);
    let (id, size_bytes) = (MailId::fresh(), i64::try_from(mail.raw.len())?);
    let place = if mail.raw.len() <= ROW_BYTES_MAX {
        Place::Row(mail.raw)
    } else {
        let key = format!("mail/{}/{id}.eml", mailbox.id);
        env.files.put(&Path::from(key.as_str()), PutPayload::from(mail.raw)).await?;
        Place::File(key)
    };
    let content_hash = identity.content_sha256;
    Ok(NewRaw { id, uid: mail.uid, message_id: identity.message_id, content_hash, size_bytes, place })
}

/// A mail that is not fetched: it stays on its server, and in quarantine under its place there.
fn refused(mailbox: &Mailbox, folder: &Folder, listed: &Listed, cause: &'static str) -> NewRaw {
    let place = format!("{}/{}/{}", mailbox.id, folder.uid_validity, listed.uid);
    NewRaw {
        id: MailId::fresh(),
        uid: listed.uid,
        message_id: None,
        content_hash: identity(place.as_bytes()).content_sha256,
        size_bytes: i64::from(listed.size_bytes),
        place: Place::Refused(cause),
    }
}

/// Tells the admins, in the mailbox's row, why nothing comes in.
async fn report(id: MailboxId, attempt: &Attempt, env: &Env, error: &anyhow::Error) {
    let text = format!("{error:#}");
    let wants_person = login::wants_person(error);
    tracing::warn!(mailbox = %id, error = text, "the mailbox cannot be watched; trying again");
    let noted = async {
        let Some(mut tx) = attempt.hold(env, Scope::System).await? else { return Ok(()) };
        mailboxes::note(&mut tx, id, Some(&text), wants_person).await?;
        tx.commit().await.map_err(anyhow::Error::from)
    };
    if let Err(error) = noted.await {
        tracing::debug!(mailbox = %id, %error, "the trouble could not be noted");
    }
}
