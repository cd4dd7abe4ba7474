//! Departments, as agents and admins work with them.

use crate::desk::Desk;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_makes_changes_and_deletes_a_department_and_each_is_audited() {
    let desk = Desk::new().await;
    let admin = desk.person("admin").await;
    let made = desk.call("POST", "/api/departments").by(&admin);
    let made = made.json(&json!({ "name": " Muhasebe ", "is_urgent": true })).send().await;
    assert_eq!((made.status.as_u16(), &made.json()["name"]), (201, &json!("Muhasebe")), "{}", made.body);
    let path = format!("/api/departments/{}", made.json()["id"].as_str().unwrap());
    let edited = desk.call("PUT", &path).by(&admin).json(&json!({ "is_urgent": false })).send().await;
    assert_eq!((edited.status.as_u16(), &edited.json()["is_urgent"]), (200, &json!(false)));
    assert_eq!(desk.call("DELETE", &path).by(&admin).send().await.status, 204);
    assert_eq!(desk.call("DELETE", &path).by(&admin).send().await.status, 404);
    let audited = desk.db.ask("select action, actor_id, changes from audit_logs order by created_at").await;
    let actions: Vec<&str> =
        audited.as_array().unwrap().iter().filter_map(|row| row["action"].as_str()).collect();
    assert_eq!(actions, ["CREATE", "UPDATE", "DELETE"]);
    assert_eq!(audited[1]["changes"], json!({ "is_urgent": { "old": true, "new": false } }));
    assert_eq!(audited[1]["actor_id"], json!(admin.id));
    assert_eq!(audited[0]["changes"]["name"], json!({ "old": null, "new": "Muhasebe" }));
    assert_eq!(audited[2]["changes"]["name"], json!({ "old": "Muhasebe", "new": null }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_that_breaks_a_rule_is_named_in_the_callers_language() {
    let desk = Desk::new().await;
    let admin = desk.person("admin").await;
    let post = |body| desk.call("POST", "/api/departments").by(&admin).json(&body);
    let missing = post(json!({})).send().await;
    assert_eq!(
        (missing.status.as_u16(), missing.json()["errors"]["name"][0].as_str()),
        (400, Some("Bu alan zorunlu."))
    );
    let english = post(json!({})).header("accept-language", "en").send().await;
    assert_eq!(english.json()["errors"]["name"][0], "This field is required.");
    for bad in [
        json!({ "name": " " }),
        json!({ "name": 5 }),
        json!({ "name": "a\u{0}b" }),
        json!({ "name": "x".repeat(256) }),
    ] {
        let answer = post(bad).send().await;
        assert_eq!(answer.status, 400, "{}", answer.body);
        assert!(answer.json()["errors"]["name"].is_array(), "{}", answer.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_is_signed_in_and_high_enough_gets_through() {
    let desk = Desk::new().await;
    let (agent, customer) = (desk.person("agent").await, desk.person("customer").await);
    let nobody = desk.get("/api/departments").send().await;
    assert_eq!(nobody.seen(), r#"401 {"error":"Token bulunamadı"}"#);
    let garbage = desk.get("/api/departments").bearer("a.b.c").send().await;
    assert_eq!(garbage.seen(), r#"401 {"error":"Geçersiz token"}"#);
    assert_eq!(desk.get("/api/departments").by(&agent).send().await.status, 200);
    assert_eq!(
        desk.get("/api/departments").by(&customer).send().await.seen(),
        r#"403 {"error":"Yetkiniz yok"}"#
    );
    let write =
        desk.call("POST", "/api/departments").by(&agent).json(&json!({ "name": "Satış" })).send().await;
    assert_eq!(write.status, 403);
    desk.db.run(&format!("update users set is_active = false where id = '{}'", agent.id)).await;
    let off = desk.get("/api/departments").by(&agent).send().await;
    assert_eq!(off.seen(), r#"401 {"error":"Geçersiz kullanıcı"}"#);
    desk.db.run(&format!("update sessions set ended_at = now() where id = '{}'", customer.session)).await;
    assert_eq!(desk.get("/api/departments").by(&customer).send().await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_sites_department_does_not_exist_and_a_super_admin_sees_all() {
    let desk = Desk::new().await;
    let (admin, stranger) = (desk.person("admin").await, desk.person_of(Some(desk.other.id), "admin").await);
    let above = desk.person_of(None, "superadmin").await;
    let made =
        desk.call("POST", "/api/departments").by(&admin).json(&json!({ "name": "Satış" })).send().await;
    let path = format!("/api/departments/{}", made.json()["id"].as_str().unwrap());
    let foreign = desk.call("PUT", &path).by(&stranger).json(&json!({ "name": "Bizim" })).send().await;
    assert_eq!(foreign.status, 404);
    assert_eq!(desk.get("/api/departments").by(&stranger).send().await.json()["total"], 0);
    assert_eq!(desk.get("/api/departments").by(&above).send().await.json()["total"], 1);
    let renamed = desk.call("PUT", &path).by(&above).json(&json!({ "name": "Destek" })).send().await;
    assert_eq!((renamed.status.as_u16(), &renamed.json()["name"]), (200, &json!("Destek")));
    let elsewhere = desk.get("/api/departments").by(&above).header("x-site-id", &desk.other.id.to_string());
    assert_eq!(elsewhere.send().await.json()["total"], 0);
}
