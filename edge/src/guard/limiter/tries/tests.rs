//! Both ways of counting, the real Redis and none, pass the same tests.

use super::*;
use futures::future::join_all;

const DEAD_REDIS: &str = "redis://127.0.0.1:1/0";

fn rule() -> Rule {
    Rule { name: "test", requests_max: 5, window: Duration::from_secs(3600) }
}

fn limiters() -> [Limiter; 2] {
    let redis = std::env::var("REDIS_URL").expect("run scripts/test, which starts Redis");
    [redis.as_str(), DEAD_REDIS].map(|url| Limiter::open(url).unwrap())
}

fn somebody() -> Who {
    Who::account(b"test", &Uuid::new_v4().to_string())
}

/// Tries once; `Ok` with the failures that are left, or the refusal.
async fn once(limiter: &Limiter, who: &Who, fails: bool) -> Result<u32, Refused> {
    let done = limiter.tried(rule(), who.clone(), async { fails }, |failed| *failed).await;
    done.map(|(_, quota)| quota.unwrap().requests_left)
}

#[tokio::test]
async fn success_neither_counts_nor_forgives() {
    for limiter in limiters() {
        let who = somebody();
        let mut left = Vec::new();
        for fails in [true, true, true, true, false, true] {
            left.push(once(&limiter, &who, fails).await.unwrap());
        }
        assert_eq!(left, [4, 3, 2, 1, 1, 0]);
        let refused = once(&limiter, &who, false).await.unwrap_err();
        assert!(matches!(refused, Refused::Closed(quota) if (3590..=3600).contains(&quota.wait_seconds())));
        assert_eq!(once(&limiter, &somebody(), false).await, Ok(5));
    }
}

#[tokio::test]
async fn a_crowd_of_successes_all_come_through() {
    for limiter in limiters() {
        let who = somebody();
        let tries = (0..20).map(|_| async {
            let work = async { tokio::task::yield_now().await };
            limiter.tried(rule(), who.clone(), work, |()| false).await.is_ok()
        });
        assert!(join_all(tries).await.into_iter().all(|came_through| came_through));
        assert_eq!(once(&limiter, &who, false).await, Ok(5));
    }
}

#[tokio::test]
async fn of_a_crowd_of_failures_no_more_come_through_than_are_allowed() {
    for limiter in limiters() {
        let who = somebody();
        let tries = (0..20).map(|_| once(&limiter, &who, true));
        let came_through = join_all(tries).await.into_iter().filter(Result::is_ok).count();
        assert_eq!(came_through, 5);
    }
}

#[tokio::test]
async fn the_window_opens_with_the_first_failure_and_then_the_count_starts_anew() {
    for limiter in limiters() {
        let (who, short) =
            (somebody(), Rule { requests_max: 1, window: Duration::from_millis(300), ..rule() });
        let fail = || limiter.tried(short, who.clone(), async {}, |()| true);
        assert!(fail().await.is_ok());
        let Err(Refused::Closed(quota)) = fail().await else { panic!("the door is open") };
        // Time itself is what is waited for.
        tokio::time::sleep(quota.closes_in + Duration::from_millis(5)).await;
        assert!(fail().await.is_ok());
    }
}

#[tokio::test]
async fn no_limit_asks_nobody() {
    let limiter = Limiter::open(DEAD_REDIS).unwrap();
    let free = Rule { requests_max: 0, ..rule() };
    assert_eq!(limiter.tried(free, somebody(), async { 7 }, |_| true).await, Ok((7, None)));
}
