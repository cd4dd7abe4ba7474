//! Input that nobody in his right mind sends: in every text of every body, in every parameter of every query, and as
//! whole bodies. It is taken as a plain value or refused; it is never a fault of ours, and what cannot be stored is
//! named.

use super::document::{Operation, is, operations};
use super::ids::{Ready, all_ready, call};
use super::places::{Place, places};
use crate::client::{Answer, Call};
use crate::desk::Desk;
use futures::StreamExt;
use serde_json::{Value, json};

/// Requests that run at once: as many as leave a test's small pool room.
const AT_ONCE: usize = 8;
const BODY_BYTES: usize = (10 << 20) + 1;

/// Texts that mean something to somebody on the way: to SQL, to a text search, to a regular expression, to `like`, to a
/// path, to HTML, to a mail's header, to whoever lower-cases, measures or shows them.
fn tricks() -> Vec<String> {
    let mut texts: Vec<String> = [
        "' or 1=1; drop table tickets; --",
        "\\'; select pg_sleep(10) --",
        "$1 $$ ${jndi:ldap://x} {{7*7}} %s %n",
        "!( & | foo:* <-> <2> 'bar ) :A*B",
        "((((((a+)+)+)+)+)+$ [a-z (?<=x) \\p{L} \\",
        "%_\\%\\_%%%%%%",
        "../../../etc/passwd",
        "<img src=x onerror=alert(1)></title><!--",
        "a\r\nBcc: x@y.test\r\n\r\n.",
        "İIıi ŞĞ ﬁ ß ǅ \u{130}\u{307}",
        "\u{202e}\u{2066}\u{feff}\u{200d}\u{fffe}\u{10ffff}\u{1f468}\u{200d}\u{1f469}",
        "\u{1}\u{7f}\u{85}\u{2028}\t",
        "0000-00-00T00:00:00Z",
        "+262142-12-31T23:59:60Z",
        "-0001-02-30",
        "99999999999999999999999999999999",
        "NaN",
        "null",
        " ",
        "",
    ]
    .map(str::to_owned)
    .to_vec();
    texts.push("e\u{301}".repeat(2000));
    texts.push("x".repeat(70_000));
    texts
}

/// Values of a type that a text is not.
fn misfits() -> Vec<Value> {
    let deep = (0..30).fold(json!(1), |inner, _| json!([inner]));
    vec![
        json!(null),
        json!(-1),
        json!(1e300),
        json!(u64::MAX),
        json!(true),
        json!([]),
        json!({}),
        json!([null]),
        deep,
    ]
}

fn fault(one: &Operation, where_: &str, sent: &str, answer: &Answer) -> Option<String> {
    let sent: String = sent.chars().take(60).collect();
    answer
        .status
        .is_server_error()
        .then(|| format!("{} {} {where_} {sent:?}: {}", one.method, one.path, answer.seen()))
}

async fn faults(calls: Vec<impl Future<Output = Option<String>>>) -> Vec<String> {
    futures::stream::iter(calls).buffer_unordered(AT_ONCE).filter_map(std::future::ready).collect().await
}

async fn tried_in_body(
    desk: &Desk,
    (one, ready): &(Operation, Ready),
    place: &Place,
    value: Value,
) -> Option<String> {
    let body = place.filled(one, value.clone());
    let answer = ready.call(desk, one, "").json(&body).send().await;
    fault(one, place.name(), &value.to_string(), &answer)
}

