//! A page of a list, and how many entries the whole list has.

use crate::pool::{DbResult, Tx};
use crate::sql::sql;
use diesel::QueryableByName;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;

/// Which entries are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub limit: i64,
    /// Entries before the first that is wanted.
    pub offset: i64,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// How many entries a list has: its rows say it, and where the page lies behind the last of them, `count` does.
///
/// # Errors
/// The database is away.
pub(crate) async fn total(tx: &mut Tx, said: Option<i64>, span: Span, count: &'static str) -> DbResult<i64> {
    match said {
        Some(total) => Ok(total),
        None if span.offset == 0 => Ok(0),
        None => Ok(sql(count).get_result::<Count>(tx.conn()).await?.count),
    }
}
