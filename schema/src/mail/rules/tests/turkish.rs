//! Turkish text arrives as it was written: every charset in which it is sent, every transfer encoding, headers raw and
//! encoded, labels right, wrong, unusable and missing.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use encoding_rs::{Encoding, UTF_8, WINDOWS_1254};

use super::super::read;

const TEXTS: [&str; 7] = [
    "ş",
    "İşçi",
    "Siparişim hâlâ gelmedi",
    "ĞÜŞİÖÇ ğüşıöç IıİiŞşĞğ",
    "Ürünü iade etmek istiyorum, nasıl yapabilirim?",
    "“Pijamalı hasta, yağız şoföre çabucak güvendi” – dedi… 5 € değil",
    "Fahiş bluz güvencesi yıkıp öfke çocuğu jant",
];

/// Charsets with the labels that are written for them, the empty one for none.
const LABELS: [(&Encoding, &[&str]); 2] = [
    (
        UTF_8,
        &[
            "utf-8",
            "UTF-8",
            "utf8",
            "",
            "us-ascii",
            "iso-8859-1",
            "iso-8859-9",
            "windows-1254",
            "x-unknown",
            "unknown-8bit",
        ],
    ),
    (
        WINDOWS_1254,
        &[
            "iso-8859-9",
            "ISO-8859-9",
            "windows-1254",
            "WINDOWS-1254",
            "cp1254",
            "latin5",
            "iso8859-9",
            "",
            "us-ascii",
            "utf-8",
            "x-unknown",
        ],
    ),
];

#[derive(Clone, Copy, Debug)]
enum Form {
    Raw,
    Quoted,
    Base64,
}

const FORMS: [Form; 3] = [Form::Raw, Form::Quoted, Form::Base64];

fn quoted(bytes: &[u8], is_word: bool) -> Vec<u8> {
    let mut out = Vec::new();
    for byte in bytes {
        match byte {
            b' ' if is_word => out.push(b'_'),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b' ' | b',' => out.push(*byte),
            _ => out.extend(format!("={byte:02X}").bytes()),
        }
    }
    out
}

/// A value for a header: raw bytes, or one encoded word.
fn header(text: &str, charset: &'static Encoding, label: &str, form: Form) -> Vec<u8> {
    let bytes = charset.encode(text).0.into_owned();
    match form {
        Form::Raw => bytes,
        Form::Quoted => [format!("=?{label}?Q?").as_bytes(), &quoted(&bytes, true), b"?="].concat(),
        Form::Base64 => format!("=?{label}?B?{}?=", STANDARD.encode(bytes)).into_bytes(),
    }
}

fn body(text: &str, charset: &'static Encoding, label: &str, form: Form) -> Vec<u8> {
    let bytes = charset.encode(text).0.into_owned();
    let (name, bytes) = match form {
        Form::Raw => ("8bit", bytes),
        Form::Quoted => ("quoted-printable", quoted(&bytes, false)),
        Form::Base64 => ("base64", STANDARD.encode(bytes).into_bytes()),
    };
    let charset = if label.is_empty() { String::new() } else { format!("; charset={label}") };
    let head = format!("Content-Type: text/plain{charset}\r\nContent-Transfer-Encoding: {name}\r\n\r\n");
    [head.as_bytes(), &bytes, b"\r\n"].concat()
}

fn mails(text: &str) -> Vec<(String, Vec<u8>)> {
    let mut mails = Vec::new();
    for (head_charset, head_labels) in LABELS {
        for (body_charset, body_labels) in LABELS {
            for label in body_labels {
                for (at, form) in FORMS.iter().enumerate() {
                    // One after the other with the labels, so that all meet all without a million mails.
                    let head_label =
                        head_labels.iter().filter(|label| !label.is_empty()).nth(at % 3).unwrap_or(&"");
                    for head_form in FORMS {
                        let value = header(text, head_charset, head_label, head_form);
                        let raw = [
                            b"From: \"".as_slice(),
                            &value,
                            b"\" <a@b.test>\r\nTo: destek@ornek.test\r\nSubject: ",
                            &value,
                            b"\r\n",
                            &body(text, body_charset, label, *form),
                        ];
                        let name = format!(
                            "{} {head_form:?} / {} as {label:?} {form:?}",
                            head_charset.name(),
                            body_charset.name()
                        );
                        mails.push((name, raw.concat()));
                    }
                }
            }
        }
    }
    mails
}

#[test]
fn every_turkish_text_arrives_as_it_was_written() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for text in TEXTS {
        for (name, raw) in mails(text) {
            let mail = read(&raw).unwrap();
            count += 1;
            // A name keeps no quotes, straight or curly, around itself.
            let bare = |text: &str| text.replace(['“', '”', '"'], "");
            let is_right = mail.text == text && mail.subject == text && bare(&mail.sender.name) == bare(text);
            if !is_right {
                wrong.push(format!("{name}: {:?} {:?} {:?}", mail.text, mail.subject, mail.sender.name));
            }
        }
    }
    assert!(count > 2_000, "{count} mails");
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_page_may_name_its_charset_itself() {
    for (head, bytes, text) in [
        ("<meta charset=koi8-r>", b"\xf0\xd2\xc9\xd7\xc5\xd4".as_slice(), "Привет"),
        (
            "<META http-equiv='Content-Type' content='text/html; charset=windows-1251'>",
            b"\xcf\xf0\xe8\xe2\xe5\xf2",
            "Привет",
        ),
        ("<meta charset=\"windows-1254\">", b"\xfe", "ş"),
        ("<meta charset=\"yok\">", b"\xfe", "ş"),
        ("<meta charset=koi8-r>", "Merhaba, ş".as_bytes(), "Merhaba, ş"),
    ] {
        let start =
            format!("From: a@b.test\r\nContent-Type: text/html\r\n\r\n<html><head>{head}</head><body>");
        let mail = read(&[start.as_bytes(), bytes].concat()).unwrap();
        assert_eq!(mail.text, text, "{head}");
    }
}
