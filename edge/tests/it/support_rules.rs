//! Every rule of the support form, from outside, on both sides of its boundary.

use crate::desk::Desk;
use serde_json::{Value, json};

const REQUIRED: &str = "Bu alan zorunlu.";
const BLANK: &str = "Bu alan boş bırakılmamalı.";
const NOT_LETTERS: &str = "Ad soyad sadece harf içerebilir.";
const BAD_EMAIL: &str = "Geçerli bir e-posta adresi girin.";
const BAD_PHONE: &str = "Geçerli bir telefon numarası girin.";
const NOT_TEXT: &str = "Geçerli bir string değil.";
const NUL: &str = "Boş karakterlere izin verilmiyor.";

fn too_long(max: usize) -> String {
    format!("Bu alanın {max} karakterden fazla karakter barındırmadığından emin olun.")
}

fn field_error(field: &str, messages: &[&str]) -> Value {
    json!({ field: messages })
}

#[tokio::test(flavor = "multi_thread")]
async fn values_at_the_edge_of_a_rule_pass() {
    let desk = Desk::new().await;
    let letters = |n: usize| "ş".repeat(n);
    let cases: Vec<(&str, String)> = vec![
        ("name", "Ay".into()),
        ("name", letters(100)),
        ("name", "  Ayşe\u{a0}Nur\n\tYılmaz  ".into()),
        ("name", "ÇĞIİÖŞÜ çğıöşü".into()),
        ("phone", String::new()),
        ("phone", "5551234567".into()),
        ("phone", "+90 555 123 45 67 89".into()),
        ("phone", "5-5-5-1-2-3-4-5-6-7".into()),
        ("message", letters(10)),
        ("message", letters(2000)),
        ("message", format!("{}   ", letters(2000))),
        ("email", "a+b@x.co".into()),
        ("email", "a@localhost".into()),
        ("email", "a@[127.0.0.1]".into()),
        ("subject", "Diğer".into()),
        ("subject", "İade/İptal".into()),
    ];
    for (field, value) in &cases {
        let answer = desk.form_with(field, Some(value)).await;
        assert_eq!(answer.status, 201, "{field}={value:?}: {}", answer.body);
        let answer = desk.json_with(field, json!(value)).await;
        assert_eq!(answer.status, 201, "{field}={value:?} as JSON: {}", answer.body);
    }
    for (field, value) in
        [("phone", json!(null)), ("phone", json!(5551234567_i64)), ("message", json!(1234567890))]
    {
        assert_eq!(desk.json_with(field, value).await.status, 201, "{field}");
    }
    assert_eq!(desk.tickets().await, (cases.len() * 2 + 3) as i64);
}

