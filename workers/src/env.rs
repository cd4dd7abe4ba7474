//! What handlers may use: the database, files, the mail server, the time.

use crate::config::Config;
use crate::handlers::mail_in::{Reader, Room};
use crate::io::smtp::{MailSender, Mailer, Servers};
use anyhow::Context;
use chrono::{DateTime, Utc};
use jobs::Queue;
use object_store::ObjectStore;
use schema::ledger::wire::{self, Transport};
use schema::ledger::{Courier, Ledger};
use schema::mail::rules::reply::TokenKey;
use schema::net::Reach;
use schema::pool::Db;
use schema::seal::Seal;
use schema::sites::Directory;
use schema::tickets::Intake;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

/// A handle on everything handlers use; cheap to clone.
#[derive(Clone)]
pub struct Env {
    inner: Arc<Inner>,
}

pub struct Inner {
    pub db: Db,
    pub ledger: Ledger,
    pub intake: Intake,
    pub directory: Directory,
    pub files: Arc<dyn ObjectStore>,
    pub servers: Servers,
    pub reader: Reader,
    pub room: Room,
    pub seal: Seal,
    pub tokens: TokenKey,
    pub agent_tokens: TokenKey,
    pub redis_url: String,
    pub transport: Transport,
    pub mail: MailSettings,
    /// Which servers sites may name.
    pub reach: Reach,
    pub imap_ca: Option<Vec<u8>>,
    pub imap_poll: Duration,
    concurrency: Option<usize>,
}

/// What the configuration names but somebody else may give.
pub struct Parts {
    pub mailer: Arc<dyn MailSender>,
    pub files: Arc<dyn ObjectStore>,
    pub reader: Reader,
}

/// What outgoing mails say of the desk.
#[derive(Clone, Debug)]
pub struct MailSettings {
    pub from: String,
    pub frontend_url: String,
}

impl Deref for Env {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.inner
    }
}

impl Env {
    /// Opens what the configuration names.
    ///
    /// # Errors
    /// The database or the file store cannot be reached.
    pub async fn open(config: &Config) -> anyhow::Result<Self> {
        let mailer = Mailer::new(config.smtp.settings()?).context("SMTP settings")?;
        Self::with(config, Arc::new(mailer)).await
    }

    /// As [`Env::open`], handing mail to `mailer`.
    ///
    /// # Errors
    /// As [`Env::open`].
    pub async fn with(config: &Config, mailer: Arc<dyn MailSender>) -> anyhow::Result<Self> {
        // A mail's bytes must be on disk before its mailbox's cursor moves past it.
        let files = Arc::new(config.common.file_store(true)?);
        Self::of(config, Parts { mailer, files, reader: Reader::default() }).await
    }

    /// As [`Env::open`], made of these parts.
    ///
    /// # Errors
    /// As [`Env::open`].
    pub async fn of(config: &Config, parts: Parts) -> anyhow::Result<Self> {
        let common = &config.common;
        common.check()?;
        let sender = wire::open(&common.redis_url, common.queue_transport).context("REDIS_URL")?;
        let db = Db::connect(&common.database_url, common.database_pool).await?;
        let db = db.with_courier(Courier::start(sender));
        let seal = Seal::new(&common.secret_key);
        let smtp_ca = config.smtp.certificates()?;
        Ok(Self {
            inner: Arc::new(Inner {
                ledger: Ledger::new(db.clone()),
                intake: Intake::start(db.clone()),
                directory: Directory::new(db.clone()),
                db,
                files: parts.files,
                reader: parts.reader,
                room: Room::default(),
                servers: Servers::new(parts.mailer, common.mail_reach(), smtp_ca, config.smtp.timeouts()),
                reach: common.mail_reach(),
                tokens: schema::mail::ticket_tokens(&seal),
                agent_tokens: schema::mail::agent_tokens(&seal),
                seal,
                redis_url: common.redis_url.clone(),
                transport: common.queue_transport,
                mail: MailSettings {
                    from: config.smtp.smtp_from.clone(),
                    frontend_url: config.frontend_url.trim_end_matches('/').to_owned(),
                },
                imap_ca: config.imap.certificates()?,
                imap_poll: Duration::from_secs(config.imap.imap_poll_seconds.max(1)),
                concurrency: config.concurrency,
            }),
        })
    }

    /// The time handlers go by.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    /// How many jobs of a queue run at once in this process.
    #[must_use]
    pub fn concurrency(&self, queue: Queue) -> usize {
        self.concurrency.unwrap_or(queue.concurrency()).max(1)
    }
}
