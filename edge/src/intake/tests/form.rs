use serde_json::json;

use super::*;

async fn take(body: impl Into<Body>, options: &Options<'_>) -> Result<Intake, DecodeError> {
    decode(request("application/x-www-form-urlencoded", body), options, None).await
}

#[tokio::test]
async fn pairs_become_texts_and_the_last_of_a_name_wins() {
    let intake =
        take("a=1&b=%C5%9E%C3%BCkr%C3%BC+I&a=2&c&=x&$gt=1&p.q=1", &Options::support_form()).await.unwrap();
    assert_eq!(intake.text("a"), Some("2"));
    assert_eq!(intake.text("b"), Some("Şükrü I"));
    assert_eq!(intake.text("c"), Some(""));
    assert_eq!(intake.iter().map(|(name, _)| name).collect::<Vec<_>>(), ["a", "b", "c", ""]);
}

#[tokio::test]
async fn names_declared_as_lists_keep_all_values() {
    let options = Options { lists: &["renk"], ..Options::support_form() };
    let intake = take("renk=mavi&renk=yeşil&a=1", &options).await.unwrap();
    assert_eq!(intake.get("renk"), Some(&json!(["mavi", "yeşil"])));
}

#[tokio::test]
async fn broken_escapes_are_read_as_they_can_be() {
    let intake = take("a=%zz%&b=%FF&c=%00", &Options::support_form()).await.unwrap();
    assert_eq!(intake.text("a"), Some("%zz%"));
    assert_eq!(intake.text("b"), Some("\u{fffd}"));
    assert_eq!(intake.text("c"), Some("\0"));
}

#[tokio::test]
async fn a_hundred_pairs_pass_and_one_more_does_not() {
    let pairs = |n: usize| vec!["a=1"; n].join("&");
    assert!(take(pairs(100), &Options::support_form()).await.is_ok());
    let error = take(pairs(101), &Options::support_form()).await.unwrap_err();
    assert!(matches!(error, DecodeError::TooManyFields { max: 100 }));
}

#[tokio::test]
async fn long_texts_and_long_bodies_are_refused() {
    let body = |bytes: usize| format!("mesaj={}", "x".repeat(bytes));
    assert!(take(body(65_536), &Options::support_form()).await.is_ok());
    let error = take(body(65_537), &Options::support_form()).await.unwrap_err();
    assert!(matches!(error, DecodeError::TextTooLong { ref field, .. } if field == "mesaj"));
    let error = take(body(1 << 20), &Options::support_form()).await.unwrap_err();
    assert!(matches!(error, DecodeError::BodyTooLarge { .. }));
}

#[tokio::test]
async fn a_client_that_stops_sending_is_let_go() {
    let pace = Pace { idle: std::time::Duration::ZERO, ..Options::support_form().pace };
    let options = Options { pace, ..Options::support_form() };
    let silent = Body::from_stream(futures::stream::pending::<Result<Vec<u8>, std::io::Error>>());
    let error = take(silent, &options).await.unwrap_err();
    let text = "İstek zaman aşımına uğradı";
    assert_eq!(
        answers(error).await,
        both(408, &format!(r#"{{"detail":"{text}"}}"#), &format!(r#"{{"error":"{text}"}}"#))
    );
}

#[tokio::test]
async fn a_body_that_breaks_off_is_the_clients_fault() {
    let broken =
        Body::from_stream(futures::stream::iter([Ok(b"a=".to_vec()), Err(std::io::Error::other("gone"))]));
    let error = take(broken, &Options::support_form()).await.unwrap_err();
    assert_eq!(answers(error).await[1], (400, r#"{"error":"İstek okunamadı"}"#.into()));
}
