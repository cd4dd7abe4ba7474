//! What hours come to, asked before anybody depends on them.

use crate::client::Answer;
use crate::desk::Desk;
use crate::people::Person;
use serde_json::{Value, json};

async fn ask(desk: &Desk, person: &Person, body: Value) -> Answer {
    desk.call("POST", "/api/settings/business-hours/preview").by(person).json(&body).send().await
}

/// A9-V1, V3, V22 and V33 on the hours of a new site, which have no break.
#[tokio::test(flavor = "multi_thread")]
async fn the_sites_own_hours_say_when_a_ticket_would_be_due() {
    let desk = Desk::new().await;
    let agent = desk.person("agent").await;
    for (start, minutes, due) in [
        ("2026-01-09T17:55", 60, "2026-01-12T06:55:00Z"),
        ("2026-01-11T22:30:00+03:00", 480, "2026-01-12T14:00:00Z"),
        ("2026-01-09T13:10:00Z", 1440, "2026-01-14T10:10:00Z"),
        ("2026-12-31 17:00", 240, "2027-01-01T09:00:00Z"),
        ("2026-01-12T18:00", 0, "2026-01-13T06:00:00Z"),
    ] {
        let answer = ask(&desk, &agent, json!({ "start": start, "minutes": minutes })).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(answer.json()["deadline"], due, "{start}");
    }
    let promised =
        ask(&desk, &agent, json!({ "start": "2026-01-09T17:55", "priority": "urgent" })).await.json();
    assert_eq!(
        (&promised["deadline"], &promised["open_at_start"]),
        (&json!("2026-01-12T06:55:00Z"), &json!(true))
    );
    let measured = json!({ "start": "2026-01-09T17:00", "span_end": "2026-01-12T10:00" });
    let measured = ask(&desk, &agent, measured).await.json();
    assert_eq!((&measured["business_seconds_in_span"], &measured["deadline"]), (&json!(7200), &json!(null)));
    assert_eq!(measured["start"], "2026-01-09T14:00:00Z");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_that_is_only_considered_is_asked_the_same_and_changes_nothing() {
    let desk = Desk::new().await;
    let agent = desk.person("agent").await;
    let day = json!([["09:00", "12:00"], ["13:00", "18:00"]]);
    let schedule = json!({
        "tz": "Europe/Berlin",
        "hours": { "mon": day, "fri": day, "sun": [["01:00", "05:00"]] },
        "holidays": ["2026-03-27"],
    });
    let asked = |start: &str| {
        let question = json!({ "schedule": schedule, "start": start, "minutes": 240 });
        async { ask(&desk, &agent, question).await.json() }
    };
    // A9-V40: the Sunday's period has three hours, the fourth is Monday's.
    let dst = asked("2026-03-29T00:00:00+01:00").await;
    assert_eq!(dst["deadline"], "2026-03-30T08:00:00Z");
    assert_eq!((&dst["open_at_start"], &dst["state_at_start"]), (&json!(false), &json!("closed")));
    assert_eq!(asked("2026-03-30T12:30").await["state_at_start"], "break");
    assert_eq!(asked("2026-03-27T12:30").await["state_at_start"], "holiday");
    assert_eq!(asked("2026-03-30T11:00").await["state_at_start"], "open");
    let hours = desk.get("/api/settings/business-hours").by(&agent).send().await.json();
    assert_eq!(hours["timezone"], "Europe/Istanbul");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_makes_no_sense_is_refused_with_its_field() {
    let desk = Desk::new().await;
    let (agent, customer) = (desk.person("agent").await, desk.person("customer").await);
    let cases = [
        ("start", json!({ "start": "tomorrow" })),
        ("start", json!({ "start": "9999-01-01T00:00Z" })),
        ("span_end", json!({ "start": "2026-01-09T17:55", "span_end": "2026-02-30T10:00" })),
        ("minutes", json!({ "minutes": -1 })),
        ("minutes", json!({ "minutes": 527_041 })),
        ("priority", json!({ "priority": "huge" })),
        ("schedule", json!({ "schedule": { "tz": "Mars/Base", "hours": {} } })),
        ("schedule", json!({ "schedule": 5 })),
        ("schedule", json!({ "schedule": { "tz": "UTC", "hours": { "mon": [["10:00", "09:00"]] } } })),
    ];
    for (field, body) in cases {
        let answer = ask(&desk, &agent, body.clone()).await;
        assert_eq!(answer.status, 400, "{body}: {}", answer.body);
        assert!(answer.json()["errors"][field].is_array(), "{body}: {}", answer.body);
    }
    assert_eq!(ask(&desk, &customer, json!({})).await.status, 403);
    let now = ask(&desk, &agent, json!({ "minutes": 1 })).await;
    assert_eq!(now.status, 200, "{}", now.body);
}
