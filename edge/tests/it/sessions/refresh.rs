//! Prolonging a session, and what a copied refresh token does.

use super::accounts::Device;
use crate::desk::Desk;
use futures::future::join_all;
use serde_json::json;

const BAD: &str = r#"401 {"error":"Geçersiz token"}"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_is_good_once_and_the_next_one_prolongs_the_session() {
    let desk = Desk::new().await;
    let account = desk.account().await;
    let first = desk.device(&account).await;
    desk.db.run("update sessions set expires_at = now() + interval '1 minute'").await;
    let answer = desk.refresh(&first.refresh_token).await;
    let second = Device::of(&answer);
    assert_eq!(
        (second.answer["expires_in"].clone(), second.answer.as_object().unwrap().len()),
        (json!(604_800), 3)
    );
    assert_ne!(first.refresh_token, second.refresh_token);
    assert_eq!(desk.me(&second).await, 200);
    // A token lives on beside its successor: it is the session that ends.
    assert_eq!(desk.me(&first).await, 200);
    let days = "select count(*) from sessions where expires_at between now() + interval '29 days 23 hours' and now() + interval '30 days'";
    assert_eq!(desk.db.count(days).await, 1);
    let third = Device::of(&desk.refresh(&second.refresh_token).await);
    assert_eq!(desk.me(&third).await, 200);
    let raw =
        desk.db.ask("select encode(token_hash, 'escape') as hash from refresh_tokens").await.to_string();
    for device in [first, second, third] {
        assert!(!raw.contains(&device.refresh_token));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_that_comes_back_ends_its_session_and_no_other() {
    let desk = Desk::new().await;
    let account = desk.account().await;
    let (stolen, other) = (desk.device(&account).await, desk.device(&account).await);
    let thief = Device::of(&desk.refresh(&stolen.refresh_token).await);
    assert_eq!(desk.refresh(&stolen.refresh_token).await.seen(), BAD);
    assert_eq!((desk.me(&thief).await, desk.me(&stolen).await), (401, 401));
    assert_eq!(desk.refresh(&thief.refresh_token).await.seen(), BAD);
    assert_eq!(desk.me(&other).await, 200);
    let other = Device::of(&desk.refresh(&other.refresh_token).await);
    assert_eq!(desk.me(&other).await, 200);
    let found = desk.db.ask("select a.target_id, a.site_id, a.details, s.ended_because as why
        from audit_logs a join sessions s on s.id = (a.details->>'session_id')::uuid where action = 'TOKEN_REUSE'").await;
    assert_eq!(found.as_array().unwrap().len(), 1, "{found}");
    assert_eq!((&found[0]["target_id"], &found[0]["why"]), (&json!(account.id), &json!("reuse")));
    assert_eq!(found[0]["site_id"], json!(desk.site.id));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_requests_with_one_token_exactly_one_is_answered_and_the_session_ends() {
    let desk = Desk::new().await;
    let account = desk.account().await;
    let device = desk.device(&account).await;
    let answers = join_all((0..8).map(|_| desk.refresh(&device.refresh_token))).await;
    let answered: Vec<&_> = answers.iter().filter(|answer| answer.status == 200).collect();
    assert_eq!(answered.len(), 1, "{answers:?}");
    assert!(answers.iter().all(|answer| answer.status == 200 || answer.seen() == BAD), "{answers:?}");
    let winner = Device::of(answered[0]);
    assert_eq!((desk.me(&winner).await, desk.me(&device).await), (401, 401));
    assert_eq!(desk.refresh(&winner.refresh_token).await.seen(), BAD);
    assert_eq!(desk.audit_trail().await, ["LOGIN", "TOKEN_REUSE"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_refresh_token_or_too_old_prolongs_nothing() {
    let desk = Desk::new().await;
    let account = desk.account().await;
    let device = desk.device(&account).await;
    for token in ["x", &device.token[..150], &"A".repeat(43), &device.refresh_token.to_ascii_lowercase()] {
        assert_eq!(desk.refresh(token).await.seen(), BAD, "{token}");
    }
    assert_eq!(desk.refresh("").await.status, 400);
    assert_eq!(desk.refresh(&"A".repeat(201)).await.status, 400);
    desk.db.run("update sessions set expires_at = now()").await;
    assert_eq!(desk.refresh(&device.refresh_token).await.seen(), BAD);
    assert_eq!(desk.me(&device).await, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_nobody_used_for_thirty_days_has_ended() {
    let desk = Desk::new().await;
    let account = desk.account().await;
    let device = desk.device(&account).await;
    desk.db.run("update sessions set last_seen_at = now() - interval '30 days' + interval '5 seconds'").await;
    assert_eq!(desk.me(&device).await, 200);
    desk.db.run("update sessions set last_seen_at = now() - interval '30 days'").await;
    assert_eq!(desk.me(&device).await, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_banned_user_keeps_his_unused_token_until_he_is_let_in_again() {
    let desk = Desk::new().await;
    let account = desk.account().await;
    let device = desk.device(&account).await;
    desk.set(&account, "is_banned = true").await;
    assert_eq!(desk.refresh(&device.refresh_token).await.status, 403);
    desk.set(&account, "is_banned = false").await;
    assert_eq!(desk.refresh(&device.refresh_token).await.status, 200);
}
