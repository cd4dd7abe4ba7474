//! What operators and their machines ask.

use crate::desk::{Desk, FORM};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_well_edge_says_so_in_the_promised_shape() {
    let desk = Desk::new().await;
    assert_eq!(desk.post_form().form(&FORM).send().await.status, 201);
    let answer = desk.get("/health").send().await;
    assert_eq!(answer.status, 200);
    insta::assert_json_snapshot!(answer.json(), { ".timestamp" => "[time]", ".uptime" => "[seconds]",
        ".metrics.memory_rss" => "[bytes]", ".metrics.workers" => "[alive]" }, @r#"
    {
      "metrics": {
        "memory_rss": "[bytes]",
        "queue_depth": {
          "autoclose": 0,
          "forms": 0,
          "mail-in": 0,
          "mailbox": 0,
          "maintenance": 0,
          "notices": 1,
          "routing": 1,
          "sla": 1
        },
        "requests_total": 1,
        "workers": "[alive]"
      },
      "services": {
        "database": "connected",
        "ollama": "disabled",
        "redis": "connected"
      },
      "status": "ok",
      "timestamp": "[time]",
      "uptime": "[seconds]"
    }
    "#);
    assert!(answer.json()["metrics"]["memory_rss"].as_u64().unwrap() > 1_000_000);
    assert_eq!(desk.get("/health/live").send().await.seen(), r#"200 {"status":"ok"}"#);
    assert_eq!(desk.get("/health/ready").send().await.status, 200);
    assert_eq!(desk.call("POST", "/health").send().await.status, 405);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_redis_health_and_readiness_fail_and_the_process_lives() {
    let desk = Desk::with(&["--redis-url", "redis://127.0.0.1:1/0"]).await;
    let answer = desk.get("/health").send().await;
    let body = answer.json();
    assert_eq!((answer.status.as_u16(), &body["status"]), (503, &json!("error")));
    assert_eq!(
        body["services"],
        json!({ "database": "connected", "redis": "disconnected", "ollama": "disabled" })
    );
    assert_eq!(desk.get("/health/ready").send().await.status, 503);
    assert_eq!(desk.get("/health/live").send().await.status, 200);
    // Work is taken in all the same: the ledger keeps it.
    assert_eq!(desk.post_form().form(&FORM).send().await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_are_for_this_machine_or_for_who_has_the_token() {
    let desk = Desk::with(&["--metrics-token", "gizli-anahtar"]).await;
    assert_eq!(desk.post_form().form(&FORM).send().await.status, 201);
    let answer = desk.get("/metrics").send().await;
    assert_eq!(answer.status, 200);
    for line in [
        "asisttr_jobs{queue=\"routing\",state=\"ready\"} 1",
        "asisttr_jobs{queue=\"routing\",state=\"dead\"} 0",
        "asisttr_jobs_oldest_age{queue=\"mail-in\"} 0",
        "asisttr_http_request_seconds_count{route=\"/api/support/tickets\",method=\"POST\",status=\"201\"}",
        "asisttr_intake_batch_size_bucket",
    ] {
        assert!(answer.body.contains(line), "{line} is not in\n{}", answer.body);
    }
    let through_proxy = || desk.get("/metrics").header("x-forwarded-for", "1.2.3.4");
    assert_eq!(through_proxy().send().await.seen(), r#"404 {"error":"Bulunamadı"}"#);
    assert_eq!(through_proxy().header("authorization", "Bearer yanlis").send().await.status, 404);
    assert_eq!(through_proxy().header("authorization", "Bearer gizli-anahtar").send().await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_watches_sees_which_parts_of_the_fleet_are_alive() {
    let desk = Desk::new().await;
    let redis =
        schema::ledger::wire::connection(&desk.redis_url(), std::time::Duration::from_secs(2)).unwrap();
    let alive = schema::ledger::wire::alive::Alive::new(redis, ["routing", "relay"]);
    alive.beat().await.unwrap();
    let seen = desk.get("/health").send().await.json()["metrics"]["workers"].clone();
    assert!(seen["routing"].as_u64() >= Some(1) && seen["relay"].as_u64() >= Some(1), "{seen}");
    assert_eq!(seen["clock"], 0, "{seen}");
    alive.bow().await.unwrap();
}
