//! A second factor.

use super::accounts::{Account, Device, PASSWORD};
use crate::client::Answer;
use crate::desk::Desk;
use chrono::Utc;
use serde_json::{Value, json};
use totp_rs::{Builder, Secret, Totp};

const NEEDED: &str = r#"401 {"error":"Doğrulama kodu gerekli","totp_required":true}"#;
const WRONG: &str = r#"401 {"error":"Doğrulama kodu hatalı","totp_required":true}"#;

/// What an authenticator app does with the secret.
fn app(secret: &str) -> Totp {
    Builder::new().with_secret(Secret::try_from_base32(secret).unwrap()).build().unwrap()
}

/// The code of the step so many steps from now.
fn code(secret: &str, steps: i64) -> String {
    app(secret).generate(u64::try_from(Utc::now().timestamp() + 30 * steps).unwrap()).to_string()
}

/// A code that is neither of now nor of the steps beside it.
fn wrong(secret: &str) -> String {
    let near: Vec<String> = (-2..=2).map(|steps| code(secret, steps)).collect();
    (0..10).map(|n| format!("{n}00000")).find(|code| !near.contains(code)).unwrap()
}

async fn call(desk: &Desk, device: &Device, method: &str, path: &str, body: &Value) -> Answer {
    desk.call(method, path).bearer(&device.token).json(body).send().await
}

async fn begin(desk: &Desk, device: &Device) -> String {
    let begun = desk.call("POST", "/api/auth/totp").bearer(&device.token).send().await;
    assert_eq!(begun.status, 200, "{}", begun.body);
    let secret = begun.json()["secret"].as_str().unwrap().to_owned();
    let url = begun.json()["otpauth_url"].as_str().unwrap().to_owned();
    assert!(url.starts_with("otpauth://totp/AsistTR:") && url.contains(&secret), "{url}");
    secret
}

async fn confirm(desk: &Desk, device: &Device, code: &str) -> Answer {
    call(desk, device, "POST", "/api/auth/totp/confirm", &json!({ "code": code })).await
}

async fn log_in(desk: &Desk, account: &Account, code: &str) -> Answer {
    let body = json!({ "email": account.email, "password": PASSWORD, "code": code });
    desk.post_json("/api/auth/login", &body).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_confirmed_factor_is_asked_for_at_every_log_in_and_a_code_is_good_once() {
    let desk = Desk::new().await;
    let account = desk.account().await;
    let device = desk.device(&account).await;
    let secret = begin(&desk, &device).await;
    assert_eq!(desk.log_in(&account.email, PASSWORD).await.status, 200, "it is not in force yet");
    let refused = confirm(&desk, &device, &wrong(&secret)).await;
    assert_eq!(
        (refused.status.as_u16(), &refused.json()["errors"]),
        (400, &json!({ "code": ["Doğrulama kodu hatalı."] }))
    );
    let first = code(&secret, 0);
    assert_eq!(confirm(&desk, &device, &first).await.seen(), "204 ");
    assert_eq!(confirm(&desk, &device, &code(&secret, 1)).await.status, 409);
    assert_eq!(desk.log_in(&account.email, PASSWORD).await.seen(), NEEDED);
    assert_eq!(log_in(&desk, &account, "").await.seen(), NEEDED);
    assert_eq!(log_in(&desk, &account, &wrong(&secret)).await.seen(), WRONG);
    assert_eq!(log_in(&desk, &account, &first).await.seen(), WRONG, "it was used to confirm");
    let second = code(&secret, 1);
    let entered = Device::of(&log_in(&desk, &account, &second).await);
    assert_eq!(entered.answer["user"]["totp_enabled"], true);
    assert_eq!(log_in(&desk, &account, &second).await.seen(), WRONG, "it was used to sign in");
    // As if a few minutes had passed.
    desk.db.run("update totp_factors set last_step = last_step - 5").await;
    let third = code(&secret, 0);
    let third = format!("{} {}", &third[..3], &third[3..]);
    assert_eq!(log_in(&desk, &account, &third).await.status, 200);
    assert_eq!(
        desk.log_in(&account.email, "yanlış parola").await.seen(),
        r#"401 {"error":"E-posta veya şifre hatalı"}"#
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_log_ins_with_one_code_one_gets_in() {
    let desk = Desk::new().await;
    let account = desk.account().await;
    let device = desk.device(&account).await;
    let secret = begin(&desk, &device).await;
    assert_eq!(confirm(&desk, &device, &code(&secret, 0)).await.status, 204);
    let code = code(&secret, 1);
    let (one, two) = tokio::join!(log_in(&desk, &account, &code), log_in(&desk, &account, &code));
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_secret_is_sealed_at_rest_and_shown_once() {
    let desk = Desk::new().await;
    let account = desk.account().await;
    let device = desk.device(&account).await;
    let (first, secret) = (begin(&desk, &device).await, begin(&desk, &device).await);
    assert_ne!(first, secret, "begun anew, the first one is forgotten");
    assert_eq!(confirm(&desk, &device, &code(&first, 0)).await.status, 400);
    assert_eq!(confirm(&desk, &device, &code(&secret, 0)).await.status, 204);
    let again = desk.call("POST", "/api/auth/totp").bearer(&device.token).send().await;
    assert_eq!(again.seen(), r#"409 {"error":"İki adımlı doğrulama zaten açık"}"#);
    let stored =
        desk.db.ask("select encode(secret_sealed, 'escape') as stored from totp_factors").await.to_string();
    let audited = desk.db.ask("select * from audit_logs").await.to_string();
    let raw = app(&secret).secret().as_ref().to_vec();
    let sealed = desk.db.ask("select secret_sealed::text as stored from totp_factors").await.to_string();
    let hex: String = raw.iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(![&stored, &audited, &sealed].iter().any(|text| text.contains(&secret) || text.contains(&hex)));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_factor_goes_with_the_password_and_is_nobody_elses() {
    let desk = Desk::new().await;
    let (account, other) = (desk.account().await, desk.account().await);
    let (device, others) = (desk.device(&account).await, desk.device(&other).await);
    let remove = |device: Device, password: &str| {
        let (desk, body) = (&desk, json!({ "password": password }));
        async move { call(desk, &device, "DELETE", "/api/auth/totp", &body).await }
    };
    assert_eq!(remove(device.clone(), PASSWORD).await.status, 404);
    assert_eq!(
        confirm(&desk, &device, "123456").await.seen(),
        r#"409 {"error":"Önce iki adımlı doğrulamayı başlatın"}"#
    );
    let secret = begin(&desk, &device).await;
    assert_eq!(confirm(&desk, &others, &code(&secret, 0)).await.status, 409);
    assert_eq!(confirm(&desk, &device, &code(&secret, 0)).await.status, 204);
    let refused = remove(device.clone(), "yanlış parola").await;
    assert_eq!(
        (refused.status.as_u16(), &refused.json()["errors"]),
        (400, &json!({ "password": ["Şifre hatalı."] }))
    );
    assert_eq!(remove(others, PASSWORD).await.status, 404);
    assert_eq!(remove(device, PASSWORD).await.seen(), "204 ");
    assert_eq!(desk.log_in(&account.email, PASSWORD).await.status, 200);
    let audited = desk.audit_trail().await;
    assert_eq!(audited, ["LOGIN", "LOGIN", "TOTP_ENABLE", "TOTP_DISABLE", "LOGIN"]);
}
