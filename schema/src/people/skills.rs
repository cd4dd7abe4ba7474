//! The skills of a site's agents, for whoever chooses among them.

use crate::page::Span;
use crate::pool::{Db, DbResult, Scope};
use crate::sql::sql;
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Text};
use diesel_async::RunQueryDsl;

/// A skill, and how many agents have it.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct Skill {
    #[diesel(sql_type = Text)]
    pub skill: String,
    #[diesel(sql_type = BigInt)]
    pub agents: i64,
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(embed)]
    skill: Skill,
    #[diesel(sql_type = BigInt)]
    total: i64,
}

/// The skills of a scope, and how many there are.
///
/// # Errors
/// The database is away.
pub async fn list(db: &Db, scope: Scope, span: Span) -> DbResult<(Vec<Skill>, i64)> {
    let mut tx = db.begin(scope).await?;
    let rows: Vec<Counted> = sql("select skill, count(*) as agents, count(*) over () as total
        from agent_skills group by skill order by skill limit ? offset ?")
    .bind::<BigInt, _>(span.limit)
    .bind::<BigInt, _>(span.offset)
    .get_results(tx.conn())
    .await?;
    tx.commit().await?;
    let total = rows.last().map_or(0, |row| row.total);
    Ok((rows.into_iter().map(|row| row.skill).collect(), total))
}
