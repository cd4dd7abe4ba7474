//! The API's description, OpenAPI 3.1, made of the running routes: nothing is listed that is not served, and nothing
//! served is left out.
//!
//! A route says what is its own. What all have in common is added here, once for all: names ([`names`]), what the guard
//! and the intake refuse ([`refusals`]), and headers that any may be called with ([`headers`]).

mod headers;
mod names;
mod refusals;

pub use refusals::Refusal;
use utoipa::OpenApi;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};

#[derive(OpenApi)]
#[openapi(
    info(title = "AsistTR", description = include_str!("about.md")),
    modifiers(&Securities),
    components(schemas(refusals::Refusal, refusals::LockedRefusal))
)]
pub struct Description;

struct Securities;

impl utoipa::Modify for Securities {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_default();
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        let key = ApiKey::Header(ApiKeyValue::new("X-API-Key"));
        components.add_security_scheme("widgetKey", SecurityScheme::ApiKey(key));
    }
}

/// Adds what all operations have in common.
pub fn complete(document: &mut utoipa::openapi::OpenApi) {
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations(item) {
            operation.operation_id = Some(names::of(method, path));
            headers::describe(operation);
            refusals::describe(path, operation);
        }
    }
}

/// The description as JSON, with what the types of it have no word for: a parameter of a query that is there and empty
/// is as if it were absent.
pub fn written(document: &utoipa::openapi::OpenApi) -> String {
    let mut document = serde_json::to_value(document).unwrap_or_default();
    let items = document["paths"].as_object_mut().into_iter().flat_map(|paths| paths.values_mut());
    let operations = items.filter_map(serde_json::Value::as_object_mut).flat_map(|item| item.values_mut());
    let parameters = operations.filter_map(|one| one.get_mut("parameters")?.as_array_mut()).flatten();
    for parameter in parameters.filter(|one| one["in"] == "query" && one["required"] != true) {
        parameter["allowEmptyValue"] = true.into();
    }
    document.to_string()
}

/// The operations of a path, each with its method.
pub fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    let methods = [
        ("get", &mut item.get),
        ("put", &mut item.put),
        ("post", &mut item.post),
        ("patch", &mut item.patch),
        ("delete", &mut item.delete),
    ];
    methods.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}
