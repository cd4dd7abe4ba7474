//! A site's mail settings (B10-64, B10-65): the mailbox it reads, the server it sends over, its signature, its addresses.
//!
//! Secrets are sealed and never read back. A secret that is not given anew stays only with the server it belongs to:
//! otherwise whoever may change the server's name could have the password sent to a server of his own.

mod imap;
mod read;
mod smtp;

pub use read::{EmailSettings, Imap, Signature, Smtp};

use super::account::{self, DELIVERY_TEST, NewAccountMail};
use crate::audit::{Entry, changes};
use crate::pool::{Db, DbError, DbResult, Scope};
use crate::seal::Seal;
use crate::sites::tenants::{self, update_within};
use crate::tickets::status::By;
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::Uuid as SqlUuid;
use diesel_async::RunQueryDsl;
use jobs::{MailboxId, NewJob, OutboundId, SiteId, UserId, mailbox};
use secrecy::SecretString;
use serde_json::json;
use uuid::Uuid;

/// What takes the place of a secret in an answer, and leaves it as it is in a request.
pub const MASK: &str = "********";

/// How a connection is secured; the words stand in the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    None,
    StartTls,
    Tls,
}

impl Security {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Security::None => "none",
            Security::StartTls => "starttls",
            Security::Tls => "tls",
        }
    }
}

/// A secret in a request.
#[derive(Clone, Debug)]
pub enum Secret {
    /// The one that is stored.
    Kept,
    New(SecretString),
}

/// A server and who logs in to it; an empty user does not.
#[derive(Clone, Debug)]
pub struct Server {
    pub host: String,
    pub port: u16,
    pub security: Security,
    pub user: String,
    pub password: Secret,
}

/// A signature to be: the key in PEM, known to be one.
#[derive(Clone, Debug)]
pub struct NewSignature {
    pub domain: String,
    pub selector: String,
    pub key: Secret,
}

/// What can be changed; none stays, none within takes it away.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    pub imap: Option<Option<Server>>,
    pub smtp: Option<Option<Server>>,
    pub dkim: Option<Option<NewSignature>>,
    pub from: Option<Option<String>>,
    pub support_addresses: Option<Vec<String>>,
}

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum NotChanged {
    #[error("there is no such site")]
    NotFound,
    /// The field: there is none to be kept, or it belongs to another server.
    #[error("{0} must be given anew")]
    SecretNeeded(&'static str),
    #[error("an address belongs to another site")]
    AddressTaken,
    #[error("another site reads this mailbox")]
    MailboxTaken,
    #[error(transparent)]
    Database(DbError),
}

impl From<DbError> for NotChanged {
    fn from(error: DbError) -> Self {
        NotChanged::Database(error)
    }
}

impl From<tenants::Refused> for NotChanged {
    fn from(refused: tenants::Refused) -> Self {
        match refused {
            tenants::Refused::NotFound => NotChanged::NotFound,
            tenants::Refused::AddressTaken => NotChanged::AddressTaken,
            tenants::Refused::Database(error) => NotChanged::Database(error),
        }
    }
}

impl From<diesel::result::Error> for NotChanged {
    fn from(error: diesel::result::Error) -> Self {
        NotChanged::Database(error.into())
    }
}

/// # Errors
/// The database is away, or there is no such site.
pub async fn read(db: &Db, site: SiteId) -> Result<EmailSettings, NotChanged> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    let found = read::read(&mut tx, site).await?.ok_or(NotChanged::NotFound)?;
    tx.commit().await?;
    Ok(found)
}

/// Changes the given parts.
///
/// # Errors
/// See [`NotChanged`].
pub async fn change(
    db: &Db,
    site: SiteId,
    wanted: &Changes,
    seal: &Seal,
    by: &By,
    now: DateTime<Utc>,
) -> Result<EmailSettings, NotChanged> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    let of_site = tenants::Changes {
        mail_from: wanted.from.clone(),
        support_addresses: wanted.support_addresses.clone(),
        ..tenants::Changes::default()
    };
    // Locks the site's row: whoever changes the same settings waits.
    update_within(&mut tx, site, &of_site, "UPDATE", by, now).await?;
    let old = read::read(&mut tx, site).await?.ok_or(NotChanged::NotFound)?;
    if let Some(server) = &wanted.imap {
        imap::change(&mut tx, site, server.as_ref(), seal).await?;
    }
    if let Some(server) = &wanted.smtp {
        smtp::change_server(&mut tx, site, server.as_ref(), seal, now).await?;
    }
    if let Some(signature) = &wanted.dkim {
        smtp::change_signature(&mut tx, site, signature.as_ref(), seal, now).await?;
    }
    let new = read::read(&mut tx, site).await?.ok_or(NotChanged::NotFound)?;
    let secrets = wanted.new_secrets();
    if !changes(&old.told(), &new.told()).is_null() || !secrets.is_empty() {
        let entry = Entry::of(site, by, "UPDATE", ("email_settings", site.0), now);
        tx.audit(entry.changing(&old.told(), &new.told()).with(json!({ "new_secrets": secrets })));
    }
    tx.commit().await?;
    Ok(new)
}

impl Changes {
    /// Names of the secrets that are given anew.
    fn new_secrets(&self) -> Vec<&'static str> {
        let is_new = |secret: &Secret| matches!(secret, Secret::New(_));
        let server = |server: &Option<Option<Server>>| {
            server.as_ref().and_then(Option::as_ref).is_some_and(|one| is_new(&one.password))
        };
        let key = self.dkim.as_ref().and_then(Option::as_ref).is_some_and(|one| is_new(&one.key));
        [
            ("imap.password", server(&self.imap)),
            ("smtp.password", server(&self.smtp)),
            ("dkim.private_key", key),
        ]
        .into_iter()
        .filter_map(|(name, is_new)| is_new.then_some(name))
        .collect()
    }
}

/// Writes the mail that shows the caller whether the site's mails leave; returns its id.
///
/// # Errors
/// The database is away.
pub async fn post_test(
    db: &Db,
    site: SiteId,
    (user, address, name): (UserId, &str, &str),
    by: &By,
    now: DateTime<Utc>,
) -> DbResult<Uuid> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    let id = OutboundId::fresh();
    let mail = NewAccountMail {
        id,
        site: Some(site),
        user,
        template: DELIVERY_TEST,
        to_address: address.to_owned(),
        to_name: name.to_owned(),
        facts: json!({}),
    };
    account::post(&mut tx, mail).await?;
    tx.audit(Entry::of(site, by, "CREATE", ("test_mail", id.0), now));
    tx.commit().await?;
    Ok(id.0)
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Asks for one look into the site's mailbox; the settings tell what came of it. False if the site reads none.
///
/// # Errors
/// The database is away.
pub async fn ask_check(db: &Db, site: SiteId) -> DbResult<bool> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    let rows: Vec<Id> =
        crate::sql::sql(read::MAILBOX_ID).bind::<SqlUuid, _>(site.0).get_results(tx.conn()).await?;
    let found = rows.into_iter().next();
    if let Some(row) = &found {
        let check = mailbox::Check { mailbox_id: MailboxId(row.id) };
        let key = check.key();
        tx.enqueue(NewJob::of(&check).unless_pending(key));
    }
    tx.commit().await?;
    Ok(found.is_some())
}
