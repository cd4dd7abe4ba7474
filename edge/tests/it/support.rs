//! The support form's door: who is let in, what is answered, and that one site never touches another.

use crate::desk::{Desk, FORM};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_multipart_form_becomes_a_ticket_and_is_answered_as_promised() {
    let desk = Desk::new().await;
    let parts: Vec<_> = FORM.iter().map(|(name, text)| crate::client::Part::Text(name, text)).collect();
    let answer = desk.post_form().multipart(&parts).send().await;
    let year = desk.db.ask("select to_char(now() at time zone 'Europe/Istanbul', 'YYYY') as year").await;
    let year = year[0]["year"].as_str().unwrap().to_owned();
    let created_at = answer.json()["data"]["created_at"].as_str().unwrap().to_owned();
    assert!(
        created_at.ends_with('Z') && created_at.parse::<chrono::DateTime<chrono::Utc>>().is_ok(),
        "{created_at}"
    );
    let seen = answer.seen().replace(&created_at, "[time]").replace(&format!("SUP-{year}"), "SUP-[year]");
    insta::assert_snapshot!(seen, @r#"201 {"status":"success","message":"Destek talebiniz başarıyla oluşturuldu","data":{"ticket_id":"SUP-[year]-000001","ticket_number":"SUP-[year]-000001","created_at":"[time]","estimated_response_time":"24 saat içinde"}}"#);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert!(answer.header("x-request-id").is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn all_three_encodings_and_both_spellings_of_the_path_make_the_same_ticket() {
    let desk = Desk::new().await;
    let json: Value = FORM.into_iter().map(|(name, text)| (name.to_owned(), json!(text))).collect();
    let parts: Vec<_> = FORM.iter().map(|(name, text)| crate::client::Part::Text(name, text)).collect();
    for path in ["/api/support/tickets/", "/api/support/tickets"] {
        for call in [
            desk.call("POST", path).json(&json),
            desk.call("POST", path).form(&FORM),
            desk.call("POST", path).multipart(&parts),
        ] {
            assert_eq!(call.send().await.status, 201);
        }
    }
    let kinds = desk
        .db
        .ask(
            "select distinct subject, message, visitor_name, visitor_email, visitor_phone, status, \
        priority, source, custom_fields from tickets",
        )
        .await;
    assert_eq!(
        kinds,
        json!([{ "subject": "Sipariş Sorunu", "message": "Test mesajı burada yer alıyor",
        "visitor_name": "Test User", "visitor_email": "test@example.com", "visitor_phone": null, "status": "new",
        "priority": "normal", "source": "support_form", "custom_fields": {} }])
    );
    assert_eq!(desk.tickets().await, 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_brings_its_mail_its_audit_entry_and_its_jobs() {
    let desk = Desk::new().await;
    let call = desk.post_form().form(&FORM).header("x-request-id", "izleme-1").header("user-agent", "deneme");
    assert_eq!(call.send().await.status, 201);
    let jobs = desk.db.ask("select kind, trace_id from jobs order by kind").await;
    let kinds: Vec<_> = jobs.as_array().unwrap().iter().map(|job| job["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds.len(), 3, "{kinds:?}");
    assert!(jobs.as_array().unwrap().iter().all(|job| job["trace_id"] == "izleme-1"), "{jobs}");
    let mails = desk.db.ask("select template, to_address, to_name, state from mail_outbox").await;
    assert_eq!(
        mails,
        json!([{ "template": "support_form", "to_address": "test@example.com",
        "to_name": "Test User", "state": "pending" }])
    );
    let audit =
        desk.db.ask("select action, host(ip_address) as ip, user_agent, details from audit_logs").await;
    assert_eq!(
        audit,
        json!([{ "action": "CREATE", "ip": "127.0.0.1", "user_agent": "deneme",
        "details": { "source": "support_form" } }])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_site_is_that_of_the_key_else_of_the_id_else_the_default() {
    let desk = Desk::new().await;
    let (site, other) = (desk.site.id.to_string(), desk.other.id.to_string());
    let (key, other_key) = (desk.site.key.clone(), desk.other.key.clone());
    let nobody = uuid::Uuid::new_v4().to_string();
    let cases: Vec<(Vec<(&'static str, &str)>, String)> = vec![
        (vec![("x-api-key", &other_key)], format!("201 {other}")),
        (vec![("x-api-key", &other_key), ("x-site-id", &other)], format!("201 {other}")),
        (vec![("x-site-id", &other)], format!("201 {other}")),
        (vec![], format!("201 {site}")),
        (
            vec![("x-api-key", &key), ("x-site-id", &other)],
            "403 Bu işlemi yapmak için izniniz bulunmuyor.".into(),
        ),
        (
            vec![("x-api-key", &key), ("x-site-id", "x")],
            "403 Bu işlemi yapmak için izniniz bulunmuyor.".into(),
        ),
        (vec![("x-api-key", "wk_yok")], "401 Geçersiz API anahtarı.".into()),
        (vec![("x-site-id", &nobody)], "400 Bozuk istek.".into()),
        (vec![("x-site-id", "1")], "400 Bozuk istek.".into()),
        (vec![("authorization", "Bearer x")], "401 Geçersiz token.".into()),
        (vec![("authorization", "bearer x"), ("x-api-key", &key)], "401 Geçersiz token.".into()),
    ];
    for (headers, expected) in cases {
        let call =
            headers.iter().fold(desk.post_form().form(&FORM), |call, (name, value)| call.header(name, value));
        let answer = call.send().await;
        let said = match answer.status.as_u16() {
            201 => {
                let last = "select site_id from tickets order by created_at desc, id desc limit 1";
                desk.db.ask(last).await[0]["site_id"].as_str().unwrap().to_owned()
            }
            _ => answer.json()["detail"].as_str().unwrap().to_owned(),
        };
        assert_eq!(format!("{} {said}", answer.status.as_u16()), expected, "{headers:?}");
        assert_eq!(answer.header("www-authenticate").is_some(), answer.status == 401);
    }
    assert_eq!(desk.tickets().await, 4);
    desk.db.run("update sites set is_default = false").await;
    desk.state.sites.forget(desk.site.id);
    assert_eq!(desk.post_form().form(&FORM).send().await.seen(), r#"400 {"detail":"Bozuk istek."}"#);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key_is_refused_at_once_although_it_is_still_remembered() {
    let desk = Desk::new().await;
    let post = || desk.post_form().form(&FORM).header("x-api-key", &desk.other.key).send();
    assert_eq!(post().await.status, 201);
    desk.db.run(&format!("update api_keys set revoked_at = now() where site_id = '{}'", desk.other.id)).await;
    assert_eq!(post().await.seen(), r#"401 {"detail":"Geçersiz API anahtarı."}"#);
    assert_eq!(desk.tickets().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_that_changed_meanwhile_are_read_again_without_the_client_noticing() {
    let desk = Desk::new().await;
    assert_eq!(desk.post_form().form(&FORM).send().await.status, 201);
    desk.db.run("update sites set name = 'Yeni ad'").await;
    assert_eq!(desk.post_form().form(&FORM).send().await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_sites_tickets_leave_the_other_sites_rows_alone() {
    let desk = Desk::new().await;
    let post = |key: &str| desk.post_form().form(&FORM).header("x-api-key", key).send();
    assert_eq!(post(&desk.other.key).await.status, 201);
    let rows = format!(
        "select t::text as ticket, (select json_agg(c order by series) from ticket_counters c \
        where c.site_id = t.site_id)::text as counters from tickets t where site_id = '{}'",
        desk.other.id
    );
    let before = desk.db.ask(&rows).await;
    for _ in 0..5 {
        assert_eq!(post(&desk.site.key).await.status, 201);
    }
    assert_eq!(desk.db.ask(&rows).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_at_once_get_fifty_consecutive_numbers() {
    let desk = Desk::new().await;
    let answers = futures::future::join_all((0..50).map(|_| desk.post_form().form(&FORM).send())).await;
    let mut numbers: Vec<u32> = answers
        .iter()
        .map(|answer| answer.json()["data"]["ticket_number"].as_str().unwrap()[9..].parse().unwrap())
        .collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=50).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_staff_alone_may_do_is_refused_before_its_method_is_looked_at() {
    let desk = Desk::new().await;
    let id = uuid::Uuid::new_v4();
    for path in [
        "/api/support/tickets/",
        "/api/support/tickets",
        &format!("/api/support/tickets/{id}/"),
        &format!("/api/support/tickets/{id}"),
        "/api/support/tickets/SUP-2026-000001/update_status/",
    ] {
        for method in ["GET", "PUT", "PATCH", "DELETE"] {
            let answer = desk.call(method, path).send().await;
            assert_eq!(answer.seen(), r#"401 {"detail":"Giriş bilgileri verilmedi."}"#, "{method} {path}");
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
            let answer = desk.call(method, path).header("authorization", "Bearer abc").send().await;
            assert_eq!(answer.seen(), r#"401 {"detail":"Geçersiz token."}"#, "{method} {path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_root_names_the_list_and_a_wrong_method_is_told_the_right_ones() {
    let desk = Desk::new().await;
    let answer = desk.get("/api/support/").send().await;
    assert_eq!(answer.seen(), r#"200 {"tickets":"http://desk.test/api/support/tickets/"}"#);
    let answer = desk.call("PUT", "/api/support/").send().await;
    assert_eq!(answer.seen(), r#"405 {"detail":"\"PUT\" metoduna izin verilmiyor."}"#);
    assert_eq!(answer.header("allow"), Some("GET,HEAD"));
    let answer = desk.call("PUT", "/api/support/").header("accept-language", "en-US").send().await;
    assert_eq!(answer.seen(), r#"405 {"detail":"Method \"PUT\" not allowed."}"#);
    assert_eq!(desk.get("/api/support/baska/").send().await.seen(), r#"404 {"detail":"Bulunamadı."}"#);
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_cannot_be_read_are_named() {
    let desk = Desk::new().await;
    let post = |media_type: &str, body: &'static str| desk.post_form().body(media_type, body).send();
    let answers = [
        post("text/plain", "a").await.seen(),
        post("application/json", "[]").await.seen(),
        post("multipart/form-data", "a").await.seen(),
        post("application/json", "{\"name\": ").await.seen(),
    ];
    insta::assert_snapshot!(answers.join("\n"), @r#"
    415 {"detail":"İstekte desteklenmeyen medya tipi: \"text/plain\"."}
    400 {"non_field_errors":["Geçersiz veri. Bir sözlük bekleniyor, ama var list."]}
    400 {"detail":"Multipart form parse error - Invalid boundary in multipart: None"}
    400 {"detail":"JSON parse error - EOF while parsing a value at line 1 column 9"}
    "#);
    let large = format!("{{\"message\":\"{}\"}}", "x".repeat(1 << 20));
    let answer = desk.post_form().body("application/json", large).send().await;
    assert_eq!(answer.status, 413);
    desk.assert_untouched().await;
}
