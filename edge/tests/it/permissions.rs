//! The permission matrix, and that it changes while the desk runs.

use crate::desk::Desk;
use crate::people::Person;
use serde_json::{Value, json};

async fn grant(
    desk: &Desk,
    by: &Person,
    role: &str,
    permission: &str,
    allowed: bool,
) -> crate::client::Answer {
    let body = json!({ "permissions": [{ "role": role, "permission": permission, "allowed": allowed }] });
    desk.call("PUT", "/api/permissions").by(by).json(&body).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_desk_has_the_matrix_of_the_contract() {
    let desk = Desk::new().await;
    let (admin, agent) = (desk.person("admin").await, desk.person("agent").await);
    let answer = desk.get("/api/permissions").by(&admin).send().await;
    let rows = answer.json()["data"].as_array().unwrap().clone();
    let allowed = |role: &str| -> Vec<String> {
        let of_role = rows.iter().filter(|row| row["role"] == role && row["allowed"] == true);
        of_role.map(|row| row["permission"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(allowed("superadmin").len(), 11);
    assert_eq!(
        allowed("admin"),
        [
            "sites.manage",
            "users.manage",
            "widget.manage",
            "chat",
            "tickets",
            "knowledge",
            "knowledge.others",
            "canned_responses",
            "analytics",
            "analytics.others"
        ]
    );
    assert_eq!(allowed("agent"), ["chat", "tickets", "knowledge", "canned_responses", "analytics"]);
    assert_eq!(desk.get("/api/permissions").by(&agent).send().await.status, 403);
    assert_eq!(grant(&desk, &admin, "agent", "chat", false).await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_permission_given_or_taken_counts_with_the_next_call_on_every_edge() {
    let desk = Desk::new().await;
    let (above, admin, agent) =
        (desk.person_of(None, "superadmin").await, desk.person("admin").await, desk.person("agent").await);
    let user = |email: &str, role: &str| json!({ "email": email, "name": "A", "role": role, "password": "12345678" });
    assert_eq!(desk.make_user(&admin, user("a@ornek.test", "agent")).await.status, 201);
    assert_eq!(grant(&desk, &above, "admin", "users.manage", false).await.status, 200);
    assert_eq!(desk.make_user(&admin, user("b@ornek.test", "agent")).await.status, 403);
    assert_eq!(desk.make_user(&agent, user("c@ornek.test", "agent")).await.status, 403);
    assert_eq!(grant(&desk, &above, "agent", "users.manage", true).await.status, 200);
    assert_eq!(desk.make_user(&agent, user("c@ornek.test", "agent")).await.status, 201);
    assert_eq!(desk.make_user(&agent, user("d@ornek.test", "admin")).await.status, 403, "above himself");
    let raise = desk.change_user(&agent, &admin.id.to_string(), json!({ "name": "X" })).await;
    assert_eq!(raise.status, 403);
    let log = desk.db.ask("select site_id, actor_id, details, changes from audit_logs where target_type = 'permission' order by id").await;
    assert_eq!(
        log[0],
        json!({ "site_id": null, "actor_id": above.id,
        "details": { "role": "admin", "permission": "users.manage" },
        "changes": { "allowed": { "old": true, "new": false } } })
    );
    assert_eq!(grant(&desk, &above, "agent", "users.manage", true).await.status, 200);
    assert_eq!(desk.db.count("select count(*) from audit_logs where target_type = 'permission'").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_is_refused_and_then_nothing_of_the_list_is_done() {
    let desk = Desk::new().await;
    let above = desk.person_of(None, "superadmin").await;
    for (role, permission, allowed) in
        [("superadmin", "chat", false), ("admin", "sites.all", true), ("customer", "chat", true)]
    {
        let refused = grant(&desk, &above, role, permission, allowed).await;
        assert_eq!(refused.status, 400, "{role} {permission}: {}", refused.body);
        assert!(refused.body.contains("permissions.0."), "{}", refused.body);
    }
    assert_eq!(grant(&desk, &above, "patron", "chat", true).await.status, 400);
    assert_eq!(grant(&desk, &above, "admin", "uçmak", true).await.status, 400);
    let body = json!({ "permissions": [{ "role": "agent", "permission": "chat", "allowed": false },
        { "role": "superadmin", "permission": "chat", "allowed": false }] });
    assert_eq!(desk.call("PUT", "/api/permissions").by(&above).json(&body).send().await.status, 400);
    for body in [json!({}), json!({ "permissions": [] }), json!({ "permissions": vec![Value::Null; 101] })] {
        assert_eq!(desk.call("PUT", "/api/permissions").by(&above).json(&body).send().await.status, 400);
    }
    assert_eq!(
        desk.db
            .count(
                "select count(*) from permissions where role = 'agent' and permission = 'chat' and allowed"
            )
            .await,
        1
    );
    let read = desk.get("/api/permissions").by(&above).send().await.json();
    let whole = desk.call("PUT", "/api/permissions").by(&above).json(&read).send().await;
    assert_eq!((whole.status.as_u16(), whole.json()["total"].as_u64()), (200, Some(33)), "{}", whole.body);
}
