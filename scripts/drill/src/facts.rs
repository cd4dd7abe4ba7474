//! What the database says came of it, and the few things a drill arranges there. The drill's only SQL.
//!
//! Asked with the system's scope on connections of its own, so that nothing the programs keep in memory is believed.

mod mails;

pub use mails::{Posted, Seen};

use crate::intents::Deadline;
use anyhow::Context;
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use schema::pool::{Db, Scope, Tx};
use schema::sql::sql;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// A handle on the drill's database; cheap to clone.
#[derive(Clone)]
pub struct Facts {
    db: Db,
    site: Uuid,
    neighbour: Uuid,
}

/// A ticket and what happened to it.
#[derive(Clone, Debug, QueryableByName)]
pub struct Ticket {
    #[diesel(sql_type = Nullable<Text>)]
    pub visitor_email: Option<String>,
    #[diesel(sql_type = BigInt)]
    pub ticket_number: i64,
    #[diesel(sql_type = Bool)]
    pub has_agent: bool,
    #[diesel(sql_type = BigInt)]
    pub assignments: i64,
    #[diesel(sql_type = BigInt)]
    pub warnings: i64,
    #[diesel(sql_type = BigInt)]
    pub breaches: i64,
    #[diesel(sql_type = BigInt)]
    pub closings: i64,
}

/// A received mail's rows.
#[derive(Clone, Debug, QueryableByName)]
pub struct Mail {
    #[diesel(sql_type = Text)]
    pub message_id: String,
    #[diesel(sql_type = BigInt)]
    pub rows: i64,
    /// Rows whose outcome is a ticket.
    #[diesel(sql_type = BigInt)]
    pub tickets: i64,
}

/// A job that was due or held at one moment.
#[derive(Clone, Debug, QueryableByName)]
pub struct Job {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = Text)]
    pub kind: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub lease_token: Option<Uuid>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub leased_until: Option<DateTime<Utc>>,
    #[diesel(sql_type = Bool)]
    pub is_due: bool,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    word: String,
}

/// Makes an empty database beside the one `server` names, drops those of earlier drills, and returns its URL.
pub async fn fresh_database(server: &str, name: &str) -> anyhow::Result<String> {
    let mut conn = AsyncPgConnection::establish(server).await.context("the drill's PostgreSQL")?;
    let old: Vec<Word> = sql(r"select datname::text as word from pg_database where datname like 'drill\_%'")
        .get_results(&mut conn)
        .await?;
    for Word { word } in old {
        conn.batch_execute(&format!("drop database if exists {word} with (force)")).await?;
    }
    conn.batch_execute(&format!("create database {name}")).await?;
    let (server, _) = server.rsplit_once('/').context("a database URL ends in /name")?;
    Ok(format!("{server}/{name}"))
}

