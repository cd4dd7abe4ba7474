use serde_json::json;

use super::*;

async fn take(body: impl Into<Body>) -> Result<Intake, DecodeError> {
    decode(request("application/json", body), &Options::support_form(), None).await
}

async fn refused(body: impl Into<Body>) -> [(u16, String); 2] {
    answers(take(body).await.unwrap_err()).await
}

fn nested(depth: usize) -> String {
    format!("{{\"a\":{}1{}}}", "[".repeat(depth - 1), "]".repeat(depth - 1))
}

#[tokio::test]
async fn an_object_becomes_named_values() {
    let intake = take(r#"{"name":"Şükrü","n":5,"b":true,"l":["a","a"],"o":{"x":null}}"#).await.unwrap();
    assert_eq!(intake.text("name"), Some("Şükrü"));
    assert_eq!(intake.get("l"), Some(&json!(["a", "a"])));
    assert_eq!(intake.values().len(), 5);
    assert!(intake.files().is_empty());
}

#[tokio::test]
async fn operator_keys_are_dropped_at_any_depth() {
    let intake =
        take(r#"{"n":{"$gt":1,"p.q":2},"$where":"1","a.b":1,"l":[{"$ne":1,"ok":2}]}"#).await.unwrap();
    assert_eq!(serde_json::Value::Object(intake.values()), json!({"n": {}, "l": [{"ok": 2}]}));
}

#[tokio::test]
async fn a_repeated_key_keeps_its_last_value() {
    assert_eq!(take(r#"{"a":1,"a":2}"#).await.unwrap().get("a"), Some(&json!(2)));
}

#[tokio::test]
async fn an_empty_body_has_no_values_whatever_its_type() {
    assert!(take("").await.unwrap().values().is_empty());
    let nothing = decode(request("text/plain", Body::empty()), &Options::support_form(), None).await.unwrap();
    assert!(nothing.values().is_empty());
}

#[tokio::test]
async fn media_type_case_and_parameters_do_not_matter() {
    for media_type in ["application/json", "Application/JSON; charset=UTF-8", " application/json ;x"] {
        let intake = decode(request(media_type, r#"{"a":1}"#), &Options::support_form(), None).await.unwrap();
        assert_eq!(intake.get("a"), Some(&json!(1)));
    }
}

#[tokio::test]
async fn other_media_types_answer_415_with_their_name() {
    for media_type in ["text/plain", "application/xml", ""] {
        let error = decode(request(media_type, "x"), &Options::support_form(), None).await.unwrap_err();
        let support = format!(r#"{{"detail":"İstekte desteklenmeyen medya tipi: \"{media_type}\"."}}"#);
        assert_eq!(answers(error).await, both(415, &support, r#"{"error":"Desteklenmeyen içerik tipi"}"#));
    }
}

#[tokio::test]
async fn malformed_json_answers_400() {
    for body in ["{", "{'a':1}", "{\"a\":1}x", "\u{feff}{}", r#"{"a":"\ud800"}"#, "{\"a\":\"\n\"}"] {
        let [support, native] = refused(body).await;
        assert!(support.1.starts_with(r#"{"detail":"JSON parse error - "#), "{support:?}");
        assert_eq!(native, (400, r#"{"error":"Geçersiz JSON"}"#.into()));
    }
    let invalid_utf8 = vec![b'{', b'"', 0xC0, 0xAF, b'"', b':', b'1', b'}'];
    assert_eq!(refused(invalid_utf8).await[0].0, 400);
}

#[tokio::test]
async fn json_that_is_no_object_names_what_it_is() {
    for (body, kind) in [
        ("[]", "list"),
        ("\"a\"", "str"),
        ("1", "int"),
        ("1.5", "float"),
        ("true", "bool"),
        ("null", "NoneType"),
    ] {
        let text =
            format!(r#"{{"non_field_errors":["Geçersiz veri. Bir sözlük bekleniyor, ama var {kind}."]}}"#);
        assert_eq!(refused(body).await, both(400, &text, r#"{"error":"Geçersiz veri"}"#));
    }
    let error = take("[]").await.unwrap_err();
    let english = read(support_answer(&error, Language::En)).await.1;
    assert_eq!(english, r#"{"non_field_errors":["Invalid data. Expected a dictionary, but got list."]}"#);
}

#[tokio::test]
async fn thirty_two_levels_pass_and_thirty_three_do_not() {
    assert!(take(nested(32)).await.is_ok());
    let native = r#"{"error":"Veri çok derin (en fazla 32 düzey)"}"#;
    assert_eq!(refused(nested(33)).await[1], (400, native.into()));
    assert_eq!(refused(nested(100_000)).await[0].0, 400);
}

#[tokio::test]
async fn one_megabyte_passes_and_one_byte_more_does_not() {
    let sized = |bytes: usize| format!("{{\"a\":1{}}}", " ".repeat(bytes - 7));
    assert!(take(sized(1 << 20)).await.is_ok());
    for body in [Body::from(sized((1 << 20) + 1)), in_pieces(sized((1 << 20) + 1).into_bytes(), 5000)] {
        let answer = both(413, r#"{"detail":"İstek çok büyük"}"#, r#"{"error":"İstek çok büyük"}"#);
        assert_eq!(refused(body).await, answer);
    }
}

#[tokio::test]
async fn a_stated_length_past_the_limit_is_refused_unread() {
    let mut request = request(
        "application/json",
        Body::from_stream(futures::stream::pending::<Result<Vec<u8>, std::io::Error>>()),
    );
    request.headers_mut().insert("content-length", "1048577".parse().unwrap());
    let error = decode(request, &Options::support_form(), None).await.unwrap_err();
    assert!(matches!(error, DecodeError::BodyTooLarge { .. }));
}

#[tokio::test]
async fn texts_hold_64_kib_and_objects_a_hundred_members() {
    let text = |bytes: usize| format!("{{\"a\":\"{}\"}}", "x".repeat(bytes));
    assert!(take(text(65_536)).await.is_ok());
    let answer = both(
        400,
        r#"{"a":["Bu alanın 65536 karakterden fazla karakter barındırmadığından emin olun."]}"#,
        r#"{"error":"Değer çok uzun: a"}"#,
    );
    assert_eq!(refused(text(65_537)).await, answer);
    let members =
        |n: usize| format!("{{{}}}", (0..n).map(|i| format!("\"k{i}\":1")).collect::<Vec<_>>().join(","));
    assert!(take(members(100)).await.is_ok());
    assert_eq!(refused(members(101)).await[1].1, r#"{"error":"Çok fazla alan (en fazla 100)"}"#);
}
