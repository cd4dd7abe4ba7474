//! Where values stand in bodies: every place that a schema names, and bodies with a value put there.

use super::document::{Operation, is, resolved, sample};
use serde_json::{Value, json};

/// How deep bodies are looked into.
const DEPTH_MAX: usize = 5;

/// One step down into a body.
#[derive(Clone, Debug)]
pub enum Step {
    Member(String),
    Entry,
}

/// A place, and what its schema says of it.
#[derive(Clone, Debug)]
pub struct Place {
    pub steps: Vec<Step>,
    pub schema: Value,
}

impl Place {
    /// The last name on the way there.
    pub fn name(&self) -> &str {
        let names = self.steps.iter().rev().find_map(|step| match step {
            Step::Member(name) => Some(name.as_str()),
            Step::Entry => None,
        });
        names.unwrap_or_default()
    }

    /// The operation's sample body with a value here.
    pub fn filled(&self, operation: &Operation, value: Value) -> Value {
        let schema = operation.schema().unwrap();
        let mut body = operation.body.clone().unwrap();
        put(&mut body, &self.steps, schema, &operation.document, value);
        body
    }
}

fn put(into: &mut Value, steps: &[Step], schema: &Value, document: &Value, value: Value) {
    let schema = resolved(schema, document);
    match steps.split_first() {
        None => *into = value,
        Some((Step::Member(name), rest)) => {
            if !into.is_object() {
                *into = sample(schema, document, 0);
            }
            let inner = &schema["properties"][name];
            let members = into.as_object_mut().unwrap();
            let member = members.entry(name.clone()).or_insert_with(|| sample(inner, document, 0));
            put(member, rest, inner, document, value);
        }
        Some((Step::Entry, rest)) => {
            let mut entry = sample(&schema["items"], document, 0);
            put(&mut entry, rest, &schema["items"], document, value);
            *into = json!([entry]);
        }
    }
}

/// Every place of an operation's JSON body.
pub fn places(operation: &Operation) -> Vec<Place> {
    let mut found = Vec::new();
    if let Some(schema) = operation.schema() {
        walk(schema, &operation.document, &mut Vec::new(), &mut found);
    }
    found
}

fn walk(schema: &Value, document: &Value, steps: &mut Vec<Step>, found: &mut Vec<Place>) {
    let schema = resolved(schema, document);
    if steps.len() > DEPTH_MAX {
        return;
    }
    if !steps.is_empty() {
        found.push(Place { steps: steps.clone(), schema: schema.clone() });
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        members(resolved(part, document), document, steps, found);
    }
    members(schema, document, steps, found);
    if is(schema, "array") {
        steps.push(Step::Entry);
        walk(&schema["items"], document, steps, found);
        steps.pop();
    }
}

fn members(schema: &Value, document: &Value, steps: &mut Vec<Step>, found: &mut Vec<Place>) {
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        steps.push(Step::Member(name.clone()));
        walk(member, document, steps, found);
        steps.pop();
    }
}
