//! Limits on requests and on failures.

use crate::client::Answer;
use crate::desk::{Desk, FORM};
use crate::guard::stranger;
use std::net::Ipv4Addr;

const PROXY: [&str; 2] = ["--trusted-proxies", "127.0.0.1"];
const TOO_MANY: &str = r#"429 {"error":"Çok fazla istek gönderdiniz"}"#;
const TOO_MANY_TRIES: &str = r#"429 {"error":"Çok fazla giriş denemesi"}"#;

async fn desk(args: &[&str]) -> Desk {
    Desk::with(&[&PROXY, args].concat()).await
}

async fn get(desk: &Desk, path: &str, from: &str) -> Answer {
    desk.get(path).header("x-forwarded-for", from).send().await
}

fn number(answer: &Answer, name: &str) -> i64 {
    answer.header(name).unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_of_the_api_counts_towards_one_limit() {
    let desk = desk(&["--rate-limit-max", "4"]).await;
    let client = stranger();
    for (left, path) in
        [(3, "/api/yok"), (2, "/api/docs/openapi.json"), (1, "/api/v1/support"), (0, "/api/v1")]
    {
        let answer = get(&desk, path, &client).await;
        assert_eq!(
            (number(&answer, "x-ratelimit-limit"), number(&answer, "ratelimit-limit")),
            (4, 4),
            "{path}"
        );
        assert_eq!(number(&answer, "x-ratelimit-remaining"), left, "{path}");
        assert_eq!(number(&answer, "ratelimit-remaining"), left, "{path}");
        assert!(answer.header("retry-after").is_none());
    }
    let refused = get(&desk, "/api/departments", &client).await;
    assert_eq!(refused.seen(), TOO_MANY);
    let wait = number(&refused, "retry-after");
    assert!((890..=900).contains(&wait) && wait == number(&refused, "ratelimit-reset"), "{wait}");
    let reset = number(&refused, "x-ratelimit-reset") - chrono::Utc::now().timestamp();
    assert!((reset - wait).abs() <= 2, "{reset} {wait}");
    // What is not of the API is not counted, and the support form has a limit of its own.
    assert_eq!(get(&desk, "/health/live", &client).await.status, 200);
    let form = desk.post_form().form(&FORM).header("x-forwarded-for", &client).send().await;
    assert_eq!((form.status.as_u16(), form.header("x-ratelimit-limit")), (201, None));
    assert_eq!(get(&desk, "/api/yok", &stranger()).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_fifth_failure_closes_the_log_in_to_its_client_for_the_hour() {
    let desk = desk(&["--auth-rate-limit-max", "5"]).await;
    let client = stranger();
    for left in [4, 3, 2, 1, 0] {
        let failed = get(&desk, "/api/auth/yok", &client).await;
        assert_eq!((failed.status.as_u16(), number(&failed, "x-ratelimit-remaining")), (404, left));
        assert_eq!(number(&failed, "x-ratelimit-limit"), 5);
    }
    let refused = get(&desk, "/api/auth/login", &client).await;
    assert_eq!(refused.seen(), TOO_MANY_TRIES);
    assert!((3590..=3600).contains(&number(&refused, "retry-after")));
    let english =
        desk.get("/api/v1/auth/me").header("x-forwarded-for", &client).header("accept-language", "en");
    assert_eq!(english.send().await.seen(), r#"429 {"error":"Too many log-in attempts"}"#);
    assert_eq!(get(&desk, "/api/yok", &client).await.status, 404);
    assert_eq!(get(&desk, "/api/auth/yok", &stranger()).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn tries_that_start_together_fail_no_more_often_than_tries_in_turn() {
    let (one, two) =
        (desk(&["--auth-rate-limit-max", "5"]).await, desk(&["--auth-rate-limit-max", "5"]).await);
    let client = stranger();
    let calls = (0..20).map(|n| {
        let desk = if n % 2 == 0 { &one } else { &two };
        desk.call("POST", "/api/auth/yok").header("x-forwarded-for", &client).send()
    });
    let answers = futures::future::join_all(calls).await;
    let count = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
    assert_eq!((count(404), count(429)), (5, 15));
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_are_counted_while_redis_is_away() {
    let desk = desk(&["--auth-rate-limit-max", "2", "--redis-url", "redis://127.0.0.1:1/0"]).await;
    let client = stranger();
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(get(&desk, "/api/auth/yok", &client).await.status.as_u16());
    }
    assert_eq!(statuses, [404, 404, 429, 429]);
}

#[tokio::test(flavor = "multi_thread")]
async fn visitors_behind_one_address_do_not_use_up_each_others_limit() {
    let desk = desk(&["--widget-rate-limit-max", "2", "--rate-limit-max", "1"]).await;
    let office = stranger();
    let visit = |visitor: &str| {
        let call = desk.call("POST", "/api/tracking/yok").header("x-forwarded-for", &office);
        call.header("x-api-key", &desk.site.key).header("x-visitor-id", visitor).send()
    };
    for visitor in ["ayse", "ali"] {
        let statuses = [visit(visitor).await, visit(visitor).await, visit(visitor).await];
        let seen: Vec<u16> = statuses.iter().map(|answer| answer.status.as_u16()).collect();
        assert_eq!(seen, [404, 404, 429], "{visitor}");
        assert!(number(&statuses[2], "retry-after") <= 60);
    }
    // Made-up visitors come up against the limit of their address: ten times as much, four of it used.
    let mut passed = 0;
    while visit(&uuid::Uuid::new_v4().to_string()).await.status == 404 {
        passed += 1;
    }
    assert_eq!(passed, 16);
    // Whoever is signed in is no widget.
    let signed_in = || {
        let call = desk.get("/api/chat/yok").header("x-forwarded-for", &office);
        call.header("x-api-key", &desk.site.key).header("authorization", "Bearer a").send()
    };
    assert_eq!((signed_in().await.status.as_u16(), signed_in().await.seen().as_str()), (404, TOO_MANY));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limited_page_of_ours_can_read_when_to_come_back() {
    let desk = desk(&["--rate-limit-max", "1"]).await;
    let client = Ipv4Addr::from_bits(uuid::Uuid::new_v4().as_fields().0).to_string();
    let call =
        || desk.get("/api/yok").header("x-forwarded-for", &client).header("origin", "http://localhost:3000");
    assert_eq!(call().send().await.status, 404);
    let refused = call().send().await;
    assert_eq!(refused.seen(), TOO_MANY);
    assert_eq!(refused.header("access-control-allow-origin"), Some("http://localhost:3000"));
}

#[tokio::test(flavor = "multi_thread")]
async fn past_its_limit_a_form_is_refused_whatever_it_holds_and_nothing_is_written() {
    let desk = desk(&["--support-form-rate", "2"]).await;
    let client = stranger();
    let post = || desk.post_form().header("x-forwarded-for", &client);
    let wrong = [("name", "A")];
    assert_eq!(post().form(&wrong).send().await.status, 400);
    assert_eq!(post().form(&FORM).send().await.status, 201);
    let parts: Vec<_> = FORM.iter().map(|(name, text)| crate::client::Part::Text(name, text)).collect();
    for call in [post().form(&FORM), post().form(&wrong), post().multipart(&parts)] {
        let refused = call.send().await;
        assert_eq!(refused.status, 429);
        assert_eq!(number(&refused, "x-ratelimit-remaining"), 0);
        assert!((3590..=3600).contains(&number(&refused, "retry-after")));
    }
    assert_eq!(desk.tickets().await, 1);
}
