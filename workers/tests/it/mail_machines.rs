//! Programs that write to programs: nothing answers for ever, reports find their ticket, dead addresses are known.

use super::desk::Desk;
use serde_json::json;
use uuid::Uuid;
use workers::io::smtp::OutgoingMail;

const AYSE: &str = "ayse@ornek.test";

async fn ask(desk: &Desk, subject: &str) {
    desk.receive(&format!(
        "From: {AYSE}\nTo: {}\nSubject: {subject}\nMessage-ID: <{}@ornek.test>\n\nMetin.\n",
        desk.site.support_address,
        Uuid::now_v7().simple()
    ))
    .await;
    desk.work().await;
}

fn bounce(to: &str, original: &str, recipient: &str, status: &str) -> String {
    format!(
        "From: MAILER-DAEMON@posta.test\nReturn-Path: <>\nTo: {to}\nSubject: Undelivered\nMessage-ID: <{}@posta.test>\nMIME-Version: 1.0\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: text/plain\n\nYok\n\
         --b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; posta.test\n\nFinal-Recipient: rfc822; {recipient}\n\
         Action: failed\nStatus: {status}\nDiagnostic-Code: smtp; 550 no such user\n\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <{original}>\n\n--b--\n",
        Uuid::now_v7().simple()
    )
}

const DEAD: &str = "select address, reason from mail_addresses_dead";

