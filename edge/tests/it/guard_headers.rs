//! What stands on every answer, whatever it answers.

use crate::client::Answer;
use crate::desk::Desk;

/// Names and values in order, without what differs from one answer to the next.
fn standing(answer: &Answer) -> String {
    let passing = ["date", "x-request-id", "content-length", "content-type"];
    let mut lines: Vec<String> = answer
        .headers
        .iter()
        .filter(|(name, _)| !passing.contains(&name.as_str()))
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    lines.sort();
    lines.join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_wears_the_security_headers_once() {
    let desk = Desk::new().await;
    let answer = desk.get("/api/support/").send().await;
    insta::assert_snapshot!(standing(&answer), @r"
    cache-control: no-store
    content-security-policy: default-src 'self'; script-src 'self' 'unsafe-inline' cdn.asisttr.com; style-src 'self' 'unsafe-inline'; img-src 'self' data: https:; connect-src 'self' wss: https:; frame-src 'none'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'
    cross-origin-opener-policy: same-origin
    cross-origin-resource-policy: same-origin
    origin-agent-cluster: ?1
    referrer-policy: no-referrer
    strict-transport-security: max-age=31536000; includeSubDomains; preload
    vary: origin
    x-api-version: 1
    x-content-type-options: nosniff
    x-dns-prefetch-control: off
    x-download-options: noopen
    x-frame-options: DENY
    x-permitted-cross-domain-policies: none
    x-xss-protection: 0
    ");
    desk.db.run("alter table dynamic_forms rename to forms_gone").await;
    let others = [
        (404, desk.get("/api/yok").send().await),
        (405, desk.call("PUT", "/api/tickets").send().await),
        (401, desk.call("POST", "/api/tickets").send().await),
        (500, desk.get(&format!("/api/forms/{}", uuid::Uuid::new_v4())).send().await),
        (204, desk.call("OPTIONS", "/api/tickets").header("origin", "http://localhost:3000").send().await),
        (403, desk.get("/api/tickets").header("origin", "https://yabanci.example").send().await),
        (400, desk.get("/api/v7/tickets").send().await),
        (404, desk.get("/yok").send().await),
        (200, desk.get("/health/live").send().await),
    ];
    // What is not of the API says nothing of pages and of being kept.
    let everywhere = standing(&answer);
    let everywhere =
        everywhere.lines().filter(|line| !line.starts_with("vary") && !line.starts_with("cache"));
    let everywhere: Vec<&str> = everywhere.collect();
    for (status, answer) in others {
        assert_eq!(answer.status, status);
        let found = standing(&answer);
        for line in &everywhere {
            assert_eq!(found.lines().filter(|found| found == line).count(), 1, "{status}: {line} in {found}");
        }
        assert!(answer.header("server").is_none() && answer.header("x-powered-by").is_none());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_of_the_api_says_itself_whether_it_may_be_kept() {
    let desk = Desk::new().await;
    assert_eq!(desk.get("/health/live").send().await.header("cache-control"), None);
    assert_eq!(desk.get("/api/yok").send().await.header("cache-control"), Some("no-store"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_host_of_foreign_scripts_is_configured() {
    let desk = Desk::with(&["--cdn-host", "statik.example.com"]).await;
    let policy = desk.get("/api/support/").send().await;
    let policy = policy.header("content-security-policy").unwrap();
    assert!(policy.contains("script-src 'self' 'unsafe-inline' statik.example.com;"), "{policy}");
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_speak_the_language_that_the_client_prefers() {
    let desk = Desk::new().await;
    let get = |languages: &str| desk.get("/api/yok").header("accept-language", languages).send();
    for (languages, sentence) in [
        ("tr-TR,tr;q=0.9,en;q=0.8", "Bulunamadı"),
        ("de", "Bulunamadı"),
        ("en;q=0", "Bulunamadı"),
        ("en-US,en;q=0.9,tr;q=0.8", "Not found"),
        ("de-DE, en;q=0.3", "Not found"),
        ("en;q=0.3, tr;q=0.4", "Bulunamadı"),
    ] {
        assert_eq!(get(languages).await.json()["error"], sentence, "{languages}");
    }
    assert_eq!(desk.get("/api/yok").send().await.json()["error"], "Bulunamadı");
}
