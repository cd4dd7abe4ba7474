//! Changing a status: the table, the times, what is recorded, who is told, and the 48 hours after a solution.

use crate::desk::{Desk, at, instant};
use diesel_async::SimpleAsyncConnection;
use jobs::{SiteId, TicketId, UserId};
use schema::pool::Scope;
use schema::sites::Settings;
use schema::tickets::rules::{Status, TRANSITIONS};
use schema::tickets::status::{By, Changed, NotChanged, change};
use serde_json::{Value, json};
use std::sync::Arc;

struct Case {
    desk: Desk,
    settings: Arc<Settings>,
}

impl Case {
    async fn new() -> Self {
        let desk = Desk::new().await;
        let settings = desk.site.settings().await;
        Self { desk, settings }
    }

    async fn change(&self, ticket: TicketId, to: Status, now: &str) -> Result<Changed, NotChanged> {
        self.change_by(&By::default(), ticket, to, now).await
    }

    async fn change_by(
        &self,
        by: &By,
        ticket: TicketId,
        to: Status,
        now: &str,
    ) -> Result<Changed, NotChanged> {
        let mut tx = self.desk.begin().await;
        let changed = change(&mut tx, &self.settings, ticket, to, by, at(now)).await?;
        tx.commit().await.unwrap();
        Ok(changed)
    }
}

fn text(answer: Result<Changed, NotChanged>) -> String {
    answer.map_or_else(|error| error.to_string(), |changed| format!("{} → {}", changed.old, changed.new))
}

