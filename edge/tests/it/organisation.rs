//! Teams, tags and ready answers: what agents and admins keep in order.

use crate::client::Answer;
use crate::desk::Desk;
use crate::people::Person;
use serde_json::{Value, json};

async fn post(desk: &Desk, by: &Person, path: &str, body: Value) -> Answer {
    desk.call("POST", path).by(by).json(&body).send().await
}

async fn put(desk: &Desk, by: &Person, path: &str, body: Value) -> Answer {
    desk.call("PUT", path).by(by).json(&body).send().await
}

fn path_of(root: &str, answer: &Answer) -> String {
    format!("{root}/{}", answer.json()["id"].as_str().unwrap_or_else(|| panic!("{}", answer.body)))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_team_has_members_of_its_own_site_and_keeps_those_that_are_named() {
    let desk = Desk::new().await;
    let (admin, agent, customer) =
        (desk.person("admin").await, desk.person("agent").await, desk.person("customer").await);
    let foreign = desk.person_of(Some(desk.other.id), "agent").await;
    let made =
        post(&desk, &admin, "/api/teams", json!({ "name": " Gece ", "members": [agent.id, agent.id] })).await;
    assert_eq!((made.status.as_u16(), &made.json()["name"]), (201, &json!("Gece")), "{}", made.body);
    assert_eq!(made.json()["members"], json!([agent.id]));
    let path = path_of("/api/teams", &made);
    for stranger in [foreign.id.0, customer.id.0, uuid::Uuid::new_v4()] {
        let refused = put(&desk, &admin, &path, json!({ "members": [agent.id, stranger] })).await;
        assert_eq!(refused.seen(), r#"404 {"error":"Kullanıcı bulunamadı"}"#);
    }
    let renamed = put(&desk, &admin, &path, json!({ "name": "Gündüz" })).await.json();
    assert_eq!((&renamed["name"], &renamed["members"]), (&json!("Gündüz"), &json!([agent.id])));
    assert_eq!(
        put(&desk, &admin, &path, json!({ "members": [admin.id] })).await.json()["members"],
        json!([admin.id])
    );
    assert_eq!(put(&desk, &admin, &path, json!({ "members": [] })).await.json()["members"], json!([]));
    assert_eq!(post(&desk, &admin, "/api/teams", json!({ "name": "Gündüz" })).await.status, 409);
    assert_eq!(post(&desk, &agent, "/api/teams", json!({ "name": "A" })).await.status, 403);
    assert_eq!(desk.get("/api/teams").by(&agent).send().await.json()["total"], 1);
    assert_eq!(desk.call("DELETE", &path).by(&admin).send().await.status, 204);
    assert_eq!(desk.get("/api/teams").by(&agent).send().await.json()["total"], 0);
    let log =
        desk.db.ask("select action, changes from audit_logs where target_type = 'team' order by id").await;
    let actions: Vec<&str> =
        log.as_array().unwrap().iter().map(|row| row["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["CREATE", "UPDATE", "UPDATE", "UPDATE", "DELETE"]);
    assert_eq!(log[2]["changes"]["members"], json!({ "old": [agent.id], "new": [admin.id] }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tag_has_a_name_of_its_own_and_a_colour() {
    let desk = Desk::new().await;
    let (admin, agent) = (desk.person("admin").await, desk.person("agent").await);
    let made = post(&desk, &admin, "/api/tags", json!({ "name": "İade", "color": "#FF0000" })).await;
    assert_eq!((made.status.as_u16(), &made.json()["color"]), (201, &json!("#ff0000")));
    let again = post(&desk, &admin, "/api/tags", json!({ "name": "iade" })).await;
    assert_eq!(again.seen(), r#"409 {"error":"Bu adda bir etiket var"}"#);
    assert_eq!(post(&desk, &admin, "/api/tags", json!({ "name": "IADE" })).await.status, 201);
    for bad in [
        json!({ "name": "a", "color": "kırmızı" }),
        json!({ "name": "a", "color": "#ff00" }),
        json!({ "name": "" }),
        json!({ "name": "x".repeat(51) }),
    ] {
        assert_eq!(post(&desk, &admin, "/api/tags", bad.clone()).await.status, 400, "{bad}");
    }
    let path = path_of("/api/tags", &made);
    assert_eq!(put(&desk, &admin, &path, json!({ "color": "#00ff00" })).await.json()["name"], "İade");
    assert_eq!(put(&desk, &agent, &path, json!({ "color": "#00ff00" })).await.status, 403);
    assert_eq!(desk.get("/api/tags").by(&agent).send().await.json()["total"], 2);
    assert_eq!(desk.call("DELETE", &path).by(&admin).send().await.status, 204);
    assert_eq!(desk.call("DELETE", &path).by(&admin).send().await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_agent_keeps_the_sites_ready_answers_unless_his_role_lost_the_right() {
    let desk = Desk::new().await;
    let (agent, other, above) =
        (desk.person("agent").await, desk.person("agent").await, desk.person_of(None, "superadmin").await);
    let root = "/api/canned-responses";
    let hello = json!({ "title": "Selam", "body": "Merhaba!\n5 < 6", "shortcut": "/selam" });
    let made = post(&desk, &agent, root, hello.clone()).await;
    assert_eq!(
        (made.status.as_u16(), &made.json()["body"]),
        (201, &json!("Merhaba!\n5 < 6")),
        "{}",
        made.body
    );
    assert_eq!(made.json()["created_by"], json!(agent.id));
    let taken = post(&desk, &other, root, json!({ "title": "B", "body": "b", "shortcut": "/SELAM" })).await;
    assert_eq!(taken.seen(), r#"409 {"error":"Bu kısayol kullanılıyor"}"#);
    assert_eq!(post(&desk, &other, root, json!({ "title": "B", "body": "b" })).await.status, 201);
    let path = path_of(root, &made);
    let changed = put(&desk, &other, &path, json!({ "title": "Karşılama", "shortcut": null })).await.json();
    assert_eq!((&changed["title"], &changed["shortcut"]), (&json!("Karşılama"), &Value::Null));
    for bad in [
        json!({ "title": " ", "body": "b" }),
        json!({ "title": "a" }),
        json!({ "title": "a", "body": "b", "shortcut": "a b" }),
        json!({ "title": "a", "body": "b".repeat(10_001) }),
    ] {
        assert_eq!(post(&desk, &agent, root, bad.clone()).await.status, 400, "{bad}");
    }
    let found = desk.get("/api/canned-responses?search=KAR%C5%9EI").by(&agent).send().await.json();
    assert_eq!((found["total"].as_i64(), &found["data"][0]["title"]), (Some(1), &json!("Karşılama")));
    let take =
        json!({ "permissions": [{ "role": "agent", "permission": "canned_responses", "allowed": false }] });
    assert_eq!(put(&desk, &above, "/api/permissions", take).await.status, 200);
    assert_eq!(desk.get(root).by(&agent).send().await.seen(), r#"403 {"error":"Yetkiniz yok"}"#);
    assert_eq!(put(&desk, &agent, &path, json!({ "title": "C" })).await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_site_keeps_does_not_exist() {
    let desk = Desk::new().await;
    let (admin, stranger) = (desk.person("admin").await, desk.person_of(Some(desk.other.id), "admin").await);
    let above = desk.person_of(None, "superadmin").await;
    for (root, body) in [
        ("/api/teams", json!({ "name": "Gece" })),
        ("/api/tags", json!({ "name": "İade" })),
        ("/api/canned-responses", json!({ "title": "A", "body": "b", "shortcut": "a" })),
        ("/api/api-keys", json!({ "name": "site" })),
    ] {
        let made = post(&desk, &admin, root, body.clone()).await;
        assert_eq!(made.status, 201, "{root}: {}", made.body);
        let path = path_of(root, &made);
        let unknown = format!("{root}/{}", uuid::Uuid::new_v4());
        if root != "/api/api-keys" {
            let foreign = put(&desk, &stranger, &path, body.clone()).await;
            assert_eq!(
                (foreign.status.as_u16(), foreign.seen()),
                (404, put(&desk, &stranger, &unknown, body.clone()).await.seen())
            );
        }
        let foreign = desk.call("DELETE", &path).by(&stranger).send().await;
        assert_eq!(
            (foreign.status.as_u16(), foreign.seen()),
            (404, desk.call("DELETE", &unknown).by(&stranger).send().await.seen())
        );
        let listed = desk.get(root).by(&stranger).send().await.json();
        let own = if root == "/api/api-keys" { 1 } else { 0 };
        assert_eq!(listed["total"], own, "{root}");
        assert_eq!(
            post(&desk, &stranger, root, body.clone()).await.status,
            201,
            "the same name in another site"
        );
        assert_eq!(post(&desk, &above, root, body).await.status, 400, "a super admin names the site");
        assert_eq!(desk.call("DELETE", &path).by(&above).send().await.status, 204);
        for bad in ["x", "00000000-0000-0000-0000-00000000000g", "%00"] {
            assert_eq!(desk.call("DELETE", &format!("{root}/{bad}")).by(&admin).send().await.status, 404);
        }
    }
}
