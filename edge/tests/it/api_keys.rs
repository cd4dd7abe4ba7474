//! API keys: told once, kept as a hash, refused the moment they are revoked.

use crate::desk::Desk;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_told_once_and_opens_its_site_until_it_is_revoked() {
    let desk = Desk::new().await;
    let admin = desk.person("admin").await;
    let made =
        desk.call("POST", "/api/api-keys").by(&admin).json(&json!({ "name": " Mağaza " })).send().await;
    assert_eq!(
        (made.status.as_u16(), made.header("cache-control")),
        (201, Some("no-store")),
        "{}",
        made.body
    );
    let key = made.json()["key"].as_str().unwrap().to_owned();
    assert_eq!((key.len(), &made.json()["name"]), (67, &json!("Mağaza")));
    assert!(key.ends_with(made.json()["hint"].as_str().unwrap()));
    let ask = || desk.get("/api/agents/available").header("x-api-key", &key);
    let ticket = json!({ "visitor_name": "Kim", "visitor_email": "kim@ornek.test", "subject": "Konu", "message": "Mesaj burada" });
    let file = || desk.call("POST", "/api/tickets").header("x-api-key", &key).json(&ticket);
    assert_eq!((ask().send().await.status.as_u16(), file().send().await.status.as_u16()), (200, 201));
    let listed = desk.get("/api/api-keys").by(&admin).send().await;
    assert_eq!(listed.json()["total"], 2);
    assert!(!listed.body.contains(&key) && !listed.body.contains("key_hash"));
    let tables = ["api_keys", "audit_logs", "jobs"];
    for table in tables {
        let rows = desk.db.ask(&format!("select t::text as row from {table} t")).await.to_string();
        assert!(!rows.contains(&key) && !rows.contains(&key[3..]), "{table}");
    }
    let path = format!("/api/api-keys/{}", made.json()["id"].as_str().unwrap());
    assert_eq!(desk.call("DELETE", &path).by(&admin).send().await.status, 204);
    assert_eq!(ask().send().await.seen(), r#"401 {"error":"Geçersiz API anahtarı"}"#);
    assert_eq!(file().send().await.status, 401);
    assert_eq!(desk.tickets().await, 1);
    assert_eq!(desk.call("DELETE", &path).by(&admin).send().await.status, 404);
    let old = desk.get("/api/agents/available").header("x-api-key", &desk.site.key).send().await;
    assert_eq!(old.status, 200, "another key of the site stays good");
    let revoked = desk.get("/api/api-keys").by(&admin).send().await.json();
    assert!(revoked["data"][0]["revoked_at"].is_string() && revoked["data"][1]["revoked_at"] == Value::Null);
    let log = desk.db.ask("select action from audit_logs where target_type = 'api_key' order by id").await;
    assert_eq!(log, json!([{ "action": "CREATE" }, { "action": "DELETE" }]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key_is_refused_on_an_edge_that_has_just_used_it_to_read() {
    let desk = Desk::new().await;
    let admin = desk.person("admin").await;
    let fields = json!([{ "name": "name", "label": "Ad", "type": "text", "required": true }]);
    desk.db.run(&format!("insert into dynamic_forms (id, site_id, name, fields) values ('00000000-0000-0000-0000-000000000001', \
        '{}', 'Form', '{fields}')", desk.site.id)).await;
    let read =
        || desk.get("/api/forms/00000000-0000-0000-0000-000000000001").header("x-api-key", &desk.site.key);
    assert_eq!(read().send().await.status, 200);
    let keys = desk.get("/api/api-keys").by(&admin).send().await.json();
    let path = format!("/api/api-keys/{}", keys["data"][0]["id"].as_str().unwrap());
    assert_eq!(desk.call("DELETE", &path).by(&admin).send().await.status, 204);
    assert_eq!(read().send().await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_gives_no_more_than_a_widgets_rights_and_only_admins_make_one() {
    let desk = Desk::new().await;
    let agent = desk.person("agent").await;
    for path in ["/api/users", "/api/sites", "/api/audit-logs", "/api/api-keys", "/api/departments"] {
        let answer = desk.get(path).header("x-api-key", &desk.site.key).send().await;
        assert_eq!(answer.seen(), r#"401 {"error":"Token bulunamadı"}"#, "{path}");
        if path != "/api/departments" {
            assert_eq!(desk.get(path).by(&agent).send().await.status, 403, "{path}");
        }
    }
    let made = desk.call("POST", "/api/api-keys").by(&agent).json(&json!({ "name": "A" })).send().await;
    assert_eq!(made.status, 403);
    let elsewhere = desk.get("/api/agents/available").header("x-api-key", &desk.site.key);
    let elsewhere = elsewhere.header("x-site-id", &desk.other.id.to_string()).send().await;
    assert_eq!(elsewhere.status, 403);
}
