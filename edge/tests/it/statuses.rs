//! Statuses and the steps between them, as admins keep them and agents meet them.

use crate::desk::Desk;
use crate::ticketing::STATUSES;
use serde_json::{Value, json};

const ALLOWED: [(&str, &str); 13] = [
    ("new", "open"),
    ("new", "pending"),
    ("new", "closed"),
    ("open", "waiting_reply"),
    ("open", "pending"),
    ("open", "resolved"),
    ("open", "closed"),
    ("waiting_reply", "open"),
    ("waiting_reply", "resolved"),
    ("pending", "open"),
    ("pending", "resolved"),
    ("resolved", "open"),
    ("resolved", "closed"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a8_17_thirteen_steps_are_allowed_and_a_forbidden_one_is_said_with_both_keys() {
    let desk = Desk::new().await;
    let agent = desk.person("agent").await;
    for from in STATUSES {
        for to in STATUSES {
            let ticket = desk.ticket_at(&format!("status = '{from}', resolved_at = now()")).await;
            let answer = desk.put(&agent, ticket, "/status", json!({ "status": to })).await;
            if ALLOWED.contains(&(from, to)) {
                assert_eq!(
                    (answer.status.as_u16(), &answer.json()["status"]),
                    (200, &json!(to)),
                    "{from} {to}"
                );
                let mails = desk.mailed(ticket).await;
                let told = matches!(to, "resolved" | "closed");
                assert_eq!(mails.len(), 1 + usize::from(told), "{from} {to}: {mails:?}");
            } else {
                let said = json!({ "error": format!("{from} durumundan {to}'a geçiş yapılamaz") });
                assert_eq!((answer.status.as_u16(), answer.json()), (409, said));
                assert_eq!(desk.row(ticket).await["status"], from);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_nobody_knows_is_no_status() {
    let desk = Desk::new().await;
    let (agent, ticket) = (desk.person("agent").await, desk.ticket().await);
    for word in ["çözüldü", "done", "New", "new "] {
        let answer = desk.put(&agent, ticket, "/status", json!({ "status": word })).await;
        assert_eq!(answer.seen(), r#"400 {"error":"Geçersiz durum"}"#, "{word}");
    }
    for bad in [json!({}), json!({ "status": "" }), json!({ "status": 5 })] {
        assert_eq!(desk.put(&agent, ticket, "/status", bad).await.status, 400);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_site_begins_with_six_statuses_and_thirteen_steps() {
    let desk = Desk::new().await;
    let agent = desk.person("agent").await;
    let list = desk.get("/api/statuses").by(&agent).send().await.json();
    let keys: Vec<&str> =
        list["data"].as_array().unwrap().iter().map(|row| row["key"].as_str().unwrap()).collect();
    assert_eq!((keys, list["total"].as_i64()), (STATUSES.to_vec(), Some(6)));
    let labels: Vec<&str> =
        list["data"].as_array().unwrap().iter().map(|row| row["label"].as_str().unwrap()).collect();
    assert_eq!(labels, ["Yeni", "Açık", "Yanıt Bekleniyor", "Beklemede", "Çözüldü", "Kapatıldı"]);
    let steps = desk.get("/api/status-transitions").by(&agent).send().await.json();
    let steps: Vec<(&str, &str)> = steps["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["from"].as_str().unwrap(), row["to"].as_str().unwrap()))
        .collect();
    assert_eq!(steps, ALLOWED);
}

async fn made(desk: &Desk, admin: &crate::people::Person, key: &str, kind: &str) -> Value {
    let draft = json!({ "key": key, "label": "Tedarikçide", "color": "#ff8800", "kind": kind });
    let answer = desk.call("POST", "/api/statuses").by(admin).json(&draft).send().await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.json()
}

async fn step(desk: &Desk, admin: &crate::people::Person, body: Value) -> Value {
    let answer = desk.call("POST", "/api/status-transitions").by(admin).json(&body).send().await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.json()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_of_the_sites_own_is_reached_by_steps_of_its_own_and_means_what_its_kind_means() {
    let desk = Desk::new().await;
    let (admin, agent) = (desk.person("admin").await, desk.person("agent").await);
    let before = desk.others_rows().await;
    let status = made(&desk, &admin, "done_by_supplier", "resolved").await;
    assert_eq!((&status["position"], &status["retired"]), (&json!(7), &json!(false)));
    let ticket = desk.ticket_at("status = 'open'").await;
    let refused = desk.put(&agent, ticket, "/status", json!({ "status": "done_by_supplier" })).await;
    assert_eq!(refused.status, 409);
    step(&desk, &admin, json!({ "from": "open", "to": "done_by_supplier" })).await;
    let answer = desk.put(&agent, ticket, "/status", json!({ "status": "done_by_supplier" })).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let ticket_now = answer.json();
    assert_eq!(
        (&ticket_now["status_kind"], &ticket_now["status_label"]),
        (&json!("resolved"), &json!("Tedarikçide"))
    );
    assert!(ticket_now["resolved_at"].is_string());
    assert_eq!(desk.mailed(ticket).await, ["acknowledgement", "resolved"]);
    let closes = desk
        .db
        .count(&format!(
            "select count(*) from jobs where kind = 'ticket.autoclose' and payload->>'ticket_id' = '{ticket}'"
        ))
        .await;
    assert_eq!(closes, 1, "silence of 48 hours closes it as well");
    assert_eq!(desk.others_rows().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_named_for_admins_is_not_for_agents() {
    let desk = Desk::new().await;
    let (admin, agent) = (desk.person("admin").await, desk.person("agent").await);
    step(&desk, &admin, json!({ "from": "closed", "to": "open", "roles": ["admin"] })).await;
    let ticket = desk.ticket_at("status = 'closed', closed_at = now()").await;
    let body = json!({ "status": "open" });
    assert_eq!(desk.put(&agent, ticket, "/status", body.clone()).await.status, 409);
    assert!(desk.read(&agent, ticket).await["transitions"].as_array().unwrap().is_empty());
    assert_eq!(desk.read(&admin, ticket).await["transitions"], json!(["open"]));
    let answer = desk.put(&admin, ticket, "/status", body).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["status"]), (200, &json!("open")));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_six_stay_and_a_status_in_use_is_retired_instead_of_deleted() {
    let desk = Desk::new().await;
    let (admin, agent) = (desk.person("admin").await, desk.person("agent").await);
    let list = desk.get("/api/statuses").by(&admin).send().await.json();
    for row in list["data"].as_array().unwrap() {
        let path = format!("/api/statuses/{}", row["id"].as_str().unwrap());
        assert_eq!(desk.call("DELETE", &path).by(&admin).send().await.status, 409, "{row}");
        let kind = if row["kind"] == "new" { "open" } else { "new" };
        for change in [json!({ "retired": true }), json!({ "kind": kind })] {
            assert_eq!(
                desk.call("PUT", &path).by(&admin).json(&change).send().await.status,
                409,
                "{row} {change}"
            );
        }
        let renamed = desk
            .call("PUT", &path)
            .by(&admin)
            .json(&json!({ "label": " Yeni ad ", "position": 3 }))
            .send()
            .await;
        assert_eq!((renamed.status.as_u16(), &renamed.json()["label"]), (200, &json!("Yeni ad")));
    }
    let status = made(&desk, &admin, "supplier", "waiting").await;
    step(&desk, &admin, json!({ "from": "open", "to": "supplier" })).await;
    let path = format!("/api/statuses/{}", status["id"].as_str().unwrap());
    let (ticket, other) = (desk.ticket_at("status = 'open'").await, desk.ticket_at("status = 'open'").await);
    assert_eq!(desk.put(&agent, ticket, "/status", json!({ "status": "supplier" })).await.status, 200);
    assert_eq!(desk.call("DELETE", &path).by(&admin).send().await.status, 409);
    assert_eq!(desk.call("PUT", &path).by(&admin).json(&json!({ "kind": "open" })).send().await.status, 409);
    let retired = desk.call("PUT", &path).by(&admin).json(&json!({ "retired": true })).send().await;
    assert_eq!((retired.status.as_u16(), &retired.json()["retired"]), (200, &json!(true)));
    assert_eq!(desk.put(&agent, other, "/status", json!({ "status": "supplier" })).await.status, 409);
    assert_eq!(desk.row(ticket).await["status"], "supplier");
    desk.db.run(&format!("update tickets set status = 'open' where id = '{ticket}'")).await;
    assert_eq!(desk.call("DELETE", &path).by(&admin).send().await.status, 204);
    assert_eq!(desk.call("DELETE", &path).by(&admin).send().await.status, 404);
    let left = desk.db.count("select count(*) from status_transitions where to_key = 'supplier'").await;
    assert_eq!(left, 0, "its steps go with it");
    let id = status["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(desk.audited(id).await, ["CREATE", "UPDATE", "DELETE"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn agents_read_and_admins_write_and_another_sites_statuses_do_not_exist() {
    let desk = Desk::new().await;
    let (admin, agent) = (desk.person("admin").await, desk.person("agent").await);
    let stranger = desk.person_of(Some(desk.other.id), "admin").await;
    let status = made(&desk, &admin, "supplier", "waiting").await;
    let step = step(&desk, &admin, json!({ "from": "open", "to": "supplier" })).await;
    let path = format!("/api/statuses/{}", status["id"].as_str().unwrap());
    let step_path = format!("/api/status-transitions/{}", step["id"].as_str().unwrap());
    for path in [&path, &step_path] {
        for method in ["PUT", "DELETE"] {
            let call = |person| desk.call(method, path).by(person).json(&json!({}));
            assert_eq!(call(&agent).send().await.status, 403);
            assert_eq!(call(&stranger).send().await.status, 404);
        }
    }
    let post = |path, body: Value| desk.call("POST", path).by(&admin).json(&body);
    assert_eq!(
        post("/api/statuses", json!({ "key": "supplier", "label": "x", "kind": "open" })).send().await.status,
        409
    );
    for bad in [
        json!({ "key": "Şöyle", "label": "x", "kind": "open" }),
        json!({ "key": "a1", "label": "x", "kind": "open" }),
        json!({ "key": "a".repeat(51), "label": "x", "kind": "open" }),
        json!({ "key": "a", "label": " ", "kind": "open" }),
        json!({ "key": "a", "label": "x", "kind": "yok" }),
        json!({ "key": "a", "label": "x", "kind": "open", "color": "red;" }),
    ] {
        assert_eq!(post("/api/statuses", bad.clone()).send().await.status, 400, "{bad}");
    }
    let twice = json!({ "from": "open", "to": "supplier" });
    assert_eq!(post("/api/status-transitions", twice).send().await.status, 409);
    for bad in [
        json!({ "from": "open", "to": "yok" }),
        json!({ "from": "open", "to": "open" }),
        json!({ "from": "open", "to": "new", "roles": ["kral"] }),
    ] {
        assert_eq!(post("/api/status-transitions", bad.clone()).send().await.status, 400, "{bad}");
    }
    let edited = desk.call("PUT", &step_path).by(&admin).json(&json!({ "roles": ["admin"] })).send().await;
    assert_eq!((edited.status.as_u16(), &edited.json()["roles"]), (200, &json!(["admin"])));
    assert_eq!(desk.call("DELETE", &step_path).by(&admin).send().await.status, 204);
}
