//! Told to stop, the edge finishes what it has begun.

use crate::desk::{Desk, FORM};
use std::time::{Duration, Instant};
use tokio::net::TcpStream;

#[tokio::test(flavor = "multi_thread")]
async fn a_running_request_is_finished_and_no_new_one_is_taken() {
    let mut desk = Desk::new().await;
    let held = desk.db.hold("lock table ticket_counters in access exclusive mode").await;
    let running = tokio::spawn(desk.post_form().form(&FORM).send());
    desk.until_waiting_for_locks(1).await;
    desk.stop.take().unwrap().send(()).unwrap();
    while TcpStream::connect(desk.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(!desk.served.is_finished());
    drop(held);
    assert_eq!(running.await.unwrap().status, 201);
    let served = std::mem::replace(&mut desk.served, tokio::spawn(async { Ok(()) }));
    served.await.unwrap().unwrap();
    assert_eq!(desk.tickets().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_does_not_end_is_cut_off_in_time() {
    let mut desk = Desk::with(&["--drain-seconds", "1"]).await;
    let _held = desk.db.hold("lock table ticket_counters in access exclusive mode").await;
    let _running = tokio::spawn(desk.post_form().form(&FORM).send());
    desk.until_waiting_for_locks(1).await;
    let started = Instant::now();
    desk.stop.take().unwrap().send(()).unwrap();
    let served = std::mem::replace(&mut desk.served, tokio::spawn(async { Ok(()) }));
    served.await.unwrap().unwrap();
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
}