/// Waits until the server takes a connection and answers. Asked anew each time: a pool has pauses of its own.
pub async fn wait_answer(url: &str, patience: Duration) -> anyhow::Result<()> {
    let since = Instant::now();
    loop {
        if let Ok(mut conn) = AsyncPgConnection::establish(url).await
            && conn.batch_execute("select 1").await.is_ok()
        {
            return Ok(());
        }
        anyhow::ensure!(since.elapsed() < patience, "PostgreSQL does not answer within {patience:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

impl Facts {
    /// Adds an admin to the site, who hears of breaches, and a neighbour whose rows must not move.
    pub async fn open(url: &str, site: Uuid) -> anyhow::Result<Self> {
        let facts = Self { db: Db::connect(url, 4).await?, site, neighbour: Uuid::now_v7() };
        let mut tx = facts.begin().await?;
        let people = "insert into users (site_id, email, password_hash, name, role, status)
                      values (?, ?, '!', 'Drill', ?, 'online')";
        sql("insert into sites (id, name, domain) values (?, 'Komşu', 'komsu.test')")
            .bind::<SqlUuid, _>(facts.neighbour)
            .execute(tx.conn())
            .await?;
        for (site, email, role) in
            [(site, "admin@drill.test", "admin"), (facts.neighbour, "agent@komsu.test", "agent")]
        {
            let person = sql(people).bind::<SqlUuid, _>(site).bind::<Text, _>(email).bind::<Text, _>(role);
            person.execute(tx.conn()).await?;
        }
        sql("insert into tickets (id, site_id, ticket_number, reference, subject, message, visitor_name, source)
             select gen_random_uuid(), ?, n, 'SUP-2026-00000' || n, 'Konu', 'Mesaj', 'Komşu', 'api'
             from generate_series(1, 3) n")
        .bind::<SqlUuid, _>(facts.neighbour)
        .execute(tx.conn())
        .await?;
        tx.commit().await?;
        Ok(facts)
    }

    /// Every ticket of the site.
    pub async fn tickets(&self) -> anyhow::Result<Vec<Ticket>> {
        let mut tx = self.begin().await?;
        let rows = sql("select t.visitor_email::text as visitor_email, t.ticket_number,
                    t.agent_id is not null as has_agent, coalesce(a.assignments, 0) as assignments,
                    coalesce(a.closings, 0) as closings,
                    coalesce(n.warnings, 0) as warnings, coalesce(n.breaches, 0) as breaches
             from tickets t
             left join (select target_id, count(*) filter (where action = 'TICKET_ASSIGN') as assignments,
                               count(*) filter (where action = 'TICKET_STATUS_CHANGE'
                                                and details->>'new_status' = 'closed') as closings
                        from audit_logs group by target_id) a on a.target_id = t.id
             left join (select ticket_id, count(*) filter (where type = 'sla_warning') as warnings,
                               count(*) filter (where type = 'sla_breach') as breaches
                        from notifications group by ticket_id) n on n.ticket_id = t.id
             where t.site_id = ? order by t.ticket_number")
        .bind::<SqlUuid, _>(self.site)
        .get_results(tx.conn())
        .await?;
        tx.rollback().await;
        Ok(rows)
    }

    /// Every received mail, by Message-ID.
    pub async fn mails(&self) -> anyhow::Result<Vec<Mail>> {
        let mut tx = self.begin().await?;
        let rows = sql("select coalesce(message_id, '') as message_id, count(*) as rows,
                    count(*) filter (where outcome = 'ticket') as tickets
             from mail_messages group by message_id")
        .get_results(tx.conn())
        .await?;
        tx.rollback().await;
        Ok(rows)
    }

    /// Jobs that are due, held or waiting for another try. Watches never end and sweeps come again.
    pub async fn backlog(&self) -> anyhow::Result<i64> {
        self.count(
            "select count(*) as count from jobs
             where state <> 'dead' and kind <> 'mailbox.watch' and kind not like '%.sweep'
               and (state = 'running' or attempts > 0 or run_at <= now() + interval '2 seconds')",
        )
        .await
    }

    pub async fn dead(&self) -> anyhow::Result<i64> {
        self.count("select count(*) as count from jobs where state = 'dead'").await
    }

    /// Lets jobs that wait for another try be due now; returns how many.
    pub async fn hasten(&self) -> anyhow::Result<i64> {
        self.count(
            "with hastened as (update jobs set run_at = now()
                               where state = 'ready' and attempts > 0 and run_at > now() returning 1)
             select count(*) as count from hastened",
        )
        .await
    }

    /// What stands in the neighbour's tables, as one word.
    pub async fn neighbour(&self) -> anyhow::Result<String> {
        let mut tx = self.begin().await?;
        let word: Word = sql("with n as materialized (select ?::uuid as id)
             select md5(concat_ws('|',
                 (select string_agg(s::text, ',') from sites s, n where s.id = n.id),
                 (select string_agg(t::text, ',' order by t.id) from tickets t, n where t.site_id = n.id),
                 (select string_agg(u::text, ',' order by u.id) from users u, n where u.site_id = n.id),
                 (select count(*) from audit_logs a, n where a.site_id = n.id),
                 (select count(*) from notifications x, n where x.site_id = n.id),
                 (select count(*) from mail_outbox o, n where o.site_id = n.id),
                 (select count(*) from ticket_counters c, n where c.site_id = n.id),
                 (select count(*) from jobs j, n where j.site_id = n.id))) as word")
        .bind::<SqlUuid, _>(self.neighbour)
        .get_result(tx.conn())
        .await?;
        tx.rollback().await;
        Ok(word.word)
    }

    /// Arranges that half a second from now something is due at a ticket. False if the ticket, its agent or its
    /// watch is not there yet.
    pub async fn arrange(&self, address: &str, deadline: Deadline) -> anyhow::Result<bool> {
        let mut tx = self.begin().await?;
        let arranged = match deadline {
            Deadline::Warning => self.watch(&mut tx, address, 14 * 60).await?,
            Deadline::Breach => self.watch(&mut tx, address, -1).await?,
            Deadline::Closing => self.resolve(&mut tx, address).await?,
        };
        match arranged {
            1 => tx.commit().await?,
            _ => tx.rollback().await,
        }
        Ok(arranged == 1)
    }

    /// Due so many seconds from now, and looked at.
    async fn watch(&self, tx: &mut Tx, address: &str, due_seconds: i64) -> anyhow::Result<usize> {
        Ok(sql("with moved as (
                 update tickets set sla_due_date = now() + ? * interval '1 second'
                 where site_id = ? and visitor_email = ? and sla_due_date is not null returning id)
             update jobs j set run_at = now() + interval '500 milliseconds', sent_at = null
             from moved m
             where j.kind = 'sla.watch' and j.state = 'ready' and j.run_at > now() + interval '10 seconds'
               and j.payload->>'ticket_id' = m.id::text")
        .bind::<BigInt, _>(due_seconds)
        .bind::<SqlUuid, _>(self.site)
        .bind::<Text, _>(address)
        .execute(tx.conn())
        .await?)
    }

    /// Resolved two days and a second ago, and to be closed. Only what somebody has: a resolved ticket is routed to
    /// nobody.
    async fn resolve(&self, tx: &mut Tx, address: &str) -> anyhow::Result<usize> {
        Ok(sql("with resolved as (
                 update tickets set status = 'resolved', resolved_at = now() - interval '48 hours 1 second'
                 where site_id = ? and visitor_email = ? and agent_id is not null returning id, site_id)
             insert into jobs (id, kind, queue, site_id, payload, run_at, attempts_max)
             select gen_random_uuid(), 'ticket.autoclose', 'autoclose', site_id,
                    jsonb_build_object('site_id', site_id, 'ticket_id', id), now() + interval '500 milliseconds', 5
             from resolved")
        .bind::<SqlUuid, _>(self.site)
        .bind::<Text, _>(address)
        .execute(tx.conn())
        .await?)
    }

    /// Jobs of one queue, or of all, that are due or held now.
    pub async fn waiting(&self, queue: Option<&str>) -> anyhow::Result<Vec<Job>> {
        let mut tx = self.begin().await?;
        let rows = sql("select id, kind::text as kind, lease_token, leased_until, true as is_due from jobs
             where (queue = ? or ? is null) and (state = 'running' or (state = 'ready' and run_at <= now()))
             order by run_at limit 2000")
        .bind::<Nullable<Text>, _>(queue)
        .bind::<Nullable<Text>, _>(queue)
        .get_results(tx.conn())
        .await?;
        tx.rollback().await;
        Ok(rows)
    }

    /// Those of `ids` that still stand and are not dead.
    pub async fn standing(&self, ids: &[Uuid]) -> anyhow::Result<Vec<Job>> {
        let mut tx = self.begin().await?;
        let rows = sql("select id, kind::text as kind, lease_token, leased_until, run_at <= now() as is_due
             from jobs where id = any(?) and state <> 'dead'")
        .bind::<Array<SqlUuid>, _>(ids)
        .get_results(tx.conn())
        .await?;
        tx.rollback().await;
        Ok(rows)
    }

    /// The server's process behind some connection, other than the one that asks.
    pub async fn backend(&self) -> anyhow::Result<u32> {
        let pid = self
            .count(
                "select pid::bigint as count from pg_stat_activity
                 where datname = current_database() and usesysid is not null and pid <> pg_backend_pid()
                 order by random() limit 1",
            )
            .await?;
        Ok(u32::try_from(pid)?)
    }

    async fn count(&self, text: &'static str) -> anyhow::Result<i64> {
        let mut tx = self.begin().await?;
        let row: Count = sql(text).get_result(tx.conn()).await?;
        tx.commit().await?;
        Ok(row.count)
    }

    async fn begin(&self) -> anyhow::Result<Tx> {
        Ok(self.db.begin(Scope::System).await?)
    }
}
