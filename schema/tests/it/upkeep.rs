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
    assert_eq!(
        tidy_at(&desk, 1, now).await,
        Tidied { keys: 1, ticks: 1, sign_ins: 0, mails: 0, is_full: true }
    );
    assert_eq!(
        tidy_at(&desk, 10, now).await,
        Tidied { keys: 1, ticks: 0, sign_ins: 0, mails: 0, is_full: false }
    );
    assert_eq!(
        tidy_at(&desk, 10, now).await,
        Tidied { keys: 0, ticks: 0, sign_ins: 0, mails: 0, is_full: false }
    );
    assert_eq!(left(&desk).await, ["kept", "stays"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_and_tokens_that_are_over_go_and_a_session_goes_after_its_tokens() {
    let desk = Desk::new().await;
    let user = desk.site.agent().await.id;
    let mut tx = desk.system().await;
    let id = |n: u32| format!("00000000-0000-0000-0000-{n:012}");
    let [over, ended, fresh, lasting] = [id(1), id(2), id(3), id(4)];
    let rows = format!(
        "insert into sessions (id, user_id, created_at, expires_at, ended_at) values
            ('{over}', '{user}', '2025-12-01', '2026-01-12T09:59:59Z', null),
            ('{ended}', '{user}', '2026-01-01', '2026-02-01', '2026-01-05T09:59:59Z'),
            ('{fresh}', '{user}', '2026-01-01', '2026-02-01', '2026-01-05T10:00:00Z'),
            ('{lasting}', '{user}', '2026-01-01', '2026-01-12T10:00:00Z', null);
         insert into refresh_tokens (token_hash, session_id, created_at)
            select sha256(s.id::text::bytea), s.id,
                case when s.id = '{over}' then timestamptz '2025-12-13T09:59:59Z' else '2025-12-13T10:00:00Z' end
            from sessions s;
         insert into password_resets (token_hash, user_id, expires_at) values
            (sha256('a'), '{user}', '2026-01-11T09:59:59Z'), (sha256('b'), '{user}', '2026-01-11T10:00:00Z');
         insert into mail_outbox (id, site_id, user_id, template, to_address, created_at) values
            (gen_random_uuid(), '{site}', '{user}', 'password_reset', 'a@b.test', '2025-12-13T09:59:59Z'),
            (gen_random_uuid(), '{site}', '{user}', 'password_reset', 'a@b.test', '2025-12-13T10:00:00Z')",
        site = desk.site.id
    );
    tx.conn().batch_execute(&rows).await.unwrap();
    tx.commit().await.unwrap();
    let now = "2026-01-12T10:00:00Z";
    assert_eq!(tidy_at(&desk, 1, now).await.sign_ins, 5);
    assert_eq!(
        tidy_at(&desk, 10, now).await,
        Tidied { keys: 0, ticks: 0, sign_ins: 1, mails: 0, is_full: false }
    );
    assert_eq!(tidy_at(&desk, 10, now).await.sign_ins, 0);
    let text = "select to_json(s.id::text) as document from sessions s join users u on u.id = s.user_id
                where u.site_id = ? order by s.id";
    assert_eq!(desk.rows(text, desk.site.id.0).await, [fresh.as_str(), lasting.as_str()]);
    let text = "select to_json((select count(*) from refresh_tokens) || ' ' || (select count(*) from password_resets)
                    || ' ' || count(*)) as document from mail_outbox where site_id = ?";
    assert_eq!(desk.rows(text, desk.site.id.0).await, ["2 1 1"]);
}
