//! Tickets that are asked for by somebody who is signed in.

use crate::client::Part;
use crate::desk::Desk;
use serde_json::{Value, json};
use uuid::Uuid;

fn draft() -> Value {
    json!({ "subject": "Yazıcı", "message": "Çalışmıyor", "visitor_name": "Şükrü Iğdır", "visitor_email": "sukru@ornek.test" })
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_writes_a_ticket_down_for_somebody_else() {
    let desk = Desk::new().await;
    let agent = desk.person("agent").await;
    let mut asked = draft();
    asked["priority"] = json!("urgent");
    asked["custom_fields"] = json!({ "siparis": "42", "previous_ticket_number": 1 });
    let answer = desk.call("POST", "/api/tickets").by(&agent).json(&asked).send().await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    let id: Uuid = answer.json()["id"].as_str().unwrap().parse().unwrap();
    let row = desk.row(id).await;
    assert_eq!(
        (&row["source"], &row["user_id"], &row["site_id"]),
        (&json!("agent"), &Value::Null, &json!(desk.site.id))
    );
    assert_eq!(row["custom_fields"], asked["custom_fields"]);
    let actor = desk.db.ask(&format!("select actor_id from audit_logs where target_id = '{id}'")).await;
    assert_eq!(actor, json!([{ "actor_id": agent.id }]));
    let parts = [
        Part::Text("subject", "Yazıcı"),
        Part::Text("message", "Ekte"),
        Part::Text("visitor_name", "Ay"),
        Part::File {
            name: "attachments",
            file_name: "iki.pdf",
            media_type: "application/pdf",
            bytes: b"%PDF-1.7 iki",
        },
    ];
    let answer = desk.call("POST", "/api/tickets").by(&agent).multipart(&parts).send().await;
    assert_eq!((answer.status.as_u16(), desk.stored_files().len()), (201, 1), "{}", answer.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_asks_in_his_own_name_whatever_he_writes() {
    let desk = Desk::new().await;
    let customer = desk.person("customer").await;
    let mut asked = draft();
    asked["custom_fields"] = json!({ "previous_ticket_number": 1, "renk": "mavi" });
    asked["user_id"] = json!(Uuid::new_v4());
    let answer = desk.call("POST", "/api/tickets").by(&customer).json(&asked).send().await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    let row = desk.row(answer.json()["id"].as_str().unwrap().parse().unwrap()).await;
    assert_eq!(
        (&row["visitor_name"], &row["visitor_email"]),
        (&json!("Deniz Ergün"), &json!(customer.email))
    );
    assert_eq!((&row["user_id"], &row["source"]), (&json!(customer.id), &json!("api")));
    assert_eq!(row["custom_fields"], json!({ "renk": "mavi" }), "which ticket his follows is not his to say");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_banned_opens_no_ticket() {
    let desk = Desk::new().await;
    let (customer, agent) = (desk.person("customer").await, desk.person("agent").await);
    desk.db
        .run(&format!(
            "insert into visitors (site_id, email, is_banned) values ('{}', 'sukru@ornek.test', true);
         insert into visitors (site_id, email, is_banned) values ('{}', 'ayse@ornek.test', true);
         update users set is_banned = true where id = '{}'",
            desk.site.id, desk.other.id, customer.id
        ))
        .await;
    let widget =
        |body: &Value| desk.call("POST", "/api/tickets").header("x-api-key", &desk.site.key).json(body);
    let banned = r#"403 {"error":"Erişiminiz engellendi"}"#;
    assert_eq!(widget(&draft()).send().await.seen(), banned);
    let by_address =
        json!({ "subject": "a", "message": "b", "visitor_name": "c d", "visitor_email": customer.email });
    assert_eq!(widget(&by_address).send().await.seen(), banned);
    assert_eq!(desk.call("POST", "/api/tickets").by(&customer).json(&draft()).send().await.status, 403);
    assert_eq!(desk.call("POST", "/api/tickets").by(&agent).json(&draft()).send().await.seen(), banned);
    desk.assert_untouched().await;
    let elsewhere =
        json!({ "subject": "a", "message": "b", "visitor_name": "c d", "visitor_email": "ayse@ornek.test" });
    assert_eq!(widget(&elsewhere).send().await.status, 201, "banned on another site");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_super_admin_names_the_site_and_a_repeated_key_makes_no_second_ticket() {
    let desk = Desk::new().await;
    let above = desk.person_of(None, "superadmin").await;
    let call =
        || desk.call("POST", "/api/tickets").by(&above).header("idempotency-key", "k-1").json(&draft());
    assert_eq!(call().send().await.status, 400);
    let first = call().header("x-site-id", &desk.other.id.to_string()).send().await;
    assert_eq!(first.status, 201, "{}", first.body);
    let again = call().header("x-site-id", &desk.other.id.to_string()).send().await;
    assert_eq!((again.header("idempotency-replayed"), &again.body), (Some("true"), &first.body));
    assert_eq!(desk.tickets().await, 1);
    let id: Uuid = again_id(&desk).await;
    assert_eq!(desk.row(id).await["site_id"], json!(desk.other.id));
    assert_eq!(desk.read(&above, id).await["ticket_number"], 1, "without naming the site again");
}

async fn again_id(desk: &Desk) -> Uuid {
    desk.db.ask("select id from tickets").await[0]["id"].as_str().unwrap().parse().unwrap()
}
