//! A customer makes himself an account.

use super::accounts::{Device, PASSWORD};
use crate::client::Answer;
use crate::desk::Desk;
use serde_json::{Value, json};

fn draft() -> Value {
    json!({ "name": " Şule Öztürk ", "email": "Sule@Ornek.TEST", "password": PASSWORD })
}

async fn register(desk: &Desk, body: &Value) -> Answer {
    desk.post_json("/api/auth/register", body).header("x-api-key", &desk.site.key).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_registers_is_a_customer_of_the_keys_site_whatever_he_says() {
    let desk = Desk::new().await;
    let mut body = draft();
    body["role"] = json!("superadmin");
    body["site_id"] = json!(desk.other.id);
    body["is_vip"] = json!(true);
    let answer = register(&desk, &body).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    let user = &answer.json()["user"];
    assert_eq!((&user["role"], &user["site_id"]), (&json!("customer"), &json!(desk.site.id)));
    assert_eq!((&user["email"], &user["name"]), (&json!("sule@ornek.test"), &json!("Şule Öztürk")));
    assert!(!answer.body.contains("password") && !answer.body.contains("argon2"), "{}", answer.body);
    let rows = desk.db.ask("select role, is_vip, is_active, must_change_password, site_id from users").await;
    assert_eq!(
        rows,
        json!([{ "role": "customer", "is_vip": false, "is_active": true,
        "must_change_password": false, "site_id": desk.site.id }])
    );
    let device = Device::of(&desk.log_in("sule@ornek.test", PASSWORD).await);
    assert_eq!(desk.me(&device).await, 200);
    assert_eq!(desk.get("/api/departments").bearer(&device.token).send().await.status, 403);
    let audited =
        desk.db.ask("select actor_id, target_id, site_id from audit_logs where action = 'CREATE'").await;
    assert_eq!(
        audited,
        json!([{ "actor_id": user["id"], "target_id": user["id"], "site_id": desk.site.id }])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_has_one_account_on_the_whole_platform() {
    let desk = Desk::new().await;
    let taken = r#"409 {"error":"Bu e-posta adresiyle bir hesap var"}"#;
    assert_eq!(register(&desk, &draft()).await.status, 201);
    assert_eq!(register(&desk, &draft()).await.seen(), taken);
    let elsewhere = desk.post_json("/api/auth/register", &draft()).header("x-api-key", &desk.other.key);
    assert_eq!(elsewhere.send().await.seen(), taken);
    let mut shouted = draft();
    shouted["email"] = json!("SULE@ORNEK.TEST");
    assert_eq!(register(&desk, &shouted).await.seen(), taken);
    assert_eq!(desk.db.count("select count(*) from users").await, 1);
    assert_eq!(desk.audit_trail().await, ["CREATE"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_sites_key_nobody_registers() {
    let desk = Desk::new().await;
    let post = || desk.post_json("/api/auth/register", &draft());
    assert_eq!(post().send().await.seen(), r#"401 {"error":"Token bulunamadı"}"#);
    let site = desk.site.id.to_string();
    assert_eq!(post().header("x-site-id", &site).send().await.status, 401);
    assert_eq!(
        post().header("x-api-key", "wk_yok").send().await.seen(),
        r#"401 {"error":"Geçersiz API anahtarı"}"#
    );
    let other = post().header("x-api-key", &desk.other.key).header("x-site-id", &site);
    assert_eq!(other.send().await.seen(), r#"403 {"error":"Yetkiniz yok"}"#);
    assert_eq!(desk.db.count("select count(*) from users").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registration_that_breaks_a_rule_names_the_field() {
    let desk = Desk::new().await;
    let cases = [
        ("name", json!(" ")),
        ("name", json!("a".repeat(256))),
        ("email", json!("sule")),
        ("email", json!("şule@ornek.test")),
        ("email", json!("SULE@ORNEKİ.TEST")),
        ("email", json!(format!("{}@ornek.test", "a".repeat(250)))),
        ("password", json!("kısa")),
        ("password", json!("a".repeat(73))),
        ("password", json!("admin123")),
        ("password", json!(null)),
    ];
    for (field, value) in cases {
        let mut body = draft();
        body[field] = value;
        let answer = register(&desk, &body).await;
        assert_eq!(answer.status, 400, "{body}: {}", answer.body);
        assert!(answer.json()["errors"][field].is_array(), "{body}: {}", answer.body);
    }
    assert_eq!(desk.db.count("select count(*) from users").await, 0);
}
