//! The same key with the same request is one ticket and one answer.

use crate::client::Part;
use crate::desk::{Desk, FORM};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_request_hears_the_first_answer_and_makes_nothing() {
    let desk = Desk::new().await;
    let post = || desk.post_form().header("idempotency-key", "istek-1");
    let first = post().form(&FORM).send().await;
    let again = post().form(&FORM).send().await;
    assert_eq!((first.status.as_u16(), first.seen()), (201, again.seen()));
    assert_eq!(
        (first.header("idempotency-replayed"), again.header("idempotency-replayed")),
        (None, Some("true"))
    );
    let mut changed = FORM;
    changed[3].1 = "Başka bir mesaj, aynı anahtar";
    let other = post().form(&changed).send().await;
    assert_eq!(other.seen(), r#"422 {"detail":"Bu Idempotency-Key başka bir istekte kullanıldı."}"#);
    // Another site's keys are its own.
    assert_eq!(post().form(&changed).header("x-api-key", &desk.other.key).send().await.status, 201);
    assert_eq!(desk.tickets().await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_at_once_with_one_key_one_makes_the_ticket() {
    let desk = Desk::new().await;
    let calls = (0..16).map(|_| desk.post_form().header("idempotency-key", "ayni").form(&FORM).send());
    let answers = futures::future::join_all(calls).await;
    assert!(
        answers.iter().all(|answer| answer.seen() == answers[0].seen() && answer.status == 201),
        "{answers:?}"
    );
    assert_eq!(answers.iter().filter(|answer| answer.header("idempotency-replayed").is_none()).count(), 1);
    assert_eq!(desk.tickets().await, 1);
    assert_eq!(desk.db.count("select count(*) from mail_outbox").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_belong_to_the_request_and_a_repeated_one_leaves_none_behind() {
    let desk = Desk::new().await;
    let post = |bytes: &'static [u8]| {
        let mut parts: Vec<_> = FORM.iter().map(|(name, text)| Part::Text(name, text)).collect();
        parts.push(Part::File {
            name: "attachment",
            file_name: "a.pdf",
            media_type: "application/pdf",
            bytes,
        });
        desk.post_form().header("idempotency-key", "dosya").multipart(&parts).send()
    };
    let (first, again, other) = (post(b"%PDF-1").await, post(b"%PDF-1").await, post(b"%PDF-2").await);
    assert_eq!((first.status.as_u16(), again.status.as_u16(), other.status.as_u16()), (201, 201, 422));
    assert_eq!(first.body, again.body);
    assert_eq!(desk.stored_files().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_widgets_repeated_ticket_is_answered_as_at_first_whatever_happened_since() {
    let desk = Desk::new().await;
    let draft = json!({ "subject": "a", "message": "b", "visitor_name": "c", "priority": "high" });
    let post = || {
        desk.call("POST", "/api/tickets")
            .header("x-api-key", &desk.site.key)
            .header("idempotency-key", "w1")
            .json(&draft)
    };
    let first = post().send().await;
    assert_eq!(first.status, 201, "{}", first.body);
    desk.db.run("update tickets set status = 'open', priority = 'low', sla_due_date = null").await;
    desk.db.run("update business_hours set end_minute = 600").await;
    let again = post().send().await;
    assert_eq!((again.body, again.headers.contains_key("idempotency-replayed")), (first.body, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_two_hundred_visible_characters_at_most() {
    let desk = Desk::new().await;
    let post = |key: &str| desk.post_form().header("idempotency-key", key).form(&FORM).send();
    assert_eq!(post(&"k".repeat(200)).await.status, 201);
    for wrong in ["k".repeat(201), "iki kelime".into(), String::new()] {
        let answer = post(&wrong).await;
        assert_eq!(answer.seen(), r#"400 {"detail":"Geçersiz Idempotency-Key başlığı."}"#, "{wrong:?}");
    }
    assert_eq!(desk.tickets().await, 1);
}
