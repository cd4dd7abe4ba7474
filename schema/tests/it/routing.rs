//! Giving tickets out: to the least busy of those who can take them, each ticket to one agent.

use crate::desk::{Desk, at, instant};
use jobs::{TicketId, UserId};
use schema::routing::{route, try_again_job};
use serde_json::{Value, json};

const NOW: &str = "2026-01-12T10:00:00Z";

async fn give(desk: &Desk, tickets: &[TicketId]) -> Vec<TicketId> {
    let mut tx = desk.begin().await;
    let left = route(&mut tx, desk.site.id, tickets, at(NOW)).await.unwrap();
    tx.commit().await.unwrap();
    left
}

async fn new_ticket(desk: &Desk) -> TicketId {
    desk.ticket(json!({ "status": "new" })).await
}

async fn holder(desk: &Desk, ticket: TicketId) -> Value {
    desk.row(ticket).await["agent_id"].clone()
}

async fn person(desk: &Desk, user: UserId) -> Value {
    desk.rows("select to_json(u) as document from users u where id = ?", user.0).await.remove(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_ticket_goes_to_the_least_busy_agent_who_hears_of_it_once() {
    let desk = Desk::new().await;
    let busy = desk.person(json!({ "current_chats": 4 })).await;
    let free = desk.person(json!({ "current_chats": 1 })).await;
    desk.person(json!({ "role": "admin" })).await;
    desk.person_of(desk.other.id, json!({})).await;
    let ticket = new_ticket(&desk).await;
    let before = desk.others_rows().await;
    assert!(give(&desk, &[ticket]).await.is_empty());
    assert!(give(&desk, &[ticket]).await.is_empty());
    let row = desk.row(ticket).await;
    assert_eq!((&row["agent_id"], &row["status"]), (&json!(free), &json!("open")));
    let heard = desk.notices(ticket).await;
    assert_eq!(heard.len(), 1);
    assert_eq!((&heard[0]["type"], &heard[0]["user_id"]), (&json!("ticket_assigned"), &json!(free)));
    assert_eq!(heard[0]["text"], "Size yeni bir ticket atandı: #1");
    let audits = desk.audits(ticket).await;
    let recorded: Vec<_> =
        audits.iter().map(|entry| (entry["action"].as_str().unwrap(), &entry["details"])).collect();
    let assigned = json!({ "agent_id": free, "worker": "routing" });
    let opened = json!({ "old_status": "new", "new_status": "open", "worker": "routing" });
    assert_eq!(recorded, [("TICKET_ASSIGN", &assigned), ("TICKET_STATUS_CHANGE", &opened)]);
    assert!(audits.iter().all(|entry| entry["actor_id"].is_null()));
    let (free, busy) = (person(&desk, free).await, person(&desk, busy).await);
    assert_eq!((&free["open_tickets"], &busy["open_tickets"]), (&json!(1), &json!(0)));
    assert_eq!(instant(&free["last_assigned_at"]), at(NOW));
    assert!(busy["last_assigned_at"].is_null());
    assert!(desk.mails(ticket).await.is_empty());
    assert_eq!(desk.others_rows().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_is_shared_out_as_if_each_ticket_came_alone() {
    let desk = Desk::new().await;
    let [one, two] = [desk.person(json!({})).await, desk.person(json!({ "open_tickets": 2 })).await];
    let mut tickets = Vec::new();
    for _ in 0..6 {
        tickets.push(new_ticket(&desk).await);
    }
    assert!(give(&desk, &tickets).await.is_empty());
    let mut holders = Vec::new();
    for ticket in tickets {
        holders.push(holder(&desk, ticket).await);
    }
    // Loads 0 and 20: one, one; now a tie, which the longer unassigned wins; then in turn.
    assert_eq!(holders, [one, one, two, one, two, one].map(|agent| json!(agent)));
    assert_eq!(person(&desk, one).await["open_tickets"], 4);
    assert_eq!(person(&desk, two).await["open_tickets"], 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_away_full_switched_off_or_elsewhere_gets_nothing() {
    let desk = Desk::new().await;
    let later = "2026-01-12T10:00:01Z";
    for columns in [
        json!({ "status": "offline" }),
        json!({ "state": "Molada" }),
        json!({ "state": "Uzakta" }),
        json!({ "state": "Rahatsız Etmeyin" }),
        json!({ "state": "Müsait", "state_until": later }),
        json!({ "current_chats": 5 }),
        json!({ "is_active": false }),
        json!({ "role": "customer" }),
        json!({ "role": "admin" }),
    ] {
        desk.person(columns).await;
    }
    desk.person_of(desk.other.id, json!({})).await;
    let ticket = new_ticket(&desk).await;
    let row = desk.row(ticket).await;
    let before = desk.others_rows().await;
    assert_eq!(give(&desk, &[ticket]).await, [ticket]);
    assert_eq!(desk.row(ticket).await, row);
    assert!(desk.notices(ticket).await.is_empty() && desk.audits(ticket).await.is_empty());
    assert_eq!(desk.others_rows().await, before);
    // Their break is over.
    let back = desk.person(json!({ "state": "Molada", "state_until": NOW })).await;
    assert!(give(&desk, &[ticket]).await.is_empty());
    assert_eq!(holder(&desk, ticket).await, json!(back));
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_site_has_no_agents_its_admins_take() {
    let desk = Desk::new().await;
    desk.person(json!({ "is_active": false })).await;
    let admin = desk.person(json!({ "role": "admin" })).await;
    let ticket = new_ticket(&desk).await;
    assert!(give(&desk, &[ticket]).await.is_empty());
    assert_eq!(holder(&desk, ticket).await, json!(admin));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_that_is_taken_settled_or_foreign_is_passed_over() {
    let desk = Desk::new().await;
    let (_free, taker) = (desk.person(json!({})).await, desk.person(json!({})).await);
    let taken = desk.ticket(json!({ "agent_id": taker })).await;
    let closed = desk.ticket(json!({ "status": "closed" })).await;
    let foreign = desk.ticket_of(desk.other.id, json!({ "status": "new" })).await;
    let before = desk.others_rows().await;
    assert!(give(&desk, &[taken, closed, foreign, TicketId::fresh()]).await.is_empty());
    assert_eq!(holder(&desk, taken).await, json!(taker));
    assert!(holder(&desk, closed).await.is_null());
    assert_eq!(desk.others_rows().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_new_ticket_becomes_open() {
    let desk = Desk::new().await;
    desk.person(json!({})).await;
    let pending = desk.ticket(json!({ "status": "pending" })).await;
    assert!(give(&desk, &[pending]).await.is_empty());
    assert_eq!(desk.row(pending).await["status"], "pending");
    let audits = desk.audits(pending).await;
    assert_eq!((audits.len(), &audits[0]["action"]), (1, &json!("TICKET_ASSIGN")));
}

/// A6-V49 in the world of tickets: choosing and counting are one step.
#[tokio::test(flavor = "multi_thread")]
async fn routers_at_once_share_the_load_evenly_and_take_each_ticket_once() {
    let desk = Desk::new().await;
    let agents = [desk.person(json!({})).await, desk.person(json!({})).await];
    let mut tickets = Vec::new();
    for _ in 0..20 {
        tickets.push(new_ticket(&desk).await);
    }
    let calls = tickets.chunks(4).chain(tickets.chunks(5)).map(|some| give(&desk, some));
    assert!(futures::future::join_all(calls).await.concat().is_empty());
    for agent in agents {
        assert_eq!(person(&desk, agent).await["open_tickets"], 10);
    }
    for ticket in tickets {
        assert_eq!(desk.notices(ticket).await.len(), 1);
    }
}

#[test]
fn the_next_try_comes_in_a_minute_once_per_ticket() {
    let (site, ticket) = (jobs::SiteId::fresh(), TicketId::fresh());
    let job = try_again_job(site, ticket, at(NOW));
    assert_eq!((job.kind, job.run_at), ("ticket.route", Some(at("2026-01-12T10:01:00Z"))));
    assert_eq!(job.dedupe_key, try_again_job(site, ticket, at("2026-01-12T10:00:30Z")).dedupe_key);
}
