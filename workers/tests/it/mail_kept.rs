//! What lies in quarantine can be read again, and given to a site; what a mail says in pieces is kept.

use super::desk::Desk;
use jobs::MailId;
use schema::mail::quarantine;
use schema::mail::{bodies, threads};
use schema::pool::Scope;
use schema::refused::Refused;
use schema::tickets::status::By;
use serde_json::json;
use uuid::Uuid;

fn by() -> By {
    By::worker("deneme")
}

async fn lost_mail(desk: &Desk) -> MailId {
    let id = desk
        .receive("From: ayse@ornek.test\nTo: kimse@baska.test\nSubject: Kayıp\nMessage-ID: <k@ornek.test>\n\nMetin.\n")
        .await;
    desk.work().await;
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_nobody_could_place_becomes_a_ticket_of_the_site_it_is_given_to() {
    let desk = Desk::new().await;
    let mail = lost_mail(&desk).await;
    let kept = quarantine::find(&desk.env.db, Scope::System, mail).await.unwrap().unwrap();
    assert_eq!(
        (kept.cause.as_str(), kept.sender.as_deref(), kept.subject.as_deref(), kept.recipients),
        ("no_site", Some("ayse@ornek.test"), Some("Kayıp"), vec!["kimse@baska.test".to_owned()])
    );
    quarantine::assign(&desk.env.db, mail, desk.site.id, &by(), desk.env.now()).await.unwrap();
    desk.work().await;
    let ticket = desk.row("select site_id, subject, visitor_email from tickets").await;
    assert_eq!(
        ticket,
        json!({ "site_id": desk.site.id, "subject": "Kayıp", "visitor_email": "ayse@ornek.test" })
    );
    assert_eq!(desk.sent.sent().len(), 1, "its sender is told, as of any other (B10-67)");
    let again = quarantine::assign(&desk.env.db, mail, desk.site.id, &by(), desk.env.now()).await;
    assert!(matches!(again, Err(Refused::NotFound)), "it is no longer in quarantine");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replayed_mail_finds_the_address_that_was_added_meanwhile() {
    let desk = Desk::new().await;
    let mail = lost_mail(&desk).await;
    quarantine::replay(&desk.env.db, Scope::System, mail, &by(), desk.env.now()).await.unwrap();
    desk.work().await;
    assert_eq!(desk.row("select outcome from mail_messages").await["outcome"], "quarantine");
    desk.run(&format!(
        "insert into site_addresses (site_id, address) values ('{}', 'kimse@baska.test')",
        desk.site.id
    ))
    .await;
    quarantine::replay(&desk.env.db, Scope::System, mail, &by(), desk.env.now()).await.unwrap();
    desk.work().await;
    assert_eq!(desk.row("select outcome from mail_messages").await["outcome"], "ticket");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_is_given_to_a_site_is_a_ticket_and_not_put_back() {
    let desk = Desk::new().await;
    let raw = "From: MAILER-DAEMON@posta.test\nTo: kimse@baska.test\nSubject: Undelivered\nMIME-Version: 1.0\n\
        Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: text/plain\n\nYok\n\
        --b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; posta.test\n\nFinal-Recipient: rfc822; a@b.test\n\
        Action: failed\nStatus: 5.1.1\n\n--b--\n";
    let mail = desk.receive(raw).await;
    desk.work().await;
    quarantine::assign(&desk.env.db, mail, desk.site.id, &by(), desk.env.now()).await.unwrap();
    desk.work().await;
    assert_eq!(desk.rows("select 1 from tickets").await.len(), 1);
    assert!(desk.sent.sent().is_empty(), "no automatic mail goes to a mail system");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_whose_reading_was_given_up_is_seen_in_quarantine() {
    let desk = Desk::new().await;
    desk.receive("From: a@b.test\nTo: x@y.test\nSubject: x\n\nx\n").await;
    desk.run("update jobs set state = 'dead' where kind = 'mail.read'").await;
    let mut tx = desk.env.db.begin(Scope::System).await.unwrap();
    assert_eq!(schema::mail::inbound::keep_given_up(&mut tx).await.unwrap(), 1);
    tx.commit().await.unwrap();
    assert_eq!(
        desk.row("select outcome, cause from mail_messages").await,
        json!({ "outcome": "quarantine", "cause": "gave_up" })
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_is_put_aside_keeps_its_bytes_and_is_not_shown() {
    let desk = Desk::new().await;
    let mail = lost_mail(&desk).await;
    quarantine::dismiss(&desk.env.db, Scope::System, mail, &by(), desk.env.now()).await.unwrap();
    assert!(quarantine::find(&desk.env.db, Scope::System, mail).await.unwrap().is_none());
    assert_eq!(desk.row("select length(raw) > 0 as kept from mail_messages").await["kept"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn quote_signature_and_page_are_kept_apart_with_remote_pictures_blocked() {
    let desk = Desk::new().await;
    desk.receive(&format!(
        "From: ayse@ornek.test\nTo: {}\nSubject: Sayfa\nMessage-ID: <s@ornek.test>\nMIME-Version: 1.0\n\
         Content-Type: text/html; charset=utf-8\n\n<p>Merhaba</p><script>x()</script><img src=\"http://izci.test/a.png\">\
         <div class=\"gmail_quote\"><div class=\"gmail_attr\">1 Oca 2026 tarihinde Destek şunu yazdı:</div><blockquote>Eski</blockquote></div>\n",
        desk.site.support_address
    ))
    .await;
    desk.work().await;
    let ticket = desk.row("select id from tickets").await;
    let id: Uuid = ticket["id"].as_str().unwrap().parse().unwrap();
    let mut tx = desk.env.db.begin(Scope::Site(desk.site.id)).await.unwrap();
    let found = bodies::find(tx.conn(), desk.site.id, &[id]).await.unwrap();
    let body = &found[0].1;
    let html = body.html.as_deref().unwrap();
    assert!(html.contains("Merhaba") && !html.contains("script") && !html.contains(" src="), "{html}");
    assert!(
        body.has_blocked_pictures && body.quoted.contains("Eski") && !body.reply.contains("Eski"),
        "{body:?}"
    );
    assert!(threads::staff(&mut tx, desk.site.id, "ayse@ornek.test").await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_on_which_every_try_fails_is_kept_with_its_cause_and_the_next_proceeds() {
    let desk = Desk::new().await;
    let letter = |n: usize| {
        format!(
            "From: ayse@ornek.test\nTo: {}\nSubject: {n}\nMessage-ID: <{n}@ornek.test>\n\nMetin.\n",
            desk.site.support_address
        )
    };
    desk.receive(&letter(1)).await;
    desk.run("update mail_messages set raw = null, raw_key = 'mail/yok.eml'").await;
    desk.receive(&letter(2)).await;
    for _try in 0..5 {
        desk.run("update jobs set run_at = now() where kind = 'mail.read'").await;
        desk.work().await;
    }
    assert_eq!(desk.row("select subject from tickets").await["subject"], "2");
    let kept = desk.row("select outcome, cause from mail_messages where raw_key is not null").await;
    assert_eq!(kept, json!({ "outcome": "quarantine", "cause": "failed" }));
    assert!(desk.rows("select 1 from jobs where kind = 'mail.read'").await.is_empty());
}
