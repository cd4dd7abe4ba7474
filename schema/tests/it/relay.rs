//! What the relay is promised: windows out of any backlog, shares for all sites, and what was lost once more.

use chrono::{TimeDelta, Utc};
use diesel::QueryableByName;
use diesel::sql_types::BigInt;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use jobs::{JobId, NewJob, Queue, SiteId, TicketId, routing::Route};
use schema::ledger::{Ledger, begin_locked};
use schema::pool::Scope;
use schema::testing::TestDb;
use std::collections::HashSet;
use uuid::Uuid;

async fn pick(ledger: &Ledger, want: usize) -> HashSet<Uuid> {
    picked(ledger.pick(Queue::Routing, want, &[]).await.unwrap())
}

fn picked(ids: Vec<JobId>) -> HashSet<Uuid> {
    ids.into_iter().map(|id| id.0).collect()
}

/// Jobs of one site, due for a while and never handed over.
async fn flood(ledger: &Ledger, site: SiteId, jobs: usize) -> HashSet<Uuid> {
    let past = Utc::now() - TimeDelta::seconds(10);
    let route = || NewJob::of(&Route { site_id: site, ticket_id: TicketId::fresh() }).at(past);
    let jobs: Vec<NewJob> = (0..jobs).map(|_| route()).collect();
    ledger.record(&jobs).await.unwrap();
    let mut tx = ledger.db().begin(Scope::System).await.unwrap();
    tx.conn().batch_execute("update jobs set sent_at = null").await.unwrap();
    tx.commit().await.unwrap();
    jobs.into_iter().map(|job| job.id.0).collect()
}

async fn desk() -> (TestDb, Ledger) {
    let test = TestDb::new().await;
    let ledger = Ledger::new(test.db().clone());
    (test, ledger)
}

#[derive(QueryableByName)]
struct Reads {
    #[diesel(sql_type = BigInt)]
    rows: i64,
}

/// Rows of the ledger that eight picks of 100 read together: enough for a plan that is made once for all of them.
async fn rows_read(test: &TestDb) -> i64 {
    let mut tx = test.db().begin(Scope::System).await.unwrap();
    let pick = "select ledger_pick('routing', 100, interval '500 ms', array[gen_random_uuid()]);";
    tx.conn().batch_execute(&pick.repeat(8)).await.unwrap();
    let reads = "select coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) as rows
                 from pg_stat_xact_user_tables where relname = 'jobs'";
    let reads: Reads = diesel::sql_query(reads).get_result(tx.conn()).await.unwrap();
    tx.rollback().await;
    reads.rows
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_picks_from_a_deep_backlog_read_a_part_of_it_whatever_the_planner_knows() {
    let (test, ledger) = desk().await;
    flood(&ledger, SiteId::fresh(), 1).await;
    test.run(
        "insert into jobs (id, kind, queue, site_id, payload, attempts_max, run_at)
         select gen_random_uuid(), kind, queue, site_id, payload, attempts_max, run_at
         from jobs, generate_series(1, 20000)",
    )
    .await;
    for knowledge in ["", "analyze jobs"] {
        test.run(knowledge).await;
        let rows = rows_read(&test).await;
        assert!((800..20_000).contains(&rows), "{rows} rows after {knowledge:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn room_that_other_sites_leave_goes_to_the_flood() {
    let (_test, ledger) = desk().await;
    let many = flood(&ledger, SiteId::fresh(), 300).await;
    let mut few = HashSet::new();
    for _ in 0..9 {
        few.extend(flood(&ledger, SiteId::fresh(), 1).await);
    }
    let first = pick(&ledger, 100).await;
    assert_eq!(first.len(), 100);
    assert!(few.is_subset(&first), "a small site waits");
    assert_eq!(first.intersection(&many).count(), 91);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_floods_have_equal_shares() {
    let (_test, ledger) = desk().await;
    let one = flood(&ledger, SiteId::fresh(), 200).await;
    let other = flood(&ledger, SiteId::fresh(), 200).await;
    let both = pick(&ledger, 100).await;
    assert_eq!((both.intersection(&one).count(), both.intersection(&other).count()), (50, 50));
}

#[tokio::test(flavor = "multi_thread")]
async fn where_there_are_more_sites_than_room_each_has_its_turn() {
    let (test, ledger) = desk().await;
    let mut waiting = HashSet::new();
    for _ in 0..12 {
        waiting.extend(flood(&ledger, SiteId::fresh(), 1).await);
    }
    // Every pick finds all twelve due again, as if each site had a backlog.
    for _ in 0..60 {
        for id in pick(&ledger, 4).await {
            waiting.remove(&id);
        }
        test.run("update jobs set sent_at = null").await;
    }
    assert!(waiting.is_empty(), "{} sites never had a turn", waiting.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_relays_share_a_backlog() {
    let (_test, ledger) = desk().await;
    let all = flood(&ledger, SiteId::fresh(), 400).await;
    let (one, other) = tokio::join!(pick(&ledger, 200), pick(&ledger, 200));
    assert!(one.is_disjoint(&other), "{} jobs twice", one.intersection(&other).count());
    let rest = pick(&ledger, 400).await;
    assert_eq!(one.len() + other.len() + rest.len(), all.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_hand_over_is_repeated_and_counted_and_what_waits_or_runs_is_not() {
    let (test, ledger) = desk().await;
    let all = flood(&ledger, SiteId::fresh(), 3).await;
    assert_eq!(pick(&ledger, 10).await, all);
    assert!(pick(&ledger, 10).await.is_empty(), "just handed over");
    test.run("update jobs set sent_at = sent_at - interval '1 second'").await;
    let [lost, listed, running] = all.into_iter().collect::<Vec<_>>().try_into().unwrap();
    let (tx, _) = begin_locked(test.db(), &[running]).await.unwrap();
    let again = picked(ledger.pick(Queue::Routing, 10, &[listed]).await.unwrap());
    assert_eq!(again, HashSet::from([lost]));
    tx.rollback().await;
    let counted = format!("select count(*) from jobs where resends = 1 and id = '{lost}'");
    assert_eq!(test.count(&counted).await, 1);
    assert_eq!(test.count("select count(*) from jobs where resends > 0").await, 1);
}
