//! Lists of tickets, newest first unless asked otherwise (B12-53, B12-69, B12-70, B12-76).

use super::rows::{StaffTicket, staff_columns, staff_joins};
use crate::pool::{Db, DbResult, Scope};
use crate::sql::sql;
use crate::turkish::fold;
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

/// Which tickets are wanted; what is absent does not choose.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub statuses: Option<Vec<String>>,
    pub subject: Option<String>,
    pub created_after: Option<DateTime<Utc>>,
    pub created_before: Option<DateTime<Utc>>,
    /// `Some(None)` for tickets that nobody has.
    pub agent: Option<Option<Uuid>>,
    /// Every word must stand somewhere in number, name, address, phone, subject or message.
    pub words: Vec<String>,
    pub order: Order,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    #[default]
    Newest,
    Oldest,
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(embed)]
    ticket: StaffTicket,
    #[diesel(sql_type = BigInt)]
    total: i64,
}

macro_rules! listing {
    ($direction:literal) => {
        concat!(
            "with chosen as materialized (
                select t.*, count(*) over () as total from tickets t
                where (?::uuid is null or t.site_id = ?)
                  and (?::text[] is null or t.status = any(?)) and (?::text is null or t.subject = ?)
                  and (?::timestamptz is null or t.created_at >= ?) and (?::timestamptz is null or t.created_at <= ?)
                  and (not ? or t.agent_id is not distinct from ?)
                  and not exists (select from unnest(?) as w(word) where position(w.word in
                      lower(translate(concat_ws(e'\\n', t.ticket_number::text, t.reference, t.visitor_name, t.visitor_email,
                                                t.visitor_phone, t.subject, t.message), 'Iİ', 'ıi'))) = 0)
                order by t.created_at ", $direction, ", t.id ", $direction, " limit ? offset ?)
             select ", staff_columns!(), ", t.total from chosen t ", staff_joins!(),
            " order by t.created_at ", $direction, ", t.id ", $direction
        )
    };
}

/// Tickets of a scope and how many there are in all. `site` is that of the scope, none for all.
///
/// # Errors
/// The database is away.
pub async fn list(
    db: &Db,
    site: Option<jobs::SiteId>,
    filter: &Filter,
    limit: i64,
    offset: i64,
) -> DbResult<(Vec<StaffTicket>, i64)> {
    let mut tx = db.begin(site.map_or(Scope::System, Scope::Site)).await?;
    let text = match filter.order {
        Order::Newest => listing!("desc"),
        Order::Oldest => listing!("asc"),
    };
    let site = site.map(|site| site.0);
    let words: Vec<String> = filter.words.iter().map(|word| fold(word)).collect();
    let rows: Vec<Counted> = sql(text)
        .bind::<Nullable<SqlUuid>, _>(site)
        .bind::<Nullable<SqlUuid>, _>(site)
        .bind::<Nullable<Array<Text>>, _>(filter.statuses.as_ref())
        .bind::<Nullable<Array<Text>>, _>(filter.statuses.as_ref())
        .bind::<Nullable<Text>, _>(filter.subject.as_ref())
        .bind::<Nullable<Text>, _>(filter.subject.as_ref())
        .bind::<Nullable<Timestamptz>, _>(filter.created_after)
        .bind::<Nullable<Timestamptz>, _>(filter.created_after)
        .bind::<Nullable<Timestamptz>, _>(filter.created_before)
        .bind::<Nullable<Timestamptz>, _>(filter.created_before)
        .bind::<Bool, _>(filter.agent.is_some())
        .bind::<Nullable<SqlUuid>, _>(filter.agent.flatten())
        .bind::<Array<Text>, _>(words)
        .bind::<BigInt, _>(limit)
        .bind::<BigInt, _>(offset)
        .get_results(tx.conn())
        .await?;
    tx.commit().await?;
    let total = rows.last().map_or(0, |row| row.total);
    Ok((rows.into_iter().map(|row| row.ticket).collect(), total))
}
