//! Who gets in, and what the others learn.

use super::accounts::{Device, PASSWORD};
use crate::desk::Desk;
use serde_json::json;
use std::time::{Duration, Instant};

const WRONG: &str = r#"401 {"error":"E-posta veya şifre hatalı"}"#;

/// OpenBSD's test of bcrypt: the password is `U*U`.
const BCRYPT: &str = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";

#[tokio::test(flavor = "multi_thread")]
async fn a_log_in_gives_tokens_and_the_user_and_is_audited() {
    let desk = Desk::new().await;
    let account = desk.account().await;
    let body = json!({ "email": account.email, "password": PASSWORD, "role": "superadmin" });
    let answer = desk.post_json("/api/auth/login", &body).header("user-agent", "Deneme/1").send().await;
    let device = Device::of(&answer);
    insta::assert_json_snapshot!(device.answer, { ".token" => "[token]", ".refresh_token" => "[token]",
        ".user.id" => "[id]", ".user.email" => "[email]", ".user.site_id" => "[id]", ".user.last_login" => "[time]",
        ".user.created_at" => "[time]" }, @r#"
    {
      "expires_in": 604800,
      "must_change_password": false,
      "refresh_token": "[token]",
      "token": "[token]",
      "user": {
        "accept_calls": true,
        "created_at": "[time]",
        "current_chats": 0,
        "department_id": null,
        "email": "[email]",
        "id": "[id]",
        "languages": [],
        "last_login": "[time]",
        "max_chats": 5,
        "name": "Deniz Ergün",
        "priority_level": 1,
        "role": "agent",
        "site_id": "[id]",
        "skills": [],
        "state": "Müsait",
        "state_message": null,
        "state_until": null,
        "status": "offline",
        "totp_enabled": false
      }
    }
    "#);
    let me = desk.get("/api/auth/me").bearer(&device.token).send().await;
    assert_eq!((me.status.as_u16(), me.json()), (200, device.answer["user"].clone()));
    let audited = desk
        .db
        .ask(
            "select action, actor_id, target_type, target_id, site_id, user_agent, details,
        host(ip_address) as ip from audit_logs",
        )
        .await;
    let session = desk.db.ask("select id from sessions").await[0]["id"].clone();
    assert_eq!(
        audited,
        json!([{ "action": "LOGIN", "actor_id": account.id, "target_type": "user",
        "target_id": account.id, "site_id": desk.site.id, "user_agent": "Deneme/1",
        "details": { "session_id": session }, "ip": "127.0.0.1" }])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_fails_learns_nothing_neither_by_words_nor_by_time() {
    let desk = Desk::new().await;
    let ours = desk.account().await;
    let imported = desk.account_of(Some(desk.site.id), "agent", BCRYPT).await;
    let broken = desk.account_of(Some(desk.site.id), "agent", "!").await;
    let long = "a".repeat(200);
    let tries = [
        (ours.email.as_str(), "yanlış parola"),
        (imported.email.as_str(), "yanlış parola"),
        (broken.email.as_str(), "yanlış parola"),
        ("kimse@deneme.test", "yanlış parola"),
        ("adres değil", "yanlış parola"),
        (ours.email.as_str(), "x"),
        (ours.email.as_str(), long.as_str()),
    ];
    for (email, password) in tries {
        let started = Instant::now();
        let answer = desk.log_in(email, password).await;
        assert!(started.elapsed() >= Duration::from_millis(500), "{email}: {:?}", started.elapsed());
        assert_eq!(answer.seen(), WRONG, "{email}");
        let names: Vec<&str> = answer.headers.keys().map(|name| name.as_str()).collect();
        let first = desk.log_in("kimse@deneme.test", "yanlış parola");
        assert_eq!(names, first.await.headers.keys().map(|name| name.as_str()).collect::<Vec<_>>());
    }
    let english = json!({ "email": ours.email, "password": "wrong password" });
    let english = desk.post_json("/api/auth/login", &english).header("accept-language", "en").send().await;
    assert_eq!(english.seen(), r#"401 {"error":"Wrong e-mail or password"}"#);
    let audited = desk
        .db
        .ask("select distinct action, target_id, details from audit_logs order by target_id, details")
        .await;
    let text = audited.to_string();
    assert!(text.contains(&ours.id.to_string()) && text.contains(&imported.id.to_string()), "{text}");
    assert!(text.contains("unknown") && !text.contains("kimse@") && !text.contains("parola"), "{text}");
    assert!(desk.audit_trail().await.iter().all(|action| action == "LOGIN_FAILED"));
    assert_eq!(desk.db.count("select count(*) from sessions").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_read_without_regard_to_case_but_turkish_letters_are_letters_of_their_own() {
    let desk = Desk::new().await;
    let account = desk.account().await;
    desk.set(&account, "email = 'admin.ilgi@deneme.test'").await;
    for email in ["ADMIN.ILGI@DENEME.TEST", " admin.ilgi@deneme.test "] {
        assert_eq!(desk.log_in(email, PASSWORD).await.status, 200, "{email}");
    }
    for email in ["ADMİN.İLGİ@DENEME.TEST", "admın.ılgı@deneme.test", "admin.ilgi@DENEME.TEſT"] {
        assert_eq!(desk.log_in(email, PASSWORD).await.seen(), WRONG, "{email}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_switched_off_or_banned_does_not_get_in_even_with_the_password() {
    let desk = Desk::new().await;
    let account = desk.account().await;
    desk.set(&account, "is_banned = true").await;
    assert_eq!(desk.log_in(&account.email, PASSWORD).await.seen(), r#"403 {"error":"Yetkiniz yok"}"#);
    assert_eq!(desk.log_in(&account.email, "yanlış parola").await.seen(), WRONG);
    desk.set(&account, "is_banned = false, is_active = false").await;
    assert_eq!(desk.log_in(&account.email, PASSWORD).await.seen(), r#"401 {"error":"Geçersiz kullanıcı"}"#);
    desk.set(&account, "is_active = true").await;
    desk.db.run(&format!("update sites set is_active = false where id = '{}'", desk.site.id)).await;
    assert_eq!(desk.log_in(&account.email, PASSWORD).await.seen(), r#"401 {"error":"Geçersiz kullanıcı"}"#);
    let reasons =
        desk.db.ask("select details->>'reason' as reason from audit_logs order by created_at").await;
    let reasons: Vec<&str> =
        reasons.as_array().unwrap().iter().filter_map(|row| row["reason"].as_str()).collect();
    assert_eq!(reasons, ["banned", "password", "inactive", "inactive"]);
    assert_eq!(desk.db.count("select count(*) from users where last_login is not null").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_imported_bcrypt_hash_is_replaced_at_the_first_log_in() {
    let desk = Desk::new().await;
    let account = desk.account_of(Some(desk.site.id), "customer", BCRYPT).await;
    assert_eq!(desk.log_in(&account.email, "U*U").await.status, 200);
    let stored =
        desk.db.ask("select password_hash as hash, updated_at = created_at as unedited from users").await;
    assert!(stored[0]["hash"].as_str().unwrap().starts_with("$argon2id$"), "{stored}");
    assert_eq!(stored[0]["unedited"], true);
    assert_eq!(desk.log_in(&account.email, "U*U").await.status, 200);
    assert_eq!(desk.log_in(&account.email, "U*V").await.seen(), WRONG);
    assert_eq!(desk.db.ask("select password_hash as hash from users").await[0]["hash"], stored[0]["hash"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_token_sent_along_hinders_nobody_from_signing_in_anew() {
    let desk = Desk::new().await;
    let account = desk.account().await;
    let body = json!({ "email": account.email, "password": PASSWORD });
    let answer = desk.post_json("/api/auth/login", &body).bearer("eski.bir.token").send().await;
    let device = Device::of(&answer);
    let body = json!({ "refresh_token": device.refresh_token });
    assert_eq!(desk.post_json("/api/auth/refresh", &body).bearer("eski.bir.token").send().await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_in_that_is_no_log_in_names_its_field() {
    let desk = Desk::new().await;
    let cases = [
        (json!({ "password": "x" }), "email"),
        (json!({ "email": "a@b.test" }), "password"),
        (json!({ "email": 5, "password": "x" }), "email"),
        (json!({ "email": "a@b.test", "password": "" }), "password"),
        (json!({ "email": "a@b.test", "password": "a".repeat(1025) }), "password"),
        (json!({ "email": "a@b.test", "password": "a\u{0}b" }), "password"),
        (json!({ "email": "a".repeat(256), "password": "x" }), "email"),
        (json!({ "email": "a@b.test", "password": "x", "code": "1".repeat(21) }), "code"),
    ];
    for (body, field) in cases {
        let answer = desk.post_json("/api/auth/login", &body).send().await;
        assert_eq!(answer.status, 400, "{body}: {}", answer.body);
        assert!(answer.json()["errors"][field].is_array(), "{body}: {}", answer.body);
    }
    assert_eq!(desk.get("/api/auth/login").send().await.status, 405);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_in_with_a_password_that_was_changed_meanwhile_fails() {
    let desk = Desk::new().await;
    let account = desk.account().await;
    let held =
        desk.db.hold(&format!("update users set password_hash = '!' where id = '{}'", account.id)).await;
    let (email, desk) = (account.email.clone(), std::sync::Arc::new(desk));
    let ours = desk.clone();
    let entering = tokio::spawn(async move { ours.log_in(&email, PASSWORD).await });
    desk.until_waiting_for_locks(1).await;
    held.commit().await;
    assert_eq!(entering.await.unwrap().seen(), WRONG);
    assert_eq!(desk.db.count("select count(*) from sessions").await, 0);
}
