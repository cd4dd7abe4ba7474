//! The API's description and its page.

use crate::desk::Desk;

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
