//! Business hours: read, changed, recorded, and in force at once.

use crate::client::Answer;
use crate::desk::Desk;
use crate::people::Person;
use chrono::{TimeDelta, Timelike, Utc};
use serde_json::{Value, json};

const PATH: &str = "/api/settings/business-hours";

async fn put(desk: &Desk, person: &Person, body: Value) -> Answer {
    desk.call("PUT", PATH).by(person).json(&body).send().await
}

fn working(day: u8, start: &str, end: &str) -> Value {
    json!({ "day_of_week": day, "start_time": start, "end_time": end })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_site_works_from_nine_to_six_and_every_agent_sees_it() {
    let desk = Desk::new().await;
    let agent = desk.person("agent").await;
    let seen = desk.get(PATH).by(&agent).send().await.json();
    assert_eq!((&seen["timezone"], &seen["holidays"]), (&json!("Europe/Istanbul"), &json!([])));
    assert_eq!(seen["slaHours"], json!({ "low": 24, "normal": 8, "high": 4, "urgent": 1 }));
    assert_eq!(seen["pauseStatuses"], json!([]));
    let day = |day: u8, works: bool| {
        let (start, end) = (works.then_some("09:00"), works.then_some("18:00"));
        let intervals: Vec<Value> = works.then(|| json!(["09:00", "18:00"])).into_iter().collect();
        json!({
            "day_of_week": day, "is_working_day": works, "start_time": start, "end_time": end,
            "break_start": null, "break_end": null, "intervals": intervals,
        })
    };
    let week: Vec<Value> = (0..7).map(|number| day(number, (1..=5).contains(&number))).collect();
    assert_eq!(seen["days"], json!(week));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_changes_the_contracts_rows_and_the_change_is_recorded() {
    let desk = Desk::new().await;
    let admin = desk.person("admin").await;
    let others =
        desk.db.ask(&format!("select settings_version from sites where id = '{}'", desk.other.id)).await;
    let body = json!({
        "timezone": "Europe/Berlin",
        "days": [
            { "day_of_week": 1, "is_working_day": true, "start_time": "09:00", "end_time": "18:00", "break_start": "12:00", "break_end": "13:00" },
            { "day_of_week": 0, "is_working_day": false },
            { "day_of_week": 6, "start_time": "10:00", "end_time": "24:00" },
            { "day_of_week": 3, "intervals": [["14:00", "17:00"], ["08:00", "10:00"], ["11:00", "12:30"]] },
        ],
        "slaHours": { "high": 1.5 },
        "pauseStatuses": ["waiting_reply"],
        "holidays": [{ "date": "2026-10-29", "name": "Cumhuriyet Bayramı" }],
    });
    let changed = put(&desk, &admin, body).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    let seen = changed.json();
    assert_eq!(desk.get(PATH).by(&admin).send().await.json(), seen);
    let short = |day: &Value| {
        let fields = ["start_time", "end_time", "break_start", "break_end"]
            .map(|field| day[field].as_str().unwrap_or("-").to_owned());
        fields.join(" ")
    };
    let days: Vec<String> = seen["days"].as_array().unwrap().iter().map(short).collect();
    let closed = "- - - -";
    assert_eq!(
        days,
        [
            closed,
            "09:00 18:00 12:00 13:00",
            closed,
            "08:00 17:00 10:00 11:00",
            closed,
            closed,
            "10:00 24:00 - -"
        ]
    );
    assert_eq!(
        seen["days"][3]["intervals"],
        json!([["08:00", "10:00"], ["11:00", "12:30"], ["14:00", "17:00"]])
    );
    assert_eq!(seen["slaHours"], json!({ "low": 24, "normal": 8, "high": 1.5, "urgent": 1 }));
    let audit = desk.db.ask("select action, actor_id, changes from audit_logs").await;
    assert_eq!(audit.as_array().unwrap().len(), 1);
    assert_eq!((&audit[0]["action"], &audit[0]["actor_id"]), (&json!("SETTINGS_UPDATE"), &json!(admin.id)));
    assert_eq!(audit[0]["changes"]["timezone"], json!({ "old": "Europe/Istanbul", "new": "Europe/Berlin" }));
    assert_eq!(audit[0]["changes"]["pause_statuses"], json!({ "old": [], "new": ["waiting_reply"] }));
    let still =
        desk.db.ask(&format!("select settings_version from sites where id = '{}'", desk.other.id)).await;
    assert_eq!(still, others);
}

/// What a settings page does: read, edit one field, send all of it back.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_read_can_be_edited_and_sent_back() {
    let desk = Desk::new().await;
    let admin = desk.person("admin").await;
    let mut page = desk.get(PATH).by(&admin).send().await.json();
    page["days"][1]["start_time"] = json!("08:30");
    page["days"][6]["is_working_day"] = json!(true);
    page["days"][6]["start_time"] = json!("10:00");
    page["days"][6]["end_time"] = json!("14:00");
    page["days"][5]["is_working_day"] = json!(false);
    page["days"][2]["intervals"] = json!([["09:00", "12:00"], ["13:00", "18:00"]]);
    let saved = put(&desk, &admin, page).await;
    assert_eq!(saved.status, 200, "{}", saved.body);
    let intervals = |day: usize| saved.json()["days"][day]["intervals"].clone();
    assert_eq!(intervals(1), json!([["08:30", "18:00"]]));
    assert_eq!(intervals(2), json!([["09:00", "12:00"], ["13:00", "18:00"]]));
    assert_eq!((intervals(5), intervals(6)), (json!([]), json!([["10:00", "14:00"]])));
    let again = put(&desk, &admin, saved.json()).await;
    assert_eq!((again.status.as_u16(), again.json()), (200, saved.json()));
    assert_eq!(desk.db.count("select count(*) from audit_logs").await, 1, "nothing changed the second time");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_week_can_be_is_refused_with_its_field_and_changes_nothing() {
    let desk = Desk::new().await;
    let admin = desk.person("admin").await;
    let before = desk.get(PATH).by(&admin).send().await.json();
    let day = |change: Value| {
        let mut row = working(1, "09:00", "18:00");
        for (name, value) in change.as_object().unwrap() {
            row[name] = value.clone();
        }
        json!({ "timezone": "Europe/Berlin", "days": [row] })
    };
    let cases = [
        ("days.0", day(json!({ "end_time": "09:00" })), "Bitiş, başlangıçtan sonra olmalı."),
        (
            "days.0.end_time",
            day(json!({ "end_time": "24:01" })),
            "Saat SS:DD biçiminde olmalı (00:00–24:00).",
        ),
        (
            "days.0.start_time",
            day(json!({ "start_time": "9:00" })),
            "Saat SS:DD biçiminde olmalı (00:00–24:00).",
        ),
        ("days.0", day(json!({ "start_time": null })), "Çalışma gününün başlangıcı ve bitişi gerekli."),
        (
            "days.0",
            day(json!({ "break_start": "12:00" })),
            "Molanın başlangıcı ve bitişi birlikte verilmeli.",
        ),
        (
            "days.0",
            day(json!({ "break_start": "08:00", "break_end": "10:00" })),
            "Mola çalışma saatlerinin içinde olmalı.",
        ),
        (
            "days.0",
            day(
                json!({ "start_time": null, "end_time": null, "intervals": [["09:00", "12:00"], ["11:00", "13:00"]] }),
            ),
            "Aralıklar çakışmamalı.",
        ),
        (
            "days.0.intervals",
            day(json!({ "intervals": [["09:00", "x"]] })),
            "Saat SS:DD biçiminde olmalı (00:00–24:00).",
        ),
        (
            "days",
            json!({ "days": [working(1, "09:00", "10:00"), working(1, "11:00", "12:00")] }),
            "Gün 0–6 arasında ve bir kez olmalı.",
        ),
        ("days[0].day_of_week", json!({ "days": [working(7, "09:00", "10:00")] }), "En fazla 6 olabilir."),
        ("timezone", json!({ "timezone": "Mars/Base" }), "Bilinmeyen saat dilimi."),
        ("pauseStatuses", json!({ "pauseStatuses": ["open"] }), "Süre bu durumda durdurulamaz."),
        (
            "slaHours.urgent",
            json!({ "slaHours": { "urgent": 0 } }),
            "Süre tam dakika olmalı, 1 dakika ile 366 gün arasında.",
        ),
        (
            "slaHours.low",
            json!({ "slaHours": { "low": -1 } }),
            "Süre tam dakika olmalı, 1 dakika ile 366 gün arasında.",
        ),
        (
            "slaHours.low",
            json!({ "slaHours": { "low": 0.001 } }),
            "Süre tam dakika olmalı, 1 dakika ile 366 gün arasında.",
        ),
        (
            "slaHours.high",
            json!({ "slaHours": { "high": 9000 } }),
            "Süre tam dakika olmalı, 1 dakika ile 366 gün arasında.",
        ),
        (
            "holidays.1.date",
            json!({ "holidays": [{ "date": "2026-01-01", "name": "A" }, { "date": "2026-01-01", "name": "B" }] }),
            "Bu tarih listede iki kez var.",
        ),
        (
            "holidays.0.date",
            json!({ "holidays": [{ "date": "2026-02-29", "name": "A" }] }),
            "Tarih YYYY-AA-GG biçiminde olmalı.",
        ),
    ];
    for (field, body, sentence) in cases {
        let answer = put(&desk, &admin, body.clone()).await;
        assert_eq!(answer.status, 400, "{body}: {}", answer.body);
        assert_eq!(answer.json()["errors"][field][0], sentence, "{body}: {}", answer.body);
    }
    for body in
        [json!({ "days": 5 }), json!({ "days": [5] }), json!({ "slaHours": "x" }), json!({ "days": [{}] })]
    {
        assert_eq!(put(&desk, &admin, body).await.status, 400);
    }
    assert_eq!(desk.get(PATH).by(&admin).send().await.json(), before);
    assert_eq!(desk.db.count("select count(*) from audit_logs").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn agents_read_admins_write_and_nobody_else_does_either() {
    let desk = Desk::new().await;
    let (agent, customer) = (desk.person("agent").await, desk.person("customer").await);
    let above = desk.person_of(None, "superadmin").await;
    assert_eq!(put(&desk, &agent, json!({})).await.status, 403);
    assert_eq!(desk.get(PATH).by(&customer).send().await.status, 403);
    assert_eq!(desk.get(PATH).send().await.status, 401);
    assert_eq!(desk.get(PATH).by(&above).send().await.status, 400, "which site?");
    let named = desk.get(PATH).by(&above).header("x-site-id", &desk.other.id.to_string()).send().await;
    assert_eq!(named.status, 200);
}

/// Due dates that stand stay (A9-07); the next ticket has the new ones, on this edge and on any other.
#[tokio::test(flavor = "multi_thread")]
async fn new_hours_hold_for_the_next_ticket_and_leave_the_last_one_alone() {
    let desk = Desk::new().await;
    let admin = desk.person("admin").await;
    let due = || async {
        let answer = desk.form_with("subject", Some("Sipariş Sorunu")).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        let rows = desk.db.ask("select extract(epoch from sla_due_date - created_at)::int as seconds from tickets order by ticket_number").await;
        rows.as_array().unwrap().iter().map(|row| row["seconds"].as_i64()).collect::<Vec<_>>()
    };
    let first = due().await[0];
    let always: Vec<Value> = (0..7).map(|day| working(day, "00:00", "24:00")).collect();
    let changed = put(&desk, &admin, json!({ "days": always, "slaHours": { "normal": 0.5 } })).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    // Created between two seconds; the due date is a whole one.
    let both = due().await;
    assert!((1799..=1800).contains(&both[1].unwrap()), "{both:?}");
    assert_eq!(both[0], first);
    let never = put(&desk, &admin, json!({ "days": [] })).await;
    assert_eq!(never.status, 200);
    assert_eq!(due().await[2], None, "A9-20");
}

/// Hours by which a zone is ahead in which it is about noon: no minute of a test falls on a boundary.
fn ahead() -> i64 {
    12 - i64::from(Utc::now().hour())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_widget_is_told_whether_anyone_is_in() {
    let desk = Desk::new().await;
    let admin = desk.person("admin").await;
    let check = || async {
        let answer =
            desk.get(&format!("{PATH}/check")).header("x-site-id", &desk.site.id.to_string()).send().await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()
    };
    let with = |hours: Value, holidays: Value| {
        let days: Vec<Value> = (0..7).map(|day| json!({ "day_of_week": day, "intervals": hours })).collect();
        json!({ "timezone": format!("Etc/GMT{:+}", -ahead()), "days": days, "holidays": holidays })
    };
    let set = |body: Value| async {
        let answer = put(&desk, &admin, body).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    };
    set(with(json!([["00:00", "24:00"]]), json!([]))).await;
    let open = check().await;
    assert_eq!(
        (&open["isOpen"], &open["currentStatus"], &open["reason"]),
        (&json!(true), &json!("open"), &json!(null))
    );
    assert_eq!(
        (&open["nextOpenTime"], &open["hoursUntilOpen"], &open["breakEnd"]),
        (&json!(null), &json!(null), &json!(null))
    );
    assert_eq!(open["businessHours"]["monday"], "00:00-24:00");
    assert_eq!((&open["emergency"], open.get("holidayName")), (&json!(null), None));
    set(with(json!([["00:00", "10:00"], ["14:00", "24:00"]]), json!([]))).await;
    let pause = check().await;
    assert_eq!(
        (&pause["isOpen"], &pause["currentStatus"], &pause["reason"]),
        (&json!(true), &json!("break"), &json!("break"))
    );
    assert!(pause["breakEnd"].as_str().unwrap().ends_with("00:00Z"), "{pause}");
    set(with(json!([["16:00", "18:00"]]), json!([]))).await;
    let closed = check().await;
    assert_eq!(
        (&closed["currentStatus"], &closed["reason"]),
        (&json!("closed"), &json!("outside_business_hours"))
    );
    assert!((3.0..=4.0).contains(&closed["hoursUntilOpen"].as_f64().unwrap()), "{closed}");
    let today = (Utc::now() + TimeDelta::hours(ahead())).date_naive();
    let holiday = json!([{ "date": today.to_string(), "name": "Kuruluş yıl dönümü" }]);
    set(with(json!([["00:00", "24:00"]]), holiday)).await;
    let holiday = check().await;
    assert_eq!(
        (&holiday["reason"], &holiday["holidayName"]),
        (&json!("holiday"), &json!("Kuruluş yıl dönümü"))
    );
    assert!((11.0..=12.0).contains(&holiday["hoursUntilOpen"].as_f64().unwrap()), "{holiday}");
}

#[tokio::test(flavor = "multi_thread")]
async fn hours_changed_by_another_edge_are_told_at_once() {
    let desk = Desk::new().await;
    let key = desk.site.key.clone();
    let check = || async { desk.get(&format!("{PATH}/check")).header("x-api-key", &key).send().await.json() };
    assert_eq!(check().await["businessHours"]["monday"], "09:00-18:00");
    desk.db.run("update business_hours set end_minute = 1020").await;
    assert_eq!(check().await["businessHours"]["monday"], "09:00-17:00");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_check_knows_its_site_by_id_by_key_or_as_the_default_and_no_other() {
    let desk = Desk::new().await;
    let agent = desk.person_of(Some(desk.other.id), "agent").await;
    desk.db.run(&format!("update sites set timezone = 'Asia/Tokyo' where id = '{}'", desk.other.id)).await;
    let check = || desk.get(&format!("{PATH}/check"));
    let zone = |answer: &Answer| answer.json()["timezone"].as_str().map(str::to_owned);
    assert_eq!(zone(&check().send().await).as_deref(), Some("Europe/Istanbul"));
    let other = [
        check().header("x-site-id", &desk.other.id.to_string()).send().await,
        check().header("x-api-key", &desk.other.key).send().await,
        check().by(&agent).send().await,
    ];
    for answer in other {
        assert_eq!(zone(&answer).as_deref(), Some("Asia/Tokyo"));
    }
    for unknown in ["11111111-1111-4111-8111-111111111111", "no-id"] {
        let answer = check().header("x-site-id", unknown).send().await;
        assert_eq!(answer.seen(), r#"404 {"error":"Site bulunamadı"}"#);
    }
    assert_eq!(check().header("x-api-key", "wk_none").send().await.status, 401);
}
