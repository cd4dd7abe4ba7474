//! The relay's bell.

use crate::transport::Bell;
use schema::ledger::wire::{self, Transport};
use schema::testing::redis_url;
use std::time::Duration;
use tokio::time::Instant;

const LONG: Duration = Duration::from_secs(20);
const SHORT: Duration = Duration::from_millis(30);

#[tokio::test(flavor = "multi_thread")]
async fn a_ring_ends_the_wait_and_silence_ends_at_the_bound() {
    let (url, bell) = (redis_url(15), Bell::new(&redis_url(15)).unwrap());
    let wire = wire::open(&url, Transport::List).unwrap();
    for _ in 0..3 {
        wire.ring().await.unwrap();
    }
    let begun = Instant::now();
    bell.wait(LONG).await;
    assert!(begun.elapsed() < LONG, "three rings were not heard");

    let begun = Instant::now();
    bell.wait(SHORT).await;
    assert!(begun.elapsed() >= SHORT, "three rings were heard more than once");

    let (rung, ()) = tokio::join!(tokio::time::timeout(LONG / 2, bell.wait(LONG)), async {
        wire.ring().await.unwrap();
    });
    assert!(rung.is_ok(), "the ring did not wake the relay");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bell_without_a_redis_waits_the_whole_time() {
    let bell = Bell::new("redis://127.0.0.1:1/0").unwrap();
    let begun = Instant::now();
    bell.wait(SHORT).await;
    assert!(begun.elapsed() >= SHORT);
}
