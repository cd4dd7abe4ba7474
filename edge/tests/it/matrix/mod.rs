//! Every operation of the document tried by every kind of caller: what `x-roles` and `x-tenant-scope` promise holds.

mod callers;
mod document;
mod fields;
mod foreign;
mod ids;
mod input;
mod languages;
mod places;

use crate::client::Call;
use crate::desk::Desk;
use callers::{ROLES, bad_tokens};
use document::{Operation, operations};
use uuid::Uuid;

fn unknown(operation: &Operation) -> String {
    operation.path_with(|_| Uuid::new_v4().to_string())
}

fn with_body(call: Call, operation: &Operation) -> Call {
    match &operation.body {
        Some(body) => call.json(body),
        None => call,
    }
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
        let call = desk.call(&one.method, &unknown(one));
        let answer = with_body(call, one).send().await;
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
    for one in operations(&desk).await.into_iter().filter(|one| !one.ignores_tokens()) {
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
    let granted =
        desk.db.ask("select role || ' ' || permission as pair from permissions where allowed").await;
    let granted: Vec<&str> =
        granted.as_array().unwrap().iter().filter_map(|row| row["pair"].as_str()).collect();
    let mut wrong = Vec::new();
    for one in operations(&desk).await.into_iter().filter(|one| !one.ignores_tokens()) {
        for role in ROLES {
            let permitted = one.permission.as_ref().is_none_or(|permission| {
                ["customer", "superadmin"].contains(&role)
                    || granted.contains(&format!("{role} {permission}").as_str())
            });
            let call = desk.call_by(role, &one.method, &unknown(&one)).await;
            let answer = with_body(call, &one).send().await;
            let refused = answer.status == 403;
            let sound = answer.status != 401 && answer.status.as_u16() < 500;
            let expected = !one.lets_in(role) || !permitted;
            // Of what is his own, nobody is told whether others have it; a person may name himself.
            let of_himself = one.tenants == "own" || one.path == "/api/users/{id}";
            let as_expected = refused == expected || (refused && of_himself);
            if !as_expected || !sound {
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
    for one in operations(&desk).await.into_iter().filter(|one| !one.ignores_tokens()) {
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
            let query = if one.path.ends_with("/render") {
                format!("?ticket_id={}", Uuid::new_v4())
            } else {
                String::new()
            };
            let path = one.path_with(|_| id.to_string()) + &query;
            let answer = with_body(desk.call_by(role, &one.method, &path).await, one).send().await;
            // Whoever may not do it at all hears that first.
            let kept_out =
                answer.status == 403 && (one.permission.is_some() || one.path == "/api/users/{id}");
            if answer.status != 404 && !kept_out {
                wrong.push(format!("{role}: {}", seen(one, answer.status.as_u16(), &answer.body)));
            }
        }
        if foreign::rows(&desk).await != before {
            wrong.push(format!("{} {} moved another site's rows", one.method, one.path));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
