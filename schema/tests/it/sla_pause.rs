//! Clocks that stand still while somebody else is awaited.

use crate::desk::{Desk, at, instant};
use chrono::{DateTime, Utc};
use jobs::TicketId;
use schema::hours::settings::{self, Changes, Refused};
use schema::sites::Settings;
use schema::sla::{Looked, look, release, sites_to_release, sweep};
use schema::tickets::rules::Status;
use schema::tickets::status::{By, NotChanged, change, close_resolved};
use serde_json::{Value, json};

/// Monday, 2026-01-12; the site works from nine to six.
fn on_monday(local: &str) -> DateTime<Utc> {
    at(&format!("2026-01-12T{local}:00+03:00"))
}

/// A desk whose clock stands still in these statuses.
async fn pausing(statuses: &[&str]) -> Desk {
    let desk = Desk::new().await;
    pause(&desk, statuses).await;
    desk
}

async fn pause(desk: &Desk, statuses: &[&str]) {
    let pause_statuses = Some(statuses.iter().map(|status| (*status).to_owned()).collect());
    let changes = Changes { pause_statuses, ..Changes::default() };
    settings::change(desk.db(), desk.site.id, changes, &By::default(), on_monday("08:00")).await.unwrap();
}

async fn put(desk: &Desk, ticket: TicketId, to: Status, now: DateTime<Utc>) -> Value {
    let settings = desk.site.settings().await;
    let mut tx = desk.begin().await;
    change(&mut tx, &settings, ticket, to, &By::default(), now).await.unwrap();
    tx.commit().await.unwrap();
    desk.row(ticket).await
}

