//! Every operation of the document tried by every kind of caller: what `x-roles` and `x-tenant-scope` promise holds.

mod callers;
mod document;
mod foreign;

use crate::desk::Desk;
use callers::{ROLES, bad_tokens};
use document::{Operation, operations};
use uuid::Uuid;

fn unknown(operation: &Operation) -> String {
    operation.path_with(|_| Uuid::new_v4().to_string())
}

fn seen(operation: &Operation, status: u16, body: &str) -> String {
    format!("{} {}: {status} {body}", operation.method, operation.path)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_says_who_may_call_it_and_whose_objects_it_touches() {
    let desk = Desk::new().await;
    let all = operations(&desk).await;
    assert!(all.len() > 5, "{all:?}");
    for one in all {
        assert!(!one.roles.is_empty(), "{} {} does not say who may call it", one.method, one.path);
        assert!(!one.tenants.is_empty(), "{} {} does not say what it touches", one.method, one.path);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_in_without_an_identity_where_one_is_asked_for() {
    let desk = Desk::new().await;
    let mut wrong = Vec::new();
    for one in operations(&desk).await.iter().filter(|one| !one.is_public()) {
        let answer = desk.call(&one.method, &unknown(one)).send().await;
        if answer.status != 401 {
            wrong.push(seen(one, answer.status.as_u16(), &answer.body));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_token_opens_nothing_not_even_a_public_door() {
    let desk = Desk::new().await;
    let tokens = bad_tokens(&desk).await;
    let mut wrong = Vec::new();
    for one in operations(&desk).await {
        for (name, token) in &tokens {
            let answer = desk.call(&one.method, &unknown(&one)).bearer(token).send().await;
            if answer.status != 401 {
                wrong.push(format!("{name}: {}", seen(&one, answer.status.as_u16(), &answer.body)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_widgets_key_opens_only_what_widgets_may_call() {
    let desk = Desk::new().await;
    let mut wrong = Vec::new();
    for one in operations(&desk).await.iter().filter(|one| !one.lets_in("widget")) {
        let answer = desk.call(&one.method, &unknown(one)).header("x-api-key", &desk.site.key).send().await;
        if answer.status != 401 {
            wrong.push(seen(one, answer.status.as_u16(), &answer.body));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_gets_as_far_as_the_document_says_and_no_farther() {
    let desk = Desk::new().await;
    let mut wrong = Vec::new();
    for one in operations(&desk).await {
        for role in ROLES {
            let call = desk.call_by(role, &one.method, &unknown(&one)).await;
            let call = match &one.body {
                Some(body) => call.json(body),
                None => call,
            };
            let answer = call.send().await;
            let refused = answer.status == 403;
            let sound = answer.status != 401 && answer.status.as_u16() < 500;
            if refused == one.lets_in(role) || !sound {
                wrong.push(format!("{role}: {}", seen(&one, answer.status.as_u16(), &answer.body)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_banned_gets_in_nowhere() {
    let desk = Desk::new().await;
    let banned = desk.person("admin").await;
    desk.db.run(&format!("update users set is_banned = true where id = '{}'", banned.id)).await;
    let mut wrong = Vec::new();
    for one in operations(&desk).await {
        let answer = desk.call(&one.method, &unknown(&one)).by(&banned).send().await;
        if answer.status != 401 && answer.status != 403 {
            wrong.push(seen(&one, answer.status.as_u16(), &answer.body));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_sites_records_do_not_exist_and_do_not_move() {
    let desk = Desk::new().await;
    let mut wrong = Vec::new();
    for one in operations(&desk).await.iter().filter(|one| one.has_ids() && one.tenants == "site") {
        let Some(id) = foreign::record(&desk, &one.path).await else {
            wrong.push(format!("{}: the test knows no record of that kind", one.path));
            continue;
        };
        let before = foreign::rows(&desk).await;
        for role in ["agent", "admin"].into_iter().filter(|role| one.lets_in(role)) {
            let call = desk.call_by(role, &one.method, &one.path_with(|_| id.to_string())).await;
            let call = match &one.body {
                Some(body) => call.json(body),
                None => call,
            };
            let answer = call.send().await;
            if answer.status != 404 {
                wrong.push(format!("{role}: {}", seen(one, answer.status.as_u16(), &answer.body)));
            }
        }
        if foreign::rows(&desk).await != before {
            wrong.push(format!("{} {} moved another site's rows", one.method, one.path));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
