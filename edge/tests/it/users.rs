//! Users, as those who manage them and as they themselves see them.

use crate::client::Answer;
use crate::desk::Desk;
use crate::people::Person;
use serde_json::{Value, json};

fn draft(email: &str) -> Value {
    json!({ "email": email, "name": " Ayşe Yılmaz ", "role": "agent", "password": "gizli-şifre-1" })
}

impl Desk {
    pub async fn make_user(&self, by: &Person, body: Value) -> Answer {
        self.call("POST", "/api/users").by(by).json(&body).send().await
    }

    pub async fn change_user(&self, by: &Person, id: &str, body: Value) -> Answer {
        self.call("PUT", &format!("/api/users/{id}")).by(by).json(&body).send().await
    }
}

fn id(answer: &Answer) -> String {
    answer.json()["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_makes_an_agent_whose_password_nobody_sees_again() {
    let desk = Desk::new().await;
    let admin = desk.person("admin").await;
    let mut body = draft("AYSE@Ornek.test");
    body["skills"] = json!(["iade", " İADE ", "Kargo"]);
    body["languages"] = json!(["TR", "en", "tr"]);
    let made = desk.make_user(&admin, body).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let seen = made.json();
    assert_eq!((&seen["email"], &seen["name"]), (&json!("ayse@ornek.test"), &json!("Ayşe Yılmaz")));
    assert_eq!((&seen["skills"], &seen["languages"]), (&json!(["iade", "Kargo"]), &json!(["tr", "en"])));
    assert_eq!(
        (&seen["max_chats"], &seen["current_chats"], &seen["priority_level"]),
        (&json!(5), &json!(0), &json!(1))
    );
    assert_eq!((&seen["accept_calls"], &seen["is_active"]), (&json!(true), &json!(true)));
    assert_eq!((&seen["is_vip"], &seen["is_banned"]), (&json!(false), &json!(false)));
    assert_eq!((&seen["status"], &seen["state"]), (&json!("offline"), &json!("Müsait")));
    assert_eq!(seen["site_id"], json!(desk.site.id));
    let listed = desk.get("/api/users?role=agent").by(&admin).send().await;
    let shown = desk.get(&format!("/api/users/{}", id(&made))).by(&admin).send().await;
    for answer in [&made, &listed, &shown] {
        assert!(!answer.body.contains("password_hash") && !answer.body.contains("argon2"), "{}", answer.body);
    }
    assert_eq!(shown.json(), made.json());
    let stored = desk.db.ask("select password_hash from users where email = 'ayse@ornek.test'").await;
    assert!(stored[0]["password_hash"].as_str().unwrap().starts_with("$argon2id$"));
    let log = desk.db.ask("select action, target_type, actor_id, changes::text from audit_logs").await;
    assert_eq!((&log[0]["action"], &log[0]["actor_id"]), (&json!("CREATE"), &json!(admin.id)));
    let changes = log[0]["changes"].as_str().unwrap();
    assert!(changes.contains("ayse@ornek.test") && !changes.contains("gizli") && !changes.contains("argon2"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_one_persons_on_the_whole_platform_whatever_its_case() {
    let desk = Desk::new().await;
    let (admin, stranger) = (desk.person("admin").await, desk.person_of(Some(desk.other.id), "admin").await);
    assert_eq!(desk.make_user(&admin, draft("a@ornek.test")).await.status, 201);
    for by in [&admin, &stranger] {
        let again = desk.make_user(by, draft("A@ORNEK.test")).await;
        assert_eq!(again.seen(), r#"409 {"error":"Bu e-posta adresi kullanılıyor"}"#);
    }
    let second = desk.make_user(&admin, draft("b@ornek.test")).await;
    assert_eq!(desk.change_user(&admin, &id(&second), json!({ "email": "a@ornek.test" })).await.status, 409);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_field_has_its_bounds_on_both_sides() {
    let desk = Desk::new().await;
    let admin = desk.person("admin").await;
    let with = |field: &str, value: Value| {
        let mut body = draft(&format!("{}@ornek.test", uuid::Uuid::new_v4().simple()));
        body[field] = value;
        desk.make_user(&admin, body)
    };
    for (field, good) in [
        ("password", json!("12345678")),
        ("password", json!("ş".repeat(36))),
        ("name", json!("ş".repeat(255))),
        ("max_chats", json!(1)),
        ("max_chats", json!(100)),
        ("skills", json!(vec!["a"; 50])),
        ("languages", json!(["zu"])),
        ("department_id", Value::Null),
    ] {
        let answer = with(field, good.clone()).await;
        assert_eq!(answer.status, 201, "{field} {good}: {}", answer.body);
    }
    for (field, bad) in [
        ("password", json!("1234567")),
        ("password", json!("ş".repeat(36) + "a")),
        ("password", Value::Null),
        ("email", json!("kim")),
        ("email", json!("ayşe@ornek.test")),
        ("email", json!(format!("{}@ornek.test", "a".repeat(250)))),
        ("name", json!("  ")),
        ("name", json!("ş".repeat(256))),
        ("role", json!("patron")),
        ("max_chats", json!(0)),
        ("max_chats", json!(101)),
        ("priority_level", json!(0)),
        ("skills", json!(vec!["a"; 51])),
        ("skills", json!(["a".repeat(51)])),
        ("languages", json!(["türkçe"])),
        ("languages", json!(["xx"])),
        ("department_id", json!("satış")),
        ("accept_calls", json!("evet")),
    ] {
        let answer = with(field, bad.clone()).await;
        assert_eq!(answer.status, 400, "{field} {bad}: {}", answer.body);
        let named = answer.json()["errors"].as_object().unwrap().keys().any(|key| key.starts_with(field));
        assert!(named && !answer.body.contains("1234567"), "{field}: {}", answer.body);
    }
    let english = desk.call("POST", "/api/users").by(&admin).header("accept-language", "en");
    let english =
        english.json(&json!({ "email": "x", "name": "a", "role": "agent", "password": "12345678" }));
    assert_eq!(english.send().await.json()["errors"]["email"][0], "Enter a valid email address.");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_reaches_above_himself_or_into_another_site() {
    let desk = Desk::new().await;
    let (admin, above) = (desk.person("admin").await, desk.person_of(None, "superadmin").await);
    let foreign = desk.person_of(Some(desk.other.id), "agent").await;
    let mut body = draft("s@ornek.test");
    body["role"] = json!("superadmin");
    assert_eq!(desk.make_user(&admin, body.clone()).await.seen(), r#"403 {"error":"Yetkiniz yok"}"#);
    assert_eq!(desk.db.count("select count(*) from users where email = 's@ornek.test'").await, 0);
    let own = desk.change_user(&admin, &admin.id.to_string(), json!({ "role": "superadmin" })).await;
    assert_eq!(own.status, 403);
    for id in [above.id, foreign.id] {
        let path = format!("/api/users/{id}");
        assert_eq!(desk.get(&path).by(&admin).send().await.status, 404);
        assert_eq!(desk.change_user(&admin, &id.to_string(), json!({ "is_banned": true })).await.status, 404);
        assert_eq!(desk.call("DELETE", &path).by(&admin).send().await.status, 404);
    }
    let unknown = desk.get(&format!("/api/users/{}", uuid::Uuid::new_v4())).by(&admin).send().await;
    assert_eq!(
        unknown.seen(),
        desk.get(&format!("/api/users/{}", foreign.id)).by(&admin).send().await.seen()
    );
    let listed = desk.get("/api/users").by(&admin).send().await;
    assert_eq!(
        (listed.json()["total"].as_i64(), &listed.json()["data"][0]["id"]),
        (Some(1), &json!(admin.id))
    );
    desk.db
        .run(&format!("insert into departments (site_id, name) values ('{}', 'Satış')", desk.other.id))
        .await;
    let department = desk.db.ask("select id from departments").await[0]["id"].clone();
    let mut body = draft("d@ornek.test");
    body["department_id"] = department.clone();
    assert_eq!(desk.make_user(&admin, body).await.seen(), r#"404 {"error":"Departman bulunamadı"}"#);
    let moved = desk.change_user(&admin, &admin.id.to_string(), json!({ "department_id": department })).await;
    assert_eq!(moved.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_sees_himself_and_changes_only_what_is_his_to_change() {
    let desk = Desk::new().await;
    for role in ["customer", "agent"] {
        let (one, other) = (desk.person(role).await, desk.person("agent").await);
        let path = format!("/api/users/{}", one.id);
        assert_eq!(desk.get(&path).by(&one).send().await.json()["role"], role);
        let wish = json!({ "name": "Yeni Ad", "languages": ["de"], "role": "admin", "is_vip": true, "max_chats": 99,
            "email": "baska@ornek.test", "site_id": desk.other.id, "password_hash": "x" });
        let changed = desk.change_user(&one, &one.id.to_string(), wish).await;
        assert_eq!(changed.status, 200, "{}", changed.body);
        let seen = changed.json();
        assert_eq!((&seen["name"], &seen["languages"]), (&json!("Yeni Ad"), &json!(["de"])));
        assert_eq!(
            (&seen["role"], &seen["is_vip"], &seen["max_chats"]),
            (&json!(role), &json!(false), &json!(5))
        );
        assert_eq!((&seen["email"], &seen["site_id"]), (&json!(one.email), &json!(desk.site.id)));
        for id in [other.id.to_string(), uuid::Uuid::new_v4().to_string()] {
            assert_eq!(desk.get(&format!("/api/users/{id}")).by(&one).send().await.status, 403);
            assert_eq!(desk.change_user(&one, &id, json!({ "name": "X" })).await.status, 403);
        }
        assert_eq!(desk.get("/api/users").by(&one).send().await.status, 403);
        assert_eq!(desk.make_user(&one, draft("x@ornek.test")).await.status, 403);
        assert_eq!(desk.call("DELETE", &path).by(&one).send().await.status, 403);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_an_admin_switches_off_bans_or_gives_another_role_is_signed_out_at_once() {
    let desk = Desk::new().await;
    let admin = desk.person("admin").await;
    for (change, refusal) in [
        (json!({ "is_active": false }), r#"401 {"error":"Geçersiz kullanıcı"}"#),
        (json!({ "is_banned": true, "ban_reason": "Küfür" }), r#"403 {"error":"Yetkiniz yok"}"#),
        (json!({ "role": "customer" }), r#"401 {"error":"Geçersiz token"}"#),
    ] {
        let (one, beside) = (desk.person("agent").await, desk.person("agent").await);
        assert_eq!(desk.get("/api/departments").by(&one).send().await.status, 200);
        let changed = desk.change_user(&admin, &one.id.to_string(), change.clone()).await;
        assert_eq!(changed.status, 200, "{}", changed.body);
        assert_eq!(changed.json()["status"], "offline");
        assert_eq!(desk.get("/api/departments").by(&one).send().await.seen(), refusal, "{change}");
        let ended = format!("select ended_because from sessions where user_id = '{}'", one.id);
        assert_eq!(desk.db.ask(&ended).await[0]["ended_because"], "deactivated");
        assert_eq!(desk.get("/api/departments").by(&beside).send().await.status, 200);
    }
    let banned = desk
        .db
        .ask("select banned_by, banned_at is not null as at, ban_reason from users where is_banned")
        .await;
    assert_eq!(banned[0], json!({ "banned_by": admin.id, "at": true, "ban_reason": "Küfür" }));
    let actions = desk.db.ask("select action from audit_logs order by id").await;
    assert_eq!(
        actions,
        json!([{ "action": "UPDATE" }, { "action": "USER_BAN" }, { "action": "ROLE_CHANGE" }])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ban_that_is_lifted_leaves_nothing_behind_and_is_in_the_log() {
    let desk = Desk::new().await;
    let (admin, one) = (desk.person("admin").await, desk.person("agent").await);
    let id = one.id.to_string();
    desk.change_user(&admin, &id, json!({ "is_banned": true, "ban_reason": "Küfür" })).await;
    let lifted = desk.change_user(&admin, &id, json!({ "is_banned": false })).await.json();
    assert_eq!((&lifted["is_banned"], &lifted["ban_reason"]), (&json!(false), &Value::Null));
    assert_eq!((&lifted["banned_by"], &lifted["banned_at"]), (&Value::Null, &Value::Null));
    let log = desk.db.ask("select changes from audit_logs where action = 'USER_BAN' order by id").await;
    assert_eq!(log[1]["changes"]["is_banned"], json!({ "old": true, "new": false }));
    assert_eq!(log[1]["changes"]["ban_reason"], json!({ "old": "Küfür", "new": null }));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_admin_cannot_step_down_and_of_two_who_do_at_once_one_stays() {
    let desk = Desk::new().await;
    let first = desk.person("admin").await;
    let id = first.id.to_string();
    let refusal = r#"409 {"error":"Son yöneticinin yetkisi kaldırılamaz"}"#;
    for change in [json!({ "role": "agent" }), json!({ "is_active": false }), json!({ "is_banned": true })] {
        assert_eq!(desk.change_user(&first, &id, change).await.seen(), refusal);
    }
    let gone = desk.call("DELETE", &format!("/api/users/{id}")).by(&first).send().await;
    assert_eq!(gone.seen(), refusal);
    let inactive = desk.person("admin").await;
    desk.db.run(&format!("update users set is_active = false where id = '{}'", inactive.id)).await;
    desk.person_of(Some(desk.other.id), "admin").await;
    assert_eq!(desk.change_user(&first, &id, json!({ "role": "agent" })).await.seen(), refusal);
    let second = desk.person("admin").await;
    let second_id = second.id.to_string();
    let (one, other) = tokio::join!(
        desk.change_user(&first, &id, json!({ "role": "agent" })),
        desk.change_user(&second, &second_id, json!({ "role": "agent" }))
    );
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_super_admin_makes_his_like_raises_an_admin_and_is_never_the_last_to_go() {
    let desk = Desk::new().await;
    let above = desk.person_of(None, "superadmin").await;
    let own = above.id.to_string();
    for change in [json!({ "is_active": false }), json!({ "is_banned": true })] {
        assert_eq!(desk.change_user(&above, &own, change).await.status, 409);
    }
    assert_eq!(desk.change_user(&above, &own, json!({ "role": "admin" })).await.status, 409);
    let mut body = draft("ust@ornek.test");
    body["role"] = json!("superadmin");
    let made = desk.make_user(&above, body).await;
    assert_eq!((made.status.as_u16(), &made.json()["site_id"]), (201, &Value::Null), "{}", made.body);
    assert_eq!(
        desk.make_user(&above, draft("a@ornek.test")).await.seen(),
        r#"400 {"error":"X-Site-ID başlığı gerekli"}"#
    );
    let named = desk.call("POST", "/api/users").by(&above).header("x-site-id", &desk.other.id.to_string());
    let named = named.json(&draft("a@ornek.test")).send().await;
    assert_eq!((named.status.as_u16(), &named.json()["site_id"]), (201, &json!(desk.other.id)));
    let admin = desk.person("admin").await;
    let raised = desk.change_user(&above, &admin.id.to_string(), json!({ "role": "superadmin" })).await;
    assert_eq!((raised.status.as_u16(), &raised.json()["site_id"]), (200, &Value::Null), "{}", raised.body);
    let gone = desk.call("DELETE", &format!("/api/users/{own}")).by(&above).send().await;
    assert_eq!(gone.status, 204, "{}", gone.body);
    assert_eq!(desk.get("/api/sites").by(&above).send().await.status, 401);
    let log = desk.db.ask("select site_id, actor_id, details from audit_logs where action = 'DELETE'").await;
    assert_eq!(log[0], json!({ "site_id": null, "actor_id": null, "details": { "by_himself": true } }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_users_tickets_stay_without_an_agent() {
    let desk = Desk::new().await;
    let (admin, agent, other) =
        (desk.person("admin").await, desk.person("agent").await, desk.person("agent").await);
    let ticket = |number: u32, holder: &Person| {
        format!(
            "insert into tickets (id, site_id, ticket_number, reference, subject, message, visitor_name, source, status,
                                  agent_id)
             values (gen_random_uuid(), '{}', {number}, 'SUP-2026-{number:06}', 'a', 'b', 'c', 'api', 'open', '{}');",
            desk.site.id, holder.id
        )
    };
    desk.db.run(&(ticket(1, &agent) + &ticket(2, &other))).await;
    let gone = desk.call("DELETE", &format!("/api/users/{}", agent.id)).by(&admin).send().await;
    assert_eq!(gone.status, 204, "{}", gone.body);
    let tickets = desk.db.ask("select agent_id, status from tickets order by ticket_number").await;
    assert_eq!(tickets[0], json!({ "agent_id": null, "status": "open" }));
    assert_eq!(tickets[1]["agent_id"], json!(other.id));
    assert_eq!(
        desk.get("/api/departments").by(&agent).send().await.seen(),
        r#"401 {"error":"Geçersiz kullanıcı"}"#
    );
    let log = desk.db.ask("select changes from audit_logs where action = 'DELETE'").await;
    assert_eq!(log[0]["changes"]["email"], json!({ "old": agent.email, "new": null }));
    assert_eq!(desk.call("DELETE", &format!("/api/users/{}", agent.id)).by(&admin).send().await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn users_are_found_by_role_department_activity_and_any_part_of_name_or_address() {
    let desk = Desk::new().await;
    let admin = desk.person("admin").await;
    let place =
        desk.call("POST", "/api/departments").by(&admin).json(&json!({ "name": "Satış" })).send().await;
    for (email, name, role) in [
        ("iclal@ornek.test", "İclal Işık", "agent"),
        ("can@ornek.test", "Can ÇAĞLAR", "customer"),
        ("deniz@baska.test", "Deniz %", "agent"),
    ] {
        let mut body = draft(email);
        body["name"] = json!(name);
        body["role"] = json!(role);
        body["is_active"] = json!(name != "Deniz %");
        body["department_id"] = if role == "agent" { place.json()["id"].clone() } else { Value::Null };
        assert_eq!(desk.make_user(&admin, body).await.status, 201);
    }
    let found = async |query: &str| {
        let answer = desk.get(&format!("/api/users?{query}")).by(&admin).send().await;
        assert_eq!(answer.status, 200, "{query}: {}", answer.body);
        let json = answer.json();
        let names: Vec<&str> =
            json["data"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect();
        assert_eq!(json["total"].as_u64(), Some(names.len() as u64));
        names.join(", ")
    };
    assert_eq!(found("role=agent").await, "Deniz %, İclal Işık");
    assert_eq!(found("role=agent&is_active=true").await, "İclal Işık");
    assert_eq!(
        found(&format!("department_id={}", place.json()["id"].as_str().unwrap())).await,
        "Deniz %, İclal Işık"
    );
    // İCLAL, IŞIK, çağlar, BASKA, and a sign that means nothing.
    assert_eq!(found("search=%C4%B0CLAL").await, "İclal Işık");
    assert_eq!(found("search=I%C5%9EIK").await, "İclal Işık");
    assert_eq!(found("search=%C3%A7a%C4%9Flar").await, "Can ÇAĞLAR");
    assert_eq!(found("search=BASKA").await, "Deniz %");
    assert_eq!(found("search=%25").await, "Deniz %");
    assert_eq!(found("search=kimse").await, "");
    let page = desk.get("/api/users?limit=1&page=2").by(&admin).send().await.json();
    assert_eq!(
        (page["total"].as_i64(), &page["data"][0]["name"], &page["page"]),
        (Some(4), &json!("Deniz %"), &json!(2))
    );
    let beyond = desk.get("/api/users?page=9").by(&admin).send().await.json();
    assert_eq!((beyond["total"].as_i64(), beyond["data"].as_array().unwrap().len()), (Some(4), 0));
    assert_eq!(desk.get("/api/users?role=patron").by(&admin).send().await.status, 400);
}
