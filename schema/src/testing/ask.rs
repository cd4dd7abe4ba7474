//! For tests that look at the database from outside the programs: statements in the system's scope.

use super::TestDb;
use diesel::prelude::QueryableByName;
use diesel::sql_types::Json;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use serde_json::Value;

/// A transaction that is open until this is dropped, with the locks it took.
pub struct Held {
    conn: AsyncPgConnection,
}

impl Held {
    /// Makes its changes so.
    pub async fn commit(mut self) {
        self.conn.batch_execute("commit").await.unwrap();
    }
}

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = Json)]
    answer: Value,
}

impl TestDb {
    /// Runs statements.
    pub async fn run(&self, statements: &str) {
        self.system().await.batch_execute(statements).await.unwrap();
    }

    /// The rows of a query, as a JSON array of objects.
    pub async fn ask(&self, query: &str) -> Value {
        let text = format!("select coalesce(json_agg(q), '[]') as answer from ({query}) q");
        let row: Answer = diesel::sql_query(text).get_result(&mut self.system().await).await.unwrap();
        row.answer
    }

    /// The first value of a query's only row.
    pub async fn count(&self, query: &str) -> i64 {
        let rows = self.ask(query).await;
        let first = rows[0].as_object().and_then(|row| row.values().next().cloned());
        first.and_then(|value| value.as_i64()).unwrap_or_else(|| panic!("{query} counts nothing: {rows}"))
    }

    /// Runs statements in a transaction that stays open.
    pub async fn hold(&self, statements: &str) -> Held {
        let mut conn = self.system().await;
        conn.batch_execute(&format!("begin; {statements}")).await.unwrap();
        Held { conn }
    }

    async fn system(&self) -> AsyncPgConnection {
        let mut conn = AsyncPgConnection::establish(&self.url).await.unwrap();
        conn.batch_execute("set app.sites = '*'").await.unwrap();
        conn
    }
}
