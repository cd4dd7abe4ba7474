//! Ids of another site, in every place that takes an id: path, query and body. Each is answered as an id that nobody
//! has, word for word, and the other site's rows stay as they are.

use super::document::{Operation, operations};
use super::foreign;
use super::places::{Place, places};
use crate::client::{Answer, Call};
use crate::desk::Desk;
use serde_json::{Value, json};
use uuid::Uuid;

/// Which collection the id of a name is of.
fn collection(name: &str) -> Option<&'static str> {
    let name = name.trim_end_matches("_ids").trim_end_matches("_id");
    Some(match name {
        "department" => "/api/departments/",
        "category" => "/api/tickets/categories/",
        "agent" | "actor" | "user" | "assigned_to" | "members" | "member" | "lead" => "/api/users/",
        "ticket" | "ids" | "into" | "target" | "before" | "after" => "/api/tickets/",
        "template" => "/api/tickets/templates/",
        "site" => "/api/sites/",
        _ => return None,
    })
}

/// Whether a parameter or member takes ids: as its format says, or, where it takes a word as well, its name.
fn takes_ids(name: &str, schema: &Value) -> bool {
    schema["format"] == "uuid" || ["agent_id", "assigned_to"].contains(&name)
}

/// Somebody who may call an operation, and a record of the desk's own site to call it on.
pub struct Ready {
    path: String,
    headers: Vec<(&'static str, String)>,
}

pub async fn ready(desk: &Desk, one: &Operation) -> Ready {
    let own = foreign::record_of(desk, desk.site.id, &one.path).await.unwrap_or_else(Uuid::new_v4);
    let id = |name: &str| if name == "key" { "support_team_name".to_owned() } else { own.to_string() };
    let path = one.path_with(id);
    let roles = ["admin", "agent", "customer", "superadmin"];
    let Some(role) = roles.into_iter().find(|role| one.roles.iter().any(|one| one == role)) else {
        return Ready { path, headers: vec![("x-api-key", desk.site.key.clone())] };
    };
    let person = desk.person_of((role != "superadmin").then_some(desk.site.id), role).await;
    let headers =
        vec![("authorization", format!("Bearer {}", person.token)), ("x-site-id", desk.site.id.to_string())];
    Ready { path, headers }
}

/// All operations, each with somebody who may call it.
pub async fn all_ready(desk: &Desk) -> Vec<(Operation, Ready)> {
    let mut all = Vec::new();
    for one in operations(desk).await {
        let ready = ready(desk, &one).await;
        all.push((one, ready));
    }
    all
}

impl Ready {
    pub fn call(&self, desk: &Desk, one: &Operation, query: &str) -> Call {
        let call = desk.call(&one.method, &format!("{}{query}", self.path));
        self.headers.iter().fold(call, |call, (name, value)| call.header(name, value))
    }
}

/// A call by somebody who may, a fresh one each time, on a record of the desk's own site.
pub async fn call(desk: &Desk, one: &Operation, query: &str) -> Call {
    ready(desk, one).await.call(desk, one, query)
}

/// What a caller sees, whatever the ids and times in it.
fn seen(answer: &Answer, id: Uuid) -> String {
    format!("{} {}", answer.status.as_u16(), answer.body.replace(&id.to_string(), "«id»"))
}

async fn in_body(desk: &Desk, one: &Operation, place: &Place, id: Uuid) -> String {
    let body = place.filled(one, json!(id));
    let answer = call(desk, one, "").await.json(&body).send().await;
    // Made records have ids and times of their own.
    if answer.status.is_success() { "made".to_owned() } else { seen(&answer, id) }
}

async fn in_query(desk: &Desk, one: &Operation, name: &str, id: Uuid) -> String {
    let call = call(desk, one, &format!("?{name}={id}")).await;
    let call = if let Some(body) = &one.body { call.json(body) } else { call };
    seen(&call.send().await, id)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_id_in_a_body_is_answered_like_one_that_nobody_has() {
    let desk = Desk::new().await;
    let (mut wrong, mut tried) = (Vec::new(), 0);
    for one in operations(&desk).await.iter().filter(|one| one.tenants == "site") {
        for place in places(one).iter().filter(|place| takes_ids(place.name(), &place.schema)) {
            let name = format!("{} {} {}", one.method, one.path, place.name());
            let Some(kind) = collection(place.name()) else {
                wrong.push(format!("{name}: the test knows no record of that kind"));
                continue;
            };
            let id = foreign::record(&desk, kind).await.unwrap();
            let before = foreign::rows(&desk).await;
            let foreign = in_body(&desk, one, place, id).await;
            let unknown = in_body(&desk, one, place, Uuid::new_v4()).await;
            let bulk = one.path.ends_with("/bulk");
            if foreign != unknown || (foreign == "made" && !bulk) {
                wrong.push(format!("{name}:\n  foreign {foreign}\n  unknown {unknown}"));
            }
            if foreign::rows(&desk).await != before {
                wrong.push(format!("{name} moved another site's rows"));
            }
            tried += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(tried > 10, "{tried}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_id_in_a_query_is_answered_like_one_that_nobody_has() {
    let desk = Desk::new().await;
    let (mut wrong, mut tried) = (Vec::new(), 0);
    for one in operations(&desk).await.iter().filter(|one| one.tenants == "site") {
        for (name, _) in one.query().into_iter().filter(|(name, schema)| takes_ids(name, schema)) {
            let Some(kind) = collection(name) else {
                wrong.push(format!("{} {}: the test knows no record like {name}", one.method, one.path));
                continue;
            };
            let id = foreign::record(&desk, kind).await.unwrap();
            let (foreign, unknown) =
                (in_query(&desk, one, name, id).await, in_query(&desk, one, name, Uuid::new_v4()).await);
            if foreign != unknown || foreign.contains("Yabancı") {
                wrong.push(format!(
                    "{} {}?{name}:\n  foreign {foreign}\n  unknown {unknown}",
                    one.method, one.path
                ));
            }
            tried += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(tried > 5, "{tried}");
}

/// The paths' ids: the same status is not enough, it must be the same answer.
#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_id_in_a_path_is_answered_like_one_that_nobody_has() {
    let desk = Desk::new().await;
    let mut wrong = Vec::new();
    for one in operations(&desk).await.iter().filter(|one| one.has_ids() && one.tenants == "site") {
        let Some(id) = foreign::record(&desk, &one.path).await else { continue };
        let mut seen_of = Vec::new();
        for id in [id, Uuid::new_v4()] {
            let path = one.path_with(|_| id.to_string());
            let query = if one.path.ends_with("/render") {
                format!("?ticket_id={}", Uuid::nil())
            } else {
                String::new()
            };
            let role = if one.lets_in("admin") { "admin" } else { "agent" };
            let call = desk.call_by(role, &one.method, &format!("{path}{query}")).await;
            let call = if let Some(body) = &one.body { call.json(body) } else { call };
            seen_of.push(seen(&call.send().await, id));
        }
        if seen_of[0] != seen_of[1] {
            wrong.push(format!("{} {}: {seen_of:#?}", one.method, one.path));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whoever has a site names no other, and a widget's key opens its own site alone.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_names_a_site_that_is_not_his() {
    let desk = Desk::new().await;
    let mut wrong = Vec::new();
    for one in operations(&desk).await.iter().filter(|one| !one.ignores_tokens()) {
        for role in ["customer", "agent", "admin"].into_iter().filter(|role| one.lets_in(role)) {
            let path = one.path_with(|_| Uuid::new_v4().to_string());
            let call = desk.call_by(role, &one.method, &path).await;
            let answer = call.header("x-site-id", &desk.other.id.to_string()).send().await;
            if answer.status != 403 {
                wrong.push(format!("{role}: {} {}: {}", one.method, one.path, answer.seen()));
            }
        }
    }
    for one in operations(&desk).await.iter().filter(|one| one.is_keyed()) {
        let site = desk.other.id.to_string();
        let call =
            desk.call(&one.method, &one.path).header("x-api-key", &desk.site.key).header("x-site-id", &site);
        let call = if let Some(body) = &one.body { call.json(body) } else { call };
        let strange = call.send().await;
        let call = desk.call(&one.method, &one.path).header("x-api-key", "wk_yok");
        let call = if let Some(body) = &one.body { call.json(body) } else { call };
        let unknown = call.send().await;
        if strange.status != 403 || unknown.status != 401 {
            wrong.push(format!("widget: {} {}: {} {}", one.method, one.path, strange.seen(), unknown.seen()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
