//! Q2: enqueueing with its cause: a row and a job in one transaction, handed over after the commit.
//!
//! From one caller, from 64 at once, and from 64 through the edge's own act, where callers share transactions; there
//! the cause is a whole ticket with audit entry, confirmation and its jobs.

use super::Suite;
use super::work::Work;
use crate::cpu::Meter;
use crate::report::Row;
use crate::stage::Stage;
use diesel::sql_types::{Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use futures::future::try_join_all;
use jobs::{SiteId, TicketId};
use schema::mail::Template;
use schema::pool::{Db, Scope};
use schema::sites::Settings;
use schema::sql::sql;
use schema::testing::TestSite;
use schema::tickets::rules::{Priority, Source};
use schema::tickets::{Confirmation, Intake, NewTicket, Origin};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

/// Connections of the callers' process: one each, as a fleet of eight processes has them together.
const POOL: u32 = 64;
const CALLERS: usize = 64;
const ALONE: i64 = 2000;
const TOGETHER: i64 = 20_000;

/// What is enqueued, by how many at once.
#[derive(Clone, Copy)]
enum Way {
    Alone,
    Together,
    Tickets,
}

/// # Errors
/// The database refuses.
pub async fn run(suite: &Suite<'_>) -> anyhow::Result<()> {
    for way in [Way::Alone, Way::Together, Way::Tickets] {
        let (mut rates, mut costs, mut parts) = (Vec::new(), Vec::new(), json!(null));
        for _ in 0..suite.bench.rounds {
            let stage = suite.bench.stage(suite.transport).await?;
            let meter = suite.bench.meter().process("caller", std::process::id());
            let (rate, cost, part) = round(&stage, way, &meter).await?;
            stage.close().await?;
            rates.push(rate);
            costs.push(cost);
            parts = part;
        }
        let with =
            |row: Row| row.with("callers", way.callers()).with("pool", POOL).with("causes", way.causes());
        let rate = with(Row::new("Q2", format!("enqueue_{}", way.name()), "causes/s"));
        suite.report.say(way.held(rate), &rates);
        let cost = with(Row::new("Q2", format!("enqueue_{}_cpu", way.name()), "us/cause"));
        suite.report.say(cost.with("parts_last_round", parts), &costs);
    }
    Ok(())
}

impl Way {
    const fn name(self) -> &'static str {
        match self {
            Way::Alone => "alone",
            Way::Together => "64_way",
            Way::Tickets => "64_way_tickets_batched",
        }
    }

    const fn callers(self) -> usize {
        if matches!(self, Way::Alone) { 1 } else { CALLERS }
    }

    const fn causes(self) -> i64 {
        if matches!(self, Way::Alone) { ALONE } else { TOGETHER }
    }

    /// The floor is for a transaction each, the goal for sharing them.
    fn held(self, row: Row) -> Row {
        if matches!(self, Way::Alone) { row } else { row.against(4000.0, 15_000.0) }
    }
}

/// Causes a second, CPU µs per cause, and who used it.
async fn round(stage: &Stage, way: Way, meter: &Meter) -> anyhow::Result<(f64, f64, serde_json::Value)> {
    let db = stage.wired(POOL).await?;
    let site = TestSite::new(&db).await.settings().await;
    let intake = Intake::start(db.clone());
    call(&db, &intake, &site, way, way.causes() / 20).await?; // connections open, statements are prepared
    let (before, began) = (meter.read(), Instant::now());
    call(&db, &intake, &site, way, way.causes()).await?;
    let (seconds, spent, causes) = (began.elapsed().as_secs_f64(), meter.since(&before), way.causes() as f64);
    Ok((causes / seconds, spent.total_per(causes), spent.parts_per(causes)))
}

async fn call(db: &Db, intake: &Intake, site: &Arc<Settings>, way: Way, causes: i64) -> anyhow::Result<()> {
    let next = Arc::new(AtomicI64::new(0));
    let callers = (0..way.callers()).map(|_| {
        let (db, intake, site, next) = (db.clone(), intake.clone(), site.clone(), next.clone());
        tokio::spawn(async move {
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                match way {
                    _ if n >= causes => return anyhow::Ok(()),
                    Way::Tickets => intake.create(ticket(&site, n)).await.map(|_| ())?,
                    Way::Alone | Way::Together => commit(&db, site.id, n).await?,
                }
            }
        })
    });
    for ended in try_join_all(callers).await? {
        ended?;
    }
    Ok(())
}

async fn commit(db: &Db, site: SiteId, n: i64) -> anyhow::Result<()> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    sql("insert into bench_causes (id, site_id, body) values (?, ?, ?)")
        .bind::<SqlUuid, _>(uuid::Uuid::now_v7())
        .bind::<SqlUuid, _>(site.0)
        .bind::<Text, _>("Siparişim üç gündür kargoda görünüyor, ne zaman gelir?")
        .execute(tx.conn())
        .await?;
    tx.enqueue(Work::Short.job(site, n));
    Ok(tx.commit().await?)
}

/// A ticket as the widget's visitors write them.
fn ticket(site: &Arc<Settings>, n: i64) -> NewTicket {
    NewTicket {
        id: TicketId::fresh(),
        site: site.clone(),
        subject: "Sipariş Sorunu".into(),
        message: "Siparişim üç gündür kargoda görünüyor, ne zaman gelir?".into(),
        visitor_name: "Ayşe Yılmaz".into(),
        visitor_email: Some(format!("ayse{n}@ornek.com")),
        visitor_phone: None,
        user_id: None,
        actor_id: None,
        priority: Priority::Normal,
        department_id: None,
        category_id: None,
        source: Source::Widget,
        custom_fields: json!({}),
        form_submission_id: None,
        attachments: Vec::new(),
        confirmation: Some(Confirmation {
            template: Template::Acknowledgement,
            facts: json!({}),
            in_reply_to: None,
        }),
        created_at: chrono::Utc::now(),
        origin: Origin { trace_id: Some(uuid::Uuid::now_v7().to_string()), ..Origin::default() },
        idempotency: None,
        ends: None,
    }
}
