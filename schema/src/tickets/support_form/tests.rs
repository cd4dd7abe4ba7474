use super::*;
use crate::files::rules::{Facts, SUPPORT_FORM_BYTES_MAX};

fn good() -> Input<'static> {
    Input {
        name: Raw::Text("Test User"),
        email: Raw::Text("test@example.com"),
        phone: Raw::Missing,
        subject: Raw::Text("Sipariş Sorunu"),
        message: Raw::Text("Test mesajı burada yer alıyor"),
        attachment: Attachment::Missing,
    }
}

fn pdf(size_bytes: u64) -> Facts<'static> {
    let found = Some(FileKind::Pdf);
    Facts { file_name: "a.pdf", declared: Some("application/pdf"), size_bytes, found }
}

fn answer(input: &Input<'_>, language: Language) -> String {
    match check(input, language) {
        Ok(_) => "ok".into(),
        Err(errors) => serde_json::to_string(&errors).unwrap(),
    }
}

fn name(text: &str) -> String {
    answer(&Input { name: Raw::Text(text), ..good() }, Language::Tr)
}

fn email(text: &str) -> String {
    answer(&Input { email: Raw::Text(text), ..good() }, Language::Tr)
}

fn phone(text: &str) -> String {
    answer(&Input { phone: Raw::Text(text), ..good() }, Language::Tr)
}

fn subject(text: &str) -> String {
    answer(&Input { subject: Raw::Text(text), ..good() }, Language::Tr)
}

fn message(text: &str) -> String {
    answer(&Input { message: Raw::Text(text), ..good() }, Language::Tr)
}

fn attachment(attachment: Attachment<'_>) -> String {
    answer(&Input { attachment, ..good() }, Language::Tr)
}

#[test]
fn the_acceptance_example_passes() {
    let form = check(&good(), Language::Tr).unwrap();
    assert_eq!(form.name, "Test User");
    assert_eq!(form.subject, "Sipariş Sorunu");
    assert_eq!(form.phone, None);
    assert_eq!(form.attachment, None);
}

