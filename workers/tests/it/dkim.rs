//! Our signatures, judged by another implementation of the standard (dkimpy, which scripts/test fetches).

use super::mail_out::one_mail;
use schema::mail::dkim::Key;
use schema::net::Reach;
use serde_json::json;
use std::process::{Command, Stdio};
use workers::io::smtp::{
    MailAddress, MailSender, Mailer, OutgoingMail, Signer, SmtpConfig, SmtpTimeouts, SmtpTls,
};

const JUDGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/keys/judge.py");

async fn signed(pem: &str) -> (String, String) {
    let key = Key::parse(pem).unwrap();
    let record = key.record();
    let (port, taken) = one_mail().await;
    let mailer = Mailer::new(SmtpConfig {
        host: "127.0.0.1".into(),
        port,
        tls: SmtpTls::None,
        credentials: None,
        extra_ca: None,
        hello: None,
        timeouts: SmtpTimeouts::default(),
        reach: Reach::Anywhere,
    });
    let mail = OutgoingMail {
        from: MailAddress::parse("Örnek Destek <destek@ornek.test>"),
        to: MailAddress { name: Some("Ayşe Yılmaz".into()), address: "ayse@musteri.test".into() },
        reply_to: Some(MailAddress::new("destek+t1-abc@ornek.test")),
        subject: format!("[Ticket #1] Yeni Yanıt {}", "uzun bir konu ".repeat(12)),
        text: "Merhaba,\n.\n\n  boşluklar  \t ve nokta\n\n\n".into(),
        html: "<p>Merhaba</p>\n".into(),
        message_id: "t1-abc.0@ornek.test".into(),
        in_reply_to: Some("onceki@musteri.test".into()),
        references: (0..12).map(|n| format!("{n}.uzun-bir-kimlik-ornegi@musteri.test")).collect(),
        auto_submitted: false,
        is_answer: false,
        signer: Some(Signer::new(key, "ornek.test", "s1")),
    };
    mailer.unwrap().send(&mail).await.unwrap();
    (taken.await.unwrap(), record)
}

/// What dkimpy says; none where it is not there.
fn verdict(mail: &str, record: &str) -> Option<bool> {
    let path = std::env::var("TEST_DKIM_PATH").ok()?;
    let mut judge = Command::new("python3");
    judge.arg(JUDGE).env("PYTHONPATH", path).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut judge = judge.spawn().unwrap();
    let question = json!({ "mail": mail, "record": record }).to_string();
    std::io::Write::write_all(&mut judge.stdin.take().unwrap(), question.as_bytes()).unwrap();
    let said = String::from_utf8(judge.wait_with_output().unwrap().stdout).unwrap();
    match said.trim() {
        "good" => Some(true),
        "bad" => Some(false),
        "unable" => None,
        other => panic!("dkimpy: {other}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_implementation_believes_our_signatures_and_no_changed_mail() {
    for pem in [include_str!("../keys/rsa.pem"), include_str!("../keys/ed25519.pem")] {
        let (mail, record) = signed(pem).await;
        assert!(mail.starts_with("DKIM-Signature: v=1; a="), "{mail}");
        let Some(good) = verdict(&mail, &record) else { continue };
        assert!(good, "{record}\n{mail}");
        for (from, to) in [
            ("Subject: ", "Subject: x"),
            ("From: ", "From: biri@baska.test\r\nFrom: "),
            ("\r\n\r\n", "\r\n\r\neklenen\r\n"),
            ("Reply-To: ", "Reply-To: x"),
        ] {
            assert_eq!(verdict(&mail.replacen(from, to, 1), &record), Some(false), "{from}");
        }
        assert_eq!(
            verdict(&mail.replace("Received", "X").replacen("DKIM", "Received: a\r\nDKIM", 1), &record),
            Some(true)
        );
    }
}
