//! Answers that go out smaller, or not at all because the client has them.

use crate::client::Answer;
use crate::desk::Desk;
use async_compression::tokio::bufread::GzipDecoder;
use serde_json::Value;
use tokio::io::AsyncReadExt;

async fn unpacked(answer: &Answer) -> Value {
    let mut text = String::new();
    GzipDecoder::new(&answer.bytes[..]).read_to_string(&mut text).await.unwrap();
    serde_json::from_str(&text).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_text_goes_out_compressed_to_whoever_takes_it() {
    let desk = Desk::new().await;
    let get = |accepted: &str| desk.get("/api/docs/openapi.json").header("accept-encoding", accepted).send();
    let plain = get("identity").await;
    assert_eq!(
        (plain.header("content-encoding"), plain.all("vary").as_str()),
        (None, "origin, accept-encoding")
    );
    let packed = get("gzip, deflate, br").await;
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    assert_eq!((packed.status.as_u16(), packed.all("vary").as_str()), (200, "origin, accept-encoding"));
    assert!(packed.bytes.len() * 2 < plain.bytes.len(), "{} {}", packed.bytes.len(), plain.bytes.len());
    assert_eq!(unpacked(&packed).await, plain.json());
    let unsaid = desk.get("/api/docs/openapi.json").send().await;
    assert_eq!((unsaid.header("content-encoding"), &unsaid.bytes), (None, &plain.bytes));
    let refused = get("gzip;q=0, identity;q=0").await;
    assert_eq!((refused.status.as_u16(), refused.header("content-encoding")), (200, None));
    let head = desk.call("HEAD", "/api/docs/openapi.json").header("accept-encoding", "gzip").send().await;
    assert_eq!((head.status.as_u16(), head.bytes.len()), (200, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_answer_goes_out_as_it_is() {
    let desk = Desk::new().await;
    let answer = desk.get("/api/support/").header("accept-encoding", "gzip").send().await;
    assert_eq!((answer.header("content-encoding"), answer.all("vary").as_str()), (None, "origin"));
    assert!(answer.json()["tickets"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_has_the_answer_is_told_that_nothing_changed() {
    let desk = Desk::new().await;
    let id = uuid::Uuid::new_v4();
    let fields = r#"[{"name": "ad", "label": "Ad", "type": "text"}]"#;
    desk.db
        .run(&format!(
            "insert into dynamic_forms (id, site_id, name, fields) values ('{id}', '{}', 'İade', '{fields}')",
            desk.site.id
        ))
        .await;
    let path = format!("/api/forms/{id}");
    let first = desk.get(&path).send().await;
    let tag = first.header("etag").unwrap().to_owned();
    assert_eq!((first.status.as_u16(), first.header("cache-control")), (200, Some("private, no-cache")));
    let again = desk.get(&path).header("if-none-match", &tag).send().await;
    assert_eq!(
        (again.status.as_u16(), again.bytes.len(), again.header("etag")),
        (304, 0, Some(tag.as_str()))
    );
    assert!(again.header("content-security-policy").is_some());
    assert_eq!(desk.get(&path).header("if-none-match", "\"baska\"").send().await.status, 200);
    desk.db.run("update dynamic_forms set name = 'Değişim'").await;
    let changed = desk.get(&path).header("if-none-match", &tag).send().await;
    assert_eq!((changed.status.as_u16(), changed.json()["name"].as_str()), (200, Some("Değişim")));
    assert_ne!(changed.header("etag"), Some(tag.as_str()));
}