#[test]
fn an_empty_form_reports_every_required_field_in_order() {
    assert_eq!(
        answer(&Input::default(), Language::Tr),
        r#"{"name":["Bu alan zorunlu."],"email":["Bu alan zorunlu."],"subject":["Bu alan zorunlu."],"message":["Bu alan zorunlu."]}"#
    );
    assert!(answer(&Input::default(), Language::En).starts_with(r#"{"name":["This field is required."]"#));
}

#[test]
fn all_six_fields_fail_in_the_order_of_the_form() {
    let input = Input {
        name: Raw::Text("A"),
        email: Raw::Text("a@b."),
        phone: Raw::Text("123"),
        subject: Raw::Text("Yok"),
        message: Raw::Text("kısa"),
        attachment: Attachment::NotAFile,
    };
    assert_eq!(
        answer(&input, Language::Tr),
        concat!(
            r#"{"name":["Ad soyad en az 2 karakter olmalıdır."],"#,
            r#""email":["Geçerli bir e-posta adresi girin."],"#,
            r#""phone":["Geçerli bir telefon numarası girin."],"#,
            r#""subject":["\"Yok\" geçerli bir seçim değil."],"#,
            r#""message":["Mesaj en az 10 karakter olmalıdır."],"#,
            r#""attachment":["Gönderilen veri dosya değil. Formdaki kodlama tipini kontrol edin."]}"#
        )
    );
    assert_eq!(
        answer(&input, Language::En),
        concat!(
            r#"{"name":["Ensure this field has at least 2 characters."],"#,
            r#""email":["Enter a valid email address."],"#,
            r#""phone":["Geçerli bir telefon numarası girin."],"#,
            r#""subject":["\"Yok\" is not a valid choice."],"#,
            r#""message":["Ensure this field has at least 10 characters."],"#,
            r#""attachment":["The submitted data was not a file. Check the encoding type on the form."]}"#
        )
    );
}

#[test]
fn names_at_the_boundaries_pass() {
    for passing in ["Al", &"ş".repeat(100), "Şükrü Iğdır", "İpek\nÇağ\tÖz\u{a0}Ü", "  Al  "] {
        assert_eq!(name(passing), "ok", "{passing:?}");
    }
}

#[test]
fn names_beyond_the_boundaries_fail() {
    assert_eq!(name(" A "), r#"{"name":["Ad soyad en az 2 karakter olmalıdır."]}"#);
    assert_eq!(
        name(&"a".repeat(101)),
        r#"{"name":["Bu alanın 100 karakterden fazla karakter barındırmadığından emin olun."]}"#
    );
    for refused in ["Ali2", "Ali 😀", "O'Neil", "Ayşe-Nur", "A. Veli", "Groß", "Kâzım", "Kâmil", "Î û"]
    {
        assert_eq!(name(refused), r#"{"name":["Ad soyad sadece harf içerebilir."]}"#, "{refused:?}");
    }
    for blank in ["", "   ", "\u{2003}\u{a0}\n"] {
        assert_eq!(name(blank), r#"{"name":["Bu alan boş bırakılmamalı."]}"#);
    }
}

#[test]
fn null_is_blank_for_every_required_field() {
    let null = || Raw::Null;
    let input = Input { name: null(), email: null(), subject: null(), message: null(), ..Input::default() };
    let errors = check(&input, Language::Tr).unwrap_err();
    assert_eq!(errors.iter().count(), 4);
    assert!(errors.iter().all(|(_, texts)| texts == ["Bu alan boş bırakılmamalı."]));
}

#[test]
fn a_nul_character_is_refused_in_every_text() {
    let nul = || Raw::Text("Geçerli\0metin burada");
    let input =
        Input { name: nul(), email: nul(), phone: nul(), subject: nul(), message: nul(), ..Input::default() };
    let errors = check(&input, Language::Tr).unwrap_err();
    assert_eq!(errors.iter().count(), 5);
    assert!(errors.iter().all(|(_, texts)| texts == ["Boş karakterlere izin verilmiyor."]));
}

#[test]
fn numbers_count_as_their_text_and_other_json_values_do_not() {
    let value = serde_json::json!({"n": 5551234567_u64, "b": true, "l": ["a"], "o": {}});
    assert_eq!(
        check(&Input { phone: Raw::from(value.get("n")), ..good() }, Language::Tr).unwrap().phone.unwrap(),
        "5551234567"
    );
    for key in ["b", "l", "o"] {
        let input = Input { phone: Raw::from(value.get(key)), subject: Raw::from(value.get(key)), ..good() };
        let text = r#"["Geçerli bir string değil."]"#;
        assert_eq!(answer(&input, Language::Tr), format!(r#"{{"phone":{text},"subject":{text}}}"#));
    }
    assert_eq!(
        answer(&Input { name: Raw::File, ..good() }, Language::Tr),
        r#"{"name":["Geçerli bir string değil."]}"#
    );
}

#[test]
fn an_email_is_stored_stripped_and_in_lower_case_without_turkish_letters() {
    let stored = |text| check(&Input { email: Raw::Text(text), ..good() }, Language::Tr).unwrap().email;
    assert_eq!(stored(" A@B.COM "), "a@b.com");
    assert_eq!(stored("INFO@SITE.COM"), "info@site.com");
}

#[test]
fn emails_are_judged_by_the_founding_rules() {
    let long_label = format!("a@{}.co", "b".repeat(63));
    let passing =
        ["a+b@x.co", "a@localhost", "a@[127.0.0.1]", "a@[::1]", "a@örnek.com", "a@b.xn--p1ai", &long_label];
    for address in passing.into_iter().chain(["a@b-c.co", "\"ab\"@x.co", "a.b@c.d.ef"]) {
        assert_eq!(email(address), "ok", "{address}");
    }
    let too_long_label = format!("a@{}.co", "b".repeat(64));
    let refused =
        ["a@b.", "çağrı@x.co", "\"a b\"@x.co", "a", "@x.co", "a@", "a@b", "a@-b.co", "a@b-.co", "a@b..co"];
    for address in
        refused.into_iter().chain(["a@b.c", "a..b@x.co", ".a@x.co", "a b@x.co", "a@x.co\nBcc: b@x.co"])
    {
        assert_eq!(email(address), r#"{"email":["Geçerli bir e-posta adresi girin."]}"#, "{address}");
    }
    for address in ["a@[127.0.0.256]", "a@[::1%eth0]", "a@b.1a", "alı@x.co", "a@xn--", &too_long_label] {
        assert_ne!(email(address), "ok", "{address}");
    }
}

#[test]
fn only_an_email_has_two_messages_and_the_length_comes_first() {
    let long = "Bu alanın 254 karakterden fazla karakter barındırmadığından emin olun.";
    assert_eq!(email(&format!("{}@x.co", "a".repeat(249))), "ok");
    assert_eq!(email(&format!("{}@x.co", "a".repeat(250))), format!(r#"{{"email":["{long}"]}}"#));
    assert_eq!(
        email(&"a".repeat(255)),
        format!(r#"{{"email":["{long}","Geçerli bir e-posta adresi girin."]}}"#)
    );
}

#[test]
fn phones_at_the_boundaries() {
    let passing =
        ["0555 123 45 67", "+90 555 123 45 67", "5551234567", "+90 555 123 45 67 89", "5-5-5-1-2-3-4-5-6-7"];
    for number in passing.into_iter().chain(["", "   "]) {
        assert_eq!(phone(number), "ok", "{number}");
    }
    let refused = ["123456789", "(555) 123 45 67", "(0555) 1234567", "555.123.4567", "+++---", "05551234abc"];
    for number in refused.into_iter().chain(["٠١٢٣٤٥٦٧٨٩", "²²²²²²²²²²"]) {
        assert_eq!(phone(number), r#"{"phone":["Geçerli bir telefon numarası girin."]}"#, "{number}");
    }
    assert_eq!(
        phone("+90 555 123 45 67 890"),
        r#"{"phone":["Bu alanın 20 karakterden fazla karakter barındırmadığından emin olun."]}"#
    );
}

#[test]
fn a_phone_is_stored_as_sent_and_an_empty_one_is_not_a_missing_one() {
    let stored = |raw| check(&Input { phone: raw, ..good() }, Language::Tr).unwrap().phone;
    assert_eq!(stored(Raw::Missing), None);
    assert_eq!(stored(Raw::Null), None);
    assert_eq!(stored(Raw::Text("")).as_deref(), Some(""));
    assert_eq!(stored(Raw::Text(" +90 555 123 45 67 ")).as_deref(), Some("+90 555 123 45 67"));
}

#[test]
fn a_subject_is_one_of_the_seven_exactly() {
    for choice in SUBJECTS {
        assert_eq!(subject(choice), "ok");
    }
    for other in ["", "diğer", "Yok", " Diğer", "DİĞER"] {
        assert_eq!(subject(other), format!(r#"{{"subject":["\"{other}\" geçerli bir seçim değil."]}}"#));
    }
}

#[test]
fn message_lengths_count_characters_after_stripping() {
    let padded = format!("{}   \n", "ş".repeat(2000));
    for passing in ["ğ".repeat(10), "ş".repeat(2000), padded] {
        assert_eq!(message(&passing), "ok");
    }
    for short in ["123456789", "   123456789   "] {
        assert_eq!(message(short), r#"{"message":["Mesaj en az 10 karakter olmalıdır."]}"#);
    }
    assert_eq!(message(&"a".repeat(2001)), r#"{"message":["Mesaj en fazla 2000 karakter olabilir."]}"#);
    let stored = check(&Input { message: Raw::Text("  on karakter  "), ..good() }, Language::Tr).unwrap();
    assert_eq!(stored.message, "on karakter");
}

#[test]
fn attachments_at_the_size_limit() {
    assert_eq!(attachment(Attachment::File(pdf(1))), "ok");
    assert_eq!(attachment(Attachment::File(pdf(SUPPORT_FORM_BYTES_MAX))), "ok");
    assert_eq!(attachment(Attachment::File(pdf(0))), r#"{"attachment":["Gönderilen dosya boş."]}"#);
    assert_eq!(
        attachment(Attachment::File(pdf(SUPPORT_FORM_BYTES_MAX + 1))),
        r#"{"attachment":["Dosya boyutu 5MB'dan büyük olamaz."]}"#
    );
}

#[test]
fn size_is_judged_before_type() {
    let big_program =
        Facts { file_name: "a.exe", declared: Some("text/html"), ..pdf(SUPPORT_FORM_BYTES_MAX + 1) };
    assert_eq!(
        attachment(Attachment::File(big_program)),
        r#"{"attachment":["Dosya boyutu 5MB'dan büyük olamaz."]}"#
    );
}

#[test]
fn wrong_types_names_and_contents_have_one_text() {
    let text = r#"{"attachment":["Sadece PDF, DOC, DOCX, JPG, JPEG, PNG dosyaları yüklenebilir."]}"#;
    for facts in [
        Facts { file_name: "a.exe", ..pdf(9) },
        Facts { file_name: "a.pdf.exe", ..pdf(9) },
        Facts { file_name: "pdf", ..pdf(9) },
        Facts { file_name: "a.gif", declared: Some("image/gif"), found: None, ..pdf(9) },
        Facts { declared: Some(""), ..pdf(9) },
        Facts { found: Some(FileKind::Jpeg), ..pdf(9) },
        Facts { found: None, ..pdf(9) },
    ] {
        assert_eq!(attachment(Attachment::File(facts)), text, "{facts:?}");
    }
}

#[test]
fn empty_attachment_values_are_no_attachment() {
    let values = serde_json::json!({"null": null, "empty": "", "text": "x", "list": [], "yes": true});
    for (key, expected) in [("none", "ok"), ("null", "ok"), ("empty", "ok")] {
        assert_eq!(attachment(Attachment::from(values.get(key))), expected);
    }
    for key in ["text", "list", "yes"] {
        assert!(attachment(Attachment::from(values.get(key))).contains("Gönderilen veri dosya değil."));
    }
}
