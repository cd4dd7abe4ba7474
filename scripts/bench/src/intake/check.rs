//! What the database must hold after tickets were taken.

use anyhow::ensure;
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use jobs::{Job, SiteId, mail_out, routing, sla};
use schema::sql::sql;

/// What was answered.
#[derive(Clone, Copy)]
pub struct Expected {
    pub tickets: u64,
    /// Nobody worked, so every job of every ticket still stands.
    pub jobs_stand: bool,
}

#[derive(Debug, QueryableByName)]
struct Tickets {
    #[diesel(sql_type = BigInt)]
    count: i64,
    #[diesel(sql_type = BigInt)]
    numbers: i64,
    #[diesel(sql_type = BigInt)]
    first: i64,
    #[diesel(sql_type = BigInt)]
    last: i64,
    #[diesel(sql_type = BigInt)]
    references: i64,
    #[diesel(sql_type = BigInt)]
    audited: i64,
    #[diesel(sql_type = BigInt)]
    confirmed: i64,
}

#[derive(Debug, QueryableByName)]
struct Jobs {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// Every ticket once, numbered from 1 without a gap, with its audit entry, its confirmation and its jobs.
///
/// # Errors
/// The first thing that is not so.
pub async fn site(owner: &mut AsyncPgConnection, site: SiteId, expected: Expected) -> anyhow::Result<()> {
    let want = i64::try_from(expected.tickets)?;
    let found = tickets(owner, site).await?;
    ensure!(found.count == want, "{want} tickets were answered, {} stand", found.count);
    let gapless = found.numbers == want && found.references == want && (want == 0 || found.first == 1);
    ensure!(gapless && found.last == want, "the numbers of {want} tickets: {found:?}");
    ensure!(found.audited == want && found.confirmed == want, "what belongs to {want} tickets: {found:?}");
    if expected.jobs_stand {
        let jobs = jobs(owner, site).await?;
        for kind in [mail_out::Deliver::KIND, routing::Route::KIND, sla::Watch::KIND] {
            let count = jobs.iter().find(|jobs| jobs.kind == kind).map_or(0, |jobs| jobs.count);
            ensure!(count == want, "{count} jobs {kind} for {want} tickets");
        }
    }
    Ok(())
}

async fn tickets(owner: &mut AsyncPgConnection, site: SiteId) -> anyhow::Result<Tickets> {
    Ok(sql("select count(*), count(distinct t.ticket_number) as numbers,
                count(distinct t.reference) as references,
                coalesce(min(t.ticket_number), 0) as first, coalesce(max(t.ticket_number), 0) as last,
                count(*) filter (where exists (select from audit_logs a where a.target_id = t.id
                    and a.site_id = t.site_id and a.action = 'CREATE')) as audited,
                count(*) filter (where exists (select from mail_outbox m where m.ticket_id = t.id)) as confirmed
            from tickets t where t.site_id = ?")
    .bind::<SqlUuid, _>(site.0)
    .get_result(owner)
    .await?)
}

/// Each job names its ticket or its mail; doubles count once and so are missed.
async fn jobs(owner: &mut AsyncPgConnection, site: SiteId) -> anyhow::Result<Vec<Jobs>> {
    Ok(sql("select kind, count(distinct coalesce(payload->>'outbound_id', payload->>'ticket_id')) as count
            from jobs where site_id = ? group by kind")
    .bind::<SqlUuid, _>(site.0)
    .get_results(owner)
    .await?)
}
