//! Which tokens are good, and where: on every edge, at once.

use super::accounts::{Account, Device, OTHER, PASSWORD};
use crate::client::Call;
use crate::desk::Desk;
use chrono::Utc;
use edge::State;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use std::net::SocketAddr;
use tokio::sync::oneshot;
use uuid::Uuid;

const BAD: &str = r#"401 {"error":"Geçersiz token"}"#;
const SECRET: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

fn signed(algorithm: Algorithm, secret: &str, claims: &Value) -> String {
    encode(&Header::new(algorithm), claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
}

/// Header and claims as they are, with whatever signature.
fn unsigned(header: &Value, claims: &Value, signature: &str) -> String {
    let part = |value: &Value| data_encoding(&value.to_string());
    format!("{}.{}.{signature}", part(header), part(claims))
}

fn data_encoding(text: &str) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text)
}

/// A session, and claims that open it.
async fn claims(desk: &Desk, account: &Account) -> Value {
    desk.device(account).await;
    let session = desk.db.ask("select id from sessions").await[0]["id"].clone();
    let now = Utc::now().timestamp();
    json!({ "id": account.id, "sid": session, "iat": now, "exp": now + 60 })
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_we_signed_with_hs256_and_that_is_not_over_opens_anything() {
    let desk = Desk::with(&["--jwt-secret", SECRET]).await;
    let account = desk.account().await;
    let good = claims(&desk, &account).await;
    let with = |change: &dyn Fn(&mut Value)| {
        let mut claims = good.clone();
        change(&mut claims);
        claims
    };
    let me = |token: String| {
        let desk = &desk;
        async move { desk.get("/api/auth/me").bearer(&token).send().await }
    };
    let token = signed(Algorithm::HS256, SECRET, &good);
    assert_eq!(me(token.clone()).await.status, 200);
    let (start, signature) = token.rsplit_once('.').unwrap();
    let forged = with(&|claims| claims["id"] = json!(Uuid::new_v4()));
    let bad = [
        ("none", unsigned(&json!({ "alg": "none", "typ": "JWT" }), &good, "")),
        ("None", unsigned(&json!({ "alg": "None" }), &good, signature)),
        ("no alg", unsigned(&json!({ "typ": "JWT" }), &good, signature)),
        ("said to be RS256", unsigned(&json!({ "alg": "RS256", "typ": "JWT" }), &good, signature)),
        ("said to be ES256", unsigned(&json!({ "alg": "ES256", "typ": "JWT" }), &good, signature)),
        ("HS384", signed(Algorithm::HS384, SECRET, &good)),
        ("HS512", signed(Algorithm::HS512, SECRET, &good)),
        ("wrong secret", signed(Algorithm::HS256, "another secret", &good)),
        ("empty secret", signed(Algorithm::HS256, "", &good)),
        (
            "expired",
            signed(
                Algorithm::HS256,
                SECRET,
                &with(&|claims| claims["exp"] = json!(Utc::now().timestamp() - 1)),
            ),
        ),
        (
            "endless",
            signed(
                Algorithm::HS256,
                SECRET,
                &with(&|claims| drop(claims.as_object_mut().unwrap().remove("exp"))),
            ),
        ),
        (
            "no session",
            signed(
                Algorithm::HS256,
                SECRET,
                &with(&|claims| drop(claims.as_object_mut().unwrap().remove("sid"))),
            ),
        ),
        (
            "another session",
            signed(Algorithm::HS256, SECRET, &with(&|claims| claims["sid"] = json!(Uuid::new_v4()))),
        ),
        ("id is no id", signed(Algorithm::HS256, SECRET, &with(&|claims| claims["id"] = json!(1)))),
        (
            "other claims",
            format!(
                "{}.{signature}",
                unsigned(&json!({ "alg": "HS256", "typ": "JWT" }), &forged, "").trim_end_matches('.')
            ),
        ),
        ("no signature", format!("{start}.")),
        ("cut", token[..token.len() - 2].to_owned()),
        ("lengthened", format!("{token}AA")),
        ("not three parts", "bir.iki".to_owned()),
        ("garbage", "🦀".to_owned()),
        ("huge", "a".repeat(5000)),
    ];
    for (what, token) in bad {
        let call = desk.get("/api/auth/me").header("authorization", "Bearer x");
        let answer = match token.is_ascii() {
            true => me(token).await,
            false => call.send().await,
        };
        assert_eq!(answer.seen(), BAD, "{what}");
    }
    for header in ["Bearer", "Bearer ", "Basic YTpi", &token] {
        assert_eq!(
            desk.get("/api/auth/me").header("authorization", header).send().await.seen(),
            BAD,
            "{header}"
        );
    }
    assert_eq!(desk.get("/api/auth/me").send().await.seen(), r#"401 {"error":"Token bulunamadı"}"#);
    let unknown = signed(Algorithm::HS256, SECRET, &forged);
    assert_eq!(me(unknown).await.seen(), r#"401 {"error":"Geçersiz kullanıcı"}"#);
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_elses_session_does_not_go_with_ones_own_name() {
    let desk = Desk::with(&["--jwt-secret", SECRET]).await;
    let (one, two) = (desk.account().await, desk.account().await);
    let mut mixed = claims(&desk, &one).await;
    mixed["id"] = json!(two.id);
    let token = signed(Algorithm::HS256, SECRET, &mixed);
    assert_eq!(desk.get("/api/auth/me").bearer(&token).send().await.seen(), BAD);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_lives_as_long_as_it_is_set_to() {
    let desk = Desk::with(&["--jwt-expiration", "12h"]).await;
    let account = desk.account().await;
    let device = desk.device(&account).await;
    assert_eq!(device.answer["expires_in"], 12 * 3600);
}

/// A second edge on the first one's database.
struct Second {
    address: SocketAddr,
    _stop: oneshot::Sender<()>,
}

impl Second {
    async fn beside(desk: &Desk) -> Self {
        let state = State::open(desk.state.config.clone()).await.unwrap();
        let listener = edge::listen("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(edge::serve(listener, state, async move { drop(stopped.await) }));
        Self { address, _stop: stop }
    }

    async fn me(&self, device: &Device) -> String {
        let answer = Call::new(self.address, "GET", "/api/auth/me").bearer(&device.token).send().await;
        if answer.status == 200 { "200".to_owned() } else { answer.seen() }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ends_on_one_edge_has_ended_on_every_edge() {
    let desk = Desk::new().await;
    let second = Second::beside(&desk).await;
    let account = desk.account().await;
    let [one, two, three] =
        [desk.device(&account).await, desk.device(&account).await, desk.device(&account).await];
    for device in [&one, &two, &three] {
        assert_eq!(second.me(device).await, "200");
    }
    assert_eq!(desk.call("POST", "/api/auth/logout").bearer(&one.token).send().await.seen(), "204 ");
    assert_eq!(second.me(&one).await, BAD);
    assert_eq!(desk.me(&one).await, 401);
    assert_eq!(desk.call("POST", "/api/auth/logout").bearer(&one.token).send().await.seen(), BAD);
    assert_eq!(desk.refresh(&one.refresh_token).await.seen(), BAD);
    let change = json!({ "current_password": PASSWORD, "password": OTHER });
    let change =
        Call::new(second.address, "POST", "/api/auth/change-password").bearer(&three.token).json(&change);
    assert_eq!(change.send().await.seen(), "204 ");
    assert_eq!((desk.me(&two).await, desk.me(&three).await), (401, 200));
    assert_eq!(second.me(&two).await, BAD);
    let rows = desk.db.ask("select ended_because as why from sessions order by created_at").await;
    assert_eq!(rows, json!([{ "why": "logout" }, { "why": "password" }, { "why": null }]));
    assert_eq!(desk.audit_trail().await, ["LOGIN", "LOGIN", "LOGIN", "LOGOUT", "PASSWORD_CHANGE"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_switched_off_or_deleted_is_out_with_the_next_call_to_any_edge() {
    let desk = Desk::new().await;
    let second = Second::beside(&desk).await;
    let account = desk.account().await;
    let device = desk.device(&account).await;
    assert_eq!(second.me(&device).await, "200");
    desk.set(&account, "is_active = false").await;
    let gone = r#"401 {"error":"Geçersiz kullanıcı"}"#;
    assert_eq!(second.me(&device).await, gone);
    assert_eq!(desk.refresh(&device.refresh_token).await.seen(), gone);
    desk.set(&account, "is_active = true").await;
    assert_eq!(second.me(&device).await, "200");
    desk.set(&account, "is_banned = true").await;
    assert_eq!(second.me(&device).await, r#"403 {"error":"Yetkiniz yok"}"#);
    desk.db.run(&format!("delete from users where id = '{}'", account.id)).await;
    assert_eq!(second.me(&device).await, gone);
    assert_eq!(desk.refresh(&device.refresh_token).await.seen(), BAD);
}
