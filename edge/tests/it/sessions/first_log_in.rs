//! Passwords that must be changed before anything else.

use super::accounts::{Device, OTHER, PASSWORD};
use crate::desk::Desk;
use schema::seal::Seal;
use serde_json::json;

const STALE: &str = r#"403 {"error":"Önce şifrenizi değiştirin"}"#;
const EMAIL: &str = "admin@asisttr.com";

async fn demo(args: &[&str]) -> Desk {
    let desk = Desk::with(args).await;
    schema::seed::demo(desk.db.db(), &Seal::new(&"x".into()), &None).await.unwrap();
    desk
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demos_admin_can_do_nothing_before_he_has_changed_his_password() {
    let desk = demo(&[]).await;
    let device = Device::of(&desk.log_in(EMAIL, "admin123").await);
    assert_eq!(device.answer["must_change_password"], true);
    assert_eq!(
        (&device.answer["user"]["role"], &device.answer["user"]["site_id"]),
        (&json!("superadmin"), &json!(null))
    );
    let calls = [
        ("GET", "/api/auth/me"),
        ("GET", "/api/auth/sessions"),
        ("GET", "/api/departments"),
        ("POST", "/api/auth/totp"),
        ("DELETE", "/api/auth/sessions/00000000-0000-0000-0000-000000000000"),
    ];
    for (method, path) in calls {
        assert_eq!(
            desk.call(method, path).bearer(&device.token).send().await.seen(),
            STALE,
            "{method} {path}"
        );
    }
    assert_eq!(desk.refresh(&device.refresh_token).await.seen(), STALE);
    let change = json!({ "current_password": "admin123", "password": OTHER });
    let change = || desk.post_json("/api/auth/change-password", &change).bearer(&device.token);
    assert_eq!(change().send().await.seen(), "204 ");
    assert_eq!(desk.me(&device).await, 200);
    assert_eq!(desk.refresh(&device.refresh_token).await.status, 200);
    assert_eq!(Device::of(&desk.log_in(EMAIL, OTHER).await).answer["must_change_password"], false);
    assert_eq!(desk.log_in(EMAIL, "admin123").await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_must_change_his_password_may_sign_out_instead() {
    let desk = demo(&[]).await;
    let device = Device::of(&desk.log_in(EMAIL, "admin123").await);
    let out = desk.call("POST", "/api/auth/logout").bearer(&device.token);
    assert_eq!(out.send().await.seen(), "204 ");
    assert_eq!(desk.me(&device).await, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_in_with_the_password_that_everybody_knows_must_be_followed_by_a_change() {
    let desk = Desk::new().await;
    let hash = schema::sessions::hash("admin123").unwrap();
    let account = desk.account_of(Some(desk.site.id), "admin", &hash).await;
    let device = Device::of(&desk.log_in(&account.email, "admin123").await);
    assert_eq!(device.answer["must_change_password"], true);
    assert_eq!(desk.me(&device).await, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn production_does_not_take_the_password_that_everybody_knows() {
    let desk = demo(&["--asisttr-env", "production"]).await;
    assert_eq!(desk.log_in(EMAIL, "admin123").await.seen(), r#"401 {"error":"E-posta veya şifre hatalı"}"#);
    let account = desk.account().await;
    assert_eq!(desk.log_in(&account.email, PASSWORD).await.status, 200);
}
