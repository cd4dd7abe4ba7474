//! Holidays: one by one, a country's, and out of a calendar file.

use crate::client::{Answer, Part};
use crate::desk::Desk;
use crate::people::Person;
use serde_json::{Value, json};

const PATH: &str = "/api/settings/holidays";

async fn post(desk: &Desk, person: &Person, path: &str, body: Value) -> Answer {
    desk.call("POST", &format!("{PATH}{path}")).by(person).json(&body).send().await
}

async fn names(desk: &Desk, person: &Person, query: &str) -> Vec<String> {
    let list = desk.get(&format!("{PATH}?limit=100{query}")).by(person).send().await.json();
    let name = |row: &Value| format!("{} {}", row["date"].as_str().unwrap(), row["name"].as_str().unwrap());
    list["data"].as_array().unwrap().iter().map(name).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_holiday_is_made_listed_and_deleted_and_each_is_recorded() {
    let desk = Desk::new().await;
    let (admin, agent) = (desk.person("admin").await, desk.person("agent").await);
    let made = post(&desk, &admin, "", json!({ "date": "2026-10-29", "name": " Cumhuriyet Bayramı " })).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let row = made.json();
    assert_eq!(
        (&row["name"], &row["is_working"], &row["open_until"]),
        (&json!("Cumhuriyet Bayramı"), &json!(false), &json!(null))
    );
    let half =
        post(&desk, &admin, "", json!({ "date": "2026-10-28", "name": "Arife", "open_until": "13:00" }))
            .await;
    assert_eq!((&half.json()["is_working"], &half.json()["open_until"]), (&json!(true), &json!("13:00")));
    let extra = json!({ "date": "2026-11-01", "name": "Sayım", "is_working": true, "intervals": [["10:00", "14:00"]] });
    assert_eq!(post(&desk, &admin, "", extra).await.json()["intervals"], json!([["10:00", "14:00"]]));
    let normal = json!({ "date": "2026-11-10", "name": "Anma", "is_working": true });
    assert_eq!(post(&desk, &admin, "", normal).await.status, 201);
    let twice = post(&desk, &admin, "", json!({ "date": "2026-10-29", "name": "Yine" })).await;
    assert_eq!(twice.seen(), r#"409 {"error":"Bu tarihte bir tatil var"}"#);
    assert_eq!(
        names(&desk, &agent, "").await,
        ["2026-10-28 Arife", "2026-10-29 Cumhuriyet Bayramı", "2026-11-01 Sayım", "2026-11-10 Anma"]
    );
    assert_eq!(names(&desk, &agent, "&from=2026-10-29&to=2026-11-01").await.len(), 2);
    let path = format!("{PATH}/{}", row["id"].as_str().unwrap());
    assert_eq!(desk.call("DELETE", &path).by(&agent).send().await.status, 403);
    assert_eq!(desk.call("DELETE", &path).by(&admin).send().await.status, 204);
    assert_eq!(desk.call("DELETE", &path).by(&admin).send().await.status, 404);
    let audit = desk.db.ask("select action, changes from audit_logs order by created_at, id").await;
    assert_eq!(audit.as_array().unwrap().len(), 5);
    assert_eq!(audit[4]["changes"]["holidays"]["old"][0]["name"], "Cumhuriyet Bayramı");
    assert!(audit.as_array().unwrap().iter().all(|row| row["action"] == "SETTINGS_UPDATE"));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_sites_holiday_does_not_exist() {
    let desk = Desk::new().await;
    let (admin, stranger) = (desk.person("admin").await, desk.person_of(Some(desk.other.id), "admin").await);
    let above = desk.person_of(None, "superadmin").await;
    let made = post(&desk, &admin, "", json!({ "date": "2026-10-29", "name": "Bayram" })).await.json();
    let path = format!("{PATH}/{}", made["id"].as_str().unwrap());
    assert_eq!(desk.call("DELETE", &path).by(&stranger).send().await.status, 404);
    assert!(names(&desk, &stranger, "").await.is_empty());
    assert_eq!(
        post(&desk, &stranger, "", json!({ "date": "2026-10-29", "name": "Bizim" })).await.status,
        201
    );
    assert_eq!(names(&desk, &above, "").await.len(), 2);
    assert_eq!(desk.call("DELETE", &path).by(&above).send().await.status, 204);
    assert_eq!(names(&desk, &stranger, "").await, ["2026-10-29 Bizim"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_holiday_is_refused_with_its_field() {
    let desk = Desk::new().await;
    let admin = desk.person("admin").await;
    let with = |change: Value| {
        let mut body = json!({ "date": "2026-10-29", "name": "Bayram" });
        for (name, value) in change.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    };
    let cases = [
        ("date", json!({ "date": "29.10.2026" })),
        ("date", json!({ "date": "2026-02-30" })),
        ("date", json!({ "date": "1969-12-31" })),
        ("date", json!({ "date": 5 })),
        ("name", json!({ "name": " " })),
        ("name", json!({ "name": "x".repeat(201) })),
        ("open_until", json!({ "open_until": "13" })),
        ("open_until", json!({ "open_until": "00:00" })),
        ("open_until", json!({ "open_until": "13:00", "intervals": [["09:00", "10:00"]] })),
        ("intervals", json!({ "intervals": [["10:00", "09:00"]] })),
        ("intervals", json!({ "intervals": [["09:00", "11:00"], ["10:00", "12:00"]] })),
    ];
    for (field, change) in cases {
        let answer = post(&desk, &admin, "", with(change.clone())).await;
        assert_eq!(answer.status, 400, "{change}: {}", answer.body);
        assert!(answer.json()["errors"][field].is_array(), "{change}: {}", answer.body);
    }
    assert!(names(&desk, &admin, "").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn turkeys_holidays_are_loaded_without_touching_the_sites_own() {
    let desk = Desk::new().await;
    let admin = desk.person("admin").await;
    post(&desk, &admin, "", json!({ "date": "2026-10-28", "name": "Envanter" })).await;
    let loaded = post(&desk, &admin, "/preset", json!({ "country": "TR", "years": [2026] })).await;
    assert_eq!(loaded.status, 200, "{}", loaded.body);
    let answer = loaded.json();
    assert_eq!((answer["added"].as_array().unwrap().len(), &answer["kept"]), (16, &json!(["2026-10-28"])));
    assert!(answer.get("expected").is_none());
    let seen = names(&desk, &admin, "&from=2026-05-26&to=2026-05-27").await;
    assert_eq!(seen, ["2026-05-26 Kurban Bayramı arifesi", "2026-05-27 Kurban Bayramı 1. gün"]);
    assert_eq!(names(&desk, &admin, "&from=2026-10-28&to=2026-10-28").await, ["2026-10-28 Envanter"]);
    let again =
        post(&desk, &admin, "/preset", json!({ "country": "tr", "years": [2026, 2026] })).await.json();
    assert_eq!((again["added"].as_array().unwrap().len(), again["kept"].as_array().unwrap().len()), (0, 17));
    let all = post(
        &desk,
        &admin,
        "/preset",
        json!({ "country": "TR", "years": (2020..=2035).collect::<Vec<_>>() }),
    )
    .await;
    assert_eq!(all.json()["expected"], json!((2028..=2035).collect::<Vec<_>>()));
    assert_eq!(desk.db.count("select count(*) from audit_logs where action = 'SETTINGS_UPDATE'").await, 3);
    for (field, body) in [
        ("country", json!({ "country": "DE", "years": [2026] })),
        ("years.1", json!({ "country": "TR", "years": [2026, 2036] })),
        ("years", json!({ "country": "TR", "years": [] })),
        ("years", json!({ "country": "TR" })),
    ] {
        let answer = post(&desk, &admin, "/preset", body).await;
        assert_eq!(answer.status, 400, "{}", answer.body);
        assert!(answer.json()["errors"][field].is_array(), "{}", answer.body);
    }
    let agent = desk.person("agent").await;
    assert_eq!(post(&desk, &agent, "/preset", json!({ "country": "TR", "years": [2026] })).await.status, 403);
}

/// The 2026 half day before Kurban is a Tuesday, the one before Ramazan a Thursday; in 2020 one was a Saturday.
#[tokio::test(flavor = "multi_thread")]
async fn half_days_of_the_preset_end_the_weekdays_own_hours() {
    let desk = Desk::new().await;
    let admin = desk.person("admin").await;
    post(&desk, &admin, "/preset", json!({ "country": "TR", "years": [2020, 2026] })).await;
    let worked = |from: &'static str, to: &'static str| {
        let body = json!({ "start": from, "span_end": to });
        let call = desk.call("POST", "/api/settings/business-hours/preview").by(&admin).json(&body);
        async move { call.send().await.json()["business_seconds_in_span"].as_i64().unwrap() / 3600 }
    };
    assert_eq!(worked("2026-05-26T00:00", "2026-05-27T00:00").await, 4);
    assert_eq!(worked("2026-05-27T00:00", "2026-05-31T00:00").await, 0);
    assert_eq!(worked("2020-05-23T00:00", "2020-05-24T00:00").await, 0);
}

const FILE: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n\
    BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20260102\r\nDTEND;VALUE=DATE:20260104\r\nSUMMARY:Kış\r\n  tatili\r\nEND:VEVENT\r\n\
    BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20200423\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:23 Nisan\r\nEND:VEVENT\r\n\
    BEGIN:VEVENT\r\nDTSTART:20260105T090000Z\r\nSUMMARY:Toplantı\r\nEND:VEVENT\r\n\
    END:VCALENDAR\r\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_calendar_file_becomes_holidays_as_a_body_or_as_a_form() {
    let desk = Desk::new().await;
    let (admin, stranger) = (desk.person("admin").await, desk.person_of(Some(desk.other.id), "admin").await);
    let path = format!("{PATH}/import?from=2026-01-01&to=2027-12-31");
    let body = desk.call("POST", &path).by(&admin).body("text/calendar; charset=utf-8", FILE).send().await;
    assert_eq!(body.status, 200, "{}", body.body);
    assert_eq!(body.json()["skipped"], json!([{ "name": "Toplantı", "reason": "Tam gün değil" }]));
    let expected =
        ["2026-01-02 Kış tatili", "2026-01-03 Kış tatili", "2026-04-23 23 Nisan", "2027-04-23 23 Nisan"];
    assert_eq!(names(&desk, &admin, "").await, expected);
    let file = Part::File {
        name: "file",
        file_name: "tatil.ics",
        media_type: "text/calendar",
        bytes: FILE.as_bytes(),
    };
    let form = desk.call("POST", &path).by(&stranger).multipart(&[file]).send().await;
    assert_eq!(
        (form.status.as_u16(), form.json()["added"].as_array().map(Vec::len)),
        (200, Some(4)),
        "{}",
        form.body
    );
    assert_eq!(names(&desk, &stranger, "").await, expected);
    assert_eq!(desk.stored_files(), Vec::<String>::new());
    let again = desk.call("POST", &path).by(&admin).body("text/calendar", FILE).send().await.json();
    assert_eq!(
        (again["added"].as_array().map(Vec::len), again["kept"].as_array().map(Vec::len)),
        (Some(0), Some(4))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_none_or_too_large_is_refused_and_leaves_nothing() {
    let desk = Desk::new().await;
    let admin = desk.person("admin").await;
    let send = |media_type: &'static str, body: Vec<u8>| {
        desk.call("POST", &format!("{PATH}/import")).by(&admin).body(media_type, body).send()
    };
    for bad in [
        &b"hello"[..],
        b"",
        b"BEGIN:VCALENDAR\r\n",
        b"\xff\xfe",
        "BEGIN:VEVENT\r\n".repeat(70_000).as_bytes(),
    ] {
        let answer = send("text/calendar", bad.to_vec()).await;
        assert_eq!(answer.seen(), r#"400 {"error":"Geçerli bir takvim dosyası değil"}"#);
    }
    assert_eq!(send("text/calendar", vec![b' '; (1 << 20) + 1]).await.status, 413);
    assert_eq!(send("text/plain", FILE.into()).await.status, 415);
    let large = vec![b' '; (1 << 20) + 1];
    let part = Part::File { name: "file", file_name: "x.ics", media_type: "text/calendar", bytes: &large };
    let form = desk.call("POST", &format!("{PATH}/import")).by(&admin).multipart(&[part]).send().await;
    assert_eq!(form.status, 413, "{}", form.body);
    let none = desk
        .call("POST", &format!("{PATH}/import"))
        .by(&admin)
        .multipart(&[Part::Text("x", "y")])
        .send()
        .await;
    assert!(none.status == 400 && none.json()["errors"]["file"].is_array(), "{}", none.body);
    let dates = desk
        .call("POST", &format!("{PATH}/import?from=x"))
        .by(&admin)
        .body("text/calendar", FILE)
        .send()
        .await;
    assert!(dates.status == 400 && dates.json()["errors"]["from"].is_array(), "{}", dates.body);
    assert!(names(&desk, &admin, "").await.is_empty());
    assert_eq!(desk.stored_files(), Vec::<String>::new());
}
