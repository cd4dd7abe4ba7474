//! A forgotten password: asked for at the edge, mailed by a worker, redeemed at the edge.

use super::accounts::{Account, OTHER, PASSWORD};
use crate::client::Answer;
use crate::desk::Desk;
use clap::Parser;
use jobs::Queue;
use serde_json::json;
use std::sync::Arc;
use workers::config::Config;
use workers::env::Env;
use workers::handlers;
use workers::io::smtp::{FakeSender, OutgoingMail, SendError, Stage};
use workers::run::{Keeper, drain};

const BAD: &str = r#"400 {"error":"Şifre sıfırlama bağlantısı geçersiz veya süresi dolmuş"}"#;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    config: Config,
}

/// A worker for the desk's mails.
struct Notices {
    env: Env,
    keeper: Keeper,
    sent: FakeSender,
}

impl Notices {
    async fn of(desk: &Desk) -> Self {
        let common = &desk.state.config.common;
        let files = common.files_dir.display().to_string();
        let secret = "0123456789abcdef0123456789abcdef";
        let line = Line::parse_from([
            "test",
            "--database-url",
            &desk.db.url,
            "--redis-url",
            &common.redis_url,
            "--secret-key",
            secret,
            "--files-dir",
            &files,
            "--frontend-url",
            "https://masa.test/",
        ]);
        let sent = FakeSender::default();
        let env = Env::with(&line.config, Arc::new(sent.clone())).await.unwrap();
        Self { env, keeper: Keeper::start(desk.db.url.clone()).unwrap(), sent }
    }

    /// Runs what is due; the mails that left.
    async fn work(&self) -> Vec<OutgoingMail> {
        let before = self.sent.sent().len();
        drain(&[Queue::Notices], &handlers::registry(), &self.env, &self.keeper).await.unwrap();
        self.sent.sent().split_off(before)
    }
}

/// The token of the mail's link.
fn token(mail: &OutgoingMail) -> String {
    let (_, rest) =
        mail.text.split_once("https://masa.test/reset-password#token=").expect("the link is there");
    rest.split_whitespace().next().unwrap().to_owned()
}

async fn forgot(desk: &Desk, email: &str) -> Answer {
    desk.post_json("/api/auth/forgot-password", &json!({ "email": email })).send().await
}

async fn reset(desk: &Desk, token: &str, password: &str) -> Answer {
    desk.post_json("/api/auth/reset-password", &json!({ "token": token, "password": password })).send().await
}

