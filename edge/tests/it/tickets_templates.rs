//! Ready-made answers and categories (A8-39, A8-E11, A8-E12).

use crate::desk::Desk;
use serde_json::{Value, json};
use uuid::Uuid;

#[tokio::test(flavor = "multi_thread")]
async fn a_template_is_filled_with_what_is_known_and_leaves_what_it_does_not_know() {
    let desk = Desk::new().await;
    let (admin, agent, ticket) =
        (desk.person("admin").await, desk.person("agent").await, desk.ticket().await);
    let draft = json!({ "name": "Karşılama", "subject": "{{subject}} hakkında",
        "body": "Sayın {{visitor_name}}, {{ticket_number}} için {{ agent_name }}: {{yok}} {{" });
    let made = desk.call("POST", "/api/tickets/templates").by(&admin).json(&draft).send().await;
    assert_eq!(made.status, 201, "{}", made.body);
    let path = format!("/api/tickets/templates/{}", made.json()["id"].as_str().unwrap());
    let render = |ticket: Uuid| desk.get(&format!("{path}/render?ticket_id={ticket}")).by(&agent);
    let filled = render(ticket).send().await.json();
    let expected =
        json!({ "subject": "Yazıcı hakkında", "body": "Sayın Şükrü Iğdır, #1 için Deniz Ergün: {{yok}} {{" });
    assert_eq!(filled, expected);
    assert_eq!(render(desk.foreign_ticket().await).send().await.status, 404);
    assert_eq!(desk.get(&format!("{path}/render")).by(&agent).send().await.status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn admins_keep_templates_and_agents_read_them() {
    let desk = Desk::new().await;
    let (admin, agent) = (desk.person("admin").await, desk.person("agent").await);
    let stranger = desk.person_of(Some(desk.other.id), "admin").await;
    let post = |body: Value| desk.call("POST", "/api/tickets/templates").by(&admin).json(&body).send();
    let made = post(json!({ "name": "Karşılama", "body": "Merhaba" })).await;
    let path = format!("/api/tickets/templates/{}", made.json()["id"].as_str().unwrap());
    assert_eq!(post(json!({ "name": "Karşılama", "body": "x" })).await.status, 409);
    for bad in [
        json!({ "name": "x" }),
        json!({ "name": " ", "body": "x" }),
        json!({ "name": "x", "body": "x".repeat(10_001) }),
    ] {
        assert_eq!(post(bad).await.status, 400);
    }
    assert_eq!(post(json!({ "name": "y", "body": "x", "category_id": Uuid::new_v4() })).await.status, 404);
    let category = desk
        .call("POST", "/api/tickets/categories")
        .by(&admin)
        .json(&json!({ "name": "Arıza" }))
        .send()
        .await
        .json();
    let put = |person, body: Value| desk.call("PUT", &path).by(person).json(&body).send();
    let edited = put(&admin, json!({ "body": "Selam", "category_id": category["id"] })).await.json();
    assert_eq!(
        (&edited["name"], &edited["body"], &edited["category_id"]),
        (&json!("Karşılama"), &json!("Selam"), &category["id"])
    );
    assert_eq!(put(&admin, json!({ "category_id": null })).await.json()["category_id"], Value::Null);
    assert_eq!(
        (put(&agent, json!({})).await.status.as_u16(), put(&stranger, json!({})).await.status.as_u16()),
        (403, 404)
    );
    let list = desk.get("/api/tickets/templates").by(&agent).send().await.json();
    assert_eq!((&list["total"], &list["data"][0]["body"]), (&json!(1), &json!("Selam")));
    assert_eq!(desk.get("/api/tickets/templates").by(&stranger).send().await.json()["total"], 0);
    assert_eq!(desk.call("DELETE", &path).by(&agent).send().await.status, 403);
    assert_eq!(desk.call("DELETE", &path).by(&admin).send().await.status, 204);
    assert_eq!(desk.call("DELETE", &path).by(&admin).send().await.status, 404);
    assert_eq!(
        desk.audited(made.json()["id"].as_str().unwrap().parse().unwrap()).await,
        ["CREATE", "UPDATE", "UPDATE", "DELETE"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_category_leaves_its_tickets_without_one() {
    let desk = Desk::new().await;
    let (admin, agent) = (desk.person("admin").await, desk.person("agent").await);
    let post =
        |person, body: Value| desk.call("POST", "/api/tickets/categories").by(person).json(&body).send();
    let made = post(&admin, json!({ "name": " Arıza " })).await;
    assert_eq!((made.status.as_u16(), &made.json()["name"]), (201, &json!("Arıza")));
    assert_eq!(post(&admin, json!({ "name": "Arıza" })).await.status, 409);
    assert_eq!(
        (
            post(&admin, json!({ "name": "" })).await.status.as_u16(),
            post(&agent, json!({ "name": "x" })).await.status.as_u16()
        ),
        (400, 403)
    );
    let id = made.json()["id"].clone();
    let ticket = desk.ticket_with(json!({ "category_id": id })).await;
    assert_eq!(desk.read(&agent, ticket).await["category_name"], "Arıza");
    let path = format!("/api/tickets/categories/{}", id.as_str().unwrap());
    let renamed = desk.call("PUT", &path).by(&admin).json(&json!({ "name": "Bozuk" })).send().await;
    assert_eq!(renamed.json()["name"], "Bozuk");
    assert_eq!(desk.get("/api/tickets/categories").by(&agent).send().await.json()["total"], 1);
    assert_eq!(desk.call("DELETE", &path).by(&admin).send().await.status, 204);
    assert_eq!(desk.read(&agent, ticket).await["category_id"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_past_the_end_still_says_how_many_there_are() {
    let desk = Desk::new().await;
    let admin = desk.person("admin").await;
    for (path, more) in [
        ("/api/departments", json!({})),
        ("/api/tickets/categories", json!({})),
        ("/api/tickets/templates", json!({ "body": "Merhaba" })),
    ] {
        for name in ["Bir", "İki"] {
            let mut draft = more.clone();
            draft["name"] = json!(name);
            assert_eq!(desk.call("POST", path).by(&admin).json(&draft).send().await.status, 201);
        }
        let beyond = desk.get(&format!("{path}?page=9")).by(&admin).send().await.json();
        assert_eq!((&beyond["data"], &beyond["total"]), (&json!([]), &json!(2)), "{path}");
    }
}