#[tokio::test(flavor = "multi_thread")]
async fn values_past_the_edge_of_a_rule_are_refused_with_its_text() {
    let desk = Desk::new().await;
    let (x101, x2001) = ("x".repeat(101), "x".repeat(2001));
    let (name_long, phone_long) = (too_long(100), too_long(20));
    let mut cases: Vec<(&str, Option<&str>, &str)> = vec![
        ("name", None, REQUIRED),
        ("name", Some(""), BLANK),
        ("name", Some(" \t "), BLANK),
        ("name", Some("A"), "Ad soyad en az 2 karakter olmalıdır."),
        ("name", Some(" A "), "Ad soyad en az 2 karakter olmalıdır."),
        ("name", Some(&x101), &name_long),
        ("name", Some("a\0b"), NUL),
        ("email", None, REQUIRED),
        ("email", Some(" "), BLANK),
        ("email", Some("a\0@x.co"), NUL),
        ("phone", Some("123456789"), BAD_PHONE),
        ("phone", Some("123456789012345678901"), &phone_long),
        ("phone", Some("٠١٢٣٤٥٦٧٨٩"), BAD_PHONE),
        ("subject", None, REQUIRED),
        ("subject", Some(""), "\"\" geçerli bir seçim değil."),
        ("subject", Some("diğer"), "\"diğer\" geçerli bir seçim değil."),
        ("message", None, REQUIRED),
        ("message", Some("  "), BLANK),
        ("message", Some("123456789 "), "Mesaj en az 10 karakter olmalıdır."),
        ("message", Some(&x2001), "Mesaj en fazla 2000 karakter olabilir."),
        ("attachment", Some("metin"), "Gönderilen veri dosya değil. Formdaki kodlama tipini kontrol edin."),
    ];
    let letters = ["Ali2", "Ali 😀", "O'Neil", "Ayşe-Nur", "A. Veli", "Strauß", "Kâzım", "Nâzîm", "Hûlya"];
    cases.extend(letters.map(|name| ("name", Some(name), NOT_LETTERS)));
    cases.extend(
        ["a@b.", "çağrı@x.co", "\"a b\"@x.co", "a", "a@", "@b.co"]
            .map(|mail| ("email", Some(mail), BAD_EMAIL)),
    );
    cases.extend(
        ["(555) 123 45 67", "555.123.4567", "abcdefghijk"].map(|phone| ("phone", Some(phone), BAD_PHONE)),
    );
    for (field, value, message) in cases {
        let answer = desk.form_with(field, value).await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()),
            (400, field_error(field, &[message])),
            "{field}={value:?}"
        );
    }
    for (field, value, message) in [
        ("name", json!(null), BLANK),
        ("name", json!(true), NOT_TEXT),
        ("email", json!(["a@x.co"]), NOT_TEXT),
        ("subject", json!(null), BLANK),
        ("message", json!({ "a": 1 }), NOT_TEXT),
        ("phone", json!(false), NOT_TEXT),
    ] {
        let answer = desk.json_with(field, value).await;
        assert_eq!((answer.status.as_u16(), answer.json()), (400, field_error(field, &[message])), "{field}");
    }
    desk.assert_untouched().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_and_malformed_address_breaks_two_rules() {
    let desk = Desk::new().await;
    let answer = desk.form_with("email", Some(&"a".repeat(255))).await;
    assert_eq!(answer.json(), field_error("email", &[&too_long(254), BAD_EMAIL]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_grows_in_lower_case_is_measured_as_it_is_stored() {
    let desk = Desk::new().await;
    let address = |letters: usize| format!("a@{}.{}.co", "İ".repeat(62), "İ".repeat(letters));
    assert_eq!(desk.form_with("email", Some(&address(61))).await.status, 201);
    let answer = desk.form_with("email", Some(&address(63))).await;
    assert_eq!(answer.json(), field_error("email", &[&too_long(254)]));
}

#[tokio::test(flavor = "multi_thread")]
async fn all_failing_fields_are_named_at_once_and_in_order() {
    let desk = Desk::new().await;
    let answer = desk.post_form().form(&[("phone", "1"), ("attachment", "x")]).send().await;
    insta::assert_snapshot!(answer.seen(), @r#"400 {"name":["Bu alan zorunlu."],"email":["Bu alan zorunlu."],"phone":["Geçerli bir telefon numarası girin."],"subject":["Bu alan zorunlu."],"message":["Bu alan zorunlu."],"attachment":["Gönderilen veri dosya değil. Formdaki kodlama tipini kontrol edin."]}"#);
    let answer =
        desk.post_form().header("accept-language", "en").form(&[("email", "a"), ("name", "A1")]).send().await;
    insta::assert_snapshot!(answer.seen(), @r#"400 {"name":["Ad soyad sadece harf içerebilir."],"email":["Enter a valid email address."],"subject":["This field is required."],"message":["This field is required."]}"#);
    desk.assert_untouched().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_stored_is_stripped_and_the_address_is_in_lower_case() {
    let desk = Desk::new().await;
    let form = json!({ "name": " Ayşe Işık ", "email": " INFO@Ornek.TEST ", "phone": " 555 123 45 67 ",
        "subject": "Diğer", "message": "\n<img src=x onerror=alert(1)> ", "status": "closed", "ticket_number": "X-1",
        "notes": "gizli", "user": 5 });
    assert_eq!(desk.post_form().json(&form).send().await.status, 201);
    let rows = desk
        .db
        .ask("select visitor_name, visitor_email, visitor_phone, message, status, notes from tickets")
        .await;
    assert_eq!(
        rows,
        json!([{ "visitor_name": "Ayşe Işık", "visitor_email": "info@ornek.test",
        "visitor_phone": "555 123 45 67", "message": "<img src=x onerror=alert(1)>", "status": "new", "notes": null }])
    );
}
