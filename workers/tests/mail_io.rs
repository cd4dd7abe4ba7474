//! Sending and reading against a real mail server on this machine.
//!
//! The server is private to the tests: Dovecot for IMAP, and an SMTP server that hands everything to it.
//! All tests share one inbox, so each knows its mails by a name of its own.

#![expect(clippy::unwrap_used, reason = "a helper of a test may panic like the test itself")]

use std::time::Duration;

use uuid::Uuid;
use workers::io::imap::{
    self, Account, ImapError, ImapTimeouts, ImapTls, Listed, LogIn, Mailbox, News, Plan, RawMail,
};
use workers::io::smtp::{
    Credentials, MailAddress, MailSender as _, Mailer, OutgoingMail, SendError, SmtpConfig, SmtpTimeouts,
    SmtpTls, Stage,
};

/// Where the test server listens and who may log in.
struct MailServer {
    host: String,
    imap_port: u16,
    imaps_port: u16,
    smtp_port: u16,
    user: String,
    password: String,
    ca: Vec<u8>,
}

fn mail_server() -> MailServer {
    let text = |name: &str| {
        std::env::var(name)
            .unwrap_or_else(|_| panic!("{name} is not set: run scripts/test, which starts the mail server"))
    };
    let port = |name: &str| text(name).parse().unwrap_or_else(|_| panic!("{name} is not a port"));
    let ca = text("TEST_IMAP_CA");
    MailServer {
        host: text("TEST_IMAP_HOST"),
        imap_port: port("TEST_IMAP_PORT"),
        imaps_port: port("TEST_IMAPS_PORT"),
        smtp_port: port("TEST_SMTP_PORT"),
        user: text("TEST_IMAP_USER"),
        password: text("TEST_IMAP_PASS"),
        ca: std::fs::read(&ca).unwrap_or_else(|error| panic!("{ca}: {error}")),
    }
}

impl MailServer {
    fn account(&self, tls: ImapTls) -> Account {
        Account {
            host: self.host.clone(),
            port: if tls == ImapTls::Tls { self.imaps_port } else { self.imap_port },
            tls,
            user: self.user.clone(),
            log_in: LogIn::Password(self.password.clone().into()),
            extra_ca: Some(self.ca.clone()),
            timeouts: ImapTimeouts::default(),
            reach: schema::net::Reach::Anywhere,
        }
    }

    fn smtp(&self) -> SmtpConfig {
        let credentials = Credentials { user: self.user.clone(), password: self.password.clone().into() };
        SmtpConfig {
            host: self.host.clone(),
            port: self.smtp_port,
            tls: SmtpTls::StartTls,
            credentials: Some(credentials),
            extra_ca: Some(self.ca.clone()),
            hello: Some("localhost".into()),
            timeouts: SmtpTimeouts::default(),
            reach: schema::net::Reach::Anywhere,
        }
    }

    fn mailer(&self) -> Mailer {
        Mailer::new(self.smtp()).unwrap()
    }

    fn mail(&self, subject: &str) -> OutgoingMail {
        OutgoingMail {
            from: MailAddress::parse("Örnek Destek <destek@ornek.test>"),
            to: MailAddress { name: Some("Ayşe\r\nBcc: x@y.test".into()), address: self.user.clone() },
            reply_to: None,
            subject: subject.into(),
            text: format!("{subject}\n.\nİyi günler, ğüşıöç\n"),
            html: "<p>İyi günler</p>".into(),
            message_id: format!("{}@ornek.test", Uuid::new_v4().simple()),
            in_reply_to: Some("onceki@musteri.test".into()),
            references: vec!["onceki@musteri.test".into()],
            auto_submitted: true,
            is_answer: false,
            signer: None,
        }
    }
}

async fn inbox(server: &MailServer) -> (Mailbox, u32) {
    let mut mailbox = imap::connect(&server.account(ImapTls::Tls)).await.unwrap();
    let folder = mailbox.examine("INBOX").await.unwrap();
    (mailbox, folder.uid_next.unwrap() - 1)
}

/// Waits for the mail with that Message-ID, as a worker would: list, fetch, wait.
async fn arrived(mailbox: &mut Mailbox, mut after: u32, message_id: &str) -> RawMail {
    for _ in 0..50 {
        let listed = mailbox.list_after(after).await.unwrap();
        after = listed.last().map_or(after, |mail| mail.uid);
        for batch in Plan::of(listed).batches {
            for mail in mailbox.fetch(&batch).await.unwrap() {
                if String::from_utf8_lossy(&mail.raw).contains(message_id) {
                    return mail;
                }
            }
        }
        mailbox.idle_until_news(Duration::from_secs(10)).await.unwrap();
    }
    panic!("the mail {message_id} did not arrive");
}

#[tokio::test]
async fn a_mail_goes_out_over_smtp_and_comes_in_over_imap() {
    let server = mail_server();
    let (mut mailbox, last) = inbox(&server).await;
    let mail = server.mail("[Ticket #1] Talebiniz alındı");
    server.mailer().send(&mail).await.unwrap();
    let raw = String::from_utf8(arrived(&mut mailbox, last, &mail.message_id).await.raw).unwrap();
    assert!(raw.contains(&format!("Message-ID: <{}>\r\n", mail.message_id)), "{raw}");
    assert!(
        raw.contains("Auto-Submitted: auto-generated\r\n") && raw.contains("multipart/alternative"),
        "{raw}"
    );
    assert!(!raw.contains("\r\nBcc:"), "{raw}");
    mailbox.logout().await;
}

