//! Limits, load and request ids.

use crate::desk::{Desk, FORM};
use schema::tickets::rules::{Priority, Source};
use schema::tickets::{NewTicket, Origin};
use serde_json::json;
use std::net::Ipv6Addr;

/// An address nobody else uses: the counters are in the shared Redis.
pub fn stranger() -> String {
    Ipv6Addr::from_bits(uuid::Uuid::new_v4().as_u128()).to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn past_the_limit_a_client_is_told_how_long_to_wait() {
    let desk = Desk::with(&["--support-form-rate", "2", "--trusted-proxies", "127.0.0.0/8,::1"]).await;
    let (client, other) = (stranger(), stranger());
    let post = |from: &str| desk.post_form().form(&FORM).header("x-forwarded-for", from).send();
    let first = post(&client).await;
    assert_eq!((first.status.as_u16(), first.header("x-ratelimit-limit")), (201, Some("2")));
    assert_eq!(first.header("x-ratelimit-remaining"), Some("1"));
    assert_eq!(post(&client).await.status, 201);
    let refused = post(&client).await;
    let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((3590..=3600).contains(&wait), "{wait}");
    let text =
        format!("Üst üste çok fazla istek yapıldı. {wait} saniye içinde erişilebilir olması bekleniyor.");
    assert_eq!((refused.status.as_u16(), refused.json()), (429, json!({ "detail": text })));
    let reset: i64 = refused.header("x-ratelimit-reset").unwrap().parse().unwrap();
    assert!((reset - chrono::Utc::now().timestamp() - wait as i64).abs() <= 2);
    assert_eq!(post(&other).await.status, 201);
    assert_eq!(desk.tickets().await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn edges_share_their_counters() {
    let args = ["--support-form-rate", "1", "--trusted-proxies", "127.0.0.1"];
    let (one, two) = (Desk::with(&args).await, Desk::with(&args).await);
    let client = stranger();
    assert_eq!(one.post_form().form(&FORM).header("x-forwarded-for", &client).send().await.status, 201);
    assert_eq!(two.post_form().form(&FORM).header("x-forwarded-for", &client).send().await.status, 429);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_native_limit_speaks_its_own_words_and_an_untrusted_header_changes_nobodys_name() {
    let trusted = Desk::with(&["--rate-limit-max", "1", "--trusted-proxies", "127.0.0.1"]).await;
    let client = stranger();
    let get = |desk: &Desk| desk.get("/api/forms/x").header("x-forwarded-for", &client).send();
    assert_eq!(get(&trusted).await.status, 404);
    let refused = get(&trusted).await;
    assert_eq!(refused.seen(), r#"429 {"error":"Çok fazla istek gönderdiniz"}"#);
    assert!(refused.header("retry-after").is_some());
    // Without trusted proxies the client is the connection's other end, whatever the header says.
    let plain = Desk::new().await;
    let call = plain.post_form().form(&FORM).header("x-forwarded-for", &client);
    assert_eq!(call.send().await.status, 201);
    let rows = plain.db.ask("select host(ip_address) as ip from audit_logs").await;
    assert_eq!(rows, json!([{ "ip": "127.0.0.1" }]));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_redis_each_edge_counts_for_itself_and_nobody_waits() {
    let desk = Desk::with(&["--support-form-rate", "2", "--redis-url", "redis://127.0.0.1:1/0"]).await;
    let started = std::time::Instant::now();
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(desk.post_form().form(&FORM).send().await.status.as_u16());
    }
    assert_eq!(statuses, [201, 201, 429]);
    assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn past_the_bound_of_running_requests_the_next_is_refused_at_once() {
    let desk = Desk::with(&["--max-in-flight", "2"]).await;
    assert_eq!(desk.post_form().form(&FORM).send().await.status, 201);
    let held = desk.db.hold("lock table ticket_counters in access exclusive mode").await;
    let running: Vec<_> = (0..2).map(|_| tokio::spawn(desk.post_form().form(&FORM).send())).collect();
    let refused = loop {
        // The first two take their places in their own time.
        let answer = desk.get("/api/support/").send().await;
        if answer.status != 200 {
            break answer;
        }
    };
    assert_eq!((refused.status.as_u16(), refused.header("retry-after")), (503, Some("1")));
    let text = "Sunucu şu anda çok yoğun, lütfen biraz sonra tekrar deneyin.";
    assert_eq!(refused.json(), json!({ "detail": text }));
    assert_eq!(desk.get("/health/live").send().await.status, 200);
    drop(held);
    for call in running {
        assert_eq!(call.await.unwrap().status, 201);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_intake_answers_503_and_keeps_nothing_of_the_request() {
    let desk = Desk::new().await;
    let settings = desk.site.settings().await;
    let held = desk.db.hold("lock table ticket_counters in access exclusive mode").await;
    let ticket = || NewTicket {
        id: jobs::TicketId::fresh(),
        site: settings.clone(),
        subject: "a".into(),
        message: "b".into(),
        visitor_name: "c".into(),
        visitor_email: None,
        visitor_phone: None,
        user_id: None,
        priority: Priority::Normal,
        department_id: None,
        category_id: None,
        source: Source::Api,
        custom_fields: json!({}),
        form_submission_id: None,
        attachments: vec![],
        confirmation: None,
        created_at: chrono::Utc::now(),
        origin: Origin::default(),
        idempotency: None,
        ends: None,
    };
    // The first ticket makes a batch that waits for the lock; the rest then fills the queue behind it.
    let mut waiting = Vec::new();
    let mut call = Box::pin(desk.state.intake.create(ticket()));
    assert!(futures::poll!(&mut call).is_pending());
    waiting.push(call);
    desk.until_waiting_for_locks(1).await;
    loop {
        let mut call = Box::pin(desk.state.intake.create(ticket()));
        if futures::poll!(&mut call).is_ready() {
            break;
        }
        waiting.push(call);
    }
    let refused = desk.post_form().form(&FORM).send().await;
    assert_eq!((refused.status.as_u16(), refused.header("retry-after")), (503, Some("1")));
    drop(waiting);
    drop(held);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sane_request_id_is_echoed_and_another_is_replaced() {
    let desk = Desk::new().await;
    let get = |id: &str| desk.get("/api/support/").header("x-request-id", id).send();
    assert_eq!(get("abc-1.2_3").await.header("x-request-id"), Some("abc-1.2_3"));
    assert_eq!(get("a b").await.header("x-request-id").unwrap().len(), 32);
    assert_eq!(desk.get("/yok").send().await.header("x-request-id").unwrap().len(), 32);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_of_ours_is_answered_without_its_cause() {
    let desk = Desk::new().await;
    desk.db.run("alter table tickets rename to tickets_gone").await;
    let answer = desk.post_form().form(&FORM).send().await;
    assert_eq!(answer.seen(), r#"500 {"error":"Sunucu hatası oluştu"}"#);
    assert!(answer.header("x-request-id").is_some());
}
