//! Changing a password.

use super::accounts::{Device, OTHER, PASSWORD};
use crate::client::Answer;
use crate::desk::Desk;
use serde_json::json;

async fn change(desk: &Desk, device: &Device, current: &str, new: &str) -> Answer {
    let body = json!({ "current_password": current, "password": new });
    desk.post_json("/api/auth/change-password", &body).bearer(&device.token).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_takes_the_old_ones_place_and_ends_all_other_sessions() {
    let desk = Desk::new().await;
    let (account, neighbour) = (desk.account().await, desk.account().await);
    let (here, there) = (desk.device(&account).await, desk.device(&account).await);
    let neighbours = desk.device(&neighbour).await;
    assert_eq!(change(&desk, &here, PASSWORD, OTHER).await.seen(), "204 ");
    assert_eq!((desk.me(&here).await, desk.me(&there).await, desk.me(&neighbours).await), (200, 401, 200));
    assert_eq!(desk.refresh(&there.refresh_token).await.status, 401);
    assert_eq!(desk.refresh(&here.refresh_token).await.status, 200);
    assert_eq!(desk.log_in(&account.email, PASSWORD).await.status, 401);
    assert_eq!(desk.log_in(&account.email, OTHER).await.status, 200);
    let audited = desk
        .db
        .ask("select actor_id, target_id, details from audit_logs where action = 'PASSWORD_CHANGE'")
        .await;
    let expected =
        json!([{ "actor_id": account.id, "target_id": account.id, "details": { "sessions_ended": 1 } }]);
    assert_eq!(audited, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_a_new_password_names_its_field() {
    let desk = Desk::new().await;
    let account = desk.account().await;
    let device = desk.device(&account).await;
    let (short, long) = ("a".repeat(7), "ş".repeat(37));
    let cases = [
        ("yanlış parola", OTHER, "current_password", "Şifre hatalı."),
        (PASSWORD, PASSWORD, "password", "Yeni şifre eskisinden farklı olmalı."),
        (PASSWORD, "admin123", "password", "Bu şifre herkesçe biliniyor."),
        (PASSWORD, &short, "password", "En az 8 uzunlukta olmalı."),
        (PASSWORD, &long, "password", "En fazla 72 uzunlukta olabilir."),
    ];
    for (current, new, field, sentence) in cases {
        let answer = change(&desk, &device, current, new).await;
        assert_eq!(answer.status, 400, "{}", answer.body);
        assert_eq!(answer.json()["errors"], json!({ field: [sentence] }), "{current} → {new}");
    }
    assert_eq!(desk.log_in(&account.email, PASSWORD).await.status, 200);
    for (current, new) in [(PASSWORD, "a".repeat(8)), ("aaaaaaaa", "ş".repeat(36))] {
        assert_eq!(change(&desk, &device, current, &new).await.status, 204, "{new}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_changes_at_once_one_counts_and_the_other_hears_that_its_password_is_wrong() {
    let desk = Desk::new().await;
    let account = desk.account().await;
    let (one, two) = (desk.device(&account).await, desk.device(&account).await);
    let both =
        tokio::join!(change(&desk, &one, PASSWORD, OTHER), change(&desk, &two, PASSWORD, "başka bir parola"));
    let mut statuses = [both.0.status.as_u16(), both.1.status.as_u16()];
    statuses.sort_unstable();
    // The loser may find its session ended before its password is compared.
    assert!(statuses == [204, 400] || statuses == [204, 401], "{both:?}");
    assert_eq!(desk.db.count("select count(*) from sessions where ended_at is null").await, 1);
}
