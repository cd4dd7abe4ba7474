//! Whether a site's mail settings work is tried against real servers, and what is wrong is told by its name: the look into
//! the mailbox (Dovecot) and the test mail (SMTP), as the buttons of the settings ask for them.

#![expect(clippy::unwrap_used, reason = "a helper of a test may panic like the test itself")]

#[expect(dead_code, reason = "other tests ask the desk for more")]
#[path = "it/desk.rs"]
mod desk;

use chrono::Utc;
use desk::Desk;
use jobs::Queue;
use schema::mail::settings::{self, Changes, Secret, Security, Server};
use schema::tickets::status::By;
use serde_json::{Value, json};
use std::net::TcpListener;
use workers::handlers;
use workers::io::imap::{Account, ImapTimeouts, ImapTls, LogIn, connect};
use workers::run::drain;

fn var(name: &str) -> String {
    std::env::var(name)
        .unwrap_or_else(|_| panic!("{name} is not set: run scripts/test, which starts the mail server"))
}

fn port(name: &str) -> u16 {
    var(name).parse().unwrap()
}

/// A port nobody listens at.
fn closed_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A desk that may speak to this machine's servers; with their certificates or without.
async fn desk(is_trusting: bool) -> Desk {
    let ca = var("TEST_IMAP_CA");
    let mut args = vec!["--mail-private-networks", "127.0.0.0/8"];
    if is_trusting {
        args.extend(["--imap-ca", &ca, "--smtp-ca", &ca]);
    }
    Desk::with(&args).await
}

/// The test server with the right password.
fn server(port_name: &str, security: Security) -> Server {
    Server {
        host: var("TEST_IMAP_HOST"),
        port: port(port_name),
        security,
        user: var("TEST_IMAP_USER"),
        password: Secret::New(var("TEST_IMAP_PASS").into()),
    }
}

/// Sets the mailbox, asks for a look into it, and gives what the settings then say.
async fn checked(desk: &Desk, server: Server) -> Value {
    let wanted = Changes { imap: Some(Some(server)), ..Changes::default() };
    let site = desk.site.id;
    settings::change(&desk.env.db, site, &wanted, &desk.env.seal, &By::default(), Utc::now()).await.unwrap();
    assert!(settings::ask_check(&desk.env.db, site).await.unwrap());
    // The watch stays connected for good; here only the look is of interest.
    desk.run("delete from jobs where kind = 'mailbox.watch'").await;
    drain(&[Queue::Mailbox], &handlers::registry(), &desk.env, &desk.keeper).await.unwrap();
    assert!(desk.rows("select 1 from jobs").await.is_empty(), "the look has come to its end");
    let shown = settings::read(&desk.env.db, site).await.unwrap().imap.unwrap();
    assert!(shown.checked_at.is_some());
    let wants = desk
        .row("select needs_reauthorisation as wants from mailboxes where is_active and site_id is not null")
        .await;
    json!({ "trouble": shown.trouble, "wants_person": wants["wants"] })
}

