//! A transaction that only reads, in as few round trips as its questions need.
//!
//! Its begin travels with the first question, and nobody waits for its end. Questions that are asked at the same time, by
//! `try_join!`, travel together. It can neither collect audit entries, mails and jobs nor commit anything.

use super::{Db, DbResult, Held, Scope};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use futures::FutureExt;

/// A connection that is about to read for a scope; [`Reading::ask`] once, then [`Reading::end`].
pub struct Reading {
    conn: Held,
    scope: Scope,
}

impl Db {
    /// A connection to read a scope's rows with.
    ///
    /// # Errors
    /// As [`Db::conn`].
    pub async fn read(&self, scope: Scope) -> DbResult<Reading> {
        let mut conn = self.conn().await?;
        // Until it has ended, giving it up closes the connection.
        conn.open = true;
        Ok(Reading { conn, scope })
    }
}

impl Reading {
    /// The connection, for the questions of [`Reading::ask`]. Before that it sees no tenant's rows.
    #[must_use]
    pub fn conn(&self) -> &AsyncPgConnection {
        &self.conn.inner
    }

    /// Begins, and has all of it answered within the scope. The server takes what one connection sends in its order, so
    /// the scope stands before the first question is read, and what went wrong with it fails the answer too.
    ///
    /// # Errors
    /// Those of the questions, or the server is away.
    pub async fn ask<T>(&self, questions: impl Future<Output = DbResult<T>>) -> DbResult<T> {
        let begin = format!("begin read only; {}", self.scope.statement());
        let mut conn = self.conn();
        let begun = conn.batch_execute(&begin);
        let (begun, answer) = tokio::join!(biased; begun, questions);
        begun?;
        answer
    }

    /// Sends the end on its way and gives the connection back: whoever gets it next stands in line behind that.
    pub fn end(mut self) {
        let mut conn = &self.conn.inner;
        let sent = conn.batch_execute("commit").now_or_never();
        self.conn.open = matches!(sent, Some(Err(_)));
    }
}
