//! Creating tickets: numbers without gaps, everything or nothing, neighbours unharmed.

use chrono::{DateTime, Utc};
use jobs::TicketId;
use schema::mail::Template;
use schema::sites::Settings;
use schema::testing::{TestDb, TestSite};
use schema::tickets::rules::{Priority, Source};
use schema::tickets::{Confirmation, Intake, NewKey, NewTicket, NotCreated, Origin};
use serde_json::json;
use std::sync::Arc;

pub fn ticket(site: &Arc<Settings>, created_at: &str) -> NewTicket {
    NewTicket {
        id: TicketId::fresh(),
        site: site.clone(),
        subject: "Teknik Destek".into(),
        message: "Yazıcı çalışmıyor.".into(),
        visitor_name: "Şükrü Iğdır".into(),
        visitor_email: Some("sukru@ornek.test".into()),
        visitor_phone: None,
        user_id: None,
        actor_id: None,
        priority: Priority::Normal,
        department_id: None,
        category_id: None,
        source: Source::SupportForm,
        custom_fields: json!({}),
        form_submission_id: None,
        attachments: vec![],
        confirmation: Some(Confirmation {
            template: Template::SupportForm,
            facts: json!({}),
            in_reply_to: None,
        }),
        created_at: created_at.parse::<DateTime<Utc>>().unwrap(),
        origin: Origin::default(),
        idempotency: None,
        ends: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_parallel_creations_get_fifty_consecutive_numbers() {
    let test = TestDb::new().await;
    let (site, other) = (TestSite::new(test.db()).await, TestSite::new(test.db()).await);
    let (settings, foreign) = (site.settings().await, other.settings().await);
    let intake = Intake::start(test.db().clone());
    let calls = (0..50).map(|_| intake.create(ticket(&settings, "2026-11-20T09:00:00Z")));
    let others = (0..5).map(|_| intake.create(ticket(&foreign, "2026-11-20T09:00:00Z")));
    let (made, foreign) = tokio::join!(futures::future::join_all(calls), futures::future::join_all(others));
    let mut numbers: Vec<i64> = made.iter().map(|c| c.as_ref().unwrap().ticket_number).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=50).collect::<Vec<_>>());
    assert_eq!(foreign.len(), 5);
    let reference = |c: &Result<schema::tickets::Created, _>| c.as_ref().ok().map(|c| c.reference.clone());
    assert!(made.iter().filter_map(reference).any(|r| r == "SUP-2026-000050"));
    assert!(foreign.iter().filter_map(reference).any(|r| r == "SUP-2026-000005"));
}

#[tokio::test(flavor = "multi_thread")]
async fn references_start_again_with_the_year_of_the_sites_zone() {
    let test = TestDb::new().await;
    let settings = TestSite::new(test.db()).await.settings().await;
    let intake = Intake::start(test.db().clone());
    let mut references = Vec::new();
    // Half past midnight on 1 January in Istanbul is still December in UTC.
    for at in ["2026-12-31T20:59:59Z", "2026-12-31T21:30:00Z", "2027-01-01T10:00:00Z"] {
        references.push(intake.create(ticket(&settings, at)).await.unwrap().reference);
    }
    assert_eq!(references, ["SUP-2026-000001", "SUP-2027-000001", "SUP-2027-000002"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_bad_ticket_does_not_fail_its_neighbours() {
    let test = TestDb::new().await;
    let settings = TestSite::new(test.db()).await.settings().await;
    let intake = Intake::start(test.db().clone());
    let calls = (0..20).map(|n| {
        let mut ticket = ticket(&settings, "2026-11-20T09:00:00Z");
        if n == 7 {
            ticket.visitor_email = Some("x".repeat(300));
        }
        intake.create(ticket)
    });
    let answers = futures::future::join_all(calls).await;
    assert!(matches!(answers[7], Err(NotCreated::Database(_))));
    let mut numbers: Vec<i64> = answers.iter().flatten().map(|c| c.ticket_number).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=19).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_that_changed_since_they_were_read_are_refused() {
    let test = TestDb::new().await;
    let site = TestSite::new(test.db()).await;
    let mut old = (*site.settings().await).clone();
    old.version -= 1;
    let intake = Intake::start(test.db().clone());
    let answer = intake.create(ticket(&Arc::new(old), "2026-11-20T09:00:00Z")).await;
    assert!(matches!(answer, Err(NotCreated::StaleSettings)), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_idempotency_key_makes_one_ticket() {
    let test = TestDb::new().await;
    let settings = TestSite::new(test.db()).await.settings().await;
    let intake = Intake::start(test.db().clone());
    let calls = (0..8).map(|_| {
        let key = NewKey { route: "support", key: "a1".into(), request_hash: "00".repeat(32) };
        intake.create(NewTicket { idempotency: Some(key), ..ticket(&settings, "2026-11-20T09:00:00Z") })
    });
    let answers = futures::future::join_all(calls).await;
    assert_eq!(answers.iter().filter(|a| a.is_ok()).count(), 1);
    assert_eq!(answers.iter().filter(|a| matches!(a, Err(NotCreated::KeyUsed))).count(), 7);
}
