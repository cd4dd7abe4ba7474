//! Outgoing mail: one Message-ID for all tries, temporary and permanent failures told apart, headers clean.

use super::desk::Desk;
use serde_json::json;
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