#[tokio::test(flavor = "multi_thread")]
async fn thirteen_steps_are_allowed_and_a_forbidden_one_changes_nothing() {
    let case = Case::new().await;
    let before = case.desk.others_rows().await;
    for from in Status::ALL {
        for to in Status::ALL {
            let columns = json!({ "status": from.as_str(), "resolved_at": "2026-01-12T09:00:00Z" });
            let ticket = case.desk.ticket_of(case.desk.site.id, columns).await;
            let row = case.desk.row(ticket).await;
            let answer = text(case.change(ticket, to, "2026-01-12T10:00:00Z").await);
            if TRANSITIONS.contains(&(from, to)) {
                assert_eq!(answer, format!("{from} → {to}"));
                assert_eq!(case.desk.row(ticket).await["status"], to.as_str());
                let mails = case.desk.mails(ticket).await;
                assert_eq!(mails.len(), usize::from(to.is_settled()), "{from} → {to}");
            } else {
                assert_eq!(answer, format!("{from} durumundan {to}'a geçiş yapılamaz"));
                assert_eq!(case.desk.row(ticket).await, row);
                assert!(
                    case.desk.audits(ticket).await.is_empty() && case.desk.mails(ticket).await.is_empty()
                );
            }
        }
    }
    assert_eq!(case.desk.others_rows().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn resolving_stamps_records_tells_the_customer_and_sets_the_closing_once() {
    let case = Case::new().await;
    let agent = case.desk.person(json!({})).await;
    let ticket = case.desk.ticket(json!({ "agent_id": agent })).await;
    let before = case.desk.others_rows().await;
    let by = By { user_id: Some(agent), ..By::default() };
    let now = "2026-01-10T10:07:00Z";
    let changed = case.change_by(&by, ticket, Status::Resolved, now).await.unwrap();
    assert_eq!(changed, Changed { ticket_number: 1, old: Status::Open.into(), new: Status::Resolved.into() });
    let again = case.change_by(&by, ticket, Status::Resolved, now).await;
    assert_eq!(text(again), "resolved durumundan resolved'a geçiş yapılamaz");
    let row = case.desk.row(ticket).await;
    assert_eq!([&row["resolved_at"], &row["updated_at"]].map(instant), [at(now); 2]);
    assert_eq!(row["closed_at"], Value::Null);
    let audits = case.desk.audits(ticket).await;
    assert_eq!(audits.len(), 1);
    assert_eq!(audits[0]["action"], "TICKET_STATUS_CHANGE");
    assert_eq!(audits[0]["target_type"], "ticket");
    assert_eq!(audits[0]["actor_id"], json!(agent));
    assert_eq!(audits[0]["details"], json!({ "old_status": "open", "new_status": "resolved" }));
    let mails = case.desk.mails(ticket).await;
    assert_eq!(mails.len(), 1);
    assert_eq!(
        (&mails[0]["template"], &mails[0]["to_address"]),
        (&json!("resolved"), &json!("sukru@ornek.test"))
    );
    assert_eq!(case.desk.jobs("ticket.autoclose", ticket).await, [at("2026-01-12T10:07:00Z")]);
    assert_eq!(case.desk.others_rows().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_solution_a_second_late_is_a_breach_and_one_in_time_is_none() {
    let case = Case::new().await;
    let due = "2026-01-12T10:00:00Z";
    for (now, breached) in [(due, false), ("2026-01-12T10:00:01Z", true)] {
        let ticket = case.desk.ticket(json!({ "sla_due_date": due })).await;
        case.change(ticket, Status::Resolved, now).await.unwrap();
        let row = case.desk.row(ticket).await;
        assert_eq!(row["sla_breached"], breached, "{now}");
        assert_eq!(row["sla_breach_time"].is_string(), breached, "{now}");
        let changes = &case.desk.audits(ticket).await[0]["changes"];
        assert_eq!(changes["sla_breached"].is_object(), breached, "{now}");
    }
    let earlier =
        json!({ "sla_due_date": due, "sla_breached": true, "sla_breach_time": "2026-01-12T10:00:01Z" });
    let ticket = case.desk.ticket(earlier).await;
    case.change(ticket, Status::Resolved, "2026-01-12T11:00:00Z").await.unwrap();
    assert_eq!(instant(&case.desk.row(ticket).await["sla_breach_time"]), at("2026-01-12T10:00:01Z"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_visitors_address_serves_where_the_ticket_has_none_and_without_any_nothing_is_sent() {
    let case = Case::new().await;
    let visitor = uuid::Uuid::now_v7();
    let mut tx = case.desk.begin().await;
    let insert = format!(
        "insert into visitors (id, site_id, email) values ('{visitor}', '{}', 'ziyaretci@ornek.test')",
        case.desk.site.id
    );
    tx.conn().batch_execute(&insert).await.unwrap();
    tx.commit().await.unwrap();
    let linked = case.desk.ticket(json!({ "visitor_email": null, "visitor_id": visitor })).await;
    let unknown = case.desk.ticket(json!({ "visitor_email": null })).await;
    for ticket in [linked, unknown] {
        case.change(ticket, Status::Closed, "2026-01-12T10:00:00Z").await.unwrap();
        assert_eq!(instant(&case.desk.row(ticket).await["closed_at"]), at("2026-01-12T10:00:00Z"));
    }
    let mails = case.desk.mails(linked).await;
    assert_eq!(
        (&mails[0]["template"], &mails[0]["to_address"]),
        (&json!("closed"), &json!("ziyaretci@ornek.test"))
    );
    assert!(case.desk.mails(unknown).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reopened_ticket_gets_a_new_due_date_and_is_watched_again() {
    let case = Case::new().await;
    let ticket = case.desk.ticket(json!({
        "status": "resolved", "resolved_at": "2026-01-10T10:07:00Z", "sla_due_date": "2026-01-09T15:00:00Z",
        "sla_breach_notified": true,
    })).await;
    let before = case.desk.others_rows().await;
    // A8-V4: Monday 13:06:59 in Istanbul; eight working hours later it is Tuesday 12:06:59.
    case.change(ticket, Status::Open, "2026-01-12T10:06:59Z").await.unwrap();
    let row = case.desk.row(ticket).await;
    assert_eq!((&row["status"], &row["sla_breach_notified"]), (&json!("open"), &json!(false)));
    assert_eq!(instant(&row["sla_due_date"]), at("2026-01-13T09:06:59Z"));
    assert_eq!(instant(&row["resolved_at"]), at("2026-01-10T10:07:00Z"), "leaving a status keeps its time");
    assert_eq!(case.desk.jobs("sla.watch", ticket).await, [at("2026-01-13T08:51:59Z")]);
    assert!(case.desk.mails(ticket).await.is_empty());
    assert_eq!(case.desk.others_rows().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_48th_hour_on_a_resolved_ticket_counts_as_closed() {
    let case = Case::new().await;
    let columns = json!({ "status": "resolved", "resolved_at": "2026-01-10T10:07:00Z" });
    let ticket = case.desk.ticket(columns).await;
    let answer = case.change(ticket, Status::Open, "2026-01-12T10:07:00Z").await;
    assert_eq!(text(answer), "closed durumundan open'a geçiş yapılamaz");
    assert_eq!(case.desk.row(ticket).await["status"], "resolved");
    case.change(ticket, Status::Open, "2026-01-12T10:06:59Z").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_breach_stays_one_over_a_reopening() {
    let case = Case::new().await;
    let columns = json!({ "status": "resolved", "resolved_at": "2026-01-12T10:00:00Z", "sla_breached": true,
        "sla_breach_time": "2026-01-12T09:00:00Z", "sla_due_date": "2026-01-12T08:00:00Z" });
    let ticket = case.desk.ticket(columns).await;
    case.change(ticket, Status::Open, "2026-01-12T11:00:00Z").await.unwrap();
    assert_eq!(case.desk.row(ticket).await["sla_breached"], true);
    assert!(case.desk.jobs("sla.watch", ticket).await.is_empty(), "one breach per ticket");
}

#[tokio::test(flavor = "multi_thread")]
async fn reopening_with_settings_that_have_changed_is_refused() {
    let mut case = Case::new().await;
    let mut old = (*case.settings).clone();
    old.version -= 1;
    case.settings = Arc::new(old);
    let columns = json!({ "status": "resolved", "resolved_at": "2026-01-12T09:00:00Z" });
    let ticket = case.desk.ticket(columns).await;
    let answer = case.change(ticket, Status::Open, "2026-01-12T10:00:00Z").await;
    assert!(matches!(answer, Err(NotChanged::StaleSettings)), "{answer:?}");
    // Only a due date needs them.
    case.change(ticket, Status::Closed, "2026-01-12T10:00:00Z").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn another_sites_ticket_does_not_exist() {
    let case = Case::new().await;
    let foreign = case.desk.ticket_of(case.desk.other.id, json!({})).await;
    let before = case.desk.others_rows().await;
    let answer = case.change(foreign, Status::Resolved, "2026-01-12T10:00:00Z").await;
    assert!(matches!(answer, Err(NotChanged::NotFound)), "{answer:?}");
    assert_eq!(case.desk.others_rows().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_resolve_at_once_one_does() {
    let case = Case::new().await;
    let agent: UserId = case.desk.person(json!({})).await;
    let ticket = case.desk.ticket(json!({ "agent_id": agent })).await;
    let calls = (0..5).map(|_| case.change(ticket, Status::Resolved, "2026-01-12T10:00:00Z"));
    let answers = futures::future::join_all(calls).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert_eq!((case.desk.mails(ticket).await.len(), case.desk.audits(ticket).await.len()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_act_in_another_sites_transaction_sees_nothing() {
    let case = Case::new().await;
    let ticket = case.desk.ticket(json!({})).await;
    let stranger = Scope::Site(SiteId::fresh());
    let mut tx = case.desk.db().begin(stranger).await.unwrap();
    let now = at("2026-01-12T10:00:00Z");
    let answer = change(&mut tx, &case.settings, ticket, Status::Resolved, &By::default(), now).await;
    assert!(matches!(answer, Err(NotChanged::NotFound)), "{answer:?}");
}
