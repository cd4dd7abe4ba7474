//! Two tickets become one, and two again.

use crate::desk::Desk;
use crate::people::Person;
use serde_json::{Value, json};
use uuid::Uuid;

/// What is remembered of a ticket, but for when it was touched last.
async fn remembered(desk: &Desk, agent: &Person, ticket: Uuid) -> Value {
    let mut seen = desk.read(agent, ticket).await;
    for name in ["version", "updated_at", "links"] {
        seen.as_object_mut().unwrap().remove(name);
    }
    seen
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_carries_everything_over_and_its_undoing_brings_exactly_that_back() {
    let desk = Desk::new().await;
    let agent = desk.person("agent").await;
    let parts = [
        crate::client::Part::Text("subject", "Modem"),
        crate::client::Part::Text("message", "Işığı yanmıyor"),
        crate::client::Part::Text("visitor_name", "Ayşe Öz"),
        crate::client::Part::Text("visitor_email", "ayse@ornek.test"),
        crate::client::Part::File {
            name: "attachments",
            file_name: "a.pdf",
            media_type: "application/pdf",
            bytes: b"%PDF-1.7 a",
        },
    ];
    let made =
        desk.call("POST", "/api/tickets").header("x-api-key", &desk.site.key).multipart(&parts).send().await;
    let source: Uuid = made.json()["id"].as_str().unwrap().parse().unwrap();
    let target = desk.ticket().await;
    desk.put(&agent, source, "/assign", json!({ "agent_id": agent.id })).await;
    for (ticket, text) in [(source, "Kaynakta bir"), (target, "Hedefte bir"), (source, "Kaynakta iki")] {
        desk.post(&agent, ticket, "/reply", json!({ "body": text })).await;
    }
    let others = desk.others_rows().await;
    let (source_before, target_before) =
        (remembered(&desk, &agent, source).await, remembered(&desk, &agent, target).await);
    let mails = desk.mailed(source).await;

    let answer = desk.post(&agent, source, "/merge", json!({ "into": target })).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["id"]), (200, &json!(target)), "{}", answer.body);
    let merged = desk.read(&agent, target).await;
    let bodies: Vec<&str> =
        merged["replies"].as_array().unwrap().iter().map(|reply| reply["body"].as_str().unwrap()).collect();
    assert_eq!(bodies, ["Modem\n\nIşığı yanmıyor", "Kaynakta bir", "Hedefte bir", "Kaynakta iki"]);
    assert_eq!(
        (&merged["replies"][0]["author"], &merged["participants"]),
        (&json!("visitor"), &json!(["ayse@ornek.test"]))
    );
    assert_eq!(merged["attachments"][0]["reply_id"], merged["replies"][0]["id"]);
    assert_eq!(
        (&merged["links"][0]["kind"], &merged["links"][0]["id"]),
        (&json!("merged_from"), &json!(source))
    );
    let closed = desk.read(&agent, source).await;
    assert_eq!(
        (&closed["status"], &closed["merged_into"], &closed["replies"]),
        (&json!("closed"), &json!(target), &json!([]))
    );
    assert_eq!(desk.mailed(source).await, mails, "nobody is told that it was closed");
    assert_eq!(desk.audited(source).await.last().unwrap(), "TICKET_MERGE");
    assert_eq!(desk.audited(target).await.last().unwrap(), "TICKET_MERGE");
    // What is said after the merge stays where it was said.
    desk.post(&agent, target, "/reply", json!({ "body": "Sonradan" })).await;

    let answer = desk.post(&agent, source, "/unmerge", json!({})).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["id"]), (200, &json!(source)), "{}", answer.body);
    assert_eq!(remembered(&desk, &agent, source).await, source_before);
    let mut target_after = remembered(&desk, &agent, target).await;
    let last = target_after["replies"].as_array_mut().unwrap().pop().unwrap();
    assert_eq!(last["body"], "Sonradan");
    assert_eq!(target_after, target_before);
    assert_eq!(desk.audited(source).await.last().unwrap(), "TICKET_UNMERGE");
    assert_eq!(desk.post(&agent, source, "/unmerge", json!({})).await.status, 409, "once");
    assert_eq!(desk.others_rows().await, others);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_can_be_undone_for_a_day() {
    let desk = Desk::new().await;
    let (agent, source, target) = (desk.person("agent").await, desk.ticket().await, desk.ticket().await);
    assert_eq!(desk.post(&agent, source, "/merge", json!({ "into": target })).await.status, 200);
    desk.db.run("update ticket_merges set merged_at = now() - interval '24 hours'").await;
    let late = desk.post(&agent, source, "/unmerge", json!({})).await;
    assert_eq!(late.seen(), r#"409 {"error":"Birleştirme 24 saat geçtikten sonra geri alınamaz"}"#);
    desk.db
        .run("update ticket_merges set merged_at = now() - interval '23 hours 59 minutes 50 seconds'")
        .await;
    assert_eq!(desk.post(&agent, source, "/unmerge", json!({})).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_merged_stays() {
    let desk = Desk::new().await;
    let (agent, one, two) = (desk.person("agent").await, desk.ticket().await, desk.ticket().await);
    let (closed, foreign) = (desk.ticket_at("status = 'closed'").await, desk.foreign_ticket().await);
    let merge = async |source: Uuid, target: Uuid| {
        desk.post(&agent, source, "/merge", json!({ "into": target })).await.status.as_u16()
    };
    assert_eq!(merge(one, one).await, 409);
    assert_eq!(merge(one, closed).await, 409);
    assert_eq!(merge(one, foreign).await, 404);
    assert_eq!(merge(foreign, one).await, 404);
    assert_eq!(merge(one, Uuid::new_v4()).await, 404);
    assert_eq!(desk.post(&agent, one, "/merge", json!({})).await.status, 400);
    assert_eq!(desk.post(&agent, one, "/unmerge", json!({})).await.status, 409);
    assert_eq!(merge(one, two).await, 200);
    assert_eq!(merge(one, two).await, 409, "it is merged already");
    let three = desk.ticket().await;
    assert_eq!(merge(three, one).await, 409, "into one that was merged");
    assert_eq!(merge(two, three).await, 200);
    assert_eq!(desk.post(&agent, one, "/unmerge", json!({})).await.status, 409, "the later merge first");
    assert_eq!(desk.post(&agent, two, "/unmerge", json!({})).await.status, 200);
    assert_eq!(desk.post(&agent, one, "/unmerge", json!({})).await.status, 200);
    assert_eq!(merge(closed, one).await, 200, "an old one into a running one");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_merges_in_opposite_directions_at_once_one_happens() {
    let desk = Desk::new().await;
    let agent = desk.person("agent").await;
    for _ in 0..5 {
        let (one, two) = (desk.ticket().await, desk.ticket().await);
        let (there, back) = tokio::join!(
            desk.post(&agent, one, "/merge", json!({ "into": two })),
            desk.post(&agent, two, "/merge", json!({ "into": one }))
        );
        let mut seen = [there.status.as_u16(), back.status.as_u16()];
        seen.sort_unstable();
        assert_eq!(seen, [200, 409]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_who_answers_the_merged_ticket_is_heard_in_the_other_one() {
    let desk = Desk::new().await;
    let (agent, customer) = (desk.person("agent").await, desk.person("customer").await);
    let (source, target) = (desk.own_ticket(&customer).await, desk.ticket().await);
    desk.post(&agent, source, "/merge", json!({ "into": target })).await;
    let answer = desk.post(&customer, source, "/reply", json!({ "body": "Ek bilgi" })).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["ticket_id"]),
        (201, &json!(target)),
        "{}",
        answer.body
    );
    let bodies = desk.read(&agent, target).await["replies"].clone();
    assert_eq!(bodies.as_array().unwrap().last().unwrap()["body"], "Ek bilgi");
}
