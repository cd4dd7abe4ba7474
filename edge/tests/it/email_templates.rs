//! A site's own texts for the mails: checked when they are saved, shown as a customer would get them.

use crate::client::Answer;
use crate::desk::Desk;
use crate::people::Person;
use serde_json::{Value, json};

const LIST: &str = "/api/email-templates";

async fn put(desk: &Desk, by: &Person, key: &str, body: Value) -> Answer {
    desk.call("PUT", &format!("{LIST}/{key}")).by(by).json(&body).send().await
}

fn draft() -> Value {
    json!({
        "subject": "[#{{ ticket.ticket_number }}] {{ ticket.subject }}",
        "html": "<p>{{ ticket.visitor_name }}: {{ reply.body }}</p>",
        "text": "{{ ticket.visitor_name }}: {{ reply.body }}",
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_sees_the_built_in_texts_until_it_writes_its_own_and_can_go_back() {
    let desk = Desk::new().await;
    let (admin, agent) = (desk.person("admin").await, desk.person("agent").await);
    let all = desk.get(LIST).by(&agent).send().await.json();
    let keys: Vec<&str> =
        all["data"].as_array().unwrap().iter().map(|one| one["key"].as_str().unwrap()).collect();
    assert_eq!(keys, ["acknowledgement", "support_form", "reply", "resolved", "closed"]);
    assert!(all["data"].as_array().unwrap().iter().all(|one| one["is_built_in"] == true));
    assert_eq!(all["data"][0]["subject"], "[Ticket #{{ ticket.ticket_number }}] Talebiniz alındı");
    for one in all["data"].as_array().unwrap() {
        let saved = put(&desk, &admin, one["key"].as_str().unwrap(), one.clone()).await;
        assert_eq!(saved.status, 200, "what is read can be saved: {}", saved.body);
    }
    let saved = put(&desk, &admin, "reply", draft()).await.json();
    assert_eq!((&saved["is_built_in"], &saved["text"]), (&json!(false), &draft()["text"]));
    assert!(saved["updated_at"].is_string());
    assert_eq!(put(&desk, &agent, "reply", draft()).await.status, 403);
    for _ in 0..2 {
        assert_eq!(desk.call("DELETE", &format!("{LIST}/reply")).by(&admin).send().await.status, 204);
    }
    let all = desk.get(LIST).by(&agent).send().await.json();
    assert_eq!(
        (&all["data"][2]["is_built_in"], &all["data"][0]["is_built_in"]),
        (&json!(true), &json!(false))
    );
    let log = desk
        .db
        .ask("select distinct action from audit_logs where target_type = 'email_template' order by 1")
        .await;
    assert_eq!(log, json!([{ "action": "CREATE" }, { "action": "DELETE" }, { "action": "UPDATE" }]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_placeholder_or_mail_is_refused_and_nothing_is_kept() {
    let desk = Desk::new().await;
    let admin = desk.person("admin").await;
    for (field, value, said) in [
        ("html", "{{ ticket.secret }}", "Bilinmeyen yer tutucu: ticket.secret"),
        ("text", "{{ reply.body | safe }}", "Bilinmeyen yer tutucu: reply.body | safe"),
        ("subject", "{{ ticket.subject", "kapatılmamış"),
        ("text", "{% for i in range(9) %}x{% endfor %}", "kullanılamaz"),
        ("subject", "a\r\nBcc: b@c.test", "Tek satır"),
        ("html", "  ", "\"html\""),
    ] {
        let mut body = draft();
        body[field] = json!(value);
        let refused = put(&desk, &admin, "reply", body).await;
        assert_eq!(refused.status, 400, "{value}: {}", refused.body);
        assert!(refused.body.contains(said) && refused.body.contains(field), "{value}: {}", refused.body);
    }
    assert_eq!(put(&desk, &admin, "yok", draft()).await.status, 404);
    assert_eq!(desk.call("DELETE", &format!("{LIST}/yok")).by(&admin).send().await.status, 404);
    assert_eq!(desk.db.count("select count(*) from email_templates").await, 0);
    let english = desk.call("PUT", &format!("{LIST}/reply")).by(&admin).header("accept-language", "en");
    let refused = english.json(&json!({ "subject": "a", "html": "{{ x }}", "text": "a" })).send().await;
    assert!(refused.body.contains("Unknown placeholder: x"), "{}", refused.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_is_filled_and_escaped_and_saves_nothing() {
    let desk = Desk::new().await;
    let agent = desk.person("agent").await;
    let preview =
        |body: Value| desk.call("POST", &format!("{LIST}/reply/preview")).by(&agent).json(&body).send();
    let shown = preview(json!({})).await;
    assert_eq!(shown.json()["subject"], "[Ticket #12345] Yeni Yanıt", "{}", shown.body);
    assert!(shown.json()["html"].as_str().unwrap().contains("Mehmet Demir</strong> yanıtladı:"));
    let shown =
        preview(json!({ "html": "<b>{{ reply.body }}</b>", "subject": "{{ ticket.subject }}" })).await.json();
    assert_eq!(shown["html"], "<b>Merhaba,<br>\nSiparişiniz yola çıktı.</b>");
    assert_eq!(shown["subject"], "Siparişim gecikti");
    assert_eq!(preview(json!({ "html": "{{ x }}" })).await.status, 400);
    assert_eq!(desk.db.count("select count(*) from email_templates").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_site_writes_no_other_site_sees() {
    let desk = Desk::new().await;
    let admin = desk.person("admin").await;
    let stranger = desk.person_of(Some(desk.other.id), "admin").await;
    put(&desk, &admin, "reply", draft()).await;
    let theirs = desk.get(LIST).by(&stranger).send().await.json();
    assert!(theirs["data"].as_array().unwrap().iter().all(|one| one["is_built_in"] == true));
    desk.call("DELETE", &format!("{LIST}/reply")).by(&stranger).send().await;
    assert_eq!(desk.db.count("select count(*) from email_templates").await, 1);
}
