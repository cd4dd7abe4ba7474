//! Pages in browsers, and where they were loaded from.

use crate::client::{Answer, Call};
use crate::desk::{Desk, FORM};
use serde_json::json;

const OWN: &str = "http://localhost:3000";
const SHOP: &str = "https://shop.example";
const FOREIGN: &str = "https://yabanci.example";
const VIOLATION: &str = r#"403 {"error":"CORS policy violation"}"#;

/// The `Access-Control-…` headers an answer has, in order, by the ends of their names.
fn access(answer: &Answer) -> Vec<(String, String)> {
    let found = answer.headers.iter().filter_map(|(name, value)| {
        let end = name.as_str().strip_prefix("access-control-")?;
        (end != "expose-headers").then(|| (end.to_owned(), value.to_str().unwrap().to_owned()))
    });
    let mut found: Vec<_> = found.collect();
    found.sort();
    found
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn preflight(desk: &Desk, path: &str, origin: &str) -> Call {
    desk.call("OPTIONS", path)
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "content-type,x-api-key")
}

async fn register(desk: &Desk, origins: &str) {
    desk.db.run("alter table sites add column if not exists origins text[] not null default '{}'").await;
    desk.db.run(&format!("update sites set origins = '{origins}' where id = '{}'", desk.site.id)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_ours_may_call_everything_with_credentials() {
    let desk = Desk::new().await;
    let expected = pairs(&[("allow-credentials", "true"), ("allow-origin", OWN)]);
    for origin in ["http://localhost:5173", "https://dashboard.asisttr.com", "https://cdn.asisttr.com", OWN] {
        let answer = desk.get("/api/support/").header("origin", origin).send().await;
        let named = ("allow-origin".to_owned(), origin.to_owned());
        assert!(answer.status == 200 && access(&answer).contains(&named), "{origin}");
        assert_eq!(answer.all("vary"), "origin");
    }
    // Errors must be readable too, and what is left of a limit.
    let missing = desk.get("/api/yok").header("origin", OWN).send().await;
    assert_eq!((missing.status.as_u16(), access(&missing)), (404, expected));
    let readable = missing.header("access-control-expose-headers").unwrap();
    assert!(readable.contains("Retry-After") && readable.contains("X-RateLimit-Remaining"), "{readable}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preflight_of_ours_is_answered_without_a_log_in_and_echoes_what_it_asks_for() {
    let desk = Desk::with(&["--rate-limit-max", "1", "--support-form-rate", "1"]).await;
    for path in ["/api/support/tickets/", "/api/tickets", "/api/yok", "/api/auth/login", "/api/v1/tickets"] {
        let answer = preflight(&desk, path, OWN).send().await;
        let expected = pairs(&[
            ("allow-credentials", "true"),
            ("allow-headers", "content-type,x-api-key"),
            ("allow-methods", "GET,HEAD,PUT,PATCH,POST,DELETE"),
            ("allow-origin", OWN),
            ("max-age", "600"),
        ]);
        assert_eq!((answer.status.as_u16(), access(&answer)), (204, expected), "{path}");
        assert_eq!(answer.all("vary"), "access-control-request-headers, origin");
        assert!(answer.body.is_empty() && answer.header("x-ratelimit-limit").is_none());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_page_is_refused_before_anything_happens() {
    let desk = Desk::new().await;
    for origin in [FOREIGN, "null", "http://localhost:3001", "https://localhost:3000", "file://", "x"] {
        let answer = desk.post_form().form(&FORM).header("origin", origin).send().await;
        assert_eq!((answer.seen().as_str(), access(&answer)), (VIOLATION, vec![]), "{origin}");
        assert_eq!(
            (answer.all("vary").as_str(), answer.header("access-control-expose-headers")),
            ("origin", None)
        );
        let answer = preflight(&desk, "/api/tickets", origin).send().await;
        assert_eq!((answer.seen().as_str(), access(&answer)), (VIOLATION, vec![]), "{origin}");
    }
    let english = desk.get("/api/yok").header("origin", FOREIGN).header("accept-language", "en").send().await;
    assert_eq!(english.seen(), VIOLATION);
    desk.assert_untouched().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_no_page_and_the_edges_own_pages_pass() {
    let desk = Desk::new().await;
    let plain = desk.post_form().form(&FORM).send().await;
    assert_eq!((plain.status.as_u16(), access(&plain)), (201, vec![]));
    // The client's Host header is desk.test.
    for own in ["http://desk.test", "https://desk.test"] {
        let answer = desk.post_form().form(&FORM).header("origin", own).send().await;
        assert_eq!((answer.status.as_u16(), access(&answer)), (201, vec![]));
    }
    assert_eq!(desk.get("/health/live").header("origin", FOREIGN).send().await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_configured_origins_replace_the_defaults() {
    let desk = Desk::with(&["--cors-origins", "https://a.example,https://B.example:8443/"]).await;
    let status = |origin: &str| desk.get("/api/support/").header("origin", origin).send();
    assert_eq!(status("https://a.example").await.status, 200);
    assert_eq!(status("https://b.example:8443").await.status, 200);
    assert_eq!(status(OWN).await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_widget_on_a_sites_own_domain_works_for_that_site_and_no_other() {
    let desk = Desk::new().await;
    register(&desk, "{https://Shop.example/,https://www.shop.example:8443,bozuk}").await;
    let ticket = json!({ "subject": "a", "message": "b", "visitor_name": "c" });
    let post = |key: &str, origin: &str| {
        desk.call("POST", "/api/tickets")
            .header("x-api-key", key)
            .header("origin", origin)
            .json(&ticket)
            .send()
    };
    let created = post(&desk.site.key, SHOP).await;
    assert_eq!((created.status.as_u16(), access(&created)), (201, pairs(&[("allow-origin", SHOP)])));
    assert_eq!(post(&desk.site.key, "https://www.shop.example:8443").await.status, 201);
    for (key, origin) in [(&desk.other.key, SHOP), (&desk.site.key, FOREIGN), (&"yok".to_owned(), SHOP)] {
        let answer = post(key, origin).await;
        assert_eq!((answer.seen().as_str(), access(&answer)), (VIOLATION, vec![]), "{key} {origin}");
    }
    let asked = preflight(&desk, "/api/tickets", SHOP).send().await;
    assert_eq!((asked.status.as_u16(), asked.header("access-control-allow-origin")), (204, Some(SHOP)));
    assert_eq!(asked.header("access-control-allow-credentials"), None);
    assert_eq!(desk.tickets().await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sites_page_without_a_key_names_its_site_and_carries_no_log_in() {
    let desk = Desk::new().await;
    register(&desk, "{https://shop.example}").await;
    let get = || desk.get("/api/support/").header("origin", SHOP);
    // The deployment's default site is the one that registered it.
    assert_eq!(get().send().await.status, 200);
    assert_eq!(get().header("x-site-id", &desk.site.id.to_string()).send().await.status, 200);
    assert_eq!(get().header("x-site-id", &desk.other.id.to_string()).send().await.seen(), VIOLATION);
    let signed_in = get().header("authorization", "Bearer a").send().await;
    assert_eq!((signed_in.seen().as_str(), access(&signed_in)), (VIOLATION, vec![]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_origin_registered_later_is_heard_of_and_an_unregistered_one_forgotten() {
    let desk = Desk::new().await;
    register(&desk, "{}").await;
    assert_eq!(preflight(&desk, "/api/tickets", SHOP).send().await.status, 403);
    register(&desk, "{https://shop.example}").await;
    while preflight(&desk, "/api/tickets", SHOP).send().await.status == 403 {
        tokio::task::yield_now().await;
    }
    desk.db.run("update sites set is_active = false").await;
    let other = || preflight(&desk, "/api/tickets", FOREIGN).send();
    while preflight(&desk, "/api/tickets", SHOP).send().await.status != 403 {
        assert_eq!(other().await.status, 403);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_page_cannot_use_up_the_log_ins_of_who_looks_at_it() {
    let desk = Desk::with(&["--auth-rate-limit-max", "2", "--trusted-proxies", "127.0.0.1"]).await;
    let visitor = crate::guard::stranger();
    let call = || desk.get("/api/auth/yok").header("x-forwarded-for", &visitor);
    for _ in 0..5 {
        assert_eq!(call().header("sec-fetch-site", "cross-site").send().await.seen(), VIOLATION);
        assert_eq!(call().header("origin", FOREIGN).send().await.seen(), VIOLATION);
    }
    assert_eq!(call().header("sec-fetch-site", "same-origin").send().await.status, 404);
}
