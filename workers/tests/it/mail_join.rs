//! Who joins a ticket by mail, and who does not: our token, what the site has received, a number; and every forgery.

use super::desk::Desk;
use serde_json::{Value, json};
use uuid::Uuid;

const AYSE: &str = "ayse@ornek.test";

struct Letter<'a> {
    to: &'a str,
    from: &'a str,
    subject: &'a str,
    extra: String,
}

impl Letter<'_> {
    fn raw(&self) -> String {
        let (Letter { to, from, subject, extra }, id) = (self, Uuid::now_v7().simple());
        format!(
            "From: {from}\nTo: {to}\nSubject: {subject}\nMessage-ID: <{id}@ornek.test>\n{extra}\nMetin.\n"
        )
    }
}

async fn send(desk: &Desk, from: &str, subject: &str, extra: &str) {
    let letter = Letter { to: &desk.site.support_address, from, subject, extra: extra.to_owned() };
    desk.receive(&letter.raw()).await;
    desk.work().await;
}

/// A desk where Ayşe has asked something; what we answered her is known.
async fn asked() -> (Desk, String) {
    let desk = Desk::new().await;
    send(&desk, AYSE, "Soru", "").await;
    let ours = desk.sent.sent()[0].message_id.clone();
    (desk, ours)
}

async fn replies(desk: &Desk) -> Vec<Value> {
    desk.rows(
        "select t.ticket_number, r.author, r.sender_unverified, r.is_internal from ticket_replies r
         join tickets t on t.id = r.ticket_id order by r.created_at, r.id",
    )
    .await
}

async fn tickets(desk: &Desk) -> Vec<Value> {
    desk.rows("select ticket_number, status, custom_fields from tickets order by site_id, ticket_number")
        .await
}