#[tokio::test]
async fn all_three_ways_of_securing_imap_work() {
    let server = mail_server();
    for tls in [ImapTls::None, ImapTls::StartTls, ImapTls::Tls] {
        let mut mailbox = imap::connect(&server.account(tls)).await.unwrap();
        let folder = mailbox.examine("INBOX").await.unwrap();
        assert!(folder.uid_validity > 0, "{tls:?}");
        mailbox.logout().await;
    }
}

#[tokio::test]
async fn a_server_with_an_unknown_certificate_gets_no_password() {
    let server = mail_server();
    for tls in [ImapTls::StartTls, ImapTls::Tls] {
        let account = Account { extra_ca: None, ..server.account(tls) };
        let refused = imap::connect(&account).await.unwrap_err();
        assert!(matches!(refused, ImapError::Certificate(_)), "{refused:?}");
    }
    let mailer = Mailer::new(SmtpConfig { extra_ca: None, ..server.smtp() }).unwrap();
    let refused = mailer.send(&server.mail("x")).await.unwrap_err();
    assert!(matches!(refused, SendError::Temporary { stage: Stage::Connect, .. }), "{refused:?}");
}

#[tokio::test]
async fn a_wrong_password_is_refused_and_said_so() {
    let server = mail_server();
    let wrong = LogIn::Password("yanlış".to_owned().into());
    let account = Account { log_in: wrong, ..server.account(ImapTls::Tls) };
    assert!(matches!(imap::connect(&account).await, Err(ImapError::Refused(_))));
    let credentials = Credentials { user: server.user.clone(), password: "yanlis".to_owned().into() };
    let mailer = Mailer::new(SmtpConfig { credentials: Some(credentials), ..server.smtp() }).unwrap();
    let refused = mailer.check().await.unwrap_err();
    assert!(
        matches!(refused, SendError::Temporary { stage: Stage::LogIn, code: Some(535), .. }),
        "{refused:?}"
    );
}

#[tokio::test]
async fn an_unknown_recipient_is_refused_for_good() {
    let server = mail_server();
    let mail = OutgoingMail { to: MailAddress::new("yok@baska.invalid"), ..server.mail("x") };
    let refused = server.mailer().send(&mail).await.unwrap_err();
    assert!(matches!(refused, SendError::Permanent { code: Some(550), .. }), "{refused:?}");
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_an_error_and_not_an_empty_folder() {
    let server = mail_server();
    let mut mailbox = imap::connect(&server.account(ImapTls::Tls)).await.unwrap();
    for name in ["Yok", "a\"b", "{10}"] {
        assert!(matches!(mailbox.examine(name).await, Err(ImapError::Protocol(_))), "{name}");
    }
}

#[tokio::test]
async fn many_mails_over_one_mailer_arrive_once_each_and_can_be_read_again() {
    let server = mail_server();
    let (mut mailbox, last) = inbox(&server).await;
    let mailer = server.mailer();
    let mails: Vec<OutgoingMail> = (0..20).map(|n| server.mail(&format!("çok {n}"))).collect();
    for mail in &mails {
        mailer.send(mail).await.unwrap();
    }
    let final_one = &mails[mails.len() - 1].message_id;
    arrived(&mut mailbox, last, final_one).await;
    for _twice in 0..2 {
        let raw = everything(&mut mailbox, last).await;
        for mail in &mails {
            assert_eq!(raw.iter().filter(|one| one.contains(&mail.message_id)).count(), 1);
        }
    }
}

async fn everything(mailbox: &mut Mailbox, after: u32) -> Vec<String> {
    let mut all = Vec::new();
    for batch in Plan::of(mailbox.list_after(after).await.unwrap()).batches {
        let mails = mailbox.fetch(&batch).await.unwrap();
        assert_eq!(mails.len(), batch.len());
        all.extend(mails.into_iter().map(|mail| String::from_utf8_lossy(&mail.raw).into_owned()));
    }
    all
}

#[tokio::test]
async fn a_waiting_mailbox_hears_of_a_new_mail() {
    let server = mail_server();
    let (mut mailbox, last) = inbox(&server).await;
    let mail = server.mail("haber");
    let mailer = server.mailer();
    let (heard, sent) = tokio::join!(mailbox.idle_until_news(Duration::from_secs(30)), mailer.send(&mail));
    sent.unwrap();
    assert_eq!(heard.unwrap(), News::Mail);
    arrived(&mut mailbox, last, &mail.message_id).await;
}

#[tokio::test]
async fn an_uid_that_is_gone_is_missing_and_harms_nothing() {
    let server = mail_server();
    let (mut mailbox, last) = inbox(&server).await;
    let mail = server.mail("tek");
    server.mailer().send(&mail).await.unwrap();
    let uid = arrived(&mut mailbox, last, &mail.message_id).await.uid;
    let batch = [Listed { uid, size_bytes: 10_000 }, Listed { uid: u32::MAX - 1, size_bytes: 10 }];
    let found = mailbox.fetch(&batch).await.unwrap();
    assert_eq!(found.iter().map(|mail| mail.uid).collect::<Vec<_>>(), [uid]);
}
