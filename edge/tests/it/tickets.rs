//! Tickets that a widget asks for.

use crate::client::{Call, Part};
use crate::desk::Desk;
use serde_json::{Value, json};
use uuid::Uuid;

fn post(desk: &Desk) -> Call {
    desk.call("POST", "/api/tickets").header("x-api-key", &desk.site.key)
}

fn draft() -> Value {
    json!({ "subject": "Yazıcı", "message": "Çalışmıyor", "visitor_name": "Şükrü Iğdır",
        "visitor_email": "sukru@ornek.test" })
}

async fn department(desk: &Desk, site: impl std::fmt::Display) -> Uuid {
    let id = Uuid::new_v4();
    desk.db
        .run(&format!(
            "insert into departments (id, site_id, name) values ('{id}', '{site}', 'Teknik Destek')"
        ))
        .await;
    desk.db
        .run(&format!("insert into ticket_categories (id, site_id, name) values ('{id}', '{site}', 'Arıza')"))
        .await;
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_widget_makes_a_ticket_and_hears_its_number_and_deadline() {
    let desk = Desk::new().await;
    let id = department(&desk, desk.site.id).await;
    let mut draft = draft();
    draft["priority"] = json!("urgent");
    draft["department_id"] = json!(id);
    draft["category_id"] = json!(id);
    draft["custom_fields"] = json!({ "renk": ["mavi", "yeşil"] });
    let answer = post(&desk).json(&draft).send().await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    let body = answer.json();
    assert_eq!(
        (&body["ticket_number"], &body["status"], &body["priority"]),
        (&json!(1), &json!("new"), &json!("urgent"))
    );
    let row = desk
        .db
        .ask(
            "select id, reference, source, department_id, category_id, custom_fields, \
        to_char(sla_due_date at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS') as due from tickets",
        )
        .await[0]
        .clone();
    assert_eq!((&row["id"], &row["reference"]), (&body["id"], &body["reference"]));
    assert_eq!((&row["source"], &row["custom_fields"]), (&json!("widget"), &draft["custom_fields"]));
    assert_eq!((&row["department_id"], &row["category_id"]), (&json!(id), &json!(id)));
    assert!(body["sla_due_date"].as_str().unwrap().starts_with(row["due"].as_str().unwrap()), "{body} {row}");
    let keys: Vec<&str> = answer.body.split('"').filter(|word| body.get(*word).is_some()).collect();
    assert_eq!(
        keys,
        ["id", "ticket_number", "reference", "status", "priority", "sla_due_date", "created_at"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn outside_business_hours_the_confirmation_names_the_opening() {
    let desk = Desk::new().await;
    let facts = || desk.db.ask("select template, facts from mail_outbox order by id desc limit 1");
    desk.db.run("delete from business_hours; insert into business_hours (site_id, day_of_week, start_minute, end_minute) \
        select s.id, day, 0, 1440 from sites s, generate_series(0, 6) as day").await;
    assert_eq!(post(&desk).json(&draft()).send().await.status, 201);
    assert_eq!(facts().await, json!([{ "template": "acknowledgement", "facts": {} }]));
    // Now open on the day after tomorrow only.
    desk.db
        .run(
            "delete from business_hours where day_of_week <> \
        (extract(dow from now() at time zone 'Europe/Istanbul')::int + 2) % 7",
        )
        .await;
    assert_eq!(post(&desk).json(&draft()).send().await.status, 201);
    let text = facts().await[0]["facts"]["opening_text"].as_str().unwrap().to_owned();
    assert!(
        text.starts_with("Talebiniz alındı. ") && text.ends_with(" 00:00'da size dönüş yapılacaktır."),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn departments_and_categories_of_another_site_are_unknown() {
    let desk = Desk::new().await;
    let foreign = department(&desk, desk.other.id).await;
    for (field, text) in [("department_id", "Departman bulunamadı"), ("category_id", "Kategori bulunamadı")]
    {
        let mut draft = draft();
        draft[field] = json!(foreign);
        let answer = post(&desk).json(&draft).send().await;
        assert_eq!((answer.status.as_u16(), answer.json()), (404, json!({ "error": text })));
    }
    desk.assert_untouched().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_and_what_is_wrong_is_said_in_turkish() {
    let desk = Desk::new().await;
    let call = || desk.call("POST", "/api/tickets").json(&draft());
    let mut nameless = draft();
    nameless["visitor_name"] = json!(" ");
    let answers = [
        call().send().await,
        call().header("x-site-id", &desk.site.id.to_string()).send().await,
        call().header("x-api-key", "yok").send().await,
        call()
            .header("x-api-key", &desk.site.key)
            .header("x-site-id", &desk.other.id.to_string())
            .send()
            .await,
        call().header("authorization", "Bearer a").send().await,
        post(&desk).json(&nameless).send().await,
        post(&desk).body("application/json", "{").send().await,
        post(&desk).body("text/xml", "<a/>").send().await,
        desk.call("DELETE", "/api/tickets").send().await,
        desk.get("/api/yok").send().await,
    ];
    let seen: Vec<String> = answers.iter().map(crate::client::Answer::seen).collect();
    insta::assert_snapshot!(seen.join("\n"), @r#"
    401 {"error":"Token bulunamadı"}
    401 {"error":"Token bulunamadı"}
    401 {"error":"Geçersiz API anahtarı"}
    403 {"error":"Yetkiniz yok"}
    401 {"error":"Geçersiz token"}
    400 {"error":"Ad Soyad: Bu alan boş bırakılmamalı."}
    400 {"error":"Geçersiz JSON"}
    415 {"error":"Desteklenmeyen içerik tipi"}
    405 {"error":"Bu metoda izin verilmiyor"}
    404 {"error":"Bulunamadı"}
    "#);
    assert_eq!(answers[8].header("allow"), Some("GET,HEAD,POST"));
    desk.assert_untouched().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_a_widgets_ticket_are_kept_under_names_of_ours() {
    let desk = Desk::new().await;
    let parts = |media_type| {
        [
            Part::Text("subject", "Yazıcı"),
            Part::Text("message", "Ekte"),
            Part::Text("visitor_name", "Ay"),
            Part::File {
                name: "attachments",
                file_name: "bir.png",
                media_type: "image/png",
                bytes: b"\x89PNG\r\n\x1A\n1",
            },
            Part::File { name: "attachments", file_name: "iki.pdf", media_type, bytes: b"%PDF-1.7 iki" },
        ]
    };
    let answer = post(&desk).multipart(&parts("image/jpeg")).send().await;
    assert_eq!(answer.seen(), r#"400 {"error":"Geçersiz dosya"}"#);
    let answer = post(&desk).multipart(&parts("text/html")).send().await;
    assert_eq!(answer.seen(), r#"400 {"error":"Geçersiz dosya tipi"}"#);
    desk.assert_untouched().await;
    let answer = post(&desk).multipart(&parts("application/pdf")).send().await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    let files = desk.stored_files();
    assert!(
        files.len() == 2 && files.iter().all(|path| path.starts_with("tickets/") && !path.contains("iki")),
        "{files:?}"
    );
}
