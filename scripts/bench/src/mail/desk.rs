//! A site whose mailbox is watched.

use crate::bench::Bench;
use crate::stage::{SECRET, Stage};
use diesel::sql_types::{Binary, Integer, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use schema::seal::Seal;
use schema::sql::sql;
use schema::testing::TestSite;
use secrecy::SecretString;

pub struct Desk {
    pub site: TestSite,
    /// The mailbox, which is also the site's support address: a new one each time.
    pub account: String,
    pub port: i32,
    pub password: String,
}

impl Desk {
    /// # Errors
    /// The mail servers do not run.
    pub async fn new(bench: &Bench, stage: &Stage) -> anyhow::Result<Self> {
        let site = TestSite::new(&stage.db(1).await?).await;
        let services = &bench.services;
        Ok(Self {
            account: format!(
                "bench-{}@{}",
                uuid::Uuid::new_v4().simple(),
                services.var("TEST_MAILBOX_DOMAIN")?
            ),
            port: services.var("TEST_IMAP_PORT")?.parse()?,
            password: services.var("TEST_IMAP_PASS")?.to_owned(),
            site,
        })
    }

    /// Lets the workers know of the mailbox: from the next sweep on it is watched.
    ///
    /// # Errors
    /// The database refuses.
    pub async fn open_mailbox(&self, owner: &mut AsyncPgConnection) -> anyhow::Result<()> {
        sql("insert into site_addresses (site_id, address) values (?, ?)")
            .bind::<SqlUuid, _>(self.site.id.0)
            .bind::<Text, _>(&self.account)
            .execute(owner)
            .await?;
        let seal = Seal::new(&SecretString::from(SECRET));
        sql("insert into mailboxes (site_id, host, port, tls, username, password_sealed) \
             values (?, '127.0.0.1', ?, 'none', ?, ?)")
        .bind::<SqlUuid, _>(self.site.id.0)
        .bind::<Integer, _>(self.port)
        .bind::<Text, _>(&self.account)
        .bind::<Binary, _>(seal.seal(&self.password))
        .execute(owner)
        .await?;
        Ok(())
    }
}
