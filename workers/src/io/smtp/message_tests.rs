//! What stands on the wire, and that nothing a stranger wrote becomes a header.

use std::time::{Duration, UNIX_EPOCH};

use super::*;

fn mail() -> OutgoingMail {
    OutgoingMail {
        from: MailAddress::parse("Örnek Destek <destek@ornek.test>"),
        to: MailAddress { name: Some("Ayşe Yılmaz".into()), address: "ayse@musteri.test".into() },
        reply_to: Some(MailAddress::new("destek+t1-abc@ornek.test")),
        subject: "[Ticket #1] Talebiniz alındı".into(),
        text: "Merhaba\n.\nson".into(),
        html: "<p>Merhaba</p>".into(),
        message_id: "t1-abc.0@ornek.test".into(),
        in_reply_to: Some("onceki@musteri.test".into()),
        references: vec!["ilk@musteri.test".into(), "onceki@musteri.test".into()],
        auto_submitted: true,
        is_answer: true,
        signer: None,
    }
}

fn wire(mail: &OutgoingMail) -> String {
    let now = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    String::from_utf8(mail.compose(now).unwrap().formatted()).unwrap()
}

fn headers(mail: &OutgoingMail) -> Vec<String> {
    let wire = wire(mail);
    let (head, _) = wire.split_once("\r\n\r\n").unwrap();
    head.split("\r\n").filter(|line| !line.starts_with([' ', '\t'])).map(str::to_owned).collect()
}

#[test]
fn all_headers_are_there_and_the_body_has_two_forms() {
    let wire = wire(&mail());
    for line in [
        "Message-ID: <t1-abc.0@ornek.test>\r\n",
        "In-Reply-To: <onceki@musteri.test>\r\n",
        "References: <ilk@musteri.test> <onceki@musteri.test>\r\n",
        "Reply-To: destek+t1-abc@ornek.test\r\n",
        "Auto-Submitted: auto-replied\r\n",
        "X-Auto-Response-Suppress: All\r\n",
        "Date: Tue, 14 Nov 2023 22:13:20 +0000\r\n",
        "Content-Type: multipart/alternative;",
        "Content-Type: text/plain; charset=utf-8\r\n",
        "Content-Type: text/html; charset=utf-8\r\n",
    ] {
        assert!(wire.contains(line), "{line} is missing in\n{wire}");
    }
    assert!(wire.is_ascii());
}

#[test]
fn mail_of_a_person_is_not_marked_as_automatic() {
    let wire = wire(&OutgoingMail { auto_submitted: false, ..mail() });
    assert!(!wire.contains("Auto-Submitted") && !wire.contains("X-Auto-Response-Suppress"));
}

#[test]
fn no_value_can_add_a_header_or_panic() {
    let names = |mail: &OutgoingMail| -> Vec<String> {
        headers(mail).iter().map(|line| line.split(':').next().unwrap_or_default().to_owned()).collect()
    };
    let expected = names(&mail());
    for evil in [
        "x\r\nBcc: kurban@ornek.test",
        "x\nBcc: a@b",
        "x\rBcc: a@b",
        "x\0y",
        "x\u{2028}Bcc: a",
        "\u{b}\u{c}\u{85}z",
    ] {
        let party = |address: &str| MailAddress { name: Some(evil.into()), address: address.into() };
        let forged = OutgoingMail {
            from: party("destek@ornek.test"),
            to: party("ayse@musteri.test"),
            reply_to: Some(party("destek@ornek.test")),
            subject: evil.into(),
            message_id: format!("{evil}@ornek.test"),
            in_reply_to: Some(evil.into()),
            references: vec![evil.into(), "a@b".into()],
            ..mail()
        };
        assert_eq!(names(&forged), expected, "{evil:?}");
    }
}

#[test]
fn an_address_with_a_line_break_is_refused_for_good() {
    for bad in ["a@b.test\r\nBcc: c@d.test", "a\n@b.test", "", "a", "a@b@c d", "a@b.test>"] {
        let mail = OutgoingMail { to: MailAddress::new(bad), ..mail() };
        let refused = mail.compose(UNIX_EPOCH);
        assert!(matches!(refused, Err(SendError::Permanent { .. })), "{bad:?}");
    }
}

#[test]
fn names_with_quotes_commas_and_turkish_letters_stay_one_name() {
    for name in [
        "Yılmaz, Ayşe",
        "\"Ayşe\"",
        "Ayşe <x@y.test>",
        "a, b <c@d>",
        "=?utf-8?Q?x?=",
        "ğ".repeat(300).as_str(),
    ] {
        let mail = OutgoingMail {
            to: MailAddress { name: Some(name.into()), address: "ayse@musteri.test".into() },
            ..mail()
        };
        let message = mail.compose(UNIX_EPOCH).unwrap();
        assert_eq!(message.envelope().to().len(), 1, "{name}");
        assert_eq!(message.envelope().to()[0].to_string(), "ayse@musteri.test");
    }
}

#[test]
fn a_text_cannot_end_the_content_early() {
    let mail = OutgoingMail { text: "a\n.\nMAIL FROM:<x>\r.\rb\r\n.\r\n".into(), ..mail() };
    let wire = wire(&mail);
    assert!(!wire.contains("\n.") && !wire.contains("MAIL FROM"));
    assert!(!wire.replace("\r\n", "").contains(['\r', '\n']));
}

#[test]
fn an_address_is_read_with_and_without_a_name() {
    assert_eq!(MailAddress::parse(" a@b.test "), MailAddress::new("a@b.test"));
    let named = MailAddress { name: Some("Örnek Destek".into()), address: "a@b.test".into() };
    assert_eq!(MailAddress::parse("\"Örnek Destek\" <a@b.test>"), named);
    assert_eq!(MailAddress::parse("<a@b.test>"), MailAddress::new("a@b.test"));
}
