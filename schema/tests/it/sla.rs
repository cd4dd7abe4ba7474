//! Deadlines: warned of once, breached once, by whoever looks first.

use crate::desk::{Desk, at, instant};
use jobs::TicketId;
use schema::pool::Scope;
use schema::sla::{Looked, SWEEP_CHUNK, look, sweep};
use serde_json::json;

const DUE: &str = "2026-01-12T10:00:00Z";
const WARNED: Looked = Looked { warned: 1, breached: 0 };
const BREACHED: Looked = Looked { warned: 0, breached: 1 };

async fn look_at(desk: &Desk, ticket: TicketId, clock: &str) -> Looked {
    let mut tx = desk.begin().await;
    let looked = look(&mut tx, desk.site.id, &[ticket], at(&format!("2026-01-12T{clock}Z"))).await.unwrap();
    tx.commit().await.unwrap();
    looked
}

async fn sweep_at(desk: &Desk, limit: i64, clock: &str) -> Looked {
    let mut tx = desk.system().await;
    let looked = sweep(&mut tx, limit, at(&format!("2026-01-12T{clock}Z"))).await.unwrap();
    tx.commit().await.unwrap();
    looked
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_is_warned_about_once_and_breached_once_however_often_it_is_looked_at() {
    let desk = Desk::new().await;
    let agent = desk.person(json!({})).await;
    let admins =
        [desk.person(json!({ "role": "admin" })).await, desk.person(json!({ "role": "admin" })).await];
    desk.person(json!({ "role": "admin", "is_active": false })).await;
    let foreign_admin = desk.person_of(desk.other.id, json!({ "role": "admin" })).await;
    let ticket = desk.ticket(json!({ "sla_due_date": DUE, "agent_id": agent })).await;
    let before = desk.others_rows().await;
    let nothing = Looked::default();
    // A9-V57…V62 and the second on either side, each look twice.
    let looks = [
        ("09:40:00", nothing),
        ("09:44:59", nothing),
        ("09:45:00", WARNED),
        ("09:50:00", nothing),
        ("10:00:00", nothing),
        ("10:00:01", BREACHED),
        ("10:10:00", nothing),
    ];
    for (clock, expected) in looks {
        assert_eq!(look_at(&desk, ticket, clock).await, expected, "{clock}");
        assert_eq!(look_at(&desk, ticket, clock).await, nothing, "{clock} again");
    }
    let heard: Vec<_> = desk.notices(ticket).await;
    let texts: Vec<_> =
        heard.iter().map(|n| (n["type"].as_str().unwrap(), n["text"].as_str().unwrap())).collect();
    let breach = ("sla_breach", "Ticket #1 SLA ihlal edildi!");
    assert_eq!(texts, [("sla_warning", "Ticket #1 SLA'sı 15 dakika içinde dolacak!"), breach, breach]);
    let hearers: Vec<_> = heard.iter().map(|n| n["user_id"].clone()).collect();
    assert_eq!(hearers, [json!(agent), json!(admins[0]), json!(admins[1])]);
    assert!(!hearers.contains(&json!(foreign_admin)));
    let row = desk.row(ticket).await;
    assert_eq!((&row["sla_breach_notified"], &row["sla_breached"]), (&json!(true), &json!(true)));
    assert_eq!(instant(&row["sla_breach_time"]), at("2026-01-12T10:00:01Z"));
    let audits = desk.audits(ticket).await;
    assert_eq!(audits.len(), 1);
    assert_eq!((&audits[0]["action"], &audits[0]["actor_id"]), (&json!("SLA_BREACH"), &json!(null)));
    assert_eq!(audits[0]["details"]["worker"], "sla");
    // Two looks at one instant leave one job: at the warning's time and a second past the due date.
    let next = ["2026-01-12T09:45:00Z", "2026-01-12T10:00:01Z"].map(at);
    assert_eq!(desk.jobs("sla.watch", ticket).await, next);
    assert_eq!(desk.others_rows().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_without_an_agent_warns_the_admins() {
    let desk = Desk::new().await;
    let admin = desk.person(json!({ "role": "admin" })).await;
    let ticket = desk.ticket(json!({ "sla_due_date": DUE })).await;
    assert_eq!(look_at(&desk, ticket, "09:59:59").await, WARNED);
    let heard = desk.notices(ticket).await;
    assert_eq!((heard.len(), &heard[0]["user_id"]), (1, &json!(admin)));
}

#[tokio::test(flavor = "multi_thread")]
async fn settled_tickets_have_no_deadline_and_waiting_ones_have() {
    let desk = Desk::new().await;
    let nothing = Looked::default();
    for (status, expected) in
        [("resolved", nothing), ("closed", nothing), ("pending", BREACHED), ("waiting_reply", BREACHED)]
    {
        let ticket = desk.ticket(json!({ "sla_due_date": DUE, "status": status })).await;
        assert_eq!(look_at(&desk, ticket, "10:05:00").await, expected, "{status}");
        // A missed warning is not made up for.
        assert_eq!(desk.row(ticket).await["sla_breach_notified"], false);
    }
    let endless = desk.ticket(json!({ "sla_due_date": null })).await;
    assert_eq!(look_at(&desk, endless, "10:05:00").await, nothing);
    assert_eq!(look_at(&desk, TicketId::fresh(), "10:05:00").await, nothing);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_sites_ticket_is_not_looked_at() {
    let desk = Desk::new().await;
    let foreign = desk.ticket_of(desk.other.id, json!({ "sla_due_date": DUE })).await;
    let before = desk.others_rows().await;
    assert_eq!(look_at(&desk, foreign, "10:05:00").await, Looked::default());
    assert_eq!(desk.others_rows().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sweep_makes_up_for_what_was_missed_on_all_sites_a_bounded_number_at_a_time() {
    let desk = Desk::new().await;
    desk.person(json!({ "role": "admin" })).await;
    let late = desk.ticket(json!({ "sla_due_date": DUE })).await;
    let soon = desk.ticket(json!({ "sla_due_date": "2026-01-12T10:20:00Z" })).await;
    let warned =
        desk.ticket(json!({ "sla_due_date": "2026-01-12T10:20:00Z", "sla_breach_notified": true })).await;
    let far = desk.ticket(json!({ "sla_due_date": "2026-01-12T10:20:01Z" })).await;
    desk.ticket(json!({ "sla_due_date": DUE, "status": "resolved" })).await;
    desk.ticket(json!({ "sla_due_date": DUE, "sla_breached": true })).await;
    // The other site has the twins of all of them: four are owed something.
    assert_eq!(sweep_at(&desk, 3, "10:05:00").await, Looked { warned: 1, breached: 2 });
    assert_eq!(sweep_at(&desk, 3, "10:05:00").await, WARNED);
    assert_eq!(sweep_at(&desk, SWEEP_CHUNK, "10:05:00").await, Looked::default());
    assert_eq!(desk.notices(late).await[0]["type"], "sla_breach");
    assert_eq!(desk.notices(soon).await[0]["type"], "sla_warning");
    assert_eq!(desk.jobs("sla.watch", soon).await, [at("2026-01-12T10:20:01Z")]);
    assert!(desk.notices(warned).await.is_empty());
    assert!(desk.notices(far).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_due_date_exactly_now_is_neither_warned_about_nor_breached_by_the_sweep() {
    let desk = Desk::new().await;
    desk.ticket(json!({ "sla_due_date": DUE })).await;
    assert_eq!(sweep_at(&desk, SWEEP_CHUNK, "10:00:00").await, Looked::default());
}

#[tokio::test(flavor = "multi_thread")]
async fn many_watchers_at_once_mark_one_breach() {
    let desk = Desk::new().await;
    desk.person(json!({ "role": "admin" })).await;
    let ticket = desk.ticket_of(desk.site.id, json!({ "sla_due_date": DUE })).await;
    let looks = (0..4).map(|_| look_at(&desk, ticket, "10:05:00"));
    let sweeps = (0..2).map(|_| sweep_at(&desk, SWEEP_CHUNK, "10:05:00"));
    let (looks, sweeps) = tokio::join!(futures::future::join_all(looks), futures::future::join_all(sweeps));
    let breached: usize = looks.iter().chain(&sweeps).map(|looked| looked.breached).sum();
    assert_eq!((breached, desk.notices(ticket).await.len(), desk.audits(ticket).await.len()), (1, 1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_that_is_undone_leaves_nothing() {
    let desk = Desk::new().await;
    desk.person(json!({ "role": "admin" })).await;
    let ticket = desk.ticket(json!({ "sla_due_date": DUE })).await;
    let mut tx = desk.db().begin(Scope::Site(desk.site.id)).await.unwrap();
    look(&mut tx, desk.site.id, &[ticket], at("2026-01-12T10:05:00Z")).await.unwrap();
    tx.flush().await.unwrap();
    drop(tx);
    assert!(desk.notices(ticket).await.is_empty() && desk.audits(ticket).await.is_empty());
    assert_eq!(look_at(&desk, ticket, "10:05:00").await, BREACHED);
}
