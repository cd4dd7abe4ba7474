//! Expired rows go, younger ones stay, a bounded number at a time.

use crate::desk::{Desk, at};
use diesel_async::SimpleAsyncConnection;
use schema::upkeep::{Tidied, tidy};
use serde_json::Value;

async fn tidy_at(desk: &Desk, chunk: i64, now: &str) -> Tidied {
    let mut tx = desk.system().await;
    let tidied = tidy(&mut tx, chunk, at(now)).await.unwrap();
    tx.commit().await.unwrap();
    tidied
}

async fn left(desk: &Desk) -> Vec<Value> {
    let text = "select to_json(k.key) as document from idempotency_keys k where site_id = ?
                union all select to_json(t.kind) from clock_ticks t";
    desk.rows(text, desk.site.id.0).await
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_kept_for_a_day_and_ticks_for_a_week() {
    let desk = Desk::new().await;
    let mut tx = desk.system().await;
    let site = desk.site.id;
    let rows = format!(
        "insert into idempotency_keys (site_id, route, key, request_hash, status, answer, created_at) values
            ('{site}', 'r', 'old', '\\x00', 201, '{{}}', '2026-01-11T09:59:59Z'),
            ('{site}', 'r', 'older', '\\x00', 201, '{{}}', '2026-01-01T00:00:00Z'),
            ('{site}', 'r', 'kept', '\\x00', 201, '{{}}', '2026-01-11T10:00:00Z');
         insert into clock_ticks (kind, tick) values ('gone', '2026-01-05T09:59:59Z'), ('stays', '2026-01-05T10:00:00Z')"
    );
    tx.conn().batch_execute(&rows).await.unwrap();
    tx.commit().await.unwrap();
    let now = "2026-01-12T10:00:00Z";
    assert_eq!(tidy_at(&desk, 1, now).await, Tidied { keys: 1, ticks: 1, sign_ins: 0, is_full: true });
    assert_eq!(tidy_at(&desk, 10, now).await, Tidied { keys: 1, ticks: 0, sign_ins: 0, is_full: false });
    assert_eq!(tidy_at(&desk, 10, now).await, Tidied { keys: 0, ticks: 0, sign_ins: 0, is_full: false });
    assert_eq!(left(&desk).await, ["kept", "stays"]);
}
