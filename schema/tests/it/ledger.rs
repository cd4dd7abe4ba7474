//! The job ledger's promises, one by one.

use chrono::{TimeDelta, Utc};
use jobs::{JobId, NewJob, Queue, SiteId, TicketId, routing::Route};
use schema::ledger::{Ledger, Settlement, Verdict, begin_locked, hold, remove};
use schema::pool::{Scope, Tx};
use schema::testing::TestDb;
use std::time::Duration;
use uuid::Uuid;

fn route(site: SiteId) -> NewJob {
    NewJob::of(&Route { site_id: site, ticket_id: TicketId::fresh() })
}

fn ids(jobs: &[NewJob]) -> Vec<Uuid> {
    jobs.iter().map(|job| job.id.0).collect()
}

async fn ledger_with(jobs: &[NewJob]) -> (TestDb, Ledger) {
    let test = TestDb::new().await;
    let ledger = Ledger::new(test.db().clone());
    ledger.record(jobs).await.unwrap();
    (test, ledger)
}

async fn states(ledger: &Ledger) -> Vec<(String, i64)> {
    let depth = ledger.depth().await.unwrap();
    depth.into_iter().map(|d| (d.state, d.jobs)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_exists_if_and_only_if_its_cause_was_committed() {
    let (test, ledger) = ledger_with(&[]).await;
    let (kept, lost) = (route(SiteId::fresh()), route(SiteId::fresh()));
    for (job, commits) in [(&kept, true), (&lost, false)] {
        let mut tx = test.db().begin(Scope::Site(job.site_id)).await.unwrap();
        tx.enqueue(job.clone());
        match commits {
            true => tx.commit().await.unwrap(),
            false => {
                tx.flush().await.unwrap();
                drop(tx);
            }
        }
    }
    let claimed = ledger.claim(&ids(&[kept.clone(), lost])).await.unwrap();
    assert_eq!(claimed.iter().map(|c| c.id).collect::<Vec<_>>(), [kept.id.0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_workers_one_gets_the_job_and_a_late_lease_changes_nothing() {
    let job = route(SiteId::fresh());
    let (_test, ledger) = ledger_with(std::slice::from_ref(&job)).await;
    let asked = [job.id.0];
    let (one, other) = tokio::join!(ledger.claim(&asked), ledger.claim(&asked));
    let claimed: Vec<_> = one.unwrap().into_iter().chain(other.unwrap()).collect();
    assert_eq!(claimed.len(), 1);
    let (id, token) = (claimed[0].id, claimed[0].lease_token);

    let forged = Settlement { id, token: Uuid::new_v4(), verdict: Verdict::Done };
    assert!(ledger.settle(&[forged]).await.unwrap().is_empty());
    let ours = Settlement { id, token, verdict: Verdict::Done };
    assert!(ledger.settle(std::slice::from_ref(&ours)).await.unwrap().contains(&id));
    assert!(ledger.settle(&[ours]).await.unwrap().is_empty());
    assert!(states(&ledger).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn retry_counts_snooze_does_not_and_used_up_attempts_leave_a_dead_job_that_can_be_revived() {
    let job = NewJob { attempts_max: 2, ..route(SiteId::fresh()) };
    let (_test, ledger) = ledger_with(std::slice::from_ref(&job)).await;
    let verdicts = [
        Verdict::Snooze(Duration::ZERO),
        Verdict::Retry(Duration::ZERO, "once\0".into()),
        Verdict::Retry(Duration::ZERO, "twice".into()),
    ];
    for (verdict, attempt) in verdicts.into_iter().zip([1, 1, 2]) {
        let claimed = ledger.claim(&[job.id.0]).await.unwrap().remove(0);
        assert_eq!(claimed.attempts, attempt);
        ledger.settle(&[Settlement { id: claimed.id, token: claimed.lease_token, verdict }]).await.unwrap();
    }
    assert!(ledger.claim(&[job.id.0]).await.unwrap().is_empty());
    let dead = ledger.dead(None, 10).await.unwrap();
    assert_eq!((dead.len(), dead[0].last_error.as_deref()), (1, Some("twice")));
    assert_eq!(ledger.requeue(job.id.0).await.unwrap(), Some(job.id));
    assert_eq!(ledger.claim(&[job.id.0]).await.unwrap()[0].attempts, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_job_is_gone_only_if_its_work_was_committed() {
    let job = route(SiteId::fresh());
    let (test, ledger) = ledger_with(std::slice::from_ref(&job)).await;
    let (mut tx, locked) = begin_locked(test.db(), &[job.id.0]).await.unwrap();
    assert_eq!(locked.len(), 1);
    let (other, none) = begin_locked(test.db(), &[job.id.0]).await.unwrap();
    assert!(none.is_empty(), "a locked job is nobody else's");
    other.rollback().await;
    assert!(ledger.pick(Queue::Routing, 10, &[]).await.unwrap().is_empty());
    remove(&mut tx, &[job.id.0]).await.unwrap();
    drop(tx);

    let mut tx = lock_when_free(&test, job.id.0).await;
    remove(&mut tx, &[job.id.0]).await.unwrap();
    tx.commit().await.unwrap();
    assert!(states(&ledger).await.is_empty());
}

/// The server undoes a dropped transaction when it notices that its connection is gone.
async fn lock_when_free(test: &TestDb, id: Uuid) -> Tx {
    for _ in 0..200 {
        let (tx, locked) = begin_locked(test.db(), &[id]).await.unwrap();
        if locked.len() == 1 {
            return tx;
        }
        tx.rollback().await;
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("undone work left no job");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_holder_of_the_lease_gets_into_the_fenced_transaction() {
    let job = route(SiteId::fresh());
    let (test, ledger) = ledger_with(std::slice::from_ref(&job)).await;
    let claimed = ledger.claim(&[job.id.0]).await.unwrap().remove(0);
    let mut tx = test.db().begin(Scope::System).await.unwrap();
    assert!(hold(&mut tx, claimed.id, claimed.lease_token).await.unwrap());
    assert!(!hold(&mut tx, claimed.id, Uuid::new_v4()).await.unwrap());
    tx.rollback().await;
    let held = [(claimed.id, claimed.lease_token), (claimed.id, Uuid::new_v4())];
    assert_eq!(ledger.renew(&held).await.unwrap(), [claimed.lease_token].into());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_waits_for_its_time_and_the_horizon_names_it() {
    let later = Utc::now() + TimeDelta::hours(1);
    let job = route(SiteId::fresh()).at(later);
    let (_test, ledger) = ledger_with(std::slice::from_ref(&job)).await;
    assert!(ledger.claim(&[job.id.0]).await.unwrap().is_empty());
    assert!(ledger.pick(Queue::Routing, 10, &[]).await.unwrap().is_empty());
    let horizon = ledger.horizon().await.unwrap();
    assert_eq!(horizon.len(), 1);
    assert_eq!(horizon[0].0, Queue::Routing);
    assert!((horizon[0].1 - later).abs() < TimeDelta::milliseconds(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_sites_flood_leaves_others_their_share() {
    let (flood, quiet) = (SiteId::fresh(), SiteId::fresh());
    let mut jobs: Vec<NewJob> = (0..500).map(|_| route(flood)).collect();
    let single = route(quiet);
    jobs.push(single.clone());
    // Due a while ago, so that nothing counts as just handed over.
    let past = Utc::now() - TimeDelta::seconds(10);
    let jobs: Vec<NewJob> = jobs.into_iter().map(|job| job.at(past)).collect();
    let (test, ledger) = ledger_with(&jobs).await;
    forget_handover(&test).await;
    let picked = ledger.pick(Queue::Routing, 100, &[]).await.unwrap();
    assert!(picked.contains(&single.id) && picked.len() > 40, "{}", picked.len());
    assert!(!ledger.pick(Queue::Routing, 100, &[]).await.unwrap().contains(&single.id), "just handed over");
}

#[tokio::test(flavor = "multi_thread")]
async fn five_clocks_give_one_job_per_tick_even_after_it_is_done() {
    let (_test, ledger) = ledger_with(&[]).await;
    let tick = Utc::now();
    let ticks = (0..5).map(|_| ledger.tick("sla.sweep", tick, route(SiteId::SYSTEM)));
    let taken: usize =
        futures::future::join_all(ticks).await.into_iter().map(|t| usize::from(t.unwrap())).sum();
    assert_eq!(taken, 1);
    assert_eq!(states(&ledger).await, [("ready".to_owned(), 1)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unfinished_job_keeps_its_key_to_itself() {
    let first = route(SiteId::SYSTEM).unless_pending("mailbox:1".into());
    let (_test, ledger) = ledger_with(std::slice::from_ref(&first)).await;
    let second = route(SiteId::SYSTEM).unless_pending("mailbox:1".into());
    assert_eq!(ledger.record(std::slice::from_ref(&second)).await.unwrap(), 0);
    let claimed = ledger.claim(&[first.id.0]).await.unwrap().remove(0);
    let done = Settlement { id: claimed.id, token: claimed.lease_token, verdict: Verdict::Done };
    ledger.settle(&[done]).await.unwrap();
    assert_eq!(ledger.record(&[second]).await.unwrap(), 1);
}

async fn forget_handover(test: &TestDb) {
    use diesel_async::SimpleAsyncConnection;
    let mut tx = test.db().begin(Scope::System).await.unwrap();
    tx.conn().batch_execute("update jobs set sent_at = null").await.unwrap();
    tx.commit().await.unwrap();
}

#[test]
fn ids_sort_by_time() {
    assert!(JobId::fresh() < JobId::fresh());
}