#[tokio::test(flavor = "multi_thread")]
async fn a_hard_bounce_is_noted_at_its_ticket_reopens_nothing_and_marks_the_address() {
    let desk = Desk::new().await;
    ask(&desk, "Soru").await;
    desk.run("update tickets set status = 'resolved', resolved_at = now()").await;
    let ours = desk.sent.sent()[0].message_id.clone();
    desk.receive(&bounce(&desk.site.support_address, &ours, AYSE, "5.1.1")).await;
    desk.work().await;
    let ticket = desk.row("select status from tickets").await;
    assert_eq!(ticket["status"], "resolved");
    let note = desk.row("select is_internal, body from ticket_replies").await;
    assert_eq!(note["is_internal"], true);
    let body = note["body"].as_str().unwrap();
    assert!(
        body.starts_with("E-posta teslim edilemedi.\nAlıcı: ayse@ornek.test\nDurum: 5.1.1, adres geçersiz"),
        "{body}"
    );
    assert_eq!(desk.rows(DEAD).await.len(), 1);
    let outcomes = desk.rows("select outcome from mail_messages order by received_at, id").await;
    assert_eq!(outcomes, [json!({ "outcome": "ticket" }), json!({ "outcome": "bounce" })]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passing_problem_and_a_report_about_somebody_else_mark_nobody() {
    let desk = Desk::new().await;
    ask(&desk, "Soru").await;
    let ours = desk.sent.sent()[0].message_id.clone();
    for (recipient, status) in [(AYSE, "4.2.2"), ("kurban@baska.test", "5.1.1")] {
        desk.receive(&bounce(&desk.site.support_address, &ours, recipient, status)).await;
    }
    desk.work().await;
    assert_eq!(desk.rows("select 1 from ticket_replies").await.len(), 2);
    assert!(desk.rows(DEAD).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_cannot_prove_which_mail_it_is_about_is_kept_aside() {
    let desk = Desk::new().await;
    ask(&desk, "Soru").await;
    let forged = format!("t1-aaaaaaaaaaaaaaaa.{}@ornek.test", Uuid::now_v7().simple());
    desk.receive(&bounce(&desk.site.support_address, &forged, AYSE, "5.1.1")).await;
    desk.work().await;
    assert!(desk.rows(DEAD).await.is_empty());
    let kept = desk.row("select cause, sender from mail_messages where outcome = 'quarantine'").await;
    assert_eq!(kept, json!({ "cause": "delivery_report", "sender": "MAILER-DAEMON@posta.test" }));
    assert_eq!(desk.rows("select 1 from tickets").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_absent_customer_is_a_note_that_ends_no_waiting() {
    let desk = Desk::new().await;
    ask(&desk, "Soru").await;
    let ours = desk.sent.sent()[0].message_id.clone();
    desk.run("update tickets set status = 'waiting_reply'").await;
    desk.receive(&format!(
        "From: {AYSE}\nTo: {}\nSubject: Ofis dışında: Soru\nMessage-ID: <ooo@ornek.test>\nIn-Reply-To: <{ours}>\n\
         Auto-Submitted: auto-replied\n\nİzindeyim.\n",
        desk.site.support_address
    ))
    .await;
    desk.work().await;
    assert_eq!(desk.row("select status from tickets").await["status"], "waiting_reply");
    assert_eq!(desk.row("select is_internal from ticket_replies").await["is_internal"], true);
    assert_eq!(desk.rows("select 1 from mail_messages where outcome = 'auto_reply'").await.len(), 1);
    assert_eq!(desk.sent.sent().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn our_own_mail_that_comes_back_is_kept_aside() {
    let desk = Desk::new().await;
    desk.run(&format!("update sites set mail_from = 'Destek <{}>'", desk.site.support_address)).await;
    ask(&desk, "Soru").await;
    let mail = desk.sent.sent().remove(0);
    desk.receive(&as_received(&mail, &desk.site.support_address)).await;
    desk.work().await;
    assert_eq!(
        desk.row("select cause from mail_messages where outcome = 'quarantine'").await["cause"],
        "own_mail"
    );
    assert_eq!((desk.rows("select 1 from tickets").await.len(), desk.sent.sent().len()), (1, 1));
}

/// A mail of ours as a server hands it to its recipient.
fn as_received(mail: &OutgoingMail, to: &str) -> String {
    let auto = if mail.auto_submitted { "Auto-Submitted: auto-replied\n" } else { "" };
    let earlier = mail.in_reply_to.as_ref().map(|id| format!("In-Reply-To: <{id}>\n")).unwrap_or_default();
    format!(
        "From: {}\nTo: {to}\nSubject: {}\nMessage-ID: <{}>\n{auto}{earlier}\n{}\n",
        mail.from.address, mail.subject, mail.message_id, mail.text
    )
}

/// Two desks that write to one another, somebody who is away, and a server that returns everything: it settles.
#[tokio::test(flavor = "multi_thread")]
async fn two_desks_an_absent_person_and_a_storm_of_bounces_settle_within_three_automatic_mails_a_pair() {
    let desk = Desk::new().await;
    let (one, two) = (desk.site.support_address.clone(), desk.other.support_address.clone());
    desk.run(&format!("update sites set mail_from = '{one}' where id = '{}'", desk.site.id)).await;
    desk.run(&format!("update sites set mail_from = '{two}' where id = '{}'", desk.other.id)).await;
    desk.env.directory.forget(desk.site.id);
    desk.env.directory.forget(desk.other.id);
    let people = ["yok@ornek.test", "izinli@ornek.test", one.as_str()];
    for from in people {
        let to = if from == one { &two } else { &one };
        desk.receive(&format!(
            "From: {from}\nTo: {to}\nSubject: Merhaba\nMessage-ID: <{}@ornek.test>\n\nMetin.\n",
            Uuid::now_v7().simple()
        ))
        .await;
    }
    let mut handed = 0;
    for _round in 0..12 {
        desk.work().await;
        let sent = desk.sent.sent();
        for mail in &sent[handed..] {
            deliver(&desk, mail, (&one, &two)).await;
        }
        if handed == sent.len() {
            break;
        }
        handed = sent.len();
    }
    let sent = desk.sent.sent();
    assert_eq!(handed, sent.len(), "it goes on and on");
    for mail in &sent {
        let pair = sent
            .iter()
            .filter(|m| (&m.from.address, &m.to.address) == (&mail.from.address, &mail.to.address));
        assert!(pair.count() <= 3, "{} → {}", mail.from.address, mail.to.address);
    }
    assert!(desk.rows("select 1 from mail_messages where outcome = 'received'").await.is_empty());
}

/// What the world does with a mail of ours.
async fn deliver(desk: &Desk, mail: &OutgoingMail, (one, two): (&String, &String)) {
    let back = mail.reply_to.as_ref().map_or(&mail.from.address, |to| &to.address);
    match mail.to.address.as_str() {
        "yok@ornek.test" => {
            // Every server on the way returns it.
            for _ in 0..20 {
                desk.receive(&bounce(&mail.from.address, &mail.message_id, "yok@ornek.test", "5.1.1")).await;
            }
        }
        "izinli@ornek.test" => {
            let away = "Subject: Otomatik yanıt: izindeyim\nAuto-Submitted: auto-replied\nX-Auto-Response-Suppress: All";
            let id = Uuid::now_v7().simple();
            desk.receive(&format!(
                "From: izinli@ornek.test\nTo: {back}\n{away}\nMessage-ID: <{id}@ornek.test>\nIn-Reply-To: <{}>\n\nİzindeyim.\n",
                mail.message_id
            ))
            .await;
        }
        other if other == one || other == two => {
            desk.receive(&as_received(mail, other)).await;
        }
        other => panic!("nobody wrote to {other}"),
    }
}

/// A mail of ours in the hands of a program that strips every sign of what it is.
fn without_signs(mail: &OutgoingMail, to: &str) -> String {
    format!(
        "From: {}\nTo: {to}\nSubject: {}\nMessage-ID: <{}@baska.test>\n\n{}\n",
        mail.from.address,
        mail.subject,
        Uuid::now_v7().simple(),
        mail.text
    )
}

/// Hands every mail on until nothing more is sent; gives what was sent.
async fn settled(desk: &Desk, answer: impl Fn(&OutgoingMail, usize) -> String) -> Vec<OutgoingMail> {
    let mut handed = 0;
    for _round in 0..12 {
        desk.work().await;
        let sent = desk.sent.sent();
        if handed == sent.len() {
            return sent;
        }
        for (place, mail) in sent.iter().enumerate().skip(handed) {
            desk.receive(&answer(mail, place)).await;
        }
        handed = sent.len();
    }
    panic!("it goes on and on: {handed} mails");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_desks_that_hide_what_they_are_settle_within_three_mails_each_way() {
    let desk = Desk::new().await;
    let (one, two) = (desk.site.support_address.clone(), desk.other.support_address.clone());
    for (site, from) in [(desk.site.id, &one), (desk.other.id, &two)] {
        desk.run(&format!("update sites set mail_from = '{from}' where id = '{site}'")).await;
        desk.env.directory.forget(site);
    }
    // Neither knows the numbers of the other.
    desk.run(&format!("insert into ticket_counters values ('{}', 'number', 5000)", desk.other.id)).await;
    let first = format!("From: {two}\nTo: {one}\nSubject: Merhaba\nMessage-ID: <ilk@baska.test>\n\nMetin.\n");
    desk.receive(&first).await;
    let sent = settled(&desk, |mail, _| without_signs(mail, &mail.to.address)).await;
    for (from, to) in [(&one, &two), (&two, &one)] {
        let pair = sent.iter().filter(|mail| (&mail.from.address, &mail.to.address) == (from, to)).count();
        assert!((1..=3).contains(&pair), "{pair} mails {from} → {to}");
    }
    let parked = desk.rows("select cause from mail_outbox where state = 'failed'").await;
    assert_eq!(parked, [json!({ "cause": "capped" })]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_numbers_its_answers_gets_three_confirmations_and_a_person_in_a_hurry_all_five() {
    let desk = Desk::new().await;
    let to = desk.site.support_address.clone();
    let answer = |place: usize| {
        format!(
            "From: robot@baska.test\nTo: {to}\nSubject: Kaydınız alındı: {}\nMessage-ID: <{place}@baska.test>\n\n\
             Kaydınız 21.11.2026 10:4{place} itibarıyla {} numarasıyla açıldı.\n",
            20_260_000 + place,
            20_260_000 + place
        )
    };
    desk.receive(&answer(99)).await;
    let sent = settled(&desk, |_, place| answer(place)).await;
    assert_eq!(sent.len(), 3);
    assert_eq!(desk.rows("select 1 from tickets").await.len(), 4, "what it writes is kept all the same");
    for question in
        ["Kargo nerede?", "Fatura gelmedi", "Adres değişti", "İade nasıl?", "Teşekkürler", "Bir de şu"]
    {
        ask(&desk, question).await;
    }
    assert_eq!(desk.sent.sent().iter().filter(|mail| mail.to.address == AYSE).count(), 5);
}
