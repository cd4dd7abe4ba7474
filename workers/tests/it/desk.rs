//! A desk of its own for every test: database, site, workers' environment.

use clap::Parser;
use diesel::QueryableByName;
use diesel::sql_types::{Json, Text};
use diesel_async::RunQueryDsl;
use jobs::{MailId, MailboxId, Queue};
use schema::mail::inbound::{self, NewRaw, Place};
use schema::mail::rules::identity;
use schema::pool::Scope;
use schema::sql::sql;
use schema::testing::{TestDb, TestSite};
use serde_json::Value;
use std::sync::Arc;
use uuid::Uuid;
use workers::config::Config;
use workers::env::{Env, Parts};
use workers::handlers::{self, mail_in::Reader};
use workers::io::smtp::FakeSender;
use workers::registry::Registry;
use workers::run::{Keeper, drain};

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    config: Config,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Json)]
    row: Value,
}

pub struct Desk {
    pub site: TestSite,
    pub other: TestSite,
    pub sent: FakeSender,
    pub env: Env,
    pub keeper: Keeper,
    pub mailbox: MailboxId,
    files: std::path::PathBuf,
    pub db: TestDb,
}

impl Desk {
    pub async fn new() -> Self {
        Self::with(&[]).await
    }

    /// With further arguments of the program.
    pub async fn with(args: &[&str]) -> Self {
        Self::made(args, |_| {}).await
    }

    /// With other parts than the program's own.
    pub async fn made(args: &[&str], change: impl FnOnce(&mut Parts)) -> Self {
        let db = TestDb::new().await;
        let files = std::env::temp_dir().join(format!("asisttr-{}", Uuid::now_v7().simple()));
        let redis = std::env::var("REDIS_URL").expect("run scripts/test, which starts Redis");
        let secret = "a secret for tests, long enough to be used";
        let line = ["test", "--database-url", &db.url, "--redis-url", &redis, "--secret-key", secret];
        let line = line.into_iter().chain(["--files-dir", files.to_str().unwrap()]);
        let line = Line::parse_from(line.chain(args.iter().copied()));
        let sent = FakeSender::default();
        let store = Arc::new(line.config.common.file_store(true).unwrap());
        let mut parts = Parts { mailer: Arc::new(sent.clone()), files: store, reader: Reader::default() };
        change(&mut parts);
        let env = Env::of(&line.config, parts).await.unwrap();
        let keeper = Keeper::start(db.url.clone()).unwrap();
        let (site, other) = (TestSite::new(db.db()).await, TestSite::new(db.db()).await);
        let desk = Self { site, other, sent, env, keeper, mailbox: MailboxId(Uuid::new_v4()), files, db };
        desk.run(&format!(
            "insert into mailboxes (id, host, port, username, password_sealed)
             values ('{}', 'localhost', 993, 'destek', ''::bytea)",
            desk.mailbox
        ))
        .await;
        desk
    }

    /// The folder of stored files.
    pub fn files(&self) -> &std::path::Path {
        &self.files
    }

    /// Runs everything that is due.
    pub async fn work(&self) {
        self.work_with(&handlers::registry()).await;
    }

    pub async fn work_with(&self, registry: &Registry) {
        let queues: Vec<Queue> =
            Queue::ALL.iter().copied().filter(|queue| *queue != Queue::Mailbox).collect();
        drain(&queues, registry, &self.env, &self.keeper).await.unwrap();
    }

    /// Stores a mail as the mailbox's watch does; the text may use `\n`.
    pub async fn receive(&self, raw: &str) -> MailId {
        self.receive_bytes(raw.replace('\n', "\r\n").into_bytes()).await
    }

    pub async fn receive_bytes(&self, raw: Vec<u8>) -> MailId {
        let (identity, id) = (identity(&raw), MailId::fresh());
        let mail = NewRaw {
            id,
            uid: 1,
            message_id: identity.message_id,
            content_hash: identity.content_sha256,
            size_bytes: i64::try_from(raw.len()).unwrap(),
            place: Place::Row(raw),
        };
        let mut tx = self.env.db.begin(Scope::System).await.unwrap();
        inbound::store(&mut tx, self.mailbox, 1, vec![mail]).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    pub async fn run(&self, statement: &str) {
        use diesel_async::SimpleAsyncConnection;
        let mut tx = self.env.db.begin(Scope::System).await.unwrap();
        tx.conn().batch_execute(statement).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// The rows of a query, each as a JSON object.
    pub async fn rows(&self, query: &str) -> Vec<Value> {
        let mut tx = self.env.db.begin(Scope::System).await.unwrap();
        let ask = "select query_rows(?) as row";
        use diesel_async::SimpleAsyncConnection;
        let define = "create or replace function query_rows(text) returns setof json language plpgsql as $$
            begin return query execute 'select row_to_json(q) from (' || $1 || ') q'; end $$";
        let mut owner = self.owner().await;
        owner.batch_execute(define).await.unwrap();
        let rows: Vec<Row> = sql(ask).bind::<Text, _>(query).get_results(tx.conn()).await.unwrap();
        tx.rollback().await;
        rows.into_iter().map(|row| row.row).collect()
    }

    async fn owner(&self) -> diesel_async::AsyncPgConnection {
        use diesel_async::AsyncConnection;
        diesel_async::AsyncPgConnection::establish(&self.db.url).await.unwrap()
    }

    /// The one row of a query.
    pub async fn row(&self, query: &str) -> Value {
        let rows = self.rows(query).await;
        assert_eq!(rows.len(), 1, "{query}: {rows:?}");
        rows.into_iter().next().unwrap()
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.files);
    }
}
