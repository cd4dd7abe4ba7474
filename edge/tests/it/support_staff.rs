//! The support form's tickets as staff work with them (CONTRACT-B section 12).

use crate::client::Part;
use crate::desk::{Desk, FORM};
use crate::people::Person;
use serde_json::{Value, json};

const LIST: &str = "/api/support/tickets/";

async fn made(desk: &Desk) -> (String, String) {
    let number = desk.post_form().form(&FORM).send().await.json()["data"]["ticket_number"].clone();
    let row =
        desk.db.ask("select id from tickets order by created_at desc, ticket_number desc limit 1").await;
    (row[0]["id"].as_str().unwrap().to_owned(), number.as_str().unwrap().to_owned())
}

async fn status_of(desk: &Desk, admin: &Person, id: &str, word: &str) -> Value {
    let path = format!("{LIST}{id}/update_status/");
    let answer = desk.call("PATCH", &path).by(admin).json(&json!({ "status": word })).send().await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_read_a_ticket_by_id_and_by_reference_in_eighteen_keys() {
    let desk = Desk::new().await;
    let (agent, (id, number)) = (desk.person("agent").await, made(&desk).await);
    let shown = desk.get(&format!("{LIST}{id}/")).by(&agent).send().await;
    assert_eq!(shown.status, 200, "{}", shown.body);
    insta::assert_json_snapshot!(shown.json(), { ".id" => "[id]", ".created_at" => "[at]", ".updated_at" => "[at]" }, @r#"
    {
      "assigned_to": null,
      "assigned_to_email": null,
      "attachment": null,
      "attachment_name": null,
      "created_at": "[at]",
      "email": "test@example.com",
      "id": "[id]",
      "message": "Test mesajı burada yer alıyor",
      "name": "Test User",
      "notes": null,
      "phone": null,
      "resolved_at": null,
      "status": "pending",
      "subject": "Sipariş Sorunu",
      "ticket_number": "SUP-2026-000001",
      "updated_at": "[at]",
      "user": null,
      "user_email": null
    }
    "#);
    assert!(shown.body.starts_with(r#"{"id":""#), "{}", shown.body);
    let same = desk.get(&format!("{LIST}{number}")).by(&agent).send().await;
    assert_eq!(same.json(), shown.json());
    let stranger = desk.person_of(Some(desk.other.id), "agent").await;
    for name in [id.as_str(), number.as_str(), "yok", "9999"] {
        let answer = desk.get(&format!("{LIST}{name}/")).by(&stranger).send().await;
        assert_eq!(answer.seen(), r#"404 {"detail":"Bulunamadı."}"#, "{name}");
    }
    let customer = desk.person("customer").await;
    let refused = desk.get(LIST).by(&customer).send().await;
    assert_eq!(refused.seen(), r#"403 {"detail":"Bu işlemi yapmak için izniniz bulunmuyor."}"#);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_a_bare_array_newest_first_and_can_be_filtered_searched_and_paged() {
    let desk = Desk::new().await;
    let agent = desk.person("agent").await;
    let names = ["Şükrü Iğdır", "Ali İnce", "Veli"];
    for name in names {
        assert_eq!(desk.form_with("name", Some(name)).await.status, 201);
    }
    let list = |query: &str| desk.get(&format!("{LIST}?{query}")).by(&agent).send();
    let all = list("").await;
    let shown: Vec<Value> = all.json().as_array().unwrap().iter().map(|row| row["name"].clone()).collect();
    assert_eq!(shown, [json!("Veli"), json!("Ali İnce"), json!("Şükrü Iğdır")]);
    assert_eq!(all.header("x-total-count"), Some("3"));
    for (query, found) in [
        ("search=ığdır", 1),
        ("search=IĞDIR+şükrü", 1),
        ("search=ince+iğdir", 0),
        ("search=INCE", 0),
        ("search=İNCE", 1),
        ("status=pending", 3),
        ("status=closed", 0),
        ("status=yok", 0),
        ("assigned_to=-", 3),
        ("created_after=2000-01-01", 3),
        ("created_before=2000-01-01", 0),
        ("subject=Di%C4%9Fer", 0),
        ("bilinmeyen=1", 3),
    ] {
        let answer = list(query).await;
        assert_eq!(answer.json().as_array().unwrap().len(), found, "{query}: {}", answer.body);
    }
    let second = list("page=2&limit=2").await;
    assert_eq!(
        (second.json()[0]["name"].as_str(), second.header("x-total-count")),
        (Some("Şükrü Iğdır"), Some("3"))
    );
    let oldest = list("ordering=created_at").await;
    assert_eq!(oldest.json()[0]["name"], "Şükrü Iğdır");
    assert_eq!(list("created_after=dün").await.status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_list_is_counted_up_to_a_bound_and_is_not_skipped_through() {
    let desk = Desk::new().await;
    let agent = desk.person("agent").await;
    desk.many_tickets(1, 2_005).await;
    let list = |query: &str| desk.get(&format!("{LIST}?{query}")).by(&agent).send();
    let first = list("limit=10").await;
    assert_eq!((first.json().as_array().unwrap().len(), first.header("x-total-count")), (10, Some("2000")));
    let last = list("limit=10&page=201").await;
    assert_eq!((last.json().as_array().unwrap().len(), last.header("x-total-count")), (5, Some("2005")));
    assert_eq!(list("limit=10&page=1001").await.status, 400);
    assert_eq!(list("subject=Konu+77").await.json().as_array().unwrap().len(), 1);
    assert_eq!(list("created_before=0001-01-01").await.json().as_array().unwrap().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn any_word_of_status_follows_any_and_the_history_walks_the_tables_steps() {
    let desk = Desk::new().await;
    let (admin, (id, _)) = (desk.person("admin").await, made(&desk).await);
    let resolved = status_of(&desk, &admin, &id, "resolved").await;
    assert_eq!(
        (&resolved["status"], &resolved["message"]),
        (&json!("success"), &json!("Ticket durumu güncellendi"))
    );
    assert_eq!(resolved["data"]["status"], "resolved");
    assert!(resolved["data"]["resolved_at"].is_string());
    let closed = status_of(&desk, &admin, &id, "closed").await;
    assert_eq!((&closed["data"]["status"], &closed["data"]["resolved_at"]), (&json!("closed"), &Value::Null));
    status_of(&desk, &admin, &id, "pending").await;
    let steps = desk
        .db
        .ask(
            "select action, details ->> 'old_status' as old, details ->> 'new_status' as new from audit_logs \
            where action like 'TICKET_STATUS%' order by created_at, id",
        )
        .await;
    let steps: Vec<String> = steps
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            format!(
                "{} {}>{}",
                row["action"].as_str().unwrap(),
                row["old"].as_str().unwrap(),
                row["new"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        steps,
        [
            "TICKET_STATUS_CHANGE new>open",
            "TICKET_STATUS_CHANGE open>resolved",
            "TICKET_STATUS_CHANGE resolved>closed",
            "TICKET_STATUS_OVERRIDE closed>pending"
        ]
    );
    let path = format!("{LIST}{id}/update_status/");
    for body in [json!({}), json!({ "status": "zzz" }), json!({ "status": 5 })] {
        let answer = desk.call("PATCH", &path).by(&admin).json(&body).send().await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()),
            (400, json!({ "status": "error", "message": "Geçersiz durum" }))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_last_step_of_a_walk_is_mailed() {
    let desk = Desk::new().await;
    let (admin, (id, _)) = (desk.person("admin").await, made(&desk).await);
    desk.db.run("update tickets set status = 'waiting_reply'").await;
    status_of(&desk, &admin, &id, "closed").await;
    let mails =
        desk.db.ask("select template from mail_outbox where template in ('resolved', 'closed')").await;
    assert_eq!(mails, json!([{ "template": "closed" }]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_is_given_to_an_agent_of_the_site_or_to_nobody() {
    let desk = Desk::new().await;
    let (admin, agent, (id, _)) = (desk.person("admin").await, desk.person("agent").await, made(&desk).await);
    let path = format!("{LIST}{id}/assign/");
    let assign = |body: Value| desk.call("PATCH", &path).by(&admin).json(&body).send();
    let given = assign(json!({ "assigned_to": agent.id })).await;
    assert_eq!(
        (given.status.as_u16(), &given.json()["message"]),
        (200, &json!("Ticket atandı")),
        "{}",
        given.body
    );
    assert_eq!(given.json()["data"]["assigned_to_email"], json!(agent.email));
    let foreign = desk.person_of(Some(desk.other.id), "agent").await;
    let customer = desk.person("customer").await;
    for nobody in [json!(foreign.id), json!(customer.id), json!("abc"), json!(5)] {
        let answer = assign(json!({ "assigned_to": nobody })).await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()),
            (404, json!({ "status": "error", "message": "Kullanıcı bulunamadı" }))
        );
    }
    for body in [json!({ "assigned_to": "" }), json!({ "assigned_to": null }), json!({})] {
        assert_eq!(assign(body).await.json()["data"]["assigned_to"], Value::Null);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn edits_obey_the_forms_rules_and_touch_only_what_can_be_written() {
    let desk = Desk::new().await;
    let (admin, agent, (id, number)) =
        (desk.person("admin").await, desk.person("agent").await, made(&desk).await);
    let path = format!("{LIST}{id}/");
    let patch = |body: Value| desk.call("PATCH", &path).by(&admin).json(&body).send();
    let edited = patch(json!({ "notes": "gizli", "name": "Ayşe", "ticket_number": "X", "resolved_at": "2020-01-01T00:00:00Z" })).await;
    assert_eq!((edited.status.as_u16(), &edited.json()["notes"]), (200, &json!("gizli")), "{}", edited.body);
    assert_eq!(
        (&edited.json()["ticket_number"], &edited.json()["resolved_at"]),
        (&json!(number), &Value::Null)
    );
    let wrong = patch(json!({ "name": "1", "status": "zzz", "assigned_to": "9999" })).await;
    assert_eq!(wrong.status, 400);
    assert_eq!(wrong.json()["status"], json!(["\"zzz\" geçerli bir seçim değil."]));
    assert_eq!(wrong.json()["assigned_to"], json!(["Geçersiz pk \"9999\" - obje bulunamadı."]));
    let put = desk.call("PUT", &path).by(&admin).json(&json!({ "notes": "x" })).send().await;
    assert_eq!((put.status.as_u16(), &put.json()["message"]), (400, &json!(["Bu alan zorunlu."])));
    let form = desk.call("PATCH", &path).by(&admin).form(&[("status", "in_progress")]).send().await;
    assert_eq!(form.json()["status"], "in_progress", "{}", form.body);
    let read_only = desk.call("PATCH", &path).by(&agent).json(&json!({ "notes": "y" })).send().await;
    assert_eq!(read_only.status, 403);
    assert_eq!(desk.call("DELETE", &path).by(&admin).send().await.status, 204);
    assert_eq!(desk.get(&path).by(&admin).send().await.status, 404);
    let (_, next) = made(&desk).await;
    assert_eq!(next, "SUP-2026-000002");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_read_by_staff_of_its_site_only() {
    let desk = Desk::new().await;
    let (agent, stranger) = (desk.person("agent").await, desk.person_of(Some(desk.other.id), "admin").await);
    let mut parts: Vec<Part<'_>> = FORM.iter().map(|(name, text)| Part::Text(name, text)).collect();
    let pdf = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF\n";
    parts.push(Part::File {
        name: "attachment",
        file_name: "fatura şubat.pdf",
        media_type: "application/pdf",
        bytes: pdf,
    });
    assert_eq!(desk.post_form().multipart(&parts).send().await.status, 201);
    let row = desk.get(LIST).by(&agent).send().await.json()[0].clone();
    assert_eq!(row["attachment_name"], "fatura şubat.pdf");
    let url = row["attachment"].as_str().unwrap();
    let path = url.strip_prefix("http://desk.test").unwrap();
    let file = desk.get(path).by(&agent).send().await;
    assert_eq!((file.status.as_u16(), file.body.as_bytes()), (200, &pdf[..]));
    assert_eq!(desk.get(path).send().await.status, 401);
    assert_eq!(desk.get(path).by(&stranger).send().await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_are_resolved_at_once_as_if_each_were_alone() {
    let desk = Desk::new().await;
    let admin = desk.person("admin").await;
    let (one, two) = (made(&desk).await.0, made(&desk).await.0);
    let bulk = |body: Value| desk.call("POST", "/api/support/tickets/bulk/").by(&admin).json(&body).send();
    let answer = bulk(json!({ "action": "mark_as_resolved", "ids": [one, two, uuid::Uuid::new_v4()] })).await;
    assert_eq!(
        answer.json(),
        json!({ "status": "success", "message": "2 ticket çözüldü olarak işaretlendi.", "data": { "updated": 2 } })
    );
    assert_eq!(desk.db.count("select count(*) from tickets where resolved_at is not null").await, 2);
    let unknown = bulk(json!({ "action": "sil", "ids": [] })).await;
    assert_eq!(
        (unknown.status.as_u16(), unknown.json()),
        (400, json!({ "status": "error", "message": "Geçersiz işlem" }))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_signed_in_is_linked_to_what_he_writes() {
    let desk = Desk::new().await;
    let (admin, customer) = (desk.person("admin").await, desk.person("customer").await);
    assert_eq!(desk.post_form().by(&customer).form(&FORM).send().await.status, 201);
    let row = desk.get(LIST).by(&admin).send().await.json()[0].clone();
    assert_eq!((&row["user"], &row["user_email"]), (&json!(customer.id), &json!(customer.email)));
    let bad = desk.post_form().bearer("a.b.c").form(&FORM).send().await;
    assert_eq!(bad.seen(), r#"401 {"detail":"Geçersiz token."}"#);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_that_an_agent_is_writing_in_is_not_changed_under_his_pen() {
    let desk = Desk::new().await;
    let (admin, agent, (id, _)) = (desk.person("admin").await, desk.person("agent").await, made(&desk).await);
    assert_eq!(desk.get(&format!("/api/tickets/{id}/lock")).by(&agent).send().await.status, 200);
    for (method, rest) in [("PATCH", ""), ("PATCH", "/update_status"), ("PATCH", "/assign"), ("DELETE", "")] {
        let body = json!({ "notes": "x", "status": "closed", "assigned_to": agent.id });
        let answer = desk.call(method, &format!("{LIST}{id}{rest}")).by(&admin).json(&body).send().await;
        assert_eq!(answer.status, 423, "{method} {rest}: {}", answer.body);
    }
    let row = desk.db.ask("select status, notes, agent_id from tickets").await[0].clone();
    assert_eq!(row, json!({ "status": "new", "notes": null, "agent_id": null }));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_given_a_ticket_is_told_and_the_ticket_is_open() {
    let desk = Desk::new().await;
    let (admin, agent, (id, _)) = (desk.person("admin").await, desk.person("agent").await, made(&desk).await);
    let path = format!("{LIST}{id}/assign/");
    let given = desk.call("PATCH", &path).by(&admin).json(&json!({ "assigned_to": agent.id })).send().await;
    assert_eq!(given.json()["data"]["status"], "in_progress", "{}", given.body);
    let told = format!("select count(*) from notifications where user_id = '{}'", agent.id);
    assert_eq!(desk.db.count(&told).await, 1);
}
