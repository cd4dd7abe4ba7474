//! The API's description and its page.

use crate::desk::Desk;
use serde_json::Value;
use std::collections::BTreeMap;

#[tokio::test(flavor = "multi_thread")]
async fn the_description_is_openapi_3_1_and_lists_itself() {
    let desk = Desk::new().await;
    let document = desk.get("/api/docs/openapi.json").send().await.json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"), "{}", document["openapi"]);
    for path in ["/api/docs", "/api/docs/openapi.json", "/health", "/metrics", "/api/support/tickets"] {
        assert!(document["paths"][path].is_object(), "{path} is not described");
    }
}

/// Every described path answers something other than «no such page», under every method it names.
#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_described_is_served() {
    let desk = Desk::new().await;
    let document = desk.get("/api/docs/openapi.json").send().await.json();
    let mut missing = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let filled = path.split('/').map(|part| if part.starts_with('{') { "x" } else { part });
        let filled = filled.collect::<Vec<_>>().join("/");
        for method in item.as_object().unwrap().keys().filter(|key| *key != "parameters") {
            let answer = desk.call(&method.to_uppercase(), &filled).send().await;
            if answer.status == 405 {
                missing.push(format!("{method} {path}"));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_needs_no_other_server() {
    let desk = Desk::new().await;
    let page = desk.get("/api/docs").send().await;
    assert_eq!(page.status, 200);
    assert!(page.header("content-type").unwrap().starts_with("text/html"));
    for foreign in ["http://", "https://", "//cdn"] {
        assert!(!page.body.contains(foreign), "{foreign}");
    }
}

/// Every operation with its method and path.
fn operations(document: &Value) -> Vec<(String, &Value)> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, said) in item.as_object().unwrap() {
            found.push((format!("{method} {path}"), said));
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_has_a_name_of_its_own() {
    let desk = Desk::new().await;
    let document = desk.get("/api/docs/openapi.json").send().await.json();
    let mut seen = BTreeMap::new();
    for (operation, said) in operations(&document) {
        let name = said["operationId"].as_str().unwrap_or_else(|| panic!("{operation} has no name"));
        if let Some(other) = seen.insert(name.to_owned(), operation.clone()) {
            panic!("{operation} and {other} are both called {name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_explains_each_status_and_bounds_each_parameter() {
    let desk = Desk::new().await;
    let document = desk.get("/api/docs/openapi.json").send().await.json();
    let mut wrong = Vec::new();
    for (operation, said) in operations(&document).into_iter().filter(|(name, _)| name.contains(" /api/")) {
        let responses = &said["responses"];
        let expected = ["400", "403", "429", "503"].into_iter();
        let of_bodies = said["requestBody"].is_object().then_some(["413", "415"]);
        let expected = expected.chain(of_bodies.into_iter().flatten());
        let missing: Vec<_> = expected.filter(|status| !responses[*status].is_object()).collect();
        if !missing.is_empty() {
            wrong.push(format!("{operation} does not list {missing:?}"));
        }
        for (status, response) in responses.as_object().unwrap() {
            let has_body = !["202", "204", "304"].contains(&status.as_str());
            if response["description"].as_str().is_none_or(str::is_empty)
                || (has_body && !response["content"].is_object())
            {
                wrong.push(format!("{operation} {status}: {response}"));
            }
        }
        for parameter in said["parameters"].as_array().into_iter().flatten() {
            if !is_bounded(&parameter["schema"], &document) {
                wrong.push(format!("{operation} {}: {}", parameter["name"], parameter["schema"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn is_bounded(schema: &Value, document: &Value) -> bool {
    if let Some(name) = schema["$ref"].as_str() {
        return is_bounded(document.pointer(name.trim_start_matches('#')).unwrap(), document);
    }
    let is = |kind: &str| schema["type"] == kind || schema["type"][0] == kind;
    let named = !schema["enum"].is_null() || !schema["format"].is_null();
    match () {
        () if is("string") => named || !schema["maxLength"].is_null(),
        () if is("integer") => !schema["minimum"].is_null() && !schema["maximum"].is_null(),
        () => true,
    }
}