async fn mailed(desk: &Desk, notices: &Notices, account: &Account) -> String {
    assert_eq!(forgot(desk, &account.email).await.status, 200);
    let mails = notices.work().await;
    assert_eq!(mails.len(), 1);
    token(&mails[0])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailed_token_sets_a_new_password_once_and_ends_every_session() {
    let desk = Desk::new().await;
    let notices = Notices::of(&desk).await;
    let account = desk.account().await;
    let device = desk.device(&account).await;
    desk.set(&account, "must_change_password = true").await;
    assert_eq!(forgot(&desk, &account.email.to_uppercase()).await.status, 200);
    let mails = notices.work().await;
    assert_eq!((mails.len(), mails[0].to.address.as_str()), (1, account.email.as_str()));
    assert_eq!(mails[0].subject, "Şifre sıfırlama / Password reset");
    assert!(mails[0].auto_submitted && mails[0].html.contains(&token(&mails[0])));
    let token = token(&mails[0]);
    assert_eq!(reset(&desk, &token, "kısa").await.status, 400);
    assert_eq!(reset(&desk, &token, "admin123").await.status, 400);
    assert_eq!(reset(&desk, &token, OTHER).await.seen(), "204 ");
    assert_eq!(desk.me(&device).await, 401);
    assert_eq!(desk.refresh(&device.refresh_token).await.status, 401);
    assert_eq!(reset(&desk, &token, "üçüncü parola").await.seen(), BAD);
    assert_eq!(desk.log_in(&account.email, PASSWORD).await.status, 401);
    assert_eq!(desk.log_in(&account.email, OTHER).await.json()["must_change_password"], false);
    let actions = desk.audit_trail().await;
    assert_eq!(actions, ["LOGIN", "PASSWORD_RESET_REQUEST", "PASSWORD_RESET", "LOGIN_FAILED", "LOGIN"]);
    let found = desk
        .db
        .ask("select target_id, site_id, details from audit_logs where action = 'PASSWORD_RESET'")
        .await;
    assert_eq!(
        found,
        json!([{ "target_id": account.id, "site_id": desk.site.id, "details": { "sessions_ended": 1 } }])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_is_answered_alike_for_every_address_and_writes_the_same_job() {
    let desk = Desk::new().await;
    let notices = Notices::of(&desk).await;
    let (account, off, banned) = (desk.account().await, desk.account().await, desk.account().await);
    desk.set(&off, "is_active = false").await;
    desk.set(&banned, "is_banned = true").await;
    let known = forgot(&desk, &account.email).await;
    assert_eq!(known.status, 200);
    for email in ["kimse@deneme.test", &off.email, &banned.email, "adres değil", "ADMİN@deneme.test"] {
        assert_eq!(forgot(&desk, email).await.seen(), known.seen(), "{email}");
    }
    let jobs = desk.db.ask("select kind, site_id, payload->>'email' as email from jobs order by id").await;
    assert_eq!(jobs.as_array().unwrap().len(), 4, "{jobs}");
    assert!(jobs.as_array().unwrap().iter().all(|job| job["kind"] == "password.forgot"));
    assert_eq!(notices.work().await.len(), 1);
    assert_eq!(desk.db.count("select count(*) from jobs").await, 0);
    assert_eq!(desk.db.count("select count(*) from password_resets").await, 1);
    assert_eq!(forgot(&desk, &"a".repeat(256)).await.status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_stands_nowhere_but_in_the_mail() {
    let desk = Desk::new().await;
    let notices = Notices::of(&desk).await;
    let account = desk.account().await;
    forgot(&desk, &account.email).await;
    let later = || SendError::Temporary { stage: Stage::Connect, code: None, reason: "sonra".into() };
    notices.sent.fail_with(later());
    assert_eq!(notices.work().await.len(), 0);
    let everything = || async {
        let mut text = String::new();
        for table in ["jobs", "mail_outbox", "audit_logs", "password_resets", "users", "sessions"] {
            text += &desk.db.ask(&format!("select t::text as row from {table} t")).await.to_string();
        }
        text
    };
    let waiting = everything().await;
    assert!(waiting.contains("secret_sealed"), "{waiting}");
    desk.db.run("update jobs set run_at = now()").await;
    let mails = notices.work().await;
    let token = token(&mails[0]);
    assert!(!waiting.contains(&token) && !everything().await.contains(&token));
    let sent = desk.db.ask("select state, facts, attempts from mail_outbox").await;
    assert_eq!(sent, json!([{ "state": "sent", "facts": {}, "attempts": 2 }]));
    assert_eq!(reset(&desk, &token, OTHER).await.status, 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_good_for_sixty_minutes_and_only_while_its_user_is() {
    let desk = Desk::new().await;
    let notices = Notices::of(&desk).await;
    let account = desk.account().await;
    let token = mailed(&desk, &notices, &account).await;
    let lives = "select count(*) from password_resets where expires_at = created_at + interval '60 minutes'";
    assert_eq!(desk.db.count(lives).await, 1);
    desk.set(&account, "is_active = false").await;
    assert_eq!(reset(&desk, &token, OTHER).await.seen(), BAD);
    desk.set(&account, "is_active = true").await;
    desk.db.run("update password_resets set expires_at = now() - interval '1 second'").await;
    assert_eq!(reset(&desk, &token, OTHER).await.seen(), BAD);
    desk.db.run("update password_resets set expires_at = now() + interval '1 minute'").await;
    assert_eq!(reset(&desk, &token[1..], OTHER).await.seen(), BAD);
    let tries = tokio::join!(reset(&desk, &token, OTHER), reset(&desk, &token, "başka bir parola"));
    let mut statuses = [tries.0.status.as_u16(), tries.1.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 400]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_voids_the_reset_mails_that_are_on_their_way() {
    let desk = Desk::new().await;
    let notices = Notices::of(&desk).await;
    let account = desk.account().await;
    let (first, second) = (mailed(&desk, &notices, &account).await, mailed(&desk, &notices, &account).await);
    let device = desk.device(&account).await;
    let change = json!({ "current_password": PASSWORD, "password": OTHER });
    let change = desk.post_json("/api/auth/change-password", &change).bearer(&device.token).send().await;
    assert_eq!(change.status, 204);
    assert_eq!(reset(&desk, &first, "üçüncü parola").await.seen(), BAD);
    assert_eq!(reset(&desk, &second, "üçüncü parola").await.seen(), BAD);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_floods_a_mailbox_by_asking_in_its_name() {
    let desk = Desk::new().await;
    let notices = Notices::of(&desk).await;
    let (account, other) = (desk.account().await, desk.account().await);
    for _ in 0..3 {
        forgot(&desk, &account.email).await;
    }
    assert_eq!(notices.work().await.len(), 1, "while one request waits further ones add nothing");
    for expected in [1, 1, 0, 0] {
        forgot(&desk, &account.email).await;
        assert_eq!(notices.work().await.len(), expected);
    }
    mailed(&desk, &notices, &other).await;
    desk.db.run("update password_resets set created_at = created_at - interval '1 hour'").await;
    mailed(&desk, &notices, &account).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_super_admin_who_has_no_site_is_mailed_too() {
    let desk = Desk::new().await;
    let notices = Notices::of(&desk).await;
    let account = desk.account_of(None, "superadmin", "!").await;
    let token = mailed(&desk, &notices, &account).await;
    assert_eq!(reset(&desk, &token, OTHER).await.status, 204);
    assert_eq!(desk.log_in(&account.email, OTHER).await.status, 200);
    assert_eq!(desk.db.ask("select state from mail_outbox").await, json!([{ "state": "sent" }]));
}
