//! Outgoing mail: one Message-ID for all tries, temporary and permanent failures told apart, headers clean.

use super::desk::Desk;
use schema::mail::{Template, dead, settings, site_templates};
use schema::pool::Scope;
use schema::tickets::status::By;
use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use workers::io::smtp::{SendError, Stage};

const OUTBOX: &str =
    "select state, attempts, repeats, message_id, last_error is not null as failed from mail_outbox";

async fn desk_with_a_mail() -> Desk {
    let desk = Desk::new().await;
    let raw = format!(
        "From: \"a\\\r b\" <sukru@ornek.test>\nTo: {}\nSubject: =?UTF-8?Q?Bcc:_x=0D=0ABcc:_kurban@ornek.test?=\n\
         Message-ID: <m1@ornek.test>\n\nMerhaba\n",
        desk.site.support_address
    );
    desk.receive(&raw).await;
    desk
}

async fn due_again(desk: &Desk) {
    desk.run("update jobs set run_at = now() where queue = 'notices'").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_server_is_tried_again_under_the_same_message_id() {
    let desk = desk_with_a_mail().await;
    let busy = || SendError::Temporary { stage: Stage::Recipient, code: Some(450), reason: "sonra".into() };
    desk.sent.fail_with(busy());
    desk.work().await;
    let first = desk.row(OUTBOX).await;
    assert_eq!(
        (&first["state"], &first["attempts"], &first["failed"]),
        (&json!("pending"), &json!(1), &json!(true))
    );
    let job = desk.row("select state, attempts, run_at > now() + interval '50 seconds' as later from jobs where queue = 'notices'").await;
    assert_eq!(job, json!({"state": "ready", "attempts": 1, "later": true}));
    due_again(&desk).await;
    desk.work().await;
    let second = desk.row(OUTBOX).await;
    assert_eq!(
        (&second["state"], &second["attempts"], &second["repeats"]),
        (&json!("sent"), &json!(2), &json!(0))
    );
    assert_eq!(desk.sent.sent()[0].message_id, first["message_id"].as_str().unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_parked_where_admins_see_it_and_can_be_revived() {
    let desk = desk_with_a_mail().await;
    desk.sent.fail_with(SendError::Permanent {
        stage: Stage::Recipient,
        code: Some(550),
        reason: "yok".into(),
    });
    desk.work().await;
    assert_eq!(desk.row(OUTBOX).await["state"], "failed");
    let dead = desk.env.ledger.dead(None, 10).await.unwrap();
    assert_eq!((dead.len(), dead[0].kind.as_str()), (1, "mail.deliver"));
    desk.env.ledger.requeue(dead[0].id).await.unwrap();
    desk.work().await;
    assert_eq!(desk.row(OUTBOX).await["state"], "sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unheard_answer_is_repeated_with_the_same_message_id_and_counted() {
    let desk = desk_with_a_mail().await;
    desk.sent.fail_with(SendError::Unknown { reason: "koptu".into() });
    desk.work().await;
    let first = desk.row(OUTBOX).await;
    assert_eq!(first["state"], "unknown");
    due_again(&desk).await;
    desk.work().await;
    let second = desk.row(OUTBOX).await;
    assert_eq!((&second["state"], &second["repeats"]), (&json!("sent"), &json!(1)));
    assert_eq!(second["message_id"], first["message_id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_died_while_sending_is_followed_by_a_counted_repeat() {
    let desk = desk_with_a_mail().await;
    desk.sent.fail_with(SendError::Temporary { stage: Stage::Connect, code: None, reason: "x".into() });
    desk.work().await;
    desk.run("update mail_outbox set state = 'sending'").await;
    due_again(&desk).await;
    desk.work().await;
    assert_eq!(desk.row(OUTBOX).await["repeats"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_header_carries_a_line_break_and_no_mail_leaves_a_site_that_is_switched_off() {
    let desk = desk_with_a_mail().await;
    desk.work().await;
    let sent = desk.sent.sent();
    let texts = [&sent[0].subject, &sent[0].to.address, &sent[0].message_id];
    assert!(texts.iter().all(|text| !text.contains(['\r', '\n', '\0'])));
    let name = sent[0].to.name.clone().unwrap_or_default();
    assert!(!name.contains(['\r', '\n', '\0']), "{name:?}");

    desk.run("update mail_outbox set state = 'pending'").await;
    desk.run("update sites set is_active = false").await;
    let id = desk.row("select id, site_id from mail_outbox").await;
    let payload = json!({"site_id": id["site_id"], "outbound_id": id["id"]});
    desk.run(&format!(
        "insert into jobs (id, kind, queue, site_id, payload, attempts_max)
         values (gen_random_uuid(), 'mail.deliver', 'notices', '{}', '{payload}', 5)",
        id["site_id"].as_str().unwrap()
    ))
    .await;
    desk.env.directory.forget(desk.site.id);
    desk.work().await;
    assert_eq!(desk.sent.sent().len(), 1);
    assert_eq!(desk.row(OUTBOX).await["state"], "failed");
}

/// The site's own mail settings, as an admin sets them.
async fn set(desk: &Desk, changes: settings::Changes) {
    let by = By::worker("test");
    settings::change(&desk.env.db, desk.site.id, &changes, &desk.env.seal, &by, desk.env.now())
        .await
        .unwrap();
}

fn server(port: u16) -> settings::Server {
    settings::Server {
        host: "127.0.0.1".into(),
        port,
        security: settings::Security::None,
        user: String::new(),
        password: settings::Secret::Kept,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn five_failed_tries_park_a_mail_after_1_5_15_and_60_minutes() {
    let desk = desk_with_a_mail().await;
    let minutes = "select round(extract(epoch from run_at - now()) / 60)::int as minutes from jobs where queue = 'notices' and state = 'ready'";
    for expected in [1, 5, 15, 60] {
        desk.sent.fail_with(SendError::Temporary { stage: Stage::Connect, code: None, reason: "x".into() });
        desk.work().await;
        assert_eq!(desk.row(minutes).await["minutes"], expected);
        assert_eq!(desk.row(OUTBOX).await["state"], "pending");
        due_again(&desk).await;
    }
    desk.sent.fail_with(SendError::Temporary { stage: Stage::Connect, code: None, reason: "x".into() });
    desk.work().await;
    let parked = desk.row("select state, cause, failures from mail_outbox").await;
    assert_eq!(parked, json!({"state": "failed", "cause": "unavailable", "failures": 5}));
    assert_eq!(desk.env.ledger.dead(None, 10).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_is_killed_again_and_again_uses_up_no_try() {
    let desk = desk_with_a_mail().await;
    desk.sent.fail_with(SendError::Unknown { reason: "x".into() });
    desk.work().await;
    desk.run("update mail_outbox set state = 'sending', failures = 0; update jobs set attempts = 7 where queue = 'notices'").await;
    due_again(&desk).await;
    desk.sent.fail_with(SendError::Temporary { stage: Stage::Connect, code: None, reason: "x".into() });
    desk.work().await;
    assert_eq!(
        desk.row("select state, failures from mail_outbox").await,
        json!({"state": "pending", "failures": 1})
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_whose_answer_was_never_heard_is_parked_as_unknown() {
    let desk = desk_with_a_mail().await;
    for _ in 0..5 {
        desk.sent.fail_with(SendError::Unknown { reason: "koptu".into() });
        desk.work().await;
        due_again(&desk).await;
    }
    let parked = desk.row("select state, cause, repeats from mail_outbox").await;
    assert_eq!(parked, json!({"state": "unknown", "cause": "unheard", "repeats": 4}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_greylist_is_given_the_time_it_asks_for() {
    let desk = desk_with_a_mail().await;
    let reason = "450 4.2.0 greylisted, try again in 900 seconds".to_owned();
    desk.sent.fail_with(SendError::Temporary { stage: Stage::Recipient, code: Some(450), reason });
    desk.work().await;
    let job = "select run_at between now() + interval '14 minutes' and now() + interval '16 minutes' as waits from jobs where queue = 'notices'";
    assert_eq!(desk.row(job).await["waits"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_goes_to_an_address_that_a_server_has_refused_for_good() {
    let desk = desk_with_a_mail().await;
    let mut tx = desk.env.db.begin(Scope::Site(desk.site.id)).await.unwrap();
    dead::mark(&mut tx, desk.site.id, "Sukru@ornek.test", "550 5.1.1", desk.env.now()).await.unwrap();
    tx.commit().await.unwrap();
    desk.work().await;
    assert!(desk.sent.sent().is_empty());
    let parked = desk.row("select state, cause from mail_outbox").await;
    assert_eq!(parked, json!({"state": "failed", "cause": "dead_address"}));
    let mut tx = desk.env.db.begin(Scope::Site(desk.other.id)).await.unwrap();
    dead::mark(&mut tx, desk.other.id, "ali@ornek.test", "550", desk.env.now()).await.unwrap();
    tx.commit().await.unwrap();
    desk.receive(&format!("From: ali@ornek.test\nTo: {}\nSubject: a\n\nb\n", desk.site.support_address))
        .await;
    desk.work().await;
    assert_eq!(desk.sent.sent().len(), 1, "dead for one site is not dead for another");
}

#[tokio::test(flavor = "multi_thread")]
async fn all_mails_of_a_ticket_stand_in_one_thread() {
    let desk = desk_with_a_mail().await;
    desk.work().await;
    let ticket = desk.row("select id, site_id from tickets").await;
    let (id, site) = (ticket["id"].as_str().unwrap(), ticket["site_id"].as_str().unwrap());
    for template in ["resolved", "closed"] {
        let mail = uuid::Uuid::now_v7();
        desk.run(&format!(
            "with m as (insert into mail_outbox (id, site_id, ticket_id, template, to_address, created_at)
                 values ('{mail}', '{site}', '{id}', '{template}', 'sukru@ornek.test', now()) returning id)
             insert into jobs (id, kind, queue, site_id, payload, attempts_max)
             select id, 'mail.deliver', 'notices', '{site}',
                 json_build_object('site_id', '{site}', 'outbound_id', id), 20 from m"
        ))
        .await;
        desk.work().await;
    }
    let sent = desk.sent.sent();
    assert_eq!((sent.len(), sent[0].in_reply_to.as_deref()), (3, Some("m1@ornek.test")));
    let root = sent[0].references[0].clone();
    for mail in &sent {
        assert_eq!(mail.references[0], root, "one id that all of them name");
        assert_eq!(mail.references.last(), mail.in_reply_to.as_ref());
        assert!(mail.references.contains(&"m1@ornek.test".to_owned()), "{:?}", mail.references);
        assert!(mail.reply_to.as_ref().unwrap().address.contains("+t1-"));
    }
    assert!(sent[0].is_answer && sent.iter().all(|mail| mail.auto_submitted) && !sent[2].is_answer);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_writes_in_its_own_words_and_outside_business_hours_still_names_the_reopening() {
    let desk = desk_with_a_mail().await;
    let texts = site_templates::NewTexts {
        subject: "Aldık: {{ ticket.subject }}",
        html: "<p>{{ ticket.visitor_name }}</p>",
        text: "#{{ ticket.ticket_number }} {{ ticket.status_label }}",
    };
    let by = By::worker("test");
    site_templates::put(&desk.env.db, desk.site.id, Template::Acknowledgement, texts, &by, desk.env.now())
        .await
        .unwrap();
    desk.sent.fail_with(SendError::Temporary { stage: Stage::Connect, code: None, reason: "x".into() });
    desk.work().await;
    desk.run("update mail_outbox set facts = '{\"opening_text\": \"Pazartesi 09:00''da <açılır>\"}'").await;
    due_again(&desk).await;
    desk.work().await;
    let sent = &desk.sent.sent()[0];
    assert!(
        sent.subject.starts_with("Aldık: ") && !sent.subject.contains(['\r', '\n']),
        "{:?}",
        sent.subject
    );
    assert_eq!(sent.text, "#1 Yeni\n\nPazartesi 09:00'da <açılır>\n");
    assert!(sent.html.ends_with("<p>Pazartesi 09:00&#x27;da &lt;açılır&gt;</p>\n"), "{}", sent.html);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_sends_over_its_own_server_under_its_own_signature() {
    let desk = Desk::with(&["--mail-private-networks", "127.0.0.0/8"]).await;
    let (port, taken) = one_mail().await;
    let key = include_str!("../keys/ed25519.pem");
    let dkim = settings::NewSignature {
        domain: "ornek.test".into(),
        selector: "s1".into(),
        key: settings::Secret::New(key.into()),
    };
    set(
        &desk,
        settings::Changes { smtp: Some(Some(server(port))), dkim: Some(Some(dkim)), ..Default::default() },
    )
    .await;
    desk.receive(&format!("From: ali@ornek.test\nTo: {}\nSubject: a\n\nb\n", desk.site.support_address))
        .await;
    desk.work().await;
    assert!(desk.sent.sent().is_empty(), "the installation's server was not asked");
    let mail = taken.await.unwrap();
    assert!(
        mail.starts_with("DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed; d=ornek.test; s=s1;"),
        "{mail}"
    );
    assert!(mail.contains("\r\nSubject: ") && mail.contains("multipart/alternative"));
    assert_eq!(desk.row(OUTBOX).await["state"], "sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sites_server_in_a_private_network_is_never_connected_to() {
    let desk = Desk::new().await;
    let (port, taken) = one_mail().await;
    set(&desk, settings::Changes { smtp: Some(Some(server(port))), ..Default::default() }).await;
    desk.receive(&format!("From: ali@ornek.test\nTo: {}\nSubject: a\n\nb\n", desk.site.support_address))
        .await;
    desk.work().await;
    assert!(!taken.is_finished() && desk.sent.sent().is_empty());
    let told = desk.row("select state, last_error from mail_outbox").await;
    assert_eq!(told["state"], "pending");
    assert!(told["last_error"].as_str().unwrap().contains("private network"), "{told}");
    taken.abort();
}

/// A server that takes one mail and gives its text.
async fn one_mail() -> (u16, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let served = tokio::spawn(async move {
        let mut stream = BufReader::new(listener.accept().await.unwrap().0);
        stream.write_all(b"220 test\r\n").await.unwrap();
        let (mut mail, mut in_content) = (String::new(), false);
        loop {
            let mut line = String::new();
            stream.read_line(&mut line).await.unwrap();
            let answer = match (in_content, line.trim_end()) {
                (true, ".") => {
                    stream.write_all(b"250 ok\r\n").await.unwrap();
                    return mail;
                }
                (true, _) => {
                    mail.push_str(&line);
                    continue;
                }
                (false, "DATA") => {
                    in_content = true;
                    "354 go\r\n"
                }
                (false, _) => "250 ok\r\n",
            };
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    (port, served)
}
