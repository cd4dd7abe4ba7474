//! The API's description, read as a client reads it.

use crate::desk::Desk;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use uuid::Uuid;

/// One operation of the document.
#[derive(Clone, Debug)]
pub struct Operation {
    pub method: String,
    pub path: String,
    pub roles: Vec<String>,
    pub tenants: String,
    /// What the caller's role must be granted besides.
    pub permission: Option<String>,
    /// A body that its schema allows; none where it takes none.
    pub body: Option<Value>,
    /// What the document says of it.
    pub said: Value,
    pub document: Arc<Value>,
}

impl Operation {
    pub fn lets_in(&self, role: &str) -> bool {
        self.roles.iter().any(|one| one == role || one == "public")
    }

    /// Signing in and what comes before it: whoever comes with an old token must not be kept from getting a new one.
    pub fn ignores_tokens(&self) -> bool {
        self.path.starts_with("/api/auth/") && !self.lets_in("customer") | self.is_public()
    }

    /// Whether a widget's key opens it, and without a token nothing else does.
    pub fn is_keyed(&self) -> bool {
        self.roles.iter().any(|role| role == "widget")
    }

    pub fn is_public(&self) -> bool {
        self.lets_in("public")
    }

    /// The path with every id filled in.
    pub fn path_with(&self, id: impl Fn(&str) -> String) -> String {
        let filled = self.path.split('/').map(|part| match part.strip_prefix('{') {
            Some(name) => id(name.trim_end_matches('}')),
            None => part.to_owned(),
        });
        filled.collect::<Vec<_>>().join("/")
    }

    /// Its JSON body's schema.
    pub fn schema(&self) -> Option<&Value> {
        let schema = &self.said["requestBody"]["content"]["application/json"]["schema"];
        schema.is_object().then_some(schema)
    }

    /// The names and schemas of its query's parameters.
    pub fn query(&self) -> Vec<(&str, &Value)> {
        let parameters = self.said["parameters"].as_array().into_iter().flatten();
        let of_query = parameters.filter(|one| one["in"] == "query");
        of_query.map(|one| (one["name"].as_str().unwrap(), &one["schema"])).collect()
    }

    pub fn has_ids(&self) -> bool {
        self.path.contains("{id}")
    }
}

/// All operations below `/api/`.
pub async fn operations(desk: &Desk) -> Vec<Operation> {
    let document = Arc::new(desk.get("/api/docs/openapi.json").send().await.json());
    let paths = document["paths"].as_object().unwrap().clone();
    let mut found = Vec::new();
    for (path, item) in paths.iter().filter(|(path, _)| path.starts_with("/api/")) {
        for (method, said) in
            item.as_object().unwrap().iter().filter(|(_, said)| said["responses"].is_object())
        {
            let words = |name: &str| said[name].as_array().cloned().unwrap_or_default();
            let roles = words("x-roles").iter().map(|role| role.as_str().unwrap().to_owned()).collect();
            let schema = &said["requestBody"]["content"]["application/json"]["schema"];
            found.push(Operation {
                method: method.to_uppercase(),
                path: path.clone(),
                roles,
                permission: said["x-permission"].as_str().map(str::to_owned),
                tenants: said["x-tenant-scope"].as_str().unwrap_or_default().to_owned(),
                said: said.clone(),
                document: document.clone(),
                body: schema.is_object().then(|| sample(schema, &document, 0)),
            });
        }
    }
    found
}

/// A schema without the references, and without the null that may stand instead of it.
pub fn resolved<'a>(schema: &'a Value, document: &'a Value) -> &'a Value {
    if let Some(name) = schema["$ref"].as_str() {
        return resolved(document.pointer(name.trim_start_matches('#')).unwrap_or(&Value::Null), document);
    }
    let choices = ["oneOf", "anyOf"].iter().find_map(|name| schema[*name].as_array());
    match choices.and_then(|choices| choices.iter().find(|one| one["type"] != "null")) {
        Some(real) => resolved(real, document),
        None => schema,
    }
}

/// Whether a schema is of a type, besides null perhaps.
pub fn is(schema: &Value, kind: &str) -> bool {
    schema["type"] == kind
        || schema["type"].as_array().is_some_and(|kinds| kinds.iter().any(|one| one == kind))
}

/// The least that a schema allows.
pub fn sample(schema: &Value, document: &Value, depth: usize) -> Value {
    if let Some(name) = schema["$ref"].as_str() {
        let target = document.pointer(name.trim_start_matches('#')).unwrap_or(&Value::Null);
        return if depth > 8 { Value::Null } else { sample(target, document, depth + 1) };
    }
    if let Some(example) = schema.get("example").or_else(|| schema["examples"].get(0)) {
        return example.clone();
    }
    if let Some(first) = schema["enum"].get(0) {
        return first.clone();
    }
    if let Some(one) = ["oneOf", "anyOf"].iter().find_map(|name| schema[*name].as_array()) {
        let real = one.iter().find(|one| one["type"] != "null").unwrap_or(&one[0]);
        return sample(real, document, depth + 1);
    }
    if let Some(all) = schema["allOf"].as_array() {
        let parts = all.iter().map(|part| sample(part, document, depth + 1));
        return Value::Object(parts.filter_map(|part| part.as_object().cloned()).flatten().collect());
    }
    let kind = schema["type"].as_str().or_else(|| {
        schema["type"]
            .as_array()
            .and_then(|kinds| kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null"))
    });
    match kind.unwrap_or("object") {
        "string" => text(schema),
        "integer" | "number" => schema.get("minimum").cloned().unwrap_or_else(|| json!(1)),
        "boolean" => json!(true),
        "array" => {
            let least = schema["minItems"].as_u64().unwrap_or(0);
            (0..least).map(|_| sample(&schema["items"], document, depth + 1)).collect()
        }
        _ => object(schema, document, depth),
    }
}

fn object(schema: &Value, document: &Value, depth: usize) -> Value {
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let members = required.iter().filter_map(Value::as_str);
    let members: Map<_, _> = members
        .map(|name| (name.to_owned(), sample(&schema["properties"][name], document, depth + 1)))
        .collect();
    Value::Object(members)
}

fn text(schema: &Value) -> Value {
    let least = usize::try_from(schema["minLength"].as_u64().unwrap_or(1)).unwrap();
    json!(match schema["format"].as_str() {
        Some("uuid") => Uuid::new_v4().to_string(),
        Some("email") => format!("{}@deneme.test", Uuid::new_v4().simple()),
        Some("date-time") => "2026-11-20T09:00:00Z".to_owned(),
        Some("date") => "2026-11-20".to_owned(),
        Some("uri") => "https://ornek.test".to_owned(),
        _ => "deneme-metni-".repeat(least.div_ceil(13).max(1)).chars().take(least.max(6)).collect(),
    })
}
