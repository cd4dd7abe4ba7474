//! Business hours, holidays and targets: what is changed, recorded, and seen by whoever kept the old.

use crate::desk::{Desk, at};
use schema::hours::holidays::{self, HOLIDAYS_MAX, NewHoliday, Range};
use schema::hours::rules::{DayException, DayHours, DayRow, HoursError, Interval};
use schema::hours::settings::{self, BusinessHours, Changes, Refused};
use schema::pool::Scope;
use schema::tickets::status::By;
use serde_json::{Value, json};

const NOW: &str = "2026-01-12T08:00:00Z";

async fn change(desk: &Desk, changes: Changes) -> Result<BusinessHours, Refused> {
    let by = By { user_id: None, ..By::default() };
    settings::change(desk.db(), desk.site.id, changes, &by, at(NOW)).await
}

async fn audits(desk: &Desk) -> Vec<Value> {
    let all = "select to_json(a) as document from audit_logs a where site_id = ? order by created_at, id";
    desk.rows(all, desk.site.id.0).await
}

fn working(day_of_week: u8, start: u16, end: u16) -> DayRow {
    DayRow { day_of_week, is_working_day: true, start: Some(start), end: Some(end), ..DayRow::default() }
}

fn hours(start_minute: u16, end_minute: u16) -> DayHours {
    DayHours::new(vec![Interval { start_minute, end_minute }]).unwrap()
}

