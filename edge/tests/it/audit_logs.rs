//! Reading the audit log.

use crate::desk::Desk;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_reads_who_did_what_to_whom_and_from_where() {
    let desk = Desk::new().await;
    let (admin, agent) = (desk.person("admin").await, desk.person("agent").await);
    let stranger = desk.person_of(Some(desk.other.id), "admin").await;
    let call =
        desk.call("PUT", &format!("/api/users/{}", agent.id)).by(&admin).header("user-agent", "Tarayıcı/1.0");
    assert_eq!(call.json(&json!({ "name": "Yeni Ad" })).send().await.status, 200);
    let read = desk.get("/api/audit-logs").by(&admin).send().await;
    assert_eq!(read.status, 200, "{}", read.body);
    let (log, entry) = (read.json(), read.json()["data"][0].clone());
    assert_eq!((&log["total"], &log["page"], &log["limit"]), (&json!(1), &json!(1), &json!(50)));
    assert_eq!((&entry["action"], &entry["target_type"]), (&json!("UPDATE"), &json!("user")));
    assert_eq!((&entry["target_id"], &entry["actor_id"]), (&json!(agent.id), &json!(admin.id)));
    assert_eq!((&entry["actor_name"], &entry["actor_email"]), (&json!("Deniz Ergün"), &json!(admin.email)));
    assert_eq!(entry["changes"], json!({ "name": { "old": "Deniz Ergün", "new": "Yeni Ad" } }));
    assert_eq!((&entry["ip_address"], &entry["user_agent"]), (&json!("127.0.0.1"), &json!("Tarayıcı/1.0")));
    assert_eq!(entry["site_id"], json!(desk.site.id));
    assert!(entry["created_at"].as_str().unwrap().ends_with('Z'));
    assert_eq!(desk.get("/api/audit-logs").by(&stranger).send().await.json()["total"], 0);
    assert_eq!(desk.get("/api/audit-logs").by(&agent).send().await.seen(), r#"403 {"error":"Yetkiniz yok"}"#);
    let other_site = desk.get(&format!("/api/audit-logs?site_id={}", desk.other.id)).by(&admin).send().await;
    assert_eq!(other_site.json()["total"], 1, "an admin's log is his site's, whatever he asks");
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_and_pages_lead_through_the_log() {
    let desk = Desk::new().await;
    let (admin, above) = (desk.person("admin").await, desk.person_of(None, "superadmin").await);
    for number in 0..5 {
        let made = desk
            .call("POST", "/api/tags")
            .by(&admin)
            .json(&json!({ "name": format!("etiket {number}") }))
            .send()
            .await;
        assert_eq!(made.status, 201);
    }
    desk.change_user(&admin, &admin.id.to_string(), json!({ "name": "Yeni" })).await;
    let read = async |query: &str| {
        let answer = desk.get(&format!("/api/audit-logs?{query}")).by(&admin).send().await;
        assert_eq!(answer.status, 200, "{query}: {}", answer.body);
        answer.json()
    };
    assert_eq!(read("action=CREATE").await["total"], 5);
    assert_eq!(read("target_type=user").await["total"], 1);
    assert_eq!(read("action=CREATE&target_type=user").await["total"], 0);
    assert_eq!(read(&format!("actor_id={}", admin.id)).await["total"], 6);
    assert_eq!(read(&format!("target_id={}", admin.id)).await["total"], 1);
    assert_eq!(read("from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z").await["total"], 0);
    assert_eq!(read("from=2020-01-01T00:00:00Z").await["total"], 6);
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    for _ in 0..3 {
        let part = read(&format!("limit=2{cursor}")).await;
        seen.extend(part["data"].as_array().unwrap().iter().map(|row| row["id"].clone()));
        cursor = part["next_cursor"].as_str().map_or(String::new(), |next| format!("&cursor={next}"));
    }
    assert_eq!((seen.len(), cursor.as_str()), (6, ""), "the last part says that it is the last");
    let all: Vec<Value> =
        read("").await["data"].as_array().unwrap().iter().map(|row| row["id"].clone()).collect();
    assert_eq!(seen, all);
    let page = read("limit=2&page=3").await;
    assert_eq!((page["data"][0]["id"].clone(), page["next_cursor"].clone()), (all[4].clone(), Value::Null));
    let everywhere = desk.get("/api/audit-logs?target_type=tag").by(&above).send().await.json();
    assert_eq!(everywhere["total"], 5);
    let named =
        desk.get("/api/audit-logs").by(&above).header("x-site-id", &desk.other.id.to_string()).send().await;
    assert_eq!(named.json()["total"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_that_cannot_be_is_refused_by_name() {
    let desk = Desk::new().await;
    let admin = desk.person("admin").await;
    for (field, value) in [
        ("from", "dün"),
        ("from", "%2B99999-01-01T00:00:00Z"),
        ("to", "0001-01-01T00:00:00Z"),
        ("actor_id", "ben"),
        ("cursor", "x"),
        ("cursor", "99999999999999999999_00000000000000000000000000000000"),
        ("page", "0"),
        ("page", "201"),
        ("limit", "101"),
        ("limit", "-1"),
    ] {
        let answer =
            desk.get(&format!("/api/audit-logs?{field}={}", urlencode(value))).by(&admin).send().await;
        assert_eq!(answer.status, 400, "{field}={value}: {}", answer.body);
        assert!(answer.json()["errors"][field].is_array(), "{field}: {}", answer.body);
    }
    assert_eq!(desk.get("/api/audit-logs?page=200").by(&admin).send().await.status, 200);
    for method in ["POST", "PUT", "DELETE", "PATCH"] {
        assert_eq!(desk.call(method, "/api/audit-logs").by(&admin).send().await.status, 405);
    }
}

/// Letters beyond ASCII, as a browser sends them.
fn urlencode(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii() { (byte as char).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
