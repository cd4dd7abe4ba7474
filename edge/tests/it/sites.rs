//! Sites and their settings, as super admins and admins work with them.

use crate::client::Answer;
use crate::desk::Desk;
use crate::people::Person;
use serde_json::{Value, json};

async fn make(desk: &Desk, by: &Person, body: Value) -> Answer {
    desk.call("POST", "/api/sites").by(by).json(&body).send().await
}

async fn change(desk: &Desk, by: &Person, site: impl std::fmt::Display, body: Value) -> Answer {
    desk.call("PUT", &format!("/api/sites/{site}")).by(by).json(&body).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_site_is_open_on_weekdays_from_nine_to_six() {
    let desk = Desk::new().await;
    let above = desk.person_of(None, "superadmin").await;
    let made = make(
        &desk,
        &above,
        json!({ "name": " Örnek Mağaza ", "domain": "Ornek.COM", "support_email": "Destek@Ornek.com",
        "origins": ["https://Ornek.com/", "https://ornek.com"] }),
    )
    .await;
    assert_eq!(made.status, 201, "{}", made.body);
    let site = made.json();
    assert_eq!((&site["name"], &site["domain"]), (&json!("Örnek Mağaza"), &json!("ornek.com")));
    assert_eq!((&site["timezone"], &site["default_language"]), (&json!("Europe/Istanbul"), &json!("tr")));
    assert_eq!(
        (&site["support_email"], &site["support_addresses"]),
        (&json!("destek@ornek.com"), &json!(["destek@ornek.com"]))
    );
    assert_eq!((&site["origins"], &site["is_active"]), (&json!(["https://ornek.com"]), &json!(true)));
    assert_eq!(site["is_default"], false);
    let hours = desk
        .db
        .ask(&format!(
            "select array_agg(day_of_week order by day_of_week) as days, min(start_minute) as opens, \
        max(end_minute) as closes from business_hours where site_id = {}",
            site["id"].to_string().replace('"', "'")
        ))
        .await;
    assert_eq!(hours[0], json!({ "days": [1, 2, 3, 4, 5], "opens": 540, "closes": 1080 }));
    let log = desk.db.ask("select action, site_id, changes from audit_logs").await;
    assert_eq!((&log[0]["action"], &log[0]["site_id"]), (&json!("CREATE"), &site["id"]));
    assert_eq!(log[0]["changes"]["name"], json!({ "old": null, "new": "Örnek Mağaza" }));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_sees_and_changes_his_own_site_alone() {
    let desk = Desk::new().await;
    let (admin, agent) = (desk.person("admin").await, desk.person("agent").await);
    let seen = desk.get("/api/sites").by(&admin).send().await.json();
    assert_eq!((seen["total"].as_i64(), &seen["data"][0]["id"]), (Some(1), &json!(desk.site.id)));
    let changed = change(
        &desk,
        &admin,
        desk.site.id,
        json!({ "name": "Yeni", "timezone": "Asia/Tokyo", "is_active": false,
        "support_team_name": "Destek", "mail_from": "Destek <d@ornek.com>", "default_language": "en" }),
    )
    .await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    let site = changed.json();
    assert_eq!((&site["name"], &site["timezone"]), (&json!("Yeni"), &json!("Asia/Tokyo")));
    assert_eq!(
        (&site["mail_from"], &site["default_language"]),
        (&json!("Destek <d@ornek.com>"), &json!("en"))
    );
    assert_eq!(site["is_active"], true, "no admin switches his site off");
    assert_eq!(
        change(&desk, &admin, desk.site.id, json!({ "mail_from": null })).await.json()["mail_from"],
        Value::Null
    );
    for (method, id, body) in [
        ("GET", desk.other.id.0, None),
        ("PUT", desk.other.id.0, Some(json!({ "name": "Bizim" }))),
        ("GET", uuid::Uuid::new_v4(), None),
    ] {
        let call = desk.call(method, &format!("/api/sites/{id}")).by(&admin);
        let call = if let Some(body) = body { call.json(&body) } else { call };
        assert_eq!(call.send().await.seen(), r#"404 {"error":"Site bulunamadı"}"#);
    }
    assert_eq!(make(&desk, &admin, json!({ "name": "A" })).await.status, 403);
    assert_eq!(
        desk.call("DELETE", &format!("/api/sites/{}", desk.site.id)).by(&admin).send().await.status,
        403
    );
    assert_eq!(desk.get("/api/sites").by(&agent).send().await.status, 403);
    assert_eq!(change(&desk, &agent, desk.site.id, json!({ "name": "A" })).await.status, 403);
    let log = desk.db.ask("select changes from audit_logs where action = 'UPDATE' order by id").await;
    assert_eq!(log[0]["changes"]["timezone"], json!({ "old": "Europe/Istanbul", "new": "Asia/Tokyo" }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_of_a_site_that_breaks_its_rule_is_named() {
    let desk = Desk::new().await;
    let above = desk.person_of(None, "superadmin").await;
    for (field, bad) in [
        ("name", json!("")),
        ("name", json!("x".repeat(256))),
        ("domain", json!("https://ornek.com")),
        ("timezone", json!("GMT+3")),
        ("support_email", json!("destek")),
        ("support_addresses", json!(["a@b.test", "b"])),
        ("support_addresses", json!(vec!["a@b.test"; 21])),
        ("origins", json!(["ornek.com"])),
        ("origins", json!(["https://*.ornek.com"])),
        ("mail_from", json!("A\r\nBcc: x@y.test <a@b.test>")),
        ("default_language", json!("de")),
        ("support_team_name", json!("x".repeat(101))),
    ] {
        for (method, path) in
            [("POST", "/api/sites".to_owned()), ("PUT", format!("/api/sites/{}", desk.site.id))]
        {
            let mut body = json!({ "name": "A" });
            body[field] = bad.clone();
            let answer = desk.call(method, &path).by(&above).json(&body).send().await;
            assert_eq!(answer.status, 400, "{method} {field} {bad}: {}", answer.body);
            let named =
                answer.json()["errors"].as_object().unwrap().keys().any(|name| name.starts_with(field));
            assert!(named, "{field}: {}", answer.body);
        }
    }
    assert_eq!(desk.db.count("select count(*) from sites").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_receives_mail_for_one_site_and_the_first_one_answers() {
    let desk = Desk::new().await;
    let above = desk.person_of(None, "superadmin").await;
    let taken = change(
        &desk,
        &above,
        desk.other.id,
        json!({ "support_email": desk.site.support_address.to_uppercase() }),
    )
    .await;
    assert_eq!(taken.seen(), r#"409 {"error":"Bu e-posta adresi başka bir siteye ait"}"#);
    let addresses =
        json!({ "support_addresses": ["c@ornek.test", "a@ornek.test", "b@ornek.test", "a@ornek.test"] });
    let set = change(&desk, &above, desk.site.id, addresses).await.json();
    assert_eq!(set["support_addresses"], json!(["c@ornek.test", "a@ornek.test", "b@ornek.test"]));
    assert_eq!(desk.site.settings().await.support_address(), Some("c@ornek.test"));
    let first =
        change(&desk, &above, desk.site.id, json!({ "support_email": "yeni@ornek.test" })).await.json();
    assert_eq!(first["support_addresses"], json!(["yeni@ornek.test", "a@ornek.test", "b@ornek.test"]));
    let free =
        change(&desk, &above, desk.other.id, json!({ "support_addresses": [desk.site.support_address] }))
            .await;
    assert_eq!(free.status, 200, "{}", free.body);
    let none = change(&desk, &above, desk.site.id, json!({ "support_addresses": [] })).await.json();
    assert_eq!((&none["support_email"], &none["support_addresses"]), (&Value::Null, &json!([])));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_that_is_switched_off_is_closed_to_its_people_and_pages_at_once() {
    let desk = Desk::new().await;
    let (above, agent) = (desk.person_of(None, "superadmin").await, desk.person("agent").await);
    let form = json!({ "visitor_name": "Kim", "visitor_email": "kim@ornek.test", "subject": "Konu", "message": "Mesaj burada" });
    let file = || desk.call("POST", "/api/tickets").header("x-api-key", &desk.site.key).json(&form);
    let ask = || desk.get("/api/agents/available").header("x-api-key", &desk.site.key);
    assert_eq!(file().send().await.status, 201);
    assert_eq!(ask().send().await.status, 200);
    assert_eq!(change(&desk, &above, desk.site.id, json!({ "is_active": false })).await.status, 200);
    assert_eq!(
        desk.get("/api/departments").by(&agent).send().await.seen(),
        r#"401 {"error":"Geçersiz kullanıcı"}"#
    );
    assert_eq!(ask().send().await.seen(), r#"401 {"error":"Geçersiz API anahtarı"}"#);
    assert_eq!(file().send().await.status, 401);
    assert_eq!(desk.tickets().await, 1);
    assert_eq!(change(&desk, &above, desk.site.id, json!({ "is_active": true })).await.status, 200);
    assert_eq!(desk.get("/api/departments").by(&agent).send().await.status, 200);
    assert_eq!(file().send().await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_default_sites_place_is_taken_over_and_never_given_away() {
    let desk = Desk::new().await;
    let above = desk.person_of(None, "superadmin").await;
    assert_eq!(
        change(&desk, &above, desk.site.id, json!({ "is_default": false })).await.json()["is_default"],
        true
    );
    assert_eq!(
        change(&desk, &above, desk.other.id, json!({ "is_default": true })).await.json()["is_default"],
        true
    );
    let defaults = desk.db.ask("select id from sites where is_default").await;
    assert_eq!(defaults, json!([{ "id": desk.other.id }]));
    let posted = desk.post_form().form(&crate::desk::FORM).send().await;
    assert_eq!(posted.status, 201, "{}", posted.body);
    assert_eq!(desk.db.ask("select site_id from tickets").await, json!([{ "site_id": desk.other.id }]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_site_is_gone_at_once_and_its_log_can_still_be_read() {
    let desk = Desk::new().await;
    let (above, admin) = (desk.person_of(None, "superadmin").await, desk.person("admin").await);
    let stranger = desk.person_of(Some(desk.other.id), "admin").await;
    change(&desk, &admin, desk.site.id, json!({ "name": "Gidecek" })).await;
    let path = format!("/api/sites/{}", desk.site.id);
    assert_eq!(desk.call("DELETE", &path).by(&above).send().await.status, 204);
    assert_eq!(desk.call("DELETE", &path).by(&above).send().await.status, 404);
    assert_eq!(desk.get(&path).by(&above).send().await.status, 404);
    assert_eq!(desk.get("/api/sites").by(&above).send().await.json()["total"], 1);
    assert_eq!(desk.get("/api/sites").by(&admin).send().await.status, 401);
    let key = desk.get("/api/agents/available").header("x-api-key", &desk.site.key).send().await;
    assert_eq!(key.status, 401);
    let by_form = desk.post_form().form(&crate::desk::FORM).send().await;
    assert_eq!(by_form.status, 400, "{}", by_form.body);
    let free =
        change(&desk, &above, desk.other.id, json!({ "support_email": desk.site.support_address })).await;
    assert_eq!(free.status, 200, "{}", free.body);
    assert_eq!(desk.db.count("select count(*) from jobs where kind = 'site.remove'").await, 1);
    desk.db.run(&format!("delete from sites where id = '{}'", desk.site.id)).await;
    let log = desk.get(&format!("/api/audit-logs?site_id={}", desk.site.id)).by(&above).send().await.json();
    let actions: Vec<&str> =
        log["data"].as_array().unwrap().iter().map(|row| row["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["DELETE", "UPDATE"]);
    assert_eq!(log["data"][0]["changes"]["name"], json!({ "old": "Gidecek", "new": null }));
    assert_eq!(desk.get("/api/departments").by(&stranger).send().await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_setting_is_read_and_set_under_its_key() {
    let desk = Desk::new().await;
    let (admin, agent) = (desk.person("admin").await, desk.person("agent").await);
    let set = async |key: &str, value: Value| {
        desk.call("PUT", &format!("/api/admin/settings/{key}"))
            .by(&admin)
            .json(&json!({ "value": value }))
            .send()
            .await
    };
    for (key, value) in [
        ("support_team_name", json!("Örnek Destek")),
        ("mail_from", json!("Örnek <destek@ornek.test>")),
        ("mail_from", Value::Null),
        ("support_addresses", json!(["destek@ornek.test", "yardim@ornek.test"])),
        ("default_language", json!("en")),
        ("timezone", json!("Europe/Berlin")),
    ] {
        let answer = set(key, value.clone()).await;
        assert_eq!(answer.status, 200, "{key}: {}", answer.body);
        assert_eq!(answer.json(), json!({ "key": key, "value": value }));
    }
    let all = desk.get("/api/admin/settings").by(&admin).send().await.json();
    assert_eq!(all["total"], 5);
    assert_eq!(all["data"][0], json!({ "key": "support_team_name", "value": "Örnek Destek" }));
    let settings = desk.site.settings().await;
    assert_eq!(
        (settings.support_team_name.as_str(), settings.default_language.as_str()),
        ("Örnek Destek", "en")
    );
    for (key, bad) in [
        ("mail_from", json!("kim")),
        ("default_language", json!("de")),
        ("timezone", json!(3)),
        ("support_addresses", json!(["x"])),
    ] {
        let answer = set(key, bad).await;
        assert_eq!(answer.status, 400, "{key}: {}", answer.body);
        assert!(answer.json()["errors"]["value"].is_array());
    }
    assert_eq!(set("password", json!("x")).await.status, 404);
    assert_eq!(set("support_addresses", json!([desk.other.support_address])).await.status, 409);
    assert_eq!(desk.get("/api/admin/settings").by(&agent).send().await.status, 403);
    let log =
        desk.db.ask("select changes from audit_logs where action = 'SETTINGS_UPDATE' order by id").await;
    assert_eq!(
        log[0]["changes"],
        json!({ "support_team_name": { "old": "İmeceHub Destek Ekibi", "new": "Örnek Destek" } })
    );
    assert_eq!(desk.other.settings().await.default_language, "tr");
}
