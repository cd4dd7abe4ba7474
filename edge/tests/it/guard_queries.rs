//! What clients put into queries to be read as commands, or twice.

use crate::desk::Desk;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_name_given_twice_keeps_its_last_value_and_an_operator_is_not_read() {
    let desk = Desk::new().await;
    let agent = desk.person("agent").await;
    let get = |query: &str| desk.get(&format!("/api/departments?{query}")).by(&agent).send();
    for (query, page, limit) in [
        ("limit=1&limit=2", 1, 2),
        ("page=9&limit=7&page=3", 3, 7),
        ("$limit=3&limit.a=4&a.limit=5&%24page=6", 1, 50),
        ("limit[$gt]=3&page[$ne]=1", 1, 50),
        ("limit[]=3&page[a.b]=1", 1, 50),
        ("&&limit=4&=&x", 1, 4),
    ] {
        let answer = get(query).await;
        assert_eq!((answer.status.as_u16(), answer.json()["page"].as_i64()), (200, Some(page)), "{query}");
        assert_eq!(answer.json()["limit"], limit, "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_that_cannot_be_meant_is_a_bad_request() {
    let desk = Desk::new().await;
    let agent = desk.person("agent").await;
    let long = "a".repeat(5000);
    for query in ["limit=abc", "limit=0", "limit=101", "page=-1", "limit=1e3", "limit=%00", &long] {
        let answer = desk.get(&format!("/api/departments?{query}")).by(&agent).send().await;
        assert_eq!(answer.status, 400, "{query}: {}", answer.body);
        assert!(answer.json()["error"].is_string());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn operator_keys_of_a_body_are_dropped_at_any_depth() {
    let desk = Desk::new().await;
    let id = uuid::Uuid::new_v4();
    let fields = r#"[{"name": "ad", "label": "Ad", "type": "text"}]"#;
    desk.db
        .run(&format!(
            "insert into dynamic_forms (id, site_id, name, fields) values ('{id}', '{}', 'İade', '{fields}')",
            desk.site.id
        ))
        .await;
    let sent =
        json!({ "ad": "5 < 6", "n": { "$gt": 1, "p.q": 2, "r": [{ "$ne": 3, "s": 4 }] }, "$where": "1" });
    let answer = desk.call("POST", &format!("/api/forms/{id}/submit")).json(&sent).send().await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    let stored = desk.db.ask("select data from form_submissions").await;
    assert_eq!(stored[0]["data"], json!({ "ad": "5 < 6", "n": { "r": [{ "s": 4 }] } }));
}
