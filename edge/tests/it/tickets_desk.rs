//! One ticket at an agent's desk: reading, changing, giving and deleting it, and two agents at once.

use crate::desk::Desk;
use serde_json::{Value, json};
use uuid::Uuid;

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_is_read_with_all_its_fields_and_its_version() {
    let desk = Desk::new().await;
    let (agent, ticket) = (desk.person("agent").await, desk.ticket().await);
    let answer = desk.on("GET", ticket, "").by(&agent).send().await;
    let seen = answer.json();
    assert_eq!(answer.header("etag"), Some(format!("\"{}\"", seen["version"]).as_str()));
    for field in [
        "id",
        "site_id",
        "ticket_number",
        "reference",
        "subject",
        "message",
        "visitor_name",
        "visitor_email",
        "visitor_phone",
        "visitor_id",
        "status",
        "priority",
        "department_id",
        "category_id",
        "agent_id",
        "source",
        "custom_fields",
        "attachments",
        "form_submission_id",
        "sla_due_date",
        "sla_breach_notified",
        "sla_breached",
        "sla_breach_time",
        "created_at",
        "updated_at",
        "resolved_at",
        "closed_at",
        "notes",
        "tags",
        "replies",
        "participants",
        "links",
        "lock",
        "transitions",
    ] {
        assert!(seen.get(field).is_some(), "{field} is missing in {seen}");
    }
    assert_eq!(seen["transitions"], json!(["open", "pending", "closed"]));
    assert!(seen["created_at"].as_str().unwrap().ends_with('Z'));
    let stranger = desk.person_of(Some(desk.other.id), "agent").await;
    let unknown = desk.on("GET", Uuid::new_v4(), "").by(&agent).send().await;
    assert_eq!(unknown.seen(), r#"404 {"error":"Ticket bulunamadı"}"#);
    assert_eq!(desk.on("GET", ticket, "").by(&stranger).send().await.seen(), unknown.seen());
    assert_eq!(desk.get("/api/tickets/yok").by(&agent).send().await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_changes_what_it_names_and_is_audited_with_old_and_new() {
    let desk = Desk::new().await;
    let (agent, ticket) = (desk.person("agent").await, desk.ticket().await);
    let (department, foreign) = (Uuid::new_v4(), Uuid::new_v4());
    desk.db.run(&format!("insert into departments (id, site_id, name) values ('{department}', '{}', 'Satış'), ('{foreign}', '{}', 'Satış')",
        desk.site.id, desk.other.id)).await;
    let before = desk.others_rows().await;
    let change = json!({ "subject": " Yazıcı\nbozuk ", "department_id": department, "visitor_phone": "0555 123 45 67",
        "visitor_email": "YENI@ornek.test", "custom_fields": { "a": 1 }, "tags": ["iade", " acil ", "iade"], "notes": "Dikkat",
        "status": "closed", "ticket_number": 99, "site_id": desk.other.id, "agent_id": agent.id });
    let answer = desk.put(&agent, ticket, "", change).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let seen = answer.json();
    assert_eq!((&seen["subject"], &seen["department_name"]), (&json!("Yazıcı bozuk"), &json!("Satış")));
    assert_eq!(
        (&seen["visitor_email"], &seen["tags"]),
        (&json!("yeni@ornek.test"), &json!(["acil", "iade"]))
    );
    assert_eq!((&seen["custom_fields"], &seen["notes"]), (&json!({ "a": 1 }), &json!("Dikkat")));
    assert_eq!(
        (&seen["status"], &seen["ticket_number"], &seen["agent_id"]),
        (&json!("new"), &json!(1), &Value::Null)
    );
    let changes =
        desk.db.ask("select changes from audit_logs where action = 'UPDATE'").await[0]["changes"].clone();
    assert_eq!(changes["subject"], json!({ "old": "Yazıcı", "new": "Yazıcı bozuk" }));
    assert_eq!(changes["tags"], json!({ "old": [], "new": ["acil", "iade"] }));
    assert!(changes.get("visitor_name").is_none());
    let cleared = desk
        .put(
            &agent,
            ticket,
            "",
            json!({ "department_id": null, "visitor_email": null, "tags": [], "notes": null }),
        )
        .await;
    let seen = cleared.json();
    assert_eq!([&seen["department_id"], &seen["visitor_email"], &seen["notes"]], [&Value::Null; 3]);
    assert_eq!(
        desk.put(&agent, ticket, "", json!({ "department_id": foreign })).await.seen(),
        r#"404 {"error":"Departman bulunamadı"}"#
    );
    let version = desk.row(ticket).await["version"].clone();
    assert_eq!(desk.put(&agent, ticket, "", json!({})).await.status, 200);
    assert_eq!(desk.row(ticket).await["version"], version, "what changes nothing writes nothing");
    assert_eq!(desk.others_rows().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_breaks_a_rule_is_named_and_nothing_is_changed() {
    let desk = Desk::new().await;
    let (agent, ticket) = (desk.person("agent").await, desk.ticket().await);
    let row = desk.row(ticket).await;
    let long = "x".repeat(201);
    for (field, value) in [
        ("subject", json!(long)),
        ("subject", json!("  ")),
        ("subject", json!(7)),
        ("priority", json!("acil")),
        ("department_id", json!("7")),
        ("visitor_email", json!("a@b.")),
        ("visitor_phone", json!("12")),
        ("visitor_name", json!("")),
        ("tags", json!([""])),
        ("tags", json!(vec!["a"; 21])),
        ("custom_fields", json!([1])),
        ("custom_fields", json!({ "a": vec!["x".repeat(7_000); 10] })),
        ("notes", json!("x".repeat(10_001))),
        ("subject", json!("a\u{0}b")),
    ] {
        let answer = desk.put(&agent, ticket, "", json!({ field: value })).await;
        assert_eq!(answer.status, 400, "{field} {}", answer.body);
        let named = answer.json()["errors"].as_object().unwrap().keys().any(|name| name.starts_with(field));
        assert!(named, "{field}: {}", answer.body);
    }
    assert_eq!(desk.row(ticket).await, row);
}

#[tokio::test(flavor = "multi_thread")]
async fn a9_21_another_priority_is_another_due_date_from_the_creation_on() {
    let desk = Desk::new().await;
    let (agent, ticket) = (desk.person("agent").await, desk.ticket().await);
    // Friday 2026-01-09 17:55 in Istanbul (A9-08…11).
    desk.db
        .run(&format!(
            "update tickets set created_at = '2026-01-09T14:55:00Z', status = 'pending' where id = '{ticket}'"
        ))
        .await;
    for (priority, due) in [
        ("urgent", "2026-01-12T06:55:00Z"),
        ("high", "2026-01-12T09:55:00Z"),
        ("normal", "2026-01-12T13:55:00Z"),
        ("low", "2026-01-14T11:55:00Z"),
    ] {
        let answer = desk.put(&agent, ticket, "", json!({ "priority": priority })).await;
        assert_eq!(answer.json()["sla_due_date"], due, "{}", answer.body);
    }
    let watched = desk
        .db
        .count(&format!(
            "select count(*) from jobs where kind = 'sla.watch' and payload->>'ticket_id' = '{ticket}'"
        ))
        .await;
    assert!(watched >= 4, "each deadline is watched: {watched}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_agents_at_once_one_wins_and_the_other_learns_it() {
    let desk = Desk::new().await;
    let (one, two, ticket) = (desk.person("agent").await, desk.person("agent").await, desk.ticket().await);
    let tag = desk.on("GET", ticket, "").by(&one).send().await.header("etag").unwrap().to_owned();
    let calls = [(&one, "Bir"), (&two, "İki")].map(|(person, subject)| {
        desk.on("PUT", ticket, "")
            .by(person)
            .header("if-match", &tag)
            .json(&json!({ "subject": subject }))
            .send()
    });
    let answers = futures::future::join_all(calls).await;
    let mut seen: Vec<u16> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    seen.sort_unstable();
    assert_eq!(seen, [200, 412]);
    let (won, lost) =
        if answers[0].status == 200 { (&answers[0], &answers[1]) } else { (&answers[1], &answers[0]) };
    assert_eq!(lost.header("etag"), won.header("etag"), "the loser learns the version as it stands");
    assert_eq!(lost.json(), json!({ "error": "Kayıt bu sırada değişti" }));
    assert_eq!(desk.read(&one, ticket).await["subject"], won.json()["subject"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_knows_if_match() {
    let desk = Desk::new().await;
    let (agent, ticket) = (desk.person("agent").await, desk.ticket().await);
    let target = desk.ticket().await;
    let row = desk.row(ticket).await;
    for (method, path, body) in [
        ("PUT", "", json!({ "subject": "x" })),
        ("PUT", "/status", json!({ "status": "open" })),
        ("PUT", "/assign", json!({ "agent_id": agent.id })),
        ("PUT", "/position", json!({})),
        ("POST", "/merge", json!({ "into": target })),
        ("DELETE", "", json!({})),
    ] {
        let call = |tag: &str| desk.on(method, ticket, path).by(&agent).header("if-match", tag).json(&body);
        for tag in ["\"999\"", "W/\"1\"", "x"] {
            assert_eq!(call(tag).send().await.status, 412, "{method} {path} {tag}");
        }
    }
    assert_eq!(desk.row(ticket).await, row);
    let version = row["version"].to_string();
    for (body, tag) in [
        (json!({ "status": "open" }), format!("\"7\", \"{version}\"")),
        (json!({ "status": "pending" }), "*".to_owned()),
    ] {
        let answer =
            desk.on("PUT", ticket, "/status").by(&agent).header("if-match", &tag).json(&body).send().await;
        assert_eq!(answer.status, 200, "{tag} {}", answer.body);
        assert_ne!(answer.header("etag"), Some(format!("\"{version}\"").as_str()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a8_14_assigning_opens_a_new_ticket_and_tells_the_agent() {
    let desk = Desk::new().await;
    let (agent, admin, ticket) =
        (desk.person("agent").await, desk.person("admin").await, desk.ticket().await);
    let before = desk.others_rows().await;
    let answer = desk.put(&admin, ticket, "/assign", json!({ "agent_id": agent.id })).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let seen = answer.json();
    assert_eq!(
        (&seen["agent_id"], &seen["agent_name"], &seen["status"]),
        (&json!(agent.id), &json!("Deniz Ergün"), &json!("open"))
    );
    assert_eq!(desk.audited(ticket).await, ["CREATE", "TICKET_ASSIGN", "TICKET_STATUS_CHANGE"]);
    let notices = desk.db.ask("select user_id, type, text from notifications").await;
    assert_eq!(
        notices,
        json!([{ "user_id": agent.id, "type": "ticket_assigned", "text": "Size yeni bir ticket atandı: #1" }])
    );
    assert_eq!(desk.db.count(&format!("select open_tickets from users where id = '{}'", agent.id)).await, 1);
    desk.put(&admin, ticket, "/assign", json!({ "agent_id": agent.id })).await;
    assert_eq!(
        desk.db.count("select count(*) from notifications").await,
        1,
        "what he has is not given again"
    );
    let nobody = desk.put(&admin, ticket, "/assign", json!({ "agent_id": null })).await.json();
    assert_eq!((&nobody["agent_id"], &nobody["status"]), (&Value::Null, &json!("open")));
    assert_eq!(desk.db.count(&format!("select open_tickets from users where id = '{}'", agent.id)).await, 0);
    assert_eq!(desk.others_rows().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_goes_only_to_active_people_of_its_site() {
    let desk = Desk::new().await;
    let (agent, ticket) = (desk.person("agent").await, desk.ticket().await);
    let (customer, stranger) =
        (desk.person("customer").await, desk.person_of(Some(desk.other.id), "agent").await);
    let off = desk.person("agent").await;
    desk.db.run(&format!("update users set is_active = false where id = '{}'", off.id)).await;
    for nobody in [json!(Uuid::new_v4()), json!(customer.id), json!(stranger.id), json!(off.id)] {
        let answer = desk.put(&agent, ticket, "/assign", json!({ "agent_id": nobody })).await;
        assert_eq!(answer.seen(), r#"404 {"error":"Kullanıcı bulunamadı"}"#);
    }
    assert_eq!(desk.put(&agent, ticket, "/assign", json!({})).await.status, 400);
    assert_eq!(desk.audited(ticket).await, ["CREATE"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_ticket_is_gone_and_the_audit_log_keeps_that_it_was_there() {
    let desk = Desk::new().await;
    let (agent, ticket) = (desk.person("agent").await, desk.ticket().await);
    let stranger = desk.person_of(Some(desk.other.id), "agent").await;
    assert_eq!(desk.on("DELETE", ticket, "").by(&stranger).send().await.status, 404);
    assert_eq!(desk.on("DELETE", ticket, "").by(&agent).send().await.status, 204);
    assert_eq!(desk.on("DELETE", ticket, "").by(&agent).send().await.status, 404);
    assert_eq!(
        (desk.tickets().await, desk.audited(ticket).await),
        (0, vec!["CREATE".to_owned(), "DELETE".to_owned()])
    );
    assert!(desk.ticket().await != ticket);
    assert_eq!(
        desk.db.count("select max(ticket_number) from tickets").await,
        2,
        "numbers are not given twice"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a8_43_bulk_reports_what_it_did_and_each_refusal() {
    let desk = Desk::new().await;
    let agent = desk.person("agent").await;
    let (open, pending, closed) = (
        desk.ticket_at("status = 'open'").await,
        desk.ticket_at("status = 'pending'").await,
        desk.ticket_at("status = 'closed'").await,
    );
    let foreign = desk.foreign_ticket().await;
    let before = desk.others_rows().await;
    let bulk = |body: Value| desk.call("POST", "/api/tickets/bulk").by(&agent).json(&body).send();
    let answer = bulk(json!({ "ids": [open, pending, closed, foreign, open], "action": "resolve" })).await;
    let done = answer.json();
    assert_eq!(
        (answer.status.as_u16(), &done["message"], &done["updated"]),
        (200, &json!("2 ticket çözüldü olarak işaretlendi."), &json!(2))
    );
    let mut failed: Vec<(String, String)> = done["failed"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["id"].as_str().unwrap().to_owned(), row["error"].as_str().unwrap().to_owned()))
        .collect();
    failed.sort();
    let mut expected = vec![
        (closed.to_string(), "closed durumundan resolved'a geçiş yapılamaz".to_owned()),
        (foreign.to_string(), "Ticket bulunamadı".to_owned()),
    ];
    expected.sort();
    assert_eq!(failed, expected);
    for ticket in [open, pending] {
        assert!(desk.row(ticket).await["resolved_at"].is_string());
        assert_eq!(desk.audited(ticket).await, ["CREATE", "TICKET_STATUS_CHANGE"]);
        assert_eq!(desk.mailed(ticket).await, ["acknowledgement", "resolved"]);
    }
    let answer = bulk(json!({ "ids": [open, pending], "action": "close" })).await.json();
    assert_eq!(answer, json!({ "message": "2 ticket kapatıldı.", "updated": 2, "failed": [] }));
    for bad in [
        json!({ "ids": [], "action": "close" }),
        json!({ "ids": [open], "action": "sil" }),
        json!({ "ids": vec![open; 101], "action": "close" }),
        json!({}),
    ] {
        assert_eq!(bulk(bad).await.status, 400);
    }
    assert_eq!(desk.others_rows().await, before);
}
