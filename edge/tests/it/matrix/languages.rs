//! Every refusal in Turkish and, for whoever prefers it, in English: the same status, other words.

use super::document::{Operation, is};
use super::ids::{Ready, all_ready};
use super::places::places;
use crate::client::{Answer, Call};
use crate::desk::Desk;
use futures::StreamExt;
use serde_json::{Value, json};
use uuid::Uuid;

const AT_ONCE: usize = 8;

/// One way to be refused.
enum Ask {
    Nobody,
    BadToken,
    TooLow,
    UnknownId,
    UnknownVersion,
    Query(String),
    Body(&'static str, String),
}

/// Ways to be refused by an operation, each with its name.
fn ways(one: &Operation) -> Vec<(String, Ask)> {
    let mut found = vec![
        ("nobody".to_owned(), Ask::Nobody),
        ("a bad token".to_owned(), Ask::BadToken),
        ("too low a role".to_owned(), Ask::TooLow),
        ("an id that nobody has".to_owned(), Ask::UnknownId),
        ("a version there is not".to_owned(), Ask::UnknownVersion),
    ];
    if one.schema().is_some() {
        let large = json!({ "x": "a".repeat(1 << 20) }).to_string();
        let json = "application/json";
        let whole = [
            (json, "{"),
            (json, "[]"),
            (json, ""),
            (json, "{}"),
            (json, &large),
            ("text/plain", "x"),
            ("multipart/form-data", "x"),
        ];
        for (media_type, body) in whole {
            let shown: String = body.chars().take(20).collect();
            found.push((format!("{shown:?} as {media_type}"), Ask::Body(media_type, body.to_owned())));
        }
    }
    for (name, _) in one.query() {
        let values = ["%01", "-1", "99999999999", "%00", "%ff"];
        found
            .extend(values.map(|value| (format!("?{name}={value}"), Ask::Query(format!("?{name}={value}")))));
    }
    for place in places(one) {
        let values = ["\0", "", "  ", "?", &"x".repeat(20_000)].map(|text| json!(text));
        for value in values.into_iter().chain([json!(-1), json!({}), json!([7]), json!(1e300)]) {
            let is_sound = is(&place.schema, "object") && value.is_object();
            if !is_sound {
                let shown: String = value.to_string().chars().take(20).collect();
                let body = place.filled(one, value).to_string();
                found.push((format!("{} = {shown}", place.name()), Ask::Body("application/json", body)));
            }
        }
    }
    found
}

impl Ask {
    async fn call(&self, desk: &Desk, one: &Operation, ready: &Ready) -> Call {
        let unknown = one.path_with(|_| Uuid::nil().to_string());
        let with_body = |call: Call| if let Some(body) = &one.body { call.json(body) } else { call };
        match self {
            Self::Nobody => desk.call(&one.method, &unknown),
            Self::BadToken => desk.call(&one.method, &unknown).bearer("a.b.c"),
            Self::TooLow => with_body(desk.call_by("customer", &one.method, &unknown).await),
            Self::UnknownId => with_body(desk.call_by("admin", &one.method, &unknown).await),
            Self::UnknownVersion => desk.call(&one.method, &unknown).header("accept-version", "99"),
            Self::Query(query) => ready.call(desk, one, query),
            Self::Body(media_type, body) => ready.call(desk, one, "").body(media_type, body.clone()),
        }
    }

    async fn answer(&self, desk: &Desk, (one, ready): &(Operation, Ready), language: &str) -> Answer {
        self.call(desk, one, ready).await.header("accept-language", language).send().await
    }
}

/// The sentences of a refusal: what a person reads, not what a program does.
fn sentences(body: &Value, found: &mut Vec<String>) {
    const NOT_READ: [&str; 6] = ["success", "status", "field", "owner", "since", "totp_required"];
    match body {
        Value::String(text) => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| sentences(item, found)),
        Value::Object(members) => {
            // A field of a form may have such a name as well; its sentences are a list.
            let is_read = |name: &str, member: &Value| member.is_array() || !NOT_READ.contains(&name);
            let read = members.iter().filter(|(name, member)| is_read(name, member));
            read.for_each(|(_, member)| sentences(member, found));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn said(answer: &Answer) -> Vec<String> {
    let mut found = Vec::new();
    sentences(&answer.json(), &mut found);
    found
}

/// What is said otherwise than in both languages.
async fn fault(desk: &Desk, one: &(Operation, Ready), name: &str, ask: &Ask) -> Option<String> {
    let turkish = ask.answer(desk, one, "tr").await;
    if !turkish.status.is_client_error() {
        return None;
    }
    let english = ask.answer(desk, one, "en-GB, tr;q=0.5").await;
    let (tr, en) = (said(&turkish), said(&english));
    let one = &one.0;
    let is_both = turkish.status == english.status
        && tr.len() == en.len()
        && !tr.is_empty()
        && tr.iter().zip(&en).all(|(tr, en)| is_never_translated(en) || (tr != en && !is_turkish(en)));
    (!is_both).then(|| format!("{} {} {name}: {} | {}", one.method, one.path, turkish.seen(), english.seen()))
}

/// What the family of the support form says in one language alone: the framework's own words in English (B12-20…22), the
/// form's own in Turkish (B12-27, "same in both languages").
fn is_never_translated(sentence: &str) -> bool {
    const OF_THE_FORM: [&str; 4] = [
        "Ad soyad sadece harf içerebilir.",
        "Geçerli bir telefon numarası girin.",
        "Dosya boyutu 5MB'dan büyük olamaz.",
        "Sadece PDF, DOC, DOCX, JPG, JPEG, PNG dosyaları yüklenebilir.",
    ];
    ["JSON parse error - ", "Multipart form parse error - "].iter().any(|start| sentence.starts_with(start))
        || OF_THE_FORM.contains(&sentence)
}

/// Letters that no English sentence has. What a caller sent is repeated in no refusal of these.
fn is_turkish(text: &str) -> bool {
    text.contains(|letter| "çğıöşüÇĞİÖŞÜ".contains(letter))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_refusal_is_said_in_turkish_and_in_english() {
    let desk = Desk::new().await;
    let all = all_ready(&desk).await;
    let mut asked = Vec::new();
    for one in &all {
        asked.extend(ways(&one.0).into_iter().map(|(name, ask)| (one, name, ask)));
    }
    let calls = asked.iter().map(|(one, name, ask)| fault(&desk, one, name, ask));
    let found = futures::stream::iter(calls).buffer_unordered(AT_ONCE);
    let wrong: Vec<String> = found.filter_map(std::future::ready).collect().await;
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), asked.len(), wrong.join("\n"));
}
