//! What is answered instead of success: statuses that the guard, the doors and the intake give whatever the route, and
//! the shape of every refusal.

use super::headers;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, Parameter, ParameterIn};
use utoipa::openapi::{ContentBuilder, ObjectBuilder, Ref, RefOr, Response, Type};

/// A refusal of most routes.
#[derive(Serialize, ToSchema)]
pub struct Refusal {
    /// In the caller's language.
    error: String,
    /// The sentences about each field that breaks a rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<BTreeMap<String, Vec<String>>>,
    /// Whether a log-in lacks a code.
    #[serde(skip_serializing_if = "Option::is_none")]
    totp_required: Option<bool>,
}

/// Why somebody must wait for another.
#[derive(Serialize, ToSchema)]
pub struct LockedRefusal {
    /// In the caller's language.
    error: String,
    /// Who has it.
    owner: String,
    #[schema(format = DateTime)]
    since: String,
}

/// Status, which operations it may come from, and why.
type Common = (&'static str, fn(&Operation) -> bool, &'static str);

/// The statuses that follow from where an operation stands and what it takes.
const COMMON: [Common; 9] = [
    ("400", |_| true, "The input breaks a rule, or the version of the API is unknown"),
    ("403", |_| true, "Not for this role, permission, site or page"),
    ("404", names_something, "No such record in this site"),
    ("408", has_body, "The body came too slowly"),
    ("412", takes_versions, "Changed since the given version was seen"),
    ("413", has_body, "Too large"),
    ("415", has_body, "Not a media type that is read here"),
    ("429", |_| true, "Too many requests"),
    ("503", |_| true, "Too much is going on"),
];

/// Completes an operation's refusals.
pub fn describe(path: &str, operation: &mut Operation) {
    if !path.starts_with("/api") {
        return;
    }
    let applying: Vec<_> = COMMON.into_iter().filter(|(_, applies, _)| applies(operation)).collect();
    for (status, _, why) in applying {
        let refusal = || RefOr::T(Response::new(why));
        operation.responses.responses.entry(status.to_owned()).or_insert_with(refusal);
    }
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response {
            explain(status, response);
            shape(path, status, response);
        }
    }
}

fn names_something(operation: &Operation) -> bool {
    let is_path =
        |one: &RefOr<Parameter>| matches!(one, RefOr::T(one) if one.parameter_in == ParameterIn::Path);
    headers::takes(operation, headers::SITE) || operation.parameters.iter().flatten().any(is_path)
}

fn has_body(operation: &Operation) -> bool {
    operation.request_body.is_some()
}

fn takes_versions(operation: &Operation) -> bool {
    headers::takes(operation, headers::VERSIONS)
}

/// Every status says what it means.
fn explain(status: &str, response: &mut Response) {
    if !response.description.is_empty() {
        return;
    }
    let common = COMMON.iter().find(|(known, ..)| *known == status).map(|(_, _, why)| *why);
    let meant = common.unwrap_or(match status {
        "200" => "Done",
        "201" => "Made",
        "204" => "Done; there is nothing to say",
        "401" => "Nobody, or nobody any more",
        "409" => "Something stands against it",
        "422" => "The Idempotency-Key belongs to another request",
        "423" => "Somebody else edits it",
        _ => "Refused",
    });
    meant.clone_into(&mut response.description);
}

fn shape(path: &str, status: &str, response: &mut Response) {
    if !status.starts_with(['4', '5']) {
        return;
    }
    if response.content.is_empty() {
        let content = ContentBuilder::new().schema(Some(schema(path, status))).build();
        response.content.insert("application/json".to_owned(), content.into());
    }
    let header = |kind, why| {
        HeaderBuilder::new().schema(Some(ObjectBuilder::new().schema_type(kind))).description(Some(why))
    };
    if ["429", "503"].contains(&status) {
        let wait = header(Type::Integer, "Seconds to wait").build();
        response.headers.insert("Retry-After".to_owned(), wait.into());
    }
    if status == "412" {
        let version = header(Type::String, "The version that stands there").build();
        response.headers.insert("ETag".to_owned(), version.into());
    }
}

/// The support family's refusals are `detail`, or sentences by field.
fn schema(path: &str, status: &str) -> RefOr<utoipa::openapi::Schema> {
    match status {
        "423" => Ref::from_schema_name("LockedRefusal").into(),
        _ if path.starts_with("/api/support") => ObjectBuilder::new()
            .schema_type(Type::Object)
            .additional_properties(Some(utoipa::openapi::schema::AdditionalProperties::FreeForm(true)))
            .examples([Value::from(serde_json::Map::from_iter([(
                "detail".to_owned(),
                Value::from("Bulunamadı."),
            )]))])
            .build()
            .into(),
        _ => Ref::from_schema_name("Refusal").into(),
    }
}
