//! Both transports under the same promises, against the Redis of `REDIS_URL`.
//!
//! Nothing here may disturb a neighbour: tests that flush or kill have a logical database of their own (9 to 12), the
//! others share one for each transport (13, 14) and have a queue of their own in it; the bell has 15.

mod bench;
mod doorbell;

use bench::{Bench, ids};
use jobs::Queue;
use schema::ledger::wire::{HEADROOM, Transport};
use std::time::Duration;

/// The databases in which the tests of one transport run.
fn shared(transport: Transport) -> u8 {
    13 + u8::from(transport == Transport::Apalis)
}

macro_rules! on_both_transports {
    ($($name:ident)+) => {
        mod list { $(#[tokio::test(flavor = "multi_thread")] async fn $name() { super::$name(super::Transport::List).await; })+ }
        mod apalis { $(#[tokio::test(flavor = "multi_thread")] async fn $name() { super::$name(super::Transport::Apalis).await; })+ }
    };
}

on_both_transports! {
    every_id_is_dispatched_and_nothing_stays_in_redis
    a_burst_of_five_thousand_is_dispatched_and_never_more_at_once_than_the_line_allows
    what_a_flush_swallowed_is_dispatched_when_it_is_sent_again
    killed_connections_are_mended
    a_panicking_dispatch_takes_nothing_with_it
    a_stop_lets_running_jobs_finish_and_leaves_the_others_on_the_wire
    a_grace_that_runs_out_ends_the_wait
    what_is_not_an_id_does_no_harm
    a_wire_takes_its_bound_and_refuses_the_rest
}

async fn every_id_is_dispatched_and_nothing_stays_in_redis(transport: Transport) {
    let bench = Bench::new(transport, shared(transport), Queue::Forms).await;
    let served = bench.serve(8);
    let sent = ids(50);
    bench.send(&sent).await;
    bench.seen(&sent).await;
    served.stop().await;
    assert_eq!(bench.keys().await, Vec::<String>::new());
}

async fn a_burst_of_five_thousand_is_dispatched_and_never_more_at_once_than_the_line_allows(
    transport: Transport,
) {
    let bench = Bench::new(transport, shared(transport), Queue::Sla).await;
    let served = bench.serve(16);
    let sent = ids(5_000);
    bench.send(&sent).await;
    bench.seen(&sent).await;
    served.stop().await;
    assert!((1..=16).contains(&bench.most_at_once()), "{} at once", bench.most_at_once());
}

async fn what_a_flush_swallowed_is_dispatched_when_it_is_sent_again(transport: Transport) {
    let bench = Bench::new(transport, 9 + u8::from(transport == Transport::Apalis), Queue::Sla).await;
    let served = bench.serve(4);
    let (before, after) = (ids(200), ids(200));
    bench.send(&before).await;
    bench.flush().await;
    bench.send(&before).await;
    bench.send(&after).await;
    bench.seen_sending_again(&[before, after].concat()).await;
    served.stop().await;
}

async fn killed_connections_are_mended(transport: Transport) {
    let bench = Bench::new(transport, 11 + u8::from(transport == Transport::Apalis), Queue::Sla).await;
    let served = bench.serve(4);
    for _ in 0..3 {
        let sent = ids(100);
        bench.send(&sent).await;
        bench.seen_sending_again(&sent).await;
        assert!(bench.kill_connections().await > 0);
    }
    let sent = ids(100);
    bench.send(&sent).await;
    bench.seen_sending_again(&sent).await;
    served.stop().await;
}

async fn a_panicking_dispatch_takes_nothing_with_it(transport: Transport) {
    let bench = Bench::new(transport, shared(transport), Queue::Autoclose).await;
    let sent = ids(60);
    bench.panic_on(sent[..30].iter().copied());
    let served = bench.serve(2);
    bench.send(&sent).await;
    bench.seen(&sent).await;
    served.stop().await;
}

async fn a_stop_lets_running_jobs_finish_and_leaves_the_others_on_the_wire(transport: Transport) {
    let bench = Bench::new(transport, shared(transport), Queue::Routing).await;
    bench.hold();
    let served = bench.serve(4);
    let sent = ids(100);
    bench.send(&sent).await;
    bench.begun(4).await;
    served.ask_to_stop();
    bench.until_waiting(96).await;
    assert!(!served.is_over(), "it did not wait for the running jobs");
    bench.release();
    served.stop().await;
    assert_eq!(bench.finished(), 4);
    let mut all: Vec<_> = bench.dispatched();
    all.extend(bench.waiting().await);
    all.sort();
    assert_eq!(all, sent, "each id was either dispatched or still waits");
}

async fn a_grace_that_runs_out_ends_the_wait(transport: Transport) {
    let bench = Bench::new(transport, shared(transport), Queue::Notices).await;
    bench.hold();
    let served = bench.serve_with_grace(1, Duration::from_millis(20));
    bench.send(&ids(1)).await;
    bench.begun(1).await;
    served.stop().await;
    assert_eq!(bench.finished(), 0);
}

async fn what_is_not_an_id_does_no_harm(transport: Transport) {
    let bench = Bench::new(transport, shared(transport), Queue::MailIn).await;
    bench.send_rubbish("çöp").await;
    let sent = ids(20);
    bench.send(&sent).await;
    let served = bench.serve(2);
    bench.seen(&sent).await;
    served.stop().await;
    assert_eq!(bench.keys().await, Vec::<String>::new());
}

async fn a_wire_takes_its_bound_and_refuses_the_rest(transport: Transport) {
    let bench = Bench::new(transport, shared(transport), Queue::Mailbox).await;
    let bound = Queue::Mailbox.window() * HEADROOM;
    let sent = ids(bound + 1);
    assert_eq!(bench.offer(&sent[..bound - 1]).await, 0);
    assert_eq!(bench.offer(&sent[bound - 1..]).await, 1);
    assert_eq!(bench.offer(&ids(bound * 3)).await, bound * 3);
    assert_eq!(bench.waiting().await, sent[..bound]);
    assert_eq!(bench.depth().await, bound);
    bench.clear().await;
}
