use serde_json::{Map, Value, json};

use super::*;

fn form(fields: Value) -> Definition {
    Definition::parse(&json!({"name": "İletişim Formu", "fields": fields})).unwrap()
}

fn map(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

fn refusal(definition: Value) -> String {
    Definition::parse(&definition).unwrap_err().to_string()
}

/// The messages for one field of `definition` when `value` is sent under its name.
fn message(field: Value, value: Value) -> Option<String> {
    let mut field = field;
    field["name"] = json!("alan");
    field["label"] = json!("Alan");
    let errors = validate(&form(json!([field])), &map(json!({"alan": value})), &[]);
    assert!(errors.len() <= 1);
    errors.into_iter().next().map(|error| error.message)
}

fn passes(field: Value, value: Value) -> bool {
    message(field, value).is_none()
}

#[test]
fn a_definition_is_read_with_its_defaults() {
    let definition = form(json!([{"name": "a", "label": "A"}]));
    assert_eq!(definition.fields[0].kind, FieldType::Text);
    assert!(!definition.fields[0].required && !definition.create_ticket);
    assert_eq!(
        serde_json::to_value(definition.public()).unwrap(),
        json!({"name": "İletişim Formu", "fields": [{"name": "a", "label": "A", "type": "text", "required": false}]})
    );
}

#[test]
fn unsound_definitions_are_refused_in_turkish() {
    let with = |fields: Value| refusal(json!({"name": "F", "fields": fields}));
    assert_eq!(refusal(json!([])), "Form tanımı geçersiz");
    assert_eq!(
        refusal(json!({"name": " ", "fields": [{"name": "a", "label": "A"}]})),
        "Form adı 1-200 karakter olmalıdır"
    );
    assert_eq!(with(json!([])), "Form 1-60 alan içermelidir");
    assert_eq!(with(json!([{"name": "a.b", "label": "A"}])), "Geçersiz alan adı: a.b");
    assert_eq!(with(json!([{"name": "$a", "label": "A"}])), "Geçersiz alan adı: $a");
    assert_eq!(with(json!([{"name": "formId", "label": "A"}])), "Geçersiz alan adı: formId");
    assert_eq!(with(json!([{"name": "a", "label": "A\nB"}])), "a: etiket 1-200 karakter olmalıdır");
    assert_eq!(
        with(json!([{"name": "a", "label": "A"}, {"name": "a", "label": "B"}])),
        "Alan adı birden fazla kullanılmış: a"
    );
    assert_eq!(with(json!([{"name": "a", "label": "A", "type": "select"}])), "a: seçenek listesi geçersiz");
    assert_eq!(
        with(json!([{"name": "a", "label": "A", "type": "select", "options": ["x", "x"]}])),
        "a: seçenek listesi geçersiz"
    );
    assert_eq!(
        with(json!([{"name": "a", "label": "A", "min": 2, "max": 1}])),
        "a: alt sınır üst sınırdan büyük olamaz"
    );
    assert_eq!(with(json!([{"name": "a", "label": "A", "type": "renk"}])), "Form tanımı geçersiz");
    let priority = json!({"name": "F", "fields": [{"name": "a", "label": "A"}], "default_priority": "süper"});
    assert_eq!(refusal(priority), "Geçersiz öncelik: süper");
}

#[test]
fn sixty_fields_pass_and_sixty_one_do_not() {
    let fields =
        |n: usize| (0..n).map(|i| json!({"name": format!("f{i}"), "label": "L"})).collect::<Vec<_>>();
    assert_eq!(form(json!(fields(60))).fields.len(), 60);
    assert_eq!(refusal(json!({"name": "F", "fields": fields(61)})), "Form 1-60 alan içermelidir");
}

#[test]
fn patterns_must_compile_within_bounds() {
    let long = "a".repeat(501);
    for pattern in ["(", "a)|(b", "((a{99}){99}){99}", r"(?=x)", &long] {
        let field = json!({"name": "a", "label": "A", "pattern": pattern});
        assert_eq!(refusal(json!({"name": "F", "fields": [field]})), "a: desen geçersiz", "{pattern}");
    }
}

#[test]
fn a_pattern_must_match_the_whole_text() {
    let field = json!({"pattern": r"\d{2}|x"});
    assert!(passes(field.clone(), json!("12")));
    assert!(passes(field.clone(), json!(" x ")));
    assert_eq!(message(field.clone(), json!("123")).unwrap(), "Bu alanın biçimi geçersiz.");
    assert!(!passes(field, json!("xx")));
}

#[test]
fn missing_and_blank_have_their_own_texts() {
    let definition =
        form(json!([{"name": "a", "label": "A", "required": true}, {"name": "b", "label": "B"}]));
    let error = |text: &str| vec![FieldError { field: "a".into(), message: text.into() }];
    assert_eq!(validate(&definition, &map(json!({})), &[]), error("Bu alan zorunlu."));
    for blank in [json!(null), json!(""), json!(" \n"), json!([])] {
        assert_eq!(
            validate(&definition, &map(json!({"a": blank})), &[]),
            error("Bu alan boş bırakılmamalı.")
        );
    }
    for value in [json!(0), json!("x")] {
        assert_eq!(validate(&definition, &map(json!({"a": value, "b": ""})), &[]), []);
    }
    let consent = form(json!([{"name": "a", "label": "A", "type": "checkbox", "required": true}]));
    assert_eq!(validate(&consent, &map(json!({"a": false})), &[]), []);
}

#[test]
fn text_lengths_have_both_boundaries() {
    let field = json!({"min_length": 3, "max_length": 5});
    assert_eq!(
        message(field.clone(), json!("şş")).unwrap(),
        "Bu alanın en az 3 karakter barındırdığından emin olun."
    );
    assert!(passes(field.clone(), json!(" şşş ")) && passes(field.clone(), json!("şşşşş")));
    assert_eq!(
        message(field.clone(), json!("şşşşşş")).unwrap(),
        "Bu alanın 5 karakterden fazla karakter barındırmadığından emin olun."
    );
    assert!(passes(field.clone(), json!(1234)));
    for value in [json!(true), json!(["abc"]), json!({})] {
        assert_eq!(message(field.clone(), value).unwrap(), "Geçerli bir string değil.");
    }
}

#[test]
fn numbers_come_as_numbers_or_texts_and_keep_their_bounds() {
    let field = json!({"type": "number", "min": 1, "max": 2.5});
    for value in [json!(1), json!(2.5), json!("2"), json!("2,5"), json!(" 1.5 ")] {
        assert!(passes(field.clone(), value));
    }
    assert_eq!(message(field.clone(), json!(0.99)).unwrap(), "Bu değer en az 1 olmalıdır.");
    assert_eq!(message(field.clone(), json!("2.51")).unwrap(), "Bu değer en fazla 2.5 olmalıdır.");
    for value in [json!("iki"), json!(true), json!("NaN"), json!("inf"), json!([1])] {
        assert_eq!(message(field.clone(), value).unwrap(), "Geçerli bir sayı girin.");
    }
}

#[test]
fn dates_phones_and_emails_are_judged_by_type() {
    let date = json!({"type": "date"});
    assert!(passes(date.clone(), json!("2028-02-29")));
    for wrong in ["2026-02-29", "29.02.2028", "2026-2-1", "bugün"] {
        assert_eq!(message(date.clone(), json!(wrong)).unwrap(), "Geçerli bir tarih girin (YYYY-AA-GG).");
    }
    assert!(passes(json!({"type": "phone"}), json!("+90 555 123 45 67")));
    assert!(passes(json!({"type": "phone"}), json!(5551234567_u64)));
    assert_eq!(
        message(json!({"type": "phone"}), json!("123")).unwrap(),
        "Geçerli bir telefon numarası girin."
    );
    assert!(passes(json!({"type": "email"}), json!("A@B.com")));
    assert_eq!(
        message(json!({"type": "email"}), json!("a@b.")).unwrap(),
        "Geçerli bir e-posta adresi girin."
    );
}

#[test]
fn choices_must_be_offered() {
    let one = json!({"type": "select", "options": ["Kırmızı", "Mavi"]});
    assert!(passes(one.clone(), json!("Mavi")));
    assert_eq!(message(one.clone(), json!("mavi")).unwrap(), "\"mavi\" geçerli bir seçim değil.");
    assert!(!passes(one, json!(["Mavi"])));
    let many = json!({"type": "multiselect", "options": ["Kırmızı", "Mavi", "1"]});
    for value in [json!(["Mavi", "Kırmızı"]), json!("Mavi"), json!([1]), json!([])] {
        assert!(passes(many.clone(), value));
    }
    assert_eq!(
        message(many.clone(), json!(["Mavi", "Yeşil"])).unwrap(),
        "\"Yeşil\" geçerli bir seçim değil."
    );
    assert_eq!(message(many, json!({})).unwrap(), "Geçerli bir liste değil.");
    for value in [json!(true), json!("on"), json!("false"), json!(0)] {
        assert!(passes(json!({"type": "checkbox"}), value));
    }
    assert_eq!(
        message(json!({"type": "checkbox"}), json!("belki")).unwrap(),
        "Bu alan evet ya da hayır olmalıdır."
    );
}

#[test]
fn a_file_field_wants_a_file_part() {
    let definition = form(json!([{"name": "ek", "label": "Ek", "type": "file", "required": true}]));
    assert_eq!(validate(&definition, &map(json!({})), &["ek"]), []);
    assert_eq!(validate(&definition, &map(json!({})), &["başka"])[0].message, "Bu alan zorunlu.");
    assert!(
        validate(&definition, &map(json!({"ek": "a.pdf"})), &[])[0]
            .message
            .starts_with("Gönderilen veri dosya değil.")
    );
    let text = form(json!([{"name": "ad", "label": "Ad"}]));
    assert_eq!(validate(&text, &map(json!({})), &["ad"])[0].message, "Geçerli bir string değil.");
}

#[test]
fn values_of_ticket_columns_are_judged_even_when_undefined() {
    let definition = form(json!([{"name": "not", "label": "Not"}]));
    let errors = |value: Value| {
        validate(&definition, &map(value), &[]).into_iter().map(|e| e.field).collect::<Vec<_>>()
    };
    assert_eq!(
        errors(json!({"name": "Ada", "email": "", "phone": null, "subject": "s".repeat(200)})),
        [""; 0]
    );
    assert_eq!(
        errors(json!({"email": "yok", "subject": "s".repeat(201), "name": [], "phone": "1".repeat(21)})),
        ["subject", "name", "email", "phone"]
    );
}

#[test]
fn a_nul_is_refused_wherever_it_hides() {
    let definition = form(json!([{"name": "not", "label": "Not"}]));
    for value in [
        json!({"not": "a\0"}),
        json!({"not": "x", "gizli": {"a": [{"b": "\0"}]}}),
        json!({"a\0": 1}),
        json!({"g": {"\0": 1}}),
    ] {
        let errors = validate(&definition, &map(value), &[]);
        assert_eq!(errors.len(), 1);
        assert_eq!(errors[0].message, "Boş karakterlere izin verilmiyor.");
        assert!(!errors[0].field.contains('\0'));
    }
}

#[test]
fn the_message_lists_values_in_definition_order() {
    let definition = form(json!([
        {"name": "b", "label": "Sipariş No", "type": "number"},
        {"name": "a", "label": "Renkler", "type": "multiselect", "options": ["Kırmızı", "Mavi"]},
        {"name": "c", "label": "Abone", "type": "checkbox"},
        {"name": "d", "label": "Boş"},
        {"name": "e", "label": "Yok"},
        {"name": "f", "label": "Null"},
        {"name": "g", "label": "Metin", "type": "textarea"}
    ]));
    let values = map(json!({
        "a": ["Kırmızı", "Mavi"], "b": 0, "c": false, "d": "", "f": null, "g": "bir\niki", "gizli": "x"
    }));
    assert_eq!(
        message_text(&definition, &values),
        "Form Adı: İletişim Formu\n\nSipariş No: 0\nRenkler: Kırmızı, Mavi\nAbone: false\nMetin: bir\niki\n"
    );
    assert_eq!(message_text(&definition, &Map::new()), "Form Adı: İletişim Formu\n\n");
}

#[test]
fn subject_and_requester_come_from_the_submission() {
    let definition = form(json!([{"name": "a", "label": "A"}]));
    let values = map(
        json!({"subject": " Kargo\r\nBcc: x ", "name": " Ada ", "email": " A@B.COM ", "phone": 5551234567_u64}),
    );
    assert_eq!(subject(&definition, &values), "Kargo  Bcc: x");
    assert_eq!(
        requester(&values),
        Requester {
            name: Some("Ada".into()),
            email: Some("a@b.com".into()),
            phone: Some("5551234567".into())
        }
    );
    for empty in [json!({}), json!({"subject": ""}), json!({"subject": null}), json!({"subject": {}})] {
        assert_eq!(subject(&definition, &map(empty)), "İletişim Formu");
    }
    assert_eq!(requester(&Map::new()), Requester::default());
}