async fn look_at(desk: &Desk, ticket: TicketId, now: DateTime<Utc>) -> Looked {
    let mut tx = desk.begin().await;
    let looked = look(&mut tx, desk.site.id, &[ticket], now).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = desk.system().await;
    let swept = sweep(&mut tx, 1_000, now).await.unwrap();
    tx.commit().await.unwrap();
    Looked { warned: looked.warned + swept.warned, breached: looked.breached + swept.breached }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_moves_the_due_date_and_the_watch_with_it() {
    let desk = pausing(&["waiting_reply", "pending"]).await;
    let ticket = desk.ticket_of(desk.site.id, json!({ "sla_due_date": on_monday("17:00") })).await;
    let before = desk.others_rows().await;
    let row = put(&desk, ticket, Status::Pending, on_monday("10:00")).await;
    assert_eq!(instant(&row["sla_due_date"]), on_monday("17:00"));
    assert_eq!(instant(&row["sla_paused_at"]), on_monday("10:00"));
    assert_eq!(row["sla_remaining_seconds"], 7 * 3600);
    // While it stands nobody is warned and nothing breaches, however late it gets.
    assert_eq!(look_at(&desk, ticket, on_monday("16:50")).await, Looked::default());
    assert_eq!(look_at(&desk, ticket, on_monday("17:30")).await, Looked::default());
    let row = put(&desk, ticket, Status::Open, on_monday("12:00") + chrono::TimeDelta::days(1)).await;
    // Eleven working hours later: eight on Monday, three on Tuesday.
    let due = at("2026-01-14T10:00:00+03:00");
    assert_eq!(instant(&row["sla_due_date"]), due);
    assert_eq!((&row["sla_paused_at"], &row["sla_remaining_seconds"]), (&json!(null), &json!(null)));
    assert_eq!(row["sla_paused_seconds"], 11 * 3600);
    assert_eq!(desk.jobs("sla.watch", ticket).await, [due - chrono::TimeDelta::minutes(15)]);
    let audit = desk.audits(ticket).await;
    assert_eq!(audit[0]["changes"]["sla_paused"], json!({ "old": false, "new": true }));
    assert_eq!(audit[1]["changes"]["sla_paused"], json!({ "old": true, "new": false }));
    assert_eq!(instant(&audit[1]["changes"]["sla_due_date"]["new"]), due);
    // From here on it is warned about once and breaches once.
    let breached = Looked { warned: 0, breached: 1 };
    assert_eq!(
        look_at(&desk, ticket, due - chrono::TimeDelta::minutes(15)).await,
        Looked { warned: 1, breached: 0 }
    );
    assert_eq!(look_at(&desk, ticket, due + chrono::TimeDelta::seconds(1)).await, breached);
    assert_eq!(look_at(&desk, ticket, due + chrono::TimeDelta::seconds(2)).await, Looked::default());
    assert_eq!(desk.others_rows().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_pausing_statuses_no_clock_stops() {
    let desk = Desk::new().await;
    let ticket = desk.ticket_of(desk.site.id, json!({ "sla_due_date": on_monday("17:00") })).await;
    let row = put(&desk, ticket, Status::Pending, on_monday("10:00")).await;
    assert_eq!((&row["sla_paused_at"], &row["sla_paused_seconds"]), (&json!(null), &json!(0)));
    assert_eq!(look_at(&desk, ticket, on_monday("16:50")).await.warned, 1, "A9-V65");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_resolved_out_of_a_pause_is_late_only_by_its_own_time() {
    let desk = pausing(&["waiting_reply"]).await;
    let ticket = desk.ticket_of(desk.site.id, json!({ "sla_due_date": on_monday("11:00") })).await;
    put(&desk, ticket, Status::WaitingReply, on_monday("10:00")).await;
    let row = put(&desk, ticket, Status::Resolved, on_monday("16:00")).await;
    assert_eq!((&row["sla_breached"], &row["sla_paused_at"]), (&json!(false), &json!(null)));
    assert_eq!(instant(&row["sla_due_date"]), on_monday("17:00"));
    assert!(desk.jobs("sla.watch", ticket).await.is_empty(), "nothing is left to watch");
    // Reopened, it begins anew: the old pause is no longer counted.
    let row = put(&desk, ticket, Status::Open, on_monday("16:30")).await;
    assert_eq!(
        (instant(&row["sla_due_date"]), &row["sla_paused_seconds"]),
        (at("2026-01-13T15:30:00+03:00"), &json!(0))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_has_run_out_is_not_stopped() {
    let desk = pausing(&["pending"]).await;
    let ticket = desk.ticket_of(desk.site.id, json!({ "sla_due_date": on_monday("10:00") })).await;
    let row = put(&desk, ticket, Status::Pending, on_monday("10:01")).await;
    assert_eq!(row["sla_paused_at"], json!(null));
    assert_eq!(look_at(&desk, ticket, on_monday("10:05")).await, Looked { warned: 0, breached: 1 });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_judged_by_old_settings_is_refused() {
    let desk = Desk::new().await;
    let old: Settings = (*desk.site.settings().await).clone();
    let ticket = desk.ticket_of(desk.site.id, json!({ "sla_due_date": on_monday("17:00") })).await;
    pause(&desk, &["pending"]).await;
    let mut tx = desk.begin().await;
    let answer = change(&mut tx, &old, ticket, Status::Pending, &By::default(), on_monday("10:00")).await;
    assert!(matches!(answer, Err(NotChanged::StaleSettings)), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn clocks_run_again_when_their_status_no_longer_pauses() {
    let desk = pausing(&["pending", "waiting_reply"]).await;
    let ticket = desk.ticket_of(desk.site.id, json!({ "sla_due_date": on_monday("17:00") })).await;
    let waiting = desk.ticket_of(desk.site.id, json!({ "sla_due_date": on_monday("17:00") })).await;
    put(&desk, ticket, Status::Pending, on_monday("10:00")).await;
    put(&desk, waiting, Status::WaitingReply, on_monday("10:00")).await;
    let kept = desk.row(waiting).await;
    pause(&desk, &["waiting_reply"]).await;
    let sweeps = "select to_json(j) as document from jobs j where kind = 'sla.sweep' and site_id <> ?";
    assert_eq!(desk.rows(sweeps, desk.site.id.0).await.len(), 1);
    let settings = desk.site.settings().await;
    let mut tx = desk.system().await;
    assert_eq!(sites_to_release(&mut tx).await.unwrap(), [desk.site.id]);
    let mut stale = (*settings).clone();
    stale.version -= 1;
    assert_eq!(release(&mut tx, &stale, on_monday("12:00")).await.unwrap(), 0);
    assert_eq!(release(&mut tx, &settings, on_monday("12:00")).await.unwrap(), 1);
    assert_eq!(release(&mut tx, &settings, on_monday("12:00")).await.unwrap(), 0);
    assert!(sites_to_release(&mut tx).await.unwrap().is_empty());
    tx.commit().await.unwrap();
    let row = desk.row(ticket).await;
    assert_eq!(instant(&row["sla_due_date"]), at("2026-01-13T10:00:00+03:00"));
    assert_eq!((&row["sla_paused_at"], &row["sla_paused_seconds"]), (&json!(null), &json!(2 * 3600)));
    assert_eq!(desk.jobs("sla.watch", ticket).await, [at("2026-01-13T09:45:00+03:00")]);
    let audit = desk.audits(ticket).await;
    assert_eq!((&audit[1]["action"], &audit[1]["details"]["worker"]), (&json!("SLA_RESUME"), &json!("sla")));
    assert_eq!(desk.row(waiting).await, kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_some_statuses_may_pause_and_closing_needs_no_settings() {
    let desk = Desk::new().await;
    for status in ["open", "resolved", "nothing"] {
        let changes = Changes { pause_statuses: Some(vec![status.to_owned()]), ..Changes::default() };
        let answer =
            settings::change(desk.db(), desk.site.id, changes, &By::default(), on_monday("08:00")).await;
        assert!(matches!(answer, Err(Refused::Status(refused)) if refused == status));
    }
    desk.test
        .run(&format!(
            "insert into statuses (site_id, key, label, position, kind) values
            ('{0}', 'tedarikci', 'Tedarikçi', 7, 'waiting'), ('{0}', 'inceleme', 'İnceleme', 8, 'open')",
            desk.site.id
        ))
        .await;
    let by = By::default();
    let pausing = |status: &str| {
        let changes = Changes { pause_statuses: Some(vec![status.to_owned()]), ..Changes::default() };
        settings::change(desk.db(), desk.site.id, changes, &by, on_monday("08:00"))
    };
    assert_eq!(pausing("tedarikci").await.unwrap().settings.pause_statuses, ["tedarikci"]);
    assert!(matches!(pausing("inceleme").await, Err(Refused::Status(refused)) if refused == "inceleme"));
    let resolved = json!({ "status": "resolved", "resolved_at": "2026-01-01T00:00:00Z" });
    let ticket = desk.ticket(resolved).await;
    let mut tx = desk.begin().await;
    close_resolved(&mut tx, desk.site.id, ticket, on_monday("08:00")).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(desk.row(ticket).await["status"], "closed");
}
