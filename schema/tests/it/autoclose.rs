//! Silence of 48 hours closes: the exact job, the sweep, and both at once.

use crate::desk::{Desk, at, instant};
use jobs::TicketId;
use schema::tickets::autoclose::close_due;
use schema::tickets::rules::Status;
use schema::tickets::status::{By, Closing, change, close_resolved};
use serde_json::{Value, json};

const RESOLVED: &str = "2026-01-10T10:07:00Z";
const CLOSES: &str = "2026-01-12T10:07:00Z";

async fn close(desk: &Desk, ticket: TicketId, now: &str) -> Closing {
    let mut tx = desk.begin().await;
    let closing = close_resolved(&mut tx, desk.site.id, ticket, at(now)).await.unwrap();
    tx.commit().await.unwrap();
    closing
}

async fn sweep(desk: &Desk, limit: i64, now: &str) -> i64 {
    let mut tx = desk.system().await;
    let closed = close_due(&mut tx, limit, at(now)).await.unwrap();
    tx.commit().await.unwrap();
    closed
}

async fn resolved(desk: &Desk) -> TicketId {
    desk.ticket_of(desk.site.id, json!({ "status": "resolved", "resolved_at": RESOLVED })).await
}

/// One mail with one job, one audit entry of the system's, the row stamped.
async fn assert_closed_once(desk: &Desk, ticket: TicketId, closed_at: &str) {
    let row = desk.row(ticket).await;
    assert_eq!((&row["status"], instant(&row["closed_at"])), (&json!("closed"), at(closed_at)));
    assert_eq!((instant(&row["updated_at"]), instant(&row["resolved_at"])), (at(closed_at), at(RESOLVED)));
    let audits = desk.audits(ticket).await;
    assert_eq!(audits.len(), 1);
    assert_eq!(
        (&audits[0]["action"], &audits[0]["actor_id"]),
        (&json!("TICKET_STATUS_CHANGE"), &Value::Null)
    );
    let details = json!({ "old_status": "resolved", "new_status": "closed", "worker": "autoclose" });
    assert_eq!(audits[0]["details"], details);
    assert_eq!(audits[0]["changes"], json!({ "status": { "old": "resolved", "new": "closed" } }));
    assert_eq!(instant(&audits[0]["created_at"]), at(closed_at));
    let mails = desk.mails(ticket).await;
    assert_eq!(mails.len(), 1);
    assert_eq!(
        (&mails[0]["template"], &mails[0]["to_address"]),
        (&json!("closed"), &json!("sukru@ornek.test"))
    );
    assert_eq!(mails[0]["to_name"], "Şükrü Iğdır");
    let outbound = mails[0]["id"].as_str().unwrap().parse().unwrap();
    let text = "select to_json(j) as document from jobs j where payload->>'outbound_id' = ?::text";
    let jobs = desk.rows(text, outbound).await;
    assert_eq!(jobs.len(), 1);
    assert_eq!((&jobs[0]["kind"], &jobs[0]["queue"]), (&json!("mail.deliver"), &json!("notices")));
    let deliver = jobs::mail_out::Deliver { site_id: desk.site.id, outbound_id: jobs::OutboundId(outbound) };
    assert_eq!(jobs[0]["payload"], serde_json::to_value(deliver).unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_exact_job_closes_at_the_48th_hour_and_not_a_second_before() {
    let desk = Desk::new().await;
    desk.ticket_of(desk.other.id, json!({ "status": "resolved", "resolved_at": RESOLVED })).await;
    let ticket = resolved(&desk).await;
    let before = desk.others_rows().await;
    let until = at(CLOSES);
    assert_eq!(close(&desk, ticket, "2026-01-12T10:06:59Z").await, Closing::TooEarly { until });
    assert_eq!(close(&desk, ticket, CLOSES).await, Closing::Closed);
    assert_eq!(close(&desk, ticket, CLOSES).await, Closing::Nothing);
    assert_eq!(sweep_own(&desk, CLOSES).await, 0);
    assert_closed_once(&desk, ticket, CLOSES).await;
    assert_eq!(desk.others_rows().await, before);
}

/// The sweep with a site's scope: what it may not see it cannot close.
async fn sweep_own(desk: &Desk, now: &str) -> i64 {
    let mut tx = desk.begin().await;
    let closed = close_due(&mut tx, 100, at(now)).await.unwrap();
    tx.commit().await.unwrap();
    closed
}

/// A8-V6.
#[tokio::test(flavor = "multi_thread")]
async fn the_sweep_closes_what_the_exact_jobs_missed_and_nothing_twice() {
    let desk = Desk::new().await;
    let ticket = resolved(&desk).await;
    let open = desk.ticket(json!({ "resolved_at": RESOLVED })).await;
    let before = desk.others_rows().await;
    for (now, expected) in
        [("2026-01-12T10:00:00Z", 0), ("2026-01-12T10:30:00Z", 1), ("2026-01-12T11:00:00Z", 0)]
    {
        assert_eq!(sweep(&desk, 100, now).await, expected, "{now}");
    }
    assert_closed_once(&desk, ticket, "2026-01-12T10:30:00Z").await;
    assert_eq!(desk.row(open).await["status"], "open");
    assert_eq!(desk.others_rows().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sweeps_boundary_is_the_48th_hour_itself() {
    let desk = Desk::new().await;
    let ticket = resolved(&desk).await;
    assert_eq!(sweep(&desk, 100, "2026-01-12T10:06:59.999999Z").await, 0);
    assert_eq!(sweep(&desk, 100, CLOSES).await, 1);
    assert_closed_once(&desk, ticket, CLOSES).await;
}

/// A8-V7.
#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_reopened_and_resolved_again_waits_48_hours_from_the_second_solution() {
    let desk = Desk::new().await;
    let settings = desk.site.settings().await;
    let ticket = resolved(&desk).await;
    for (to, now) in [(Status::Open, "2026-01-11T09:00:00Z"), (Status::Resolved, "2026-01-11T12:00:00Z")] {
        let mut tx = desk.begin().await;
        change(&mut tx, &settings, ticket, to, &By::default(), at(now)).await.unwrap();
        tx.commit().await.unwrap();
    }
    let until = at("2026-01-13T12:00:00Z");
    assert_eq!(desk.jobs("ticket.autoclose", ticket).await, [until]);
    assert_eq!(close(&desk, ticket, CLOSES).await, Closing::TooEarly { until });
    assert_eq!(sweep(&desk, 100, "2026-01-13T11:59:59Z").await, 0);
    assert_eq!(close(&desk, ticket, "2026-01-13T12:00:00Z").await, Closing::Closed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reopened_or_foreign_ticket_is_left_alone() {
    let desk = Desk::new().await;
    let reopened = desk.ticket(json!({ "resolved_at": RESOLVED })).await;
    let foreign =
        desk.ticket_of(desk.other.id, json!({ "status": "resolved", "resolved_at": RESOLVED })).await;
    let before = desk.others_rows().await;
    for ticket in [reopened, foreign, TicketId::fresh()] {
        assert_eq!(close(&desk, ticket, "2026-02-01T00:00:00Z").await, Closing::Nothing);
    }
    assert_eq!(desk.others_rows().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sweeps_mail_calls_closed_what_the_site_calls_it() {
    let desk = Desk::new().await;
    let renamed =
        format!("update statuses set label = 'Bitti' where site_id = '{}' and key = 'closed'", desk.site.id);
    desk.test.run(&renamed).await;
    let own = resolved(&desk).await;
    let other = desk.ticket_of(desk.other.id, json!({ "status": "resolved", "resolved_at": RESOLVED })).await;
    assert_eq!(sweep(&desk, 100, CLOSES).await, 2);
    let label = async |ticket| desk.mails(ticket).await[0]["facts"].clone();
    assert_eq!(label(own).await, json!({ "status_label": "Bitti" }));
    assert_eq!(label(other).await, json!({ "status_label": "Kapatıldı" }));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_address_a_ticket_closes_in_silence() {
    let desk = Desk::new().await;
    for email in [Value::Null, json!("")] {
        let columns = json!({ "status": "resolved", "resolved_at": RESOLVED, "visitor_email": email });
        let ticket = desk.ticket_of(desk.site.id, columns).await;
        assert_eq!(sweep(&desk, 100, CLOSES).await, 1);
        assert_eq!((desk.mails(ticket).await.len(), desk.audits(ticket).await.len()), (0, 1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sweeps_and_exact_jobs_at_once_close_each_ticket_once_a_bounded_number_at_a_time() {
    let desk = Desk::new().await;
    let mut tickets = Vec::new();
    for _ in 0..20 {
        tickets.push(resolved(&desk).await);
    }
    assert_eq!(sweep(&desk, 7, CLOSES).await, 7);
    let exact = tickets.iter().map(|ticket| close(&desk, *ticket, CLOSES));
    let sweeps = (0..3).map(|_| sweep(&desk, 5, CLOSES));
    let (exact, swept) = tokio::join!(futures::future::join_all(exact), futures::future::join_all(sweeps));
    let by_job = exact.iter().filter(|closing| **closing == Closing::Closed).count();
    assert_eq!(7 + by_job + usize::try_from(swept.iter().sum::<i64>()).unwrap(), 20);
    for ticket in tickets {
        assert_closed_once(&desk, ticket, CLOSES).await;
    }
}
