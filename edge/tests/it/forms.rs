//! Forms that a site defines.

use crate::client::{Answer, Part};
use crate::desk::Desk;
use serde_json::{Value, json};
use uuid::Uuid;

async fn form(desk: &Desk, create_ticket: bool) -> Uuid {
    let id = Uuid::new_v4();
    let fields = json!([
        { "name": "name", "label": "Ad", "type": "text", "required": true },
        { "name": "email", "label": "E-posta", "type": "email" },
        { "name": "adet", "label": "Adet", "type": "number", "min": 1 },
        { "name": "renk", "label": "Renk", "type": "multiselect", "options": ["mavi", "yeşil"] },
        { "name": "belge", "label": "Belge", "type": "file" },
    ]);
    desk.db
        .run(&format!(
            "insert into dynamic_forms (id, site_id, name, fields, create_ticket) \
        values ('{id}', '{}', 'İade', '{fields}', {create_ticket})",
            desk.site.id
        ))
        .await;
    id
}

async fn submit(desk: &Desk, form: Uuid, values: Value) -> Answer {
    desk.call("POST", &format!("/api/forms/{form}/submit")).json(&values).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_sees_a_forms_fields_and_nothing_of_its_routing() {
    let desk = Desk::new().await;
    let id = form(&desk, true).await;
    let answer = desk.get(&format!("/api/forms/{id}")).header("x-api-key", &desk.site.key).send().await;
    let seen = answer.seen().replace(&id.to_string(), "[id]");
    insta::assert_snapshot!(seen, @r#"200 {"id":"[id]","name":"İade","fields":[{"name":"name","label":"Ad","type":"text","required":true},{"name":"email","label":"E-posta","type":"email","required":false},{"name":"adet","label":"Adet","type":"number","required":false,"min":1.0},{"name":"renk","label":"Renk","type":"multiselect","required":false,"options":["mavi","yeşil"]},{"name":"belge","label":"Belge","type":"file","required":false}]}"#);
    let missing = r#"404 {"error":"Form bulunamadı"}"#;
    let as_other = || desk.other.key.clone();
    assert_eq!(
        desk.get(&format!("/api/forms/{id}")).header("x-api-key", &as_other()).send().await.seen(),
        missing
    );
    assert_eq!(desk.get("/api/forms/7").send().await.seen(), missing);
    assert_eq!(desk.get(&format!("/api/forms/{}", Uuid::new_v4())).send().await.seen(), missing);
    desk.db.run("update dynamic_forms set is_active = false").await;
    assert_eq!(desk.get(&format!("/api/forms/{id}")).send().await.seen(), missing);
    assert_eq!(submit(&desk, id, json!({ "name": "Ay" })).await.seen(), missing);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_submission_is_stored_with_the_job_that_makes_the_ticket_it_names() {
    let desk = Desk::new().await;
    let id = form(&desk, true).await;
    let values = json!({ "name": "Ay", "adet": 0.5, "fazla": { "a": 1 } });
    let answer = submit(&desk, id, values).await;
    assert_eq!(
        answer.seen(),
        r#"400 {"success":false,"errors":[{"field":"adet","message":"Bu değer en az 1 olmalıdır."}]}"#
    );
    desk.assert_untouched().await;
    let values = json!({ "name": "Ay", "adet": 2, "fazla": { "a": 1 } });
    let answer = submit(&desk, id, values.clone()).await;
    let ticket = answer.json()["ticket_id"].clone();
    assert_eq!(answer.seen(), format!("201 {{\"success\":true,\"ticket_id\":{ticket}}}"));
    let rows = desk.db.ask("select id, form_id, site_id, data, files, ticket_id from form_submissions").await;
    let submission = rows[0]["id"].clone();
    assert_eq!(
        rows,
        json!([{ "id": submission, "form_id": id, "site_id": desk.site.id, "data": values, "files": [],
        "ticket_id": ticket }])
    );
    let jobs = desk.db.ask("select kind, payload from jobs").await;
    assert_eq!(
        jobs,
        json!([{ "kind": "form.convert",
        "payload": { "site_id": desk.site.id, "submission_id": submission } }])
    );
    assert_eq!(desk.tickets().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_makes_no_tickets_only_keeps_what_it_got() {
    let desk = Desk::new().await;
    let id = form(&desk, false).await;
    let answer = submit(&desk, id, json!({ "name": "Ay" })).await;
    let rows = desk.db.ask("select id, ticket_id from form_submissions").await;
    assert_eq!(answer.seen(), format!("201 {{\"success\":true,\"submission_id\":{}}}", rows[0]["id"]));
    assert_eq!(rows[0]["ticket_id"], Value::Null);
    assert_eq!(desk.db.count("select count(*) from jobs").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_stored_with_a_submission_and_not_without_one() {
    let desk = Desk::new().await;
    let id = form(&desk, true).await;
    let post = |parts: Vec<Part<'static>>| {
        desk.call("POST", &format!("/api/forms/{id}/submit")).multipart(&parts).send()
    };
    let file = |name, bytes| Part::File { name, file_name: "fiş.pdf", media_type: "application/pdf", bytes };
    let answer = post(vec![file("belge", b"%PDF-1.7")]).await;
    assert_eq!(
        answer.seen(),
        r#"400 {"success":false,"errors":[{"field":"name","message":"Bu alan zorunlu."}]}"#
    );
    let answer = post(vec![Part::Text("name", "Ay"), file("belge", b"MZ"), file("adet", b"%PDF")]).await;
    assert_eq!(
        answer.seen(),
        r#"400 {"success":false,"errors":[{"field":"adet","message":"Geçerli bir string değil."},{"field":"belge","message":"Geçersiz dosya"}]}"#
    );
    desk.assert_untouched().await;
    let parts = vec![
        Part::Text("name", "Ay"),
        Part::Text("renk", "mavi"),
        Part::Text("renk", "yeşil"),
        file("belge", b"%PDF-1.7"),
        file("files", b"%PDF-1.8"),
    ];
    assert_eq!(post(parts).await.status, 201);
    let row = desk.db.ask("select data, files from form_submissions").await[0].clone();
    assert_eq!(row["data"], json!({ "name": "Ay", "renk": ["mavi", "yeşil"] }));
    assert_eq!(
        (&row["files"][0]["field"], &row["files"][0]["file_name"]),
        (&json!("belge"), &json!("fiş.pdf"))
    );
    let mut keys: Vec<_> =
        row["files"].as_array().unwrap().iter().map(|file| file["storage_key"].as_str().unwrap()).collect();
    keys.sort_unstable();
    assert_eq!(desk.stored_files(), keys);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_submission_is_stored_once() {
    let desk = Desk::new().await;
    let id = form(&desk, true).await;
    let call = |name: &str| {
        let path = format!("/api/forms/{id}/submit");
        desk.call("POST", &path).header("idempotency-key", "f-1").json(&json!({ "name": name }))
    };
    let (first, again, other) = (call("Ay").send().await, call("Ay").send().await, call("Su").send().await);
    assert_eq!((first.status.as_u16(), first.seen()), (201, again.seen()));
    assert_eq!(
        (first.header("idempotency-replayed"), again.header("idempotency-replayed")),
        (None, Some("true"))
    );
    assert_eq!(other.status, 422);
    assert_eq!(desk.db.count("select count(*) from form_submissions").await, 1);
    assert_eq!(desk.db.count("select count(*) from jobs").await, 1);
}
