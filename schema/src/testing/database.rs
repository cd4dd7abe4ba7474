//! A database per test, cut from one migrated template, dropped when the test ends.

use crate::migrate;
use crate::pool::Db;
use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use std::hash::{DefaultHasher, Hash, Hasher};

const LOCK: i64 = 0x0A51_7E57;

/// A fresh database; use through [`TestDb::db`].
pub struct TestDb {
    pub url: String,
    name: String,
    db: Db,
}

impl TestDb {
    /// # Panics
    /// Without a server at `DATABASE_URL`: `scripts/test` starts one.
    pub async fn new() -> Self {
        let server = std::env::var("DATABASE_URL").expect("run scripts/test, which starts PostgreSQL");
        let name = format!("test_{}_{}_{}", std::process::id(), super::next(), uuid::Uuid::now_v7().simple());
        let mut conn = AsyncPgConnection::establish(&server).await.unwrap();
        // Nobody may be connected to a template while it is copied: makers and copiers take turns.
        conn.batch_execute(&format!("select pg_advisory_lock({LOCK})")).await.unwrap();
        let template = template(&server, &mut conn).await;
        conn.batch_execute(&format!("create database {name} template {template}")).await.unwrap();
        drop(conn);
        let url = with_database(&server, &name);
        let db = Db::connect(&url, 6).await.unwrap();
        Self { url, name, db }
    }

    #[must_use]
    pub fn db(&self) -> &Db {
        &self.db
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        let (Ok(server), name) = (std::env::var("DATABASE_URL"), self.name.clone()) else { return };
        let drop_it = async move {
            if let Ok(mut conn) = AsyncPgConnection::establish(&server).await {
                let _ = conn.batch_execute(&format!("drop database if exists {name} with (force)")).await;
            }
        };
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            if let Ok(runtime) = runtime {
                runtime.block_on(drop_it);
            }
        });
        let _ = thread.join();
    }
}

async fn template(server: &str, conn: &mut AsyncPgConnection) -> String {
    let name = format!("asisttr_template_{:016x}", fingerprint());
    let find = format!("select 1 / count(*) from pg_database where datname = '{name}'");
    if conn.batch_execute(&find).await.is_err() {
        // The finished name appears only when it is whole: a maker that died leaves an unfinished one.
        let making = format!("{name}_making");
        conn.batch_execute(&format!("drop database if exists {making} with (force)")).await.unwrap();
        conn.batch_execute(&format!("create database {making}")).await.unwrap();
        migrate::up(&with_database(server, &making)).await.unwrap();
        conn.batch_execute(&format!("alter database {making} rename to {name}")).await.unwrap();
    }
    name
}

fn fingerprint() -> u64 {
    let mut hasher = DefaultHasher::new();
    migrate::sources().hash(&mut hasher);
    hasher.finish()
}

fn with_database(url: &str, name: &str) -> String {
    let (server, _) = url.rsplit_once('/').expect("a database URL ends in /name");
    format!("{server}/{name}")
}