#[tokio::test(flavor = "multi_thread")]
async fn no_text_in_a_body_is_more_than_a_text() {
    let desk = Desk::new().await;
    let (all, tricks) = (all_ready(&desk).await, tricks());
    let mut calls = Vec::new();
    for one in &all {
        for place in places(&one.0).into_iter().filter(|place| is(&place.schema, "string")) {
            for trick in &tricks {
                let (desk, place) = (&desk, place.clone());
                calls.push(async move { tried_in_body(desk, one, &place, json!(trick)).await });
            }
        }
    }
    assert!(calls.len() > 1000, "{}", calls.len());
    let wrong = faults(calls).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_of_another_type_is_refused_and_no_fault() {
    let desk = Desk::new().await;
    let (all, misfits) = (all_ready(&desk).await, misfits());
    let mut calls = Vec::new();
    for one in &all {
        for place in places(&one.0) {
            for misfit in &misfits {
                let (desk, place) = (&desk, place.clone());
                calls.push(async move { tried_in_body(desk, one, &place, misfit.clone()).await });
            }
        }
    }
    let wrong = faults(calls).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Nothing that no column takes gets through anywhere: a NUL, half of a surrogate pair, bytes that are no UTF-8.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_text_at_all_is_a_bad_request_wherever_it_stands() {
    let desk = Desk::new().await;
    let mut wrong = Vec::new();
    for (one, ready) in &all_ready(&desk).await {
        for place in places(one).iter().filter(|place| is(&place.schema, "string")) {
            let sound = place.filled(one, json!("«metin»")).to_string();
            for no_text in [&b"a\\u0000b"[..], b"a\\ud800b", b"a\xff\xfeb"] {
                let (before, after) = sound.split_once("«metin»").unwrap();
                let body = [before.as_bytes(), no_text, after.as_bytes()].concat();
                let answer = ready.call(&desk, one, "").body("application/json", body).send().await;
                if !matches!(answer.status.as_u16(), 400 | 401 | 403 | 404 | 409) {
                    let no_text = String::from_utf8_lossy(no_text);
                    wrong.push(format!(
                        "{} {} {} {no_text}: {}",
                        one.method,
                        one.path,
                        place.name(),
                        answer.seen()
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_parameter_of_a_query_is_more_than_a_value() {
    let desk = Desk::new().await;
    let (all, mut values) = (all_ready(&desk).await, tricks());
    // What is longer than a request's head may be is refused before it is a query.
    values.retain(|text| text.len() < 1000);
    values.extend(
        ["-1", "0", "1e3", "4294967296", "true", "a\0b", "00000000-0000-0000-0000-000000000000"]
            .map(str::to_owned),
    );
    let written = |name: &str, value: &str| serde_urlencoded::to_string([(name, value)]).unwrap();
    let mut queries: Vec<(&(Operation, Ready), String)> = Vec::new();
    for one in &all {
        for (name, _) in one.0.query() {
            queries.extend(values.iter().map(|value| (one, format!("?{}", written(name, value)))));
            queries.push((one, format!("?{name}=%ff%fe&{name}=%00&{name}[]=1&{name}[$gt]=1")));
            queries.push((one, format!("?{name}={}", "9".repeat(5000))));
        }
    }
    let calls = queries.iter().map(|((one, ready), query)| {
        let desk = &desk;
        async move { fault(one, "", query, &ready.call(desk, one, query).send().await) }
    });
    let wrong = faults(calls.collect()).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whole bodies, each with the statuses it may be refused with.
fn bodies() -> Vec<(&'static str, &'static str, Vec<u8>, Vec<u16>)> {
    let nested = |open: &str, close: &str| (open.repeat(10_000) + "1" + &close.repeat(10_000)).into_bytes();
    let json = "application/json";
    let member = |value: &[u8]| [b"{\"x\":", value, b"}"].concat();
    vec![
        (
            "10 MB and a byte",
            json,
            [b"{\"x\":\"", vec![b'a'; BODY_BYTES].as_slice(), b"\"}"].concat(),
            vec![413],
        ),
        ("10,000 levels of lists", json, member(&nested("[", "]")), vec![400]),
        ("10,000 levels of objects", json, nested("{\"x\":", "}"), vec![400]),
        ("half an object", json, b"{\"x\":".to_vec(), vec![400]),
        ("a list", json, b"[]".to_vec(), vec![400]),
        ("a text", json, b"\"x\"".to_vec(), vec![400]),
        ("a number past all numbers", json, member(b"1e999"), vec![400]),
        ("blanks", json, b"  \n ".to_vec(), vec![400]),
        ("no UTF-8", json, member(b"\"\xff\""), vec![400]),
        ("UTF-16", json, b"\xff\xfe{\0}\0".to_vec(), vec![400]),
        ("no form", "multipart/form-data", b"x".to_vec(), vec![400]),
        (
            "a form with another boundary",
            "multipart/form-data; boundary=a",
            b"--b\r\n\r\n--b--".to_vec(),
            vec![400],
        ),
        ("XML", "application/xml", b"<x/>".to_vec(), vec![415]),
        ("plain text", "text/plain", b"{}".to_vec(), vec![415]),
        ("no type", "", b"{}".to_vec(), vec![415]),
    ]
}

fn with(call: Call, media_type: &str, body: &[u8]) -> Call {
    if media_type.is_empty() { call.untyped(body.to_vec()) } else { call.body(media_type, body.to_vec()) }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_cannot_be_meant_is_refused_by_every_operation_that_takes_one() {
    let desk = Desk::new().await;
    let (all, bodies) = (all_ready(&desk).await, bodies());
    let mut calls = Vec::new();
    // A calendar file is a body of its own kind.
    for (one, ready) in all.iter().filter(|(one, _)| one.schema().is_some()) {
        for (name, media_type, body, expected) in &bodies {
            let desk = &desk;
            calls.push(async move {
                let answer = with(ready.call(desk, one, ""), media_type, body).send().await;
                let status = answer.status.as_u16();
                (!expected.contains(&status))
                    .then(|| format!("{} {} {name}: {}", one.method, one.path, answer.seen()))
            });
        }
    }
    let wrong = faults(calls).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// An empty body says nothing; where something must be said, that is a bad request.
#[tokio::test(flavor = "multi_thread")]
async fn a_body_of_no_bytes_is_a_bad_request_where_one_is_required() {
    let desk = Desk::new().await;
    let mut wrong = Vec::new();
    for one in &operations(&desk).await {
        if one.schema().is_none() || one.said["requestBody"]["required"] != true {
            continue;
        }
        let answer = call(&desk, one, "").await.body("application/json", "").send().await;
        if answer.status != 400 {
            wrong.push(format!("{} {}: {}", one.method, one.path, answer.seen()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A member or a parameter that stands twice counts as it stands last (B22-26), and confuses nobody.
#[tokio::test(flavor = "multi_thread")]
async fn what_stands_twice_counts_as_it_stands_last() {
    let desk = Desk::new().await;
    let mut wrong = Vec::new();
    for one in &operations(&desk).await {
        for (name, schema) in one.query().into_iter().filter(|(_, schema)| is(schema, "integer")) {
            let last = schema["minimum"].as_i64().unwrap_or(1);
            let answer = call(&desk, one, &format!("?{name}=kaç&{name}={last}")).await.send().await;
            if answer.status == 400 && answer.body.contains(name) {
                wrong.push(format!("{} {}?{name}: {}", one.method, one.path, answer.seen()));
            }
        }
        let Some(Value::Object(body)) = &one.body else { continue };
        let Some((name, value)) = body.iter().next() else { continue };
        let rest = Value::Object(body.clone()).to_string();
        let twice = format!("{{\"{name}\":{{\"x\":[]}},{}", rest.trim_start_matches('{'));
        let answer = call(&desk, one, "").await.body("application/json", twice).send().await;
        let once = call(&desk, one, "").await.json(&Value::Object(body.clone())).send().await;
        // What must be the only one of its kind is there already the second time.
        let refused = |answer: &Answer| answer.status == 400 || answer.status.is_server_error();
        if refused(&answer) != refused(&once) {
            wrong.push(format!(
                "{} {} {name} = {value}: {} {}",
                one.method,
                one.path,
                answer.seen(),
                once.seen()
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_if_match_that_is_no_version_of_ours_matches_nothing() {
    let desk = Desk::new().await;
    let mut wrong = Vec::new();
    let takes = |one: &&Operation| {
        let parameters = one.said["parameters"].as_array().cloned().unwrap_or_default();
        parameters.iter().any(|parameter| parameter["name"] == "If-Match")
    };
    for one in operations(&desk).await.iter().filter(takes) {
        for tag in ["\"", "W/\"1\"", "\"99999999999999999999\"", "\"-1\"", "\"é\"", "1", ",,,", "\"1\"\"2\""]
        {
            let call = call(&desk, one, "").await.header("if-match", tag);
            let call = if let Some(body) = &one.body { call.json(body) } else { call };
            let answer = call.send().await;
            if !matches!(answer.status.as_u16(), 404 | 409 | 412) {
                wrong.push(format!("{} {} {tag}: {}", one.method, one.path, answer.seen()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