fn holiday(date: &str, name: &str, exception: DayException) -> NewHoliday {
    NewHoliday { date: date.parse().unwrap(), name: name.to_owned(), exception }
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_changed_at_once_recorded_once_and_the_version_rises() {
    let desk = Desk::new().await;
    let (before, others) = (desk.site.settings().await, desk.other.settings().await);
    let changed = change(
        &desk,
        Changes {
            zone: Some(chrono_tz::Europe::Berlin),
            days: Some(vec![working(6, 600, 840), working(1, 0, 1440)]),
            holidays: Some(vec![
                holiday("2026-10-29", "Cumhuriyet Bayramı", DayException::Closed),
                holiday("2026-10-28", "Arife", DayException::Until(780)),
                holiday("2026-11-01", "Sayım", DayException::Hours(hours(600, 720))),
                holiday("2026-11-02", "Anma", DayException::Normal),
            ]),
            high_minutes: Some(90),
            pause_statuses: Some(vec!["pending".into(), "waiting_reply".into(), "pending".into()]),
            ..Changes::default()
        },
    )
    .await
    .unwrap();
    let seen = desk.site.settings().await;
    assert!(seen.version > before.version);
    assert_eq!(changed.settings.version, seen.version);
    assert_eq!(seen.calendar.zone(), chrono_tz::Europe::Berlin);
    assert_eq!(
        seen.calendar.week().each_ref().map(ToString::to_string).join(" "),
        "closed 00:00-24:00 closed closed closed closed 10:00-14:00"
    );
    assert_eq!(seen.targets.high_minutes, 90);
    assert_eq!(seen.targets.normal_minutes, 480);
    assert_eq!(seen.pause_statuses, ["pending", "waiting_reply"]);
    let exception = |date: &str| seen.calendar.exception(date.parse().unwrap()).cloned();
    assert_eq!(exception("2026-10-29"), Some(DayException::Closed));
    assert_eq!(
        exception("2026-10-28"),
        Some(DayException::Hours(DayHours::closed())),
        "a Wednesday is closed now"
    );
    assert_eq!(exception("2026-11-01"), Some(DayException::Hours(hours(600, 720))));
    assert_eq!(exception("2026-11-02"), Some(DayException::Normal));
    let check = seen.check_hours(at("2026-10-29T08:00:00Z"));
    assert_eq!(check.holiday_name.as_deref(), Some("Cumhuriyet Bayramı"));
    let audit = audits(&desk).await;
    assert_eq!((audit.len(), &audit[0]["action"]), (1, &json!("SETTINGS_UPDATE")));
    let changes = &audit[0]["changes"];
    assert_eq!(changes["timezone"], json!({ "old": "Europe/Istanbul", "new": "Europe/Berlin" }));
    assert_eq!(changes["sla_minutes"]["new"]["high"], 90);
    assert_eq!(changes["days"]["old"][1], json!(["09:00-18:00"]));
    assert_eq!(changes["holidays"]["new"].as_array().unwrap().len(), 4);
    assert_eq!(desk.other.settings().await.version, others.version);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_the_same_already_is_neither_written_nor_recorded() {
    let desk = Desk::new().await;
    let same = || Changes {
        zone: Some(chrono_tz::Europe::Istanbul),
        days: Some((1..=5).map(|day| working(day, 540, 1080)).collect()),
        holidays: Some(vec![holiday("2026-10-29", "Bayram", DayException::Closed)]),
        low_minutes: Some(24 * 60),
        pause_statuses: Some(Vec::new()),
        ..Changes::default()
    };
    let first = change(&desk, same()).await.unwrap();
    let again = change(&desk, same()).await.unwrap();
    assert_eq!(again.settings.version, first.settings.version);
    assert_eq!(again.holidays, first.holidays, "with its id");
    assert_eq!(audits(&desk).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_with_one_fault_changes_nothing() {
    let desk = Desk::new().await;
    let before = desk.site.settings().await;
    let zone = Some(chrono_tz::Europe::Berlin);
    let days = |rows: Vec<DayRow>| Changes { zone, days: Some(rows), ..Changes::default() };
    let refused = |changes| async { change(&desk, changes).await.unwrap_err().to_string() };
    assert_eq!(refused(days(vec![working(7, 540, 600)])).await, "weekday 7 stands twice or is none");
    assert_eq!(
        refused(days(vec![working(1, 540, 600), working(1, 540, 600)])).await,
        "weekday 1 stands twice or is none"
    );
    let backwards = change(&desk, days(vec![working(1, 540, 600), working(2, 600, 600)])).await;
    assert!(matches!(backwards, Err(Refused::Day { row: 1, cause: HoursError::EndNotAfterStart })));
    let target = Changes { zone, urgent_minutes: Some(0), ..Changes::default() };
    assert!(refused(target).await.starts_with("a target has from 1"));
    let twice = vec![
        holiday("2026-01-01", "A", DayException::Closed),
        holiday("2026-01-01", "B", DayException::Closed),
    ];
    let holidays = Changes { zone, holidays: Some(twice), ..Changes::default() };
    assert!(refused(holidays).await.starts_with("entry 1 of the holidays"));
    assert_eq!(desk.site.settings().await.version, before.version);
    assert!(audits(&desk).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn loading_adds_free_dates_only_and_raises_the_version_once() {
    let desk = Desk::new().await;
    let by = By::default();
    let own = holiday("2026-10-28", "Envanter", DayException::Closed);
    let own = holidays::create(desk.db(), desk.site.id, own, &by, at(NOW)).await.unwrap();
    let before = desk.site.settings().await.version;
    let preset = vec![
        holiday("2026-10-29", "Cumhuriyet Bayramı", DayException::Closed),
        holiday("2026-10-28", "Cumhuriyet Bayramı arifesi", DayException::Until(780)),
        holiday("2026-10-29", "noch einmal", DayException::Closed),
    ];
    let loaded = holidays::load(desk.db(), desk.site.id, preset.clone(), &by, at(NOW)).await.unwrap();
    assert_eq!(loaded.added.iter().map(|day| day.name.as_str()).collect::<Vec<_>>(), ["Cumhuriyet Bayramı"]);
    assert_eq!(loaded.kept, [own.date]);
    assert_eq!(desk.site.settings().await.version, before + 1);
    let again = holidays::load(desk.db(), desk.site.id, preset, &by, at(NOW)).await.unwrap();
    assert_eq!((again.added.len(), again.kept.len()), (0, 2));
    assert_eq!(desk.site.settings().await.version, before + 1);
    assert_eq!(audits(&desk).await.len(), 2);
    let taken = holidays::create(
        desk.db(),
        desk.site.id,
        holiday("2026-10-29", "X", DayException::Closed),
        &by,
        at(NOW),
    )
    .await;
    assert!(matches!(taken, Err(holidays::Refused::Taken)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_has_so_many_exceptions_and_no_more() {
    let desk = Desk::new().await;
    let days = |count: usize| {
        let first: chrono::NaiveDate = "2026-01-01".parse().unwrap();
        let day = |number: usize| NewHoliday {
            date: first + chrono::Days::new(number as u64),
            name: "Tatil".into(),
            exception: DayException::Closed,
        };
        (0..count).map(day).collect::<Vec<_>>()
    };
    let by = By::default();
    let load = |new| holidays::load(desk.db(), desk.site.id, new, &by, at(NOW));
    assert!(matches!(load(days(HOLIDAYS_MAX + 1)).await, Err(holidays::Refused::TooMany)));
    assert_eq!(load(days(HOLIDAYS_MAX)).await.unwrap().added.len(), HOLIDAYS_MAX);
    let one_more =
        change(&desk, Changes { holidays: Some(days(HOLIDAYS_MAX + 1)), ..Changes::default() }).await;
    assert!(matches!(one_more, Err(Refused::TooManyHolidays)));
}

#[tokio::test(flavor = "multi_thread")]
async fn holidays_are_listed_by_date_in_pages_and_deleted_by_their_own_site() {
    let desk = Desk::new().await;
    let new =
        ["2026-10-29", "2026-04-23", "2027-01-01"].map(|date| holiday(date, date, DayException::Closed));
    holidays::load(desk.db(), desk.site.id, new.to_vec(), &By::default(), at(NOW)).await.unwrap();
    let scope = Scope::Site(desk.site.id);
    let (page, total) = holidays::list(desk.db(), scope, Range::default(), (2, 1)).await.unwrap();
    assert_eq!(
        (page.iter().map(|day| day.name.as_str()).collect::<Vec<_>>(), total),
        (vec!["2026-10-29", "2027-01-01"], 3)
    );
    let range = Range { from: "2026-05-01".parse().ok(), to: "2026-12-31".parse().ok() };
    let (page, _) = holidays::list(desk.db(), scope, range, (50, 0)).await.unwrap();
    assert_eq!(page.iter().map(|day| day.name.as_str()).collect::<Vec<_>>(), ["2026-10-29"]);
    let foreign = holidays::delete(desk.db(), desk.other.id, page[0].id, &By::default(), at(NOW)).await;
    assert!(matches!(foreign, Err(holidays::Refused::NotFound)));
    holidays::delete(desk.db(), desk.site.id, page[0].id, &By::default(), at(NOW)).await.unwrap();
    let (_, total) = holidays::list(desk.db(), scope, Range::default(), (50, 0)).await.unwrap();
    assert_eq!(total, 2);
    let last = audits(&desk).await.pop().unwrap();
    assert_eq!(last["changes"]["holidays"]["old"][0]["name"], "2026-10-29");
    assert_eq!((&last["target_type"], &last["action"]), (&json!("holiday"), &json!("SETTINGS_UPDATE")));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_change_at_once_take_turns() {
    let desk = Desk::new().await;
    let calls = (1..=5).map(|hour| {
        change(&desk, Changes { days: Some(vec![working(1, hour * 60, 1080)]), ..Changes::default() })
    });
    for answer in futures::future::join_all(calls).await {
        answer.unwrap();
    }
    assert_eq!(desk.site.settings().await.calendar.week()[1].intervals().len(), 1);
    assert_eq!(audits(&desk).await.len(), 5);
}