fn names(old: i64) -> Value {
    json!({ "previous_ticket_number": old })
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address_our_mails_ask_answers_to_is_enough_even_without_any_header() {
    let (desk, _) = asked().await;
    let to = desk.sent.sent()[0].reply_to.clone().unwrap().address;
    desk.receive(&Letter { to: &to, from: AYSE, subject: "Başka konu", extra: String::new() }.raw()).await;
    desk.work().await;
    let replies = replies(&desk).await;
    assert_eq!(replies.len(), 1);
    assert_eq!((&replies[0]["sender_unverified"], &replies[0]["author"]), (&json!(false), &json!("visitor")));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_passed_our_mail_is_heard_but_answers_for_nobody() {
    let (desk, ours) = asked().await;
    desk.run("update tickets set status = 'waiting_reply'").await;
    send(&desk, "kardesi@ornek.test", "Re: Soru", &format!("In-Reply-To: <{ours}>\n")).await;
    assert_eq!(replies(&desk).await[0]["sender_unverified"], true);
    assert_eq!(
        tickets(&desk).await[0]["status"],
        "waiting_reply",
        "it is not the customer's answer (B10-25)"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_customer_wrote_before_leads_back_to_its_ticket_for_him_and_not_for_a_stranger() {
    let desk = Desk::new().await;
    desk.receive(&format!(
        "From: {AYSE}\nTo: {}\nSubject: Soru\nMessage-ID: <ilk@ornek.test>\n\nMetin.\n",
        desk.site.support_address
    ))
    .await;
    desk.work().await;
    send(&desk, AYSE, "Ek bilgi", "References: <ilk@ornek.test>\n").await;
    assert_eq!(replies(&desk).await.len(), 1);
    send(&desk, "yabanci@kotu.test", "Ek bilgi", "In-Reply-To: <ilk@ornek.test>\n").await;
    assert_eq!(replies(&desk).await.len(), 1, "a forged In-Reply-To joins nothing");
    assert_eq!(tickets(&desk).await[1]["custom_fields"], names(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_support_number_joins_for_who_takes_part_only() {
    let (desk, _) = asked().await;
    let reference = desk.row("select reference from tickets").await["reference"].as_str().unwrap().to_owned();
    send(&desk, AYSE, &format!("Re: {reference}"), "").await;
    assert_eq!(replies(&desk).await.len(), 1);
    send(&desk, "yabanci@kotu.test", &format!("Re: {reference}"), "").await;
    assert_eq!((replies(&desk).await.len(), tickets(&desk).await.len()), (1, 2));
    assert_eq!(tickets(&desk).await[1]["custom_fields"], names(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_is_nobodys_is_a_new_ticket_that_names_nothing() {
    let (desk, _) = asked().await;
    send(&desk, AYSE, "Sipariş #987654", "").await;
    assert_eq!(tickets(&desk).await[1]["custom_fields"], json!({}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_with_a_changed_number_proves_nothing() {
    let (desk, ours) = asked().await;
    send(&desk, "can@ornek.test", "Soru", "").await;
    let forged = ours.replacen("t1-", "t2-", 1);
    assert_ne!(forged, ours);
    send(&desk, AYSE, "Re: Soru", &format!("In-Reply-To: <{forged}>\n")).await;
    assert_eq!((replies(&desk).await.len(), tickets(&desk).await.len()), (0, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_from_that_its_own_domain_disowns_takes_part_in_nothing_and_is_not_answered() {
    let (desk, ours) = asked().await;
    desk.run("update tickets set status = 'waiting_reply'").await;
    let verdict = "Authentication-Results: mx.ornek.test; spf=fail; dmarc=fail header.from=ornek.test\n";
    send(&desk, AYSE, "Re: [Ticket #1]", verdict).await;
    assert_eq!((replies(&desk).await.len(), tickets(&desk).await.len()), (0, 2));
    assert_eq!(
        tickets(&desk).await[1]["custom_fields"],
        json!({ "previous_ticket_number": 1, "sender_unverified": true })
    );
    assert_eq!(desk.sent.sent().len(), 1, "whoever owns the address did not ask");
    send(&desk, AYSE, "Re: x", &format!("{verdict}In-Reply-To: <{ours}>\n")).await;
    assert_eq!(replies(&desk).await[0]["sender_unverified"], true);
    assert_eq!(tickets(&desk).await[0]["status"], "waiting_reply");
}

#[tokio::test(flavor = "multi_thread")]
async fn people_a_participant_writes_to_take_part_and_those_a_stranger_writes_to_do_not() {
    let (desk, ours) = asked().await;
    send(&desk, AYSE, "Re: Soru", &format!("In-Reply-To: <{ours}>\nCc: Can <CAN@ornek.test>, {AYSE}\n"))
        .await;
    let people = "select email from ticket_participants order by email";
    assert_eq!(desk.rows(people).await, [json!({ "email": "can@ornek.test" })]);
    send(&desk, "can@ornek.test", "Re: [Ticket #1]", "Cc: ece@ornek.test\n").await;
    assert_eq!(replies(&desk).await.len(), 2, "who was added is heard");
    assert_eq!(desk.rows(people).await.len(), 2, "and may add others");
    send(&desk, "kotu@kotu.test", "x", &format!("In-Reply-To: <{ours}>\nCc: es@kotu.test\n")).await;
    assert_eq!(desk.rows(people).await.len(), 2, "who only had our mail adds nobody");
    send(&desk, "es@kotu.test", "Re: [Ticket #1]", "").await;
    assert_eq!(tickets(&desk).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_copied_on_the_first_mail_takes_part_and_our_own_people_do_not() {
    let desk = Desk::new().await;
    let agent = desk.site.agent().await;
    let staff = desk.row(&format!("select email from users where id = '{}'", agent.id)).await;
    let staff = staff["email"].as_str().unwrap();
    let ours = desk.site.support_address.replace('@', "+etiket@");
    send(&desk, AYSE, "Soru", &format!("Cc: can@ornek.test, {staff}, {ours}\n")).await;
    assert_eq!(
        desk.rows("select email from ticket_participants").await,
        [json!({ "email": "can@ornek.test" })]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_is_known_by_the_token_that_only_he_was_given_and_not_by_his_address() {
    let (desk, ours) = asked().await;
    let agent = desk.site.agent().await;
    let email = desk.row(&format!("select email from users where id = '{}'", agent.id)).await;
    let email = email["email"].as_str().unwrap().to_owned();
    // The customer holds a token of the ticket and writes under the agent's name.
    send(&desk, &email, "Re: Soru", &format!("In-Reply-To: <{ours}>\n")).await;
    assert_eq!(
        replies(&desk).await[0],
        json!({ "ticket_number": 1, "author": "visitor", "sender_unverified": true, "is_internal": false })
    );
    let sent = desk.sent.sent().len();
    let to = desk.env.agent_tokens.reply_to(agent.id.0, 1, &desk.site.support_address);
    desk.receive(&Letter { to: &to, from: &email, subject: "Re: Soru", extra: String::new() }.raw()).await;
    desk.work().await;
    assert_eq!(replies(&desk).await[1]["author"], "agent");
    let mails = desk.sent.sent();
    assert_eq!((mails.len(), mails[sent].subject.as_str()), (sent + 1, "[Ticket #1] Yeni Yanıt"));
    assert_eq!(mails[sent].to.address, AYSE);
    // Somebody else with the agent's token is not the agent.
    desk.receive(&Letter { to: &to, from: AYSE, subject: "x", extra: String::new() }.raw()).await;
    desk.work().await;
    assert!(replies(&desk).await.iter().filter(|reply| reply["author"] == "agent").count() == 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agents_answer_to_a_closed_ticket_is_kept_as_a_note_and_mailed_to_nobody() {
    let (desk, _) = asked().await;
    let agent = desk.site.agent().await;
    let email = desk.row(&format!("select email from users where id = '{}'", agent.id)).await;
    desk.run("update tickets set status = 'closed', closed_at = now()").await;
    let to = desk.env.agent_tokens.reply_to(agent.id.0, 1, &desk.site.support_address);
    let from = email["email"].as_str().unwrap();
    desk.receive(&Letter { to: &to, from, subject: "Re: Soru", extra: String::new() }.raw()).await;
    let sent = desk.sent.sent().len();
    desk.work().await;
    assert_eq!(replies(&desk).await[0]["is_internal"], true);
    assert_eq!(desk.sent.sent().len(), sent);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_leaves_new_open_and_pending_tickets_as_they_are() {
    for status in ["new", "open", "pending"] {
        let (desk, _) = asked().await;
        desk.run(&format!("update tickets set status = '{status}'")).await;
        send(&desk, AYSE, "Re: [Ticket #1]", "").await;
        assert_eq!(tickets(&desk).await[0]["status"], status);
        assert_eq!(replies(&desk).await.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_address_of_the_site_is_its_own_as_a_recipient_and_as_a_sender() {
    let desk = Desk::new().await;
    let second = "satis@ornek.test";
    desk.run(&format!(
        "insert into site_addresses (site_id, address, created_at)
         values ('{}', '{second}', now() + interval '1 day')",
        desk.site.id
    ))
    .await;
    send(&desk, AYSE, "İkisine", &format!("Cc: {second}\n")).await;
    assert_eq!(desk.rows("select email from ticket_participants").await, [json!(null); 0]);
    assert_eq!(desk.sent.sent().len(), 1);
    send(&desk, second, "Kendimizden", "").await;
    assert_eq!((tickets(&desk).await.len(), desk.sent.sent().len()), (2, 1), "nobody confirms to himself");
}