#[track_caller]
fn says(seen: &Value, trouble: &str, wants_person: bool) {
    assert!(seen["trouble"].as_str().is_some_and(|text| text.starts_with(trouble)), "{trouble}: {seen}");
    assert_eq!(seen["wants_person"], wants_person, "{seen}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_into_the_mailbox_says_that_all_is_well_however_it_is_secured() {
    let desk = desk(true).await;
    for (port, security) in [
        ("TEST_IMAPS_PORT", Security::Tls),
        ("TEST_IMAP_PORT", Security::StartTls),
        ("TEST_IMAP_PORT", Security::None),
    ] {
        let seen = checked(&desk, server(port, security)).await;
        assert_eq!(seen, json!({ "trouble": null, "wants_person": false }), "{security:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_into_the_mailbox_names_what_is_wrong_and_that_it_was_mended() {
    let desk = desk(true).await;
    let right = || server("TEST_IMAPS_PORT", Security::Tls);
    let password = Secret::New("yanlış".to_owned().into());
    let seen = checked(&desk, Server { password, ..right() }).await;
    says(&seen, "Posta sunucusu kullanıcı adını ya da parolayı kabul etmedi", true);
    let seen = checked(&desk, Server { port: closed_port(), ..right() }).await;
    says(&seen, "Posta sunucusuna ulaşılamıyor", false);
    let seen = checked(&desk, Server { port: port("TEST_IMAP_PORT"), ..right() }).await;
    says(&seen, "Güvenli bağlantı (TLS) kurulamıyor", false);
    let seen = checked(&desk, right()).await;
    assert_eq!(seen, json!({ "trouble": null, "wants_person": false }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_into_the_mailbox_names_a_certificate_that_nobody_trusts() {
    let desk = desk(false).await;
    for (port, security) in [("TEST_IMAPS_PORT", Security::Tls), ("TEST_IMAP_PORT", Security::StartTls)] {
        let seen = checked(&desk, server(port, security)).await;
        says(&seen, "Posta sunucusunun sertifikasına güvenilmiyor", false);
    }
}

/// Sets the site's server, asks for a test mail, and gives what became of it.
async fn tried(desk: &Desk, server: Server) -> Value {
    let site = desk.site.id;
    let from = Some(Some(var("TEST_IMAP_USER")));
    let wanted = Changes { smtp: Some(Some(server)), from, ..Changes::default() };
    settings::change(&desk.env.db, site, &wanted, &desk.env.seal, &By::default(), Utc::now()).await.unwrap();
    let user = desk.site.agent().await.id;
    let to = (user, &*var("TEST_IMAP_USER"), "Ayşe");
    let id = settings::post_test(&desk.env.db, site, to, &By::default(), Utc::now()).await.unwrap();
    desk.work().await;
    desk.row(&format!("select state, cause, last_error, message_id from mail_outbox where id = '{id}'")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_mail_arrives_over_the_sites_own_server() {
    let desk = desk(true).await;
    let seen = tried(&desk, server("TEST_SMTP_PORT", Security::StartTls)).await;
    assert_eq!((&seen["state"], &seen["last_error"]), (&json!("sent"), &Value::Null), "{seen}");
    assert!(desk.sent.sent().is_empty(), "nothing goes over the installation's server");
    assert!(inbox(seen["message_id"].as_str().unwrap()).await, "it lies in the inbox");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_mail_that_does_not_leave_says_why() {
    let desk = desk(true).await;
    let right = || server("TEST_SMTP_PORT", Security::StartTls);
    let password = Secret::New("yanlis".to_owned().into());
    let cases = [
        (Server { password, ..right() }, "Şimdilik gönderilemedi (oturum açma): "),
        (Server { port: closed_port(), ..right() }, "Şimdilik gönderilemedi (bağlantı): "),
    ];
    for (server, why) in cases {
        let seen = tried(&desk, server).await;
        assert_eq!(seen["state"], "pending", "settings change: it is tried again. {seen}");
        assert!(seen["last_error"].as_str().is_some_and(|text| text.starts_with(why)), "{why}: {seen}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_mail_does_not_leave_over_a_server_whose_certificate_nobody_trusts() {
    let desk = desk(false).await;
    let seen = tried(&desk, server("TEST_SMTP_PORT", Security::StartTls)).await;
    let error = seen["last_error"].as_str().unwrap_or_default();
    assert!(
        error.starts_with("Şimdilik gönderilemedi (bağlantı): ") && error.contains("certificate"),
        "{seen}"
    );
}

/// Whether the mail lies in the test server's inbox.
async fn inbox(message_id: &str) -> bool {
    let account = Account {
        host: var("TEST_IMAP_HOST"),
        port: port("TEST_IMAP_PORT"),
        tls: ImapTls::None,
        user: var("TEST_IMAP_USER"),
        log_in: LogIn::Password(var("TEST_IMAP_PASS").into()),
        extra_ca: None,
        timeouts: ImapTimeouts::default(),
        reach: schema::net::Reach::Anywhere,
    };
    let mut mailbox = connect(&account).await.unwrap();
    let last = mailbox.examine("INBOX").await.unwrap().uid_next.unwrap();
    let listed = mailbox.list_after(last.saturating_sub(30)).await.unwrap();
    let mails = mailbox.fetch(&listed).await.unwrap();
    mails.iter().any(|mail| String::from_utf8_lossy(&mail.raw).contains(message_id))
}
