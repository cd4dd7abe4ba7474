//! The list of a user's devices.

use super::accounts::Device;
use crate::client::Answer;
use crate::desk::Desk;
use serde_json::{Value, json};

async fn list(desk: &Desk, device: &Device) -> Value {
    let answer: Answer = desk.get("/api/auth/sessions").bearer(&device.token).send().await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

async fn end(desk: &Desk, device: &Device, id: &Value) -> String {
    let path = format!("/api/auth/sessions/{}", id.as_str().unwrap());
    desk.call("DELETE", &path).bearer(&device.token).send().await.seen()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_sees_his_devices_and_ends_one_of_them() {
    let desk = Desk::new().await;
    let (account, stranger) = (desk.account().await, desk.account().await);
    let (phone, laptop) = (desk.device(&account).await, desk.device(&account).await);
    let foreign = desk.device(&stranger).await;
    let seen = list(&desk, &laptop).await;
    assert_eq!((&seen["total"], seen["data"].as_array().unwrap().len()), (&json!(2), 2));
    let mut fields: Vec<&String> = seen["data"][0].as_object().unwrap().keys().collect();
    fields.sort();
    assert_eq!(fields, ["created_at", "current", "id", "ip_address", "last_seen_at", "user_agent"]);
    assert_eq!((&seen["data"][0]["current"], &seen["data"][1]["current"]), (&json!(true), &json!(false)));
    assert_eq!(seen["data"][0]["ip_address"], "127.0.0.1");
    let phones = &seen["data"][1]["id"];
    assert_eq!(end(&desk, &foreign, phones).await, r#"404 {"error":"Bulunamadı"}"#);
    assert_eq!(desk.me(&phone).await, 200);
    assert_eq!(end(&desk, &laptop, phones).await, "204 ");
    assert_eq!((desk.me(&phone).await, desk.me(&laptop).await, desk.me(&foreign).await), (401, 200, 200));
    assert_eq!(desk.refresh(&phone.refresh_token).await.status, 401);
    assert_eq!(end(&desk, &laptop, phones).await, r#"404 {"error":"Bulunamadı"}"#);
    assert_eq!(list(&desk, &laptop).await["total"], 1);
    assert_eq!(end(&desk, &laptop, &json!("benim-telefonum")).await, r#"404 {"error":"Bulunamadı"}"#);
    let audited = desk.db.ask("select actor_id, details from audit_logs where action = 'SESSION_END'").await;
    assert_eq!(audited, json!([{ "actor_id": account.id, "details": { "session_id": phones } }]));
    assert_eq!(end(&desk, &laptop, &seen["data"][0]["id"]).await, "204 ");
    assert_eq!(desk.me(&laptop).await, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_device_too_many_ends_the_one_used_least_recently() {
    let desk = Desk::new().await;
    let account = desk.account().await;
    let oldest = desk.device(&account).await;
    desk.db.run("update sessions set last_seen_at = now() - interval '2 days'").await;
    desk.db
        .run(&format!(
            "insert into sessions (id, user_id, expires_at)
        select gen_random_uuid(), '{}', now() + interval '1 day' from generate_series(1, 49)",
            account.id
        ))
        .await;
    let newest = desk.device(&account).await;
    assert_eq!((desk.me(&oldest).await, desk.me(&newest).await), (401, 200));
    assert_eq!(list(&desk, &newest).await["total"], 50);
    let ended = desk.db.count("select count(*) from sessions where ended_because = 'limit'").await;
    assert_eq!(ended, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_devices_comes_in_pages() {
    let desk = Desk::new().await;
    let account = desk.account().await;
    let device = desk.device(&account).await;
    desk.device(&account).await;
    let page = desk.get("/api/auth/sessions?page=2&limit=1").bearer(&device.token).send().await.json();
    assert_eq!((&page["total"], &page["page"], &page["limit"]), (&json!(2), &json!(2), &json!(1)));
    assert_eq!(page["data"][0]["current"], true);
    let wrong = desk.get("/api/auth/sessions?limit=101").bearer(&device.token).send().await;
    assert_eq!(wrong.status, 400);
}
