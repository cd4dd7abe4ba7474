//! Fields that nobody may set by naming them: every body is sent with members that its schema does not have, named like
//! columns. What is written shows no trace of them.

use super::document::{Operation, is, operations, resolved};
use super::{foreign, ids};
use crate::desk::Desk;
use serde_json::{Value, json};
use uuid::Uuid;

/// What some column could be taken for, with values that nothing else has.
fn poison(desk: &Desk, id: Uuid) -> Value {
    json!({
        "id": id, "site_id": desk.other.id, "siteId": desk.other.id, "role": "superadmin", "user_id": id,
        "author_id": id, "author": id, "author_name": "Zehirli Ad", "created_by": id, "actor_id": id, "owner_id": id,
        "number": 987_654_321, "ticket_number": 987_654_321, "reference": "SUP-ZEHIR", "version": 987_654_321,
        "created_at": "1999-01-02T03:04:05Z", "updated_at": "1999-01-02T03:04:05Z", "password_hash": "Zehirli Ad",
        "key_hash": "Zehirli Ad", "is_default": true, "is_preset": true, "source": "Zehirli Ad", "board_position": 987_654.25,
        "sla_due_date": "1999-01-02T03:04:05Z", "locked_by": id, "merged_into": id, "current_chats": 4_242,
    })
}

/// The operation's sample with the poison in every member that the schema does not name.
fn poisoned(one: &Operation, poison: &Value) -> Value {
    let schema = resolved(one.schema().unwrap(), &one.document);
    let mut body = one.body.clone().unwrap();
    for (name, value) in poison.as_object().unwrap() {
        if schema["properties"][name].is_null() {
            body[name] = value.clone();
        }
    }
    body
}

/// Rows anywhere that show the poison. What a visitor filled into a form is kept as he filled it in.
async fn traces(desk: &Desk, id: Uuid) -> Vec<String> {
    let tables = desk.db.ask("select relname as name from pg_class where relkind = 'r' \
        and relnamespace = 'public'::regnamespace and relname not in ('form_submissions', 'idempotency_keys')").await;
    let mut found = Vec::new();
    for table in tables.as_array().unwrap() {
        let name = table["name"].as_str().unwrap();
        let ask = format!(
            "select t::text as row from {name} t where t::text like '%{id}%' or t::text like '%Zehirli Ad%' \
             or t::text like '%987654321%' or t::text like '%987654.25%' or t::text like '%SUP-ZEHIR%' or t::text like '%1999-01-02%'"
        );
        for row in desk.db.ask(&ask).await.as_array().into_iter().flatten() {
            found.push(format!("{name}: {}", row["row"]));
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_body_does_not_take_cannot_be_set_by_naming_it() {
    let desk = Desk::new().await;
    let (mut wrong, mut written) = (Vec::new(), 0);
    let id = Uuid::new_v4();
    let poison = poison(&desk, id);
    let before = foreign::rows(&desk).await;
    let all = operations(&desk).await;
    let with_object =
        |one: &&Operation| one.schema().is_some_and(|schema| is(resolved(schema, &one.document), "object"));
    for one in all.iter().filter(with_object) {
        let answer = ids::call(&desk, one, "").await.json(&poisoned(one, &poison)).send().await;
        if answer.status.is_server_error() || answer.body.contains(&id.to_string()) {
            wrong.push(format!("{} {}: {}", one.method, one.path, answer.seen()));
        }
        written += usize::from(answer.status.is_success());
    }
    wrong.extend(traces(&desk, id).await);
    let above =
        "select count(*) from users where role = 'superadmin' and id not in (select user_id from sessions)";
    assert_eq!(desk.db.count(above).await, 0, "somebody made himself a super admin");
    assert!(foreign::rows(&desk).await == before, "another site's rows moved");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(written > 15, "only {written} of them were taken at all");
}
