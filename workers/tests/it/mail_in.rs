//! A mail becomes a ticket, a reply, a note, or lies in quarantine; a stranger joins nobody's ticket.

use super::desk::Desk;
use serde_json::json;

fn mail(to: &str, from: &str, subject: &str, extra: &str) -> String {
    let id = uuid::Uuid::now_v7().simple();
    format!(
        "From: {from}\nTo: {to}\nSubject: {subject}\nMessage-ID: <{id}@ornek.test>\n{extra}\nMerhaba, yazıcı çalışmıyor.\n"
    )
}

const SUKRU: &str = "=?UTF-8?B?xZ7DvGtyw7w=?= <sukru@ornek.test>";

async fn customer_mail(desk: &Desk, subject: &str) {
    desk.receive(&mail(&desk.site.support_address, SUKRU, subject, "")).await;
    desk.work().await;
}

const TICKETS: &str = "select ticket_number, subject, visitor_name, visitor_email, status, priority, source,
    custom_fields, agent_id is not null as routed from tickets order by ticket_number";

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_becomes_a_routed_ticket_and_its_sender_is_told() {
    let desk = Desk::new().await;
    desk.site.agent().await;
    customer_mail(&desk, "Acil: sunucu durdu").await;
    assert_eq!(
        desk.row(TICKETS).await,
        json!({"ticket_number": 1, "subject": "Acil: sunucu durdu", "visitor_name": "Şükrü",
            "visitor_email": "sukru@ornek.test", "status": "open", "priority": "urgent", "source": "email",
            "custom_fields": {}, "routed": true})
    );
    let sent = desk.sent.sent();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].subject, "[Ticket #1] Talebiniz alındı");
    assert_eq!(sent[0].to.address, "sukru@ornek.test");
    assert!(sent[0].auto_submitted && sent[0].in_reply_to.is_some());
    assert_eq!(
        desk.row("select outcome, site_id is not null as known from mail_messages").await["outcome"],
        "ticket"
    );
    assert_eq!(desk.rows("select * from jobs where kind <> 'sla.watch'").await.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_mail_brought_twice_is_one_ticket() {
    let desk = Desk::new().await;
    let raw = mail(&desk.site.support_address, SUKRU, "Merhaba", "");
    desk.receive(&raw).await;
    desk.receive(&raw).await;
    desk.work().await;
    assert_eq!(desk.rows(TICKETS).await.len(), 1);
    assert_eq!(desk.sent.sent().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_without_message_id_is_a_ticket_too() {
    let desk = Desk::new().await;
    let raw = format!("From: {SUKRU}\nTo: {}\nSubject: Kimliksiz\n\nMerhaba\n", desk.site.support_address);
    desk.receive(&raw).await;
    desk.receive(&raw).await;
    desk.work().await;
    assert_eq!(desk.rows(TICKETS).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_can_place_is_kept_with_its_cause_and_does_not_block_the_next() {
    let desk = Desk::new().await;
    desk.receive(&mail("kimse@baska.test", SUKRU, "Yanlış adres", "")).await;
    desk.receive(&format!("To: {}\nSubject: Sahipsiz\n\nBen kimim?\n", desk.site.support_address)).await;
    desk.receive_bytes(b" \r\n".to_vec()).await;
    customer_mail(&desk, "Sıradaki").await;
    assert_eq!(desk.rows(TICKETS).await.len(), 1);
    let causes =
        desk.rows("select cause from mail_messages where outcome = 'quarantine' order by cause").await;
    assert_eq!(
        causes,
        [json!({"cause": "empty"}), json!({"cause": "no_sender"}), json!({"cause": "no_site"})]
    );
    let kept = desk.row("select count(*) from mail_messages where raw is null or length(raw) = 0").await;
    assert_eq!(kept["count"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_to_our_mail_joins_its_ticket_whatever_its_subject() {
    let desk = Desk::new().await;
    customer_mail(&desk, "Soru").await;
    let ours = desk.sent.sent()[0].message_id.clone();
    desk.run("update tickets set status = 'waiting_reply'").await;
    let answer = mail(&desk.site.support_address, SUKRU, "bambaşka", &format!("In-Reply-To: <{ours}>\n"));
    desk.receive(&answer).await;
    desk.work().await;
    assert_eq!(desk.row(TICKETS).await["status"], "open", "the customer's answer was awaited");
    let reply = desk.row("select author, sender_unverified, body from ticket_replies").await;
    assert_eq!((&reply["author"], &reply["sender_unverified"]), (&json!("visitor"), &json!(false)));
    assert_eq!(desk.sent.sent().len(), 1, "replies are not confirmed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_in_the_subject_joins_for_who_takes_part_and_for_nobody_else() {
    let desk = Desk::new().await;
    customer_mail(&desk, "Soru").await;
    customer_mail(&desk, "Re: [Ticket #1] Talebiniz alındı").await;
    assert_eq!(desk.rows("select 1 from ticket_replies").await.len(), 1);
    desk.receive(&mail(&desk.site.support_address, "yabanci@kotu.test", "Re: [Ticket #1]", "")).await;
    desk.work().await;
    assert_eq!(desk.rows("select 1 from ticket_replies").await.len(), 1);
    let tickets = desk.rows(TICKETS).await;
    assert_eq!(tickets.len(), 2);
    assert_eq!(tickets[1]["custom_fields"], json!({"previous_ticket_number": 1}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_another_site_opens_nothing_there() {
    let desk = Desk::new().await;
    customer_mail(&desk, "Soru").await;
    let ours = desk.sent.sent()[0].message_id.clone();
    let before = desk.row("select md5(string_agg(t::text, '')) from tickets t").await;
    let to_other = mail(&desk.other.support_address, SUKRU, "Re: #1", &format!("In-Reply-To: <{ours}>\n"));
    desk.receive(&to_other).await;
    desk.work().await;
    let tickets = desk.rows("select site_id, ticket_number from tickets").await;
    assert_eq!(tickets.len(), 2, "a ticket of its own in the other site");
    let still =
        format!("select md5(string_agg(t::text, '')) from tickets t where site_id = '{}'", desk.site.id);
    assert_eq!(desk.row(&still).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_after_48_hours_or_to_a_closed_ticket_opens_a_new_one_that_names_the_old() {
    let desk = Desk::new().await;
    customer_mail(&desk, "Soru").await;
    desk.run("update tickets set status = 'resolved', resolved_at = now() - interval '48 hours'").await;
    customer_mail(&desk, "Re: [Ticket #1]").await;
    let tickets = desk.rows(TICKETS).await;
    assert_eq!((tickets.len(), &tickets[0]["status"]), (2, &json!("closed")));
    assert_eq!(tickets[1]["custom_fields"]["previous_ticket_number"], 1);
    customer_mail(&desk, "Re: [Ticket #1]").await;
    let tickets = desk.rows(TICKETS).await;
    assert_eq!((tickets.len(), &tickets[0]["status"]), (3, &json!("closed")));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_within_48_hours_reopens() {
    let desk = Desk::new().await;
    customer_mail(&desk, "Soru").await;
    desk.run("update tickets set status = 'resolved', resolved_at = now() - interval '47 hours 59 minutes'")
        .await;
    customer_mail(&desk, "Re: [Ticket #1]").await;
    assert_eq!(desk.row(TICKETS).await["status"], "open");
}

#[tokio::test(flavor = "multi_thread")]
async fn machines_get_no_answer_and_delivery_reports_become_notes() {
    let desk = Desk::new().await;
    desk.receive(&mail(&desk.site.support_address, SUKRU, "Tatildeyim", "Auto-Submitted: auto-replied\n"))
        .await;
    desk.work().await;
    assert_eq!(desk.row(TICKETS).await["custom_fields"]["is_machine_mail"], true);
    assert!(desk.sent.sent().is_empty());

    customer_mail(&desk, "Soru").await;
    let ours = desk.sent.sent()[0].message_id.clone();
    let report = format!(
        "From: MAILER-DAEMON@ornek.test\nTo: {}\nSubject: Undelivered\nMessage-ID: <r1@ornek.test>\nMIME-Version: 1.0\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: text/plain\n\nYok\n\
         --b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; ornek.test\n\nFinal-Recipient: rfc822; sukru@ornek.test\n\
         Action: failed\nStatus: 5.1.1\n\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <{ours}>\n\n--b--\n",
        desk.site.support_address
    );
    desk.receive(&report).await;
    desk.work().await;
    assert_eq!(desk.rows(TICKETS).await.len(), 2, "no ticket for a report");
    assert_eq!(desk.row("select is_internal from ticket_replies").await["is_internal"], true);
    assert_eq!(desk.sent.sent().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_gets_five_confirmations_an_hour() {
    let desk = Desk::new().await;
    for n in 0..7 {
        customer_mail(&desk, &format!("Soru {n}")).await;
    }
    assert_eq!(desk.rows(TICKETS).await.len(), 7);
    assert_eq!(desk.sent.sent().len(), 5);
    let parked = desk.rows("select last_error from mail_outbox where state = 'failed'").await;
    assert_eq!(parked.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attachment_that_is_not_kept_leaves_a_note_and_the_ticket_is_made() {
    let desk = Desk::new().await;
    let raw = format!(
        "From: {SUKRU}\nTo: {}\nSubject: Ekli\nMessage-ID: <ek@ornek.test>\nMIME-Version: 1.0\n\
         Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nEkte.\n\
         --b\nContent-Type: application/pdf; name=belge.pdf\nContent-Disposition: attachment; filename=belge.pdf\n\n%PDF-1.4 deneme\n\
         --b\nContent-Type: application/x-msdownload; name=virus.exe\nContent-Disposition: attachment; filename=virus.exe\n\nMZ\n--b--\n",
        desk.site.support_address
    );
    desk.receive(&raw).await;
    desk.work().await;
    let files = desk
        .rows("select file_name, storage_key is not null as kept, refused_because from ticket_attachments order by 1")
        .await;
    assert_eq!(files.len(), 2);
    assert_eq!((&files[0]["file_name"], &files[0]["kept"]), (&json!("belge.pdf"), &json!(true)));
    assert_eq!((&files[1]["kept"], &files[1]["refused_because"]), (&json!(false), &json!("Geçersiz dosya")));
}
