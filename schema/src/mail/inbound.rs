//! Mails as they came: stored raw before anything else, then given exactly one outcome.

use super::rules::Incoming;
use crate::pool::{Db, DbResult, Tx};
use crate::sql::sql;
use diesel::prelude::QueryableByName;
use diesel::sql_types::{Array, BigInt, Binary, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::{MailId, MailboxId, NewJob, SiteId, TicketId, mail_in};
use uuid::Uuid;

/// A fetched mail, ready to be stored.
#[derive(Clone, Debug)]
pub struct NewRaw {
    pub id: MailId,
    pub uid: u32,
    pub message_id: Option<String>,
    pub content_hash: [u8; 32],
    pub size_bytes: i64,
    pub place: Place,
}

/// Where a mail's bytes are kept.
#[derive(Clone, Debug)]
pub enum Place {
    Row(Vec<u8>),
    File(String),
    /// They were never fetched; the cause says why. The mail stays on its server.
    Refused(&'static str),
}

/// A stored mail.
#[derive(Clone, QueryableByName)]
pub struct Raw {
    #[diesel(sql_type = SqlUuid)]
    pub mailbox_id: Uuid,
    #[diesel(sql_type = Nullable<Binary>)]
    pub raw: Option<Vec<u8>>,
    #[diesel(sql_type = Nullable<Text>)]
    pub raw_key: Option<String>,
    #[diesel(sql_type = Text)]
    pub outcome: String,
    /// The site a person gave it to.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub assigned_site_id: Option<Uuid>,
    /// The site whose mailbox it is; none of one that serves several.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub mailbox_site_id: Option<Uuid>,
    /// Other mailboxes brought the same mail before: `received` while one of those waits for its outcome.
    #[diesel(sql_type = Nullable<Text>)]
    pub twins: Option<String>,
}

/// What became of a mail. The words stand in the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Ticket(TicketId),
    Reply(TicketId, Uuid),
    /// A report about the delivery of a mail of ours, noted at its ticket.
    Bounce(TicketId, Uuid),
    /// What a program answered in somebody's absence, noted at its ticket.
    AutoReply(TicketId, Uuid),
    /// Another mailbox of the site has brought it: what became of it there counts.
    Duplicate(Option<Uuid>, Option<Uuid>),
    /// Kept, with the cause; it can be replayed.
    Quarantine(Quarantine),
}

/// Why a mail was given to nobody, and what is known of it for whoever decides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quarantine {
    pub cause: &'static str,
    pub sender: Option<String>,
    pub subject: Option<String>,
    pub recipients: Vec<String>,
}

/// Recipients of a quarantined mail that are told.
const RECIPIENTS_MAX: usize = 20;

impl Quarantine {
    /// Of a mail that could not even be read.
    #[must_use]
    pub fn unread(cause: &'static str) -> Self {
        Self { cause, ..Self::default() }
    }

    /// Of a mail that says who wrote it to whom.
    #[must_use]
    pub fn of(cause: &'static str, mail: &Incoming) -> Self {
        Self {
            cause,
            sender: Some(mail.sender.address.chars().take(254).collect()),
            subject: Some(mail.subject.clone()),
            recipients: mail.recipients().take(RECIPIENTS_MAX).map(str::to_owned).collect(),
        }
    }
}

#[derive(QueryableByName)]
struct IdRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Stores fetched mails and enqueues their reading; one that this mailbox has brought before is left out.
/// Returns how many were new.
///
/// # Errors
/// The database is away.
pub async fn store(
    tx: &mut Tx,
    mailbox: MailboxId,
    uid_validity: u32,
    mails: Vec<NewRaw>,
) -> DbResult<usize> {
    let count = mails.len();
    let (mut ids, mut uids, mut sizes) = (Vec::new(), Vec::new(), Vec::new());
    let (mut message_ids, mut hashes) = (Vec::new(), Vec::new());
    let (mut raws, mut keys, mut causes) = (Vec::new(), Vec::new(), Vec::new());
    for mail in mails {
        ids.push(mail.id.0);
        uids.push(i64::from(mail.uid));
        sizes.push(mail.size_bytes);
        message_ids.push(mail.message_id);
        hashes.push(mail.content_hash.to_vec());
        let (raw, key, cause) = match mail.place {
            Place::Row(raw) => (Some(raw), None, None),
            Place::File(key) => (None, Some(key), None),
            Place::Refused(cause) => (Some(Vec::new()), None, Some(cause)),
        };
        raws.push(raw);
        keys.push(key);
        causes.push(cause);
    }
    let stored: Vec<IdRow> = sql(
        "insert into mail_messages (id, mailbox_id, uid_validity, uid, size_bytes, message_id, content_hash, raw,
             raw_key, cause, outcome)
         select n.id, ?, ?, n.uid, n.size_bytes, n.message_id, n.content_hash, n.raw, n.raw_key, n.cause,
             case when n.cause is null then 'received' else 'quarantine' end
         from unnest(?, ?, ?, ?, ?, ?, ?, ?)
             as n(id, uid, size_bytes, message_id, content_hash, raw, raw_key, cause)
         on conflict (mailbox_id, content_hash) do nothing
         returning case when outcome = 'received' then id else mailbox_id end as id",
    )
    .bind::<SqlUuid, _>(mailbox.0)
    .bind::<BigInt, _>(i64::from(uid_validity))
    .bind::<Array<SqlUuid>, _>(ids)
    .bind::<Array<BigInt>, _>(uids)
    .bind::<Array<BigInt>, _>(sizes)
    .bind::<Array<Nullable<Text>>, _>(message_ids)
    .bind::<Array<Binary>, _>(hashes)
    .bind::<Array<Nullable<Binary>>, _>(raws)
    .bind::<Array<Nullable<Text>>, _>(keys)
    .bind::<Array<Nullable<Text>>, _>(causes)
    .get_results(tx.conn())
    .await?;
    tracing::debug!(fetched = count, new = stored.len(), "mails stored");
    for row in stored.iter().filter(|row| row.id != mailbox.0) {
        tx.enqueue(NewJob::of(&mail_in::Read { mail_id: MailId(row.id) }));
    }
    Ok(stored.len())
}

/// A stored mail by its id. It may not belong to a site yet, so the system's scope is taken for this one row.
///
/// # Errors
/// The database is away.
pub async fn find(db: &Db, mail: MailId) -> DbResult<Option<Raw>> {
    let mut conn = db.conn().await?;
    let rows: Vec<Raw> = sql(
        "select mailbox_id, raw, raw_key, outcome, assigned_site_id, mailbox_site_id, twins from mail_raw(?)",
    )
    .bind::<SqlUuid, _>(mail.0)
    .get_results(&mut **conn)
    .await?;
    Ok(rows.into_iter().next())
}

/// What became of the same mail as another mailbox brought it to this site before.
///
/// # Errors
/// The database is away.
pub async fn twin(db: &Db, mail: MailId, site: SiteId) -> DbResult<Option<Outcome>> {
    #[derive(QueryableByName)]
    struct Twin {
        #[diesel(sql_type = Nullable<SqlUuid>)]
        ticket_id: Option<Uuid>,
        #[diesel(sql_type = Nullable<SqlUuid>)]
        reply_id: Option<Uuid>,
    }
    let mut conn = db.conn().await?;
    let rows: Vec<Twin> = sql("select ticket_id, reply_id from mail_twin(?, ?)")
        .bind::<SqlUuid, _>(mail.0)
        .bind::<SqlUuid, _>(site.0)
        .get_results(&mut **conn)
        .await?;
    Ok(rows.into_iter().next().map(|twin| Outcome::Duplicate(twin.ticket_id, twin.reply_id)))
}

/// Gives a mail its outcome. The transaction acts for the system or for `site`, to which the mail now belongs.
///
/// # Errors
/// The database is away.
pub async fn settle(tx: &mut Tx, mail: MailId, site: Option<SiteId>, outcome: &Outcome) -> DbResult<()> {
    let none = Quarantine::default();
    let (word, ticket, reply, kept) = match outcome {
        Outcome::Ticket(ticket) => ("ticket", Some(ticket.0), None, &none),
        Outcome::Reply(ticket, reply) => ("reply", Some(ticket.0), Some(*reply), &none),
        Outcome::Bounce(ticket, reply) => ("bounce", Some(ticket.0), Some(*reply), &none),
        Outcome::AutoReply(ticket, reply) => ("auto_reply", Some(ticket.0), Some(*reply), &none),
        Outcome::Duplicate(ticket, reply) => ("duplicate", *ticket, *reply, &none),
        Outcome::Quarantine(kept) => ("quarantine", None, None, kept),
    };
    sql("select mail_settle(?, ?, ?, ?, ?, nullif(?, ''), ?, ?, ?)")
        .bind::<SqlUuid, _>(mail.0)
        .bind::<Nullable<SqlUuid>, _>(site.map(|site| site.0))
        .bind::<Text, _>(word)
        .bind::<Nullable<SqlUuid>, _>(ticket)
        .bind::<Nullable<SqlUuid>, _>(reply)
        .bind::<Text, _>(kept.cause)
        .bind::<Nullable<Text>, _>(kept.sender.as_deref())
        .bind::<Nullable<Text>, _>(kept.subject.as_deref())
        .bind::<Array<Text>, _>(&kept.recipients)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Quarantines mails whose reading was given up, so that they are seen. Returns how many.
///
/// # Errors
/// The database is away.
pub async fn keep_given_up(tx: &mut Tx) -> DbResult<i64> {
    #[derive(QueryableByName)]
    struct Kept {
        #[diesel(sql_type = BigInt)]
        count: i64,
    }
    let kept: Kept = sql("select mail_given_up() as count").get_result(tx.conn()).await?;
    Ok(kept.count)
}
