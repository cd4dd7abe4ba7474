use super::super::{Action, Machine, Severity, read};

fn report(from: &str, subject: &str, text: &str) -> Option<super::DeliveryReport> {
    let raw = format!("Return-Path: <>\nFrom: {from}\nTo: destek@ornek.test\nSubject: {subject}\n\n{text}\n");
    read(raw.as_bytes()).unwrap().delivery_report
}

const RETURNED: &str = "Received: from a by b\nMessage-ID: <t5-abc.1@ornek.test>\nTo: yok@musteri.test\n";

#[test]
fn reports_in_the_words_of_every_server_are_understood() {
    let cases = [
        (
            "qmail",
            "MAILER-DAEMON@mx.test",
            "failure notice",
            "Hi. This is the qmail-send program at mx.test.\nI'm afraid I wasn't able to deliver your message to the following addresses.\n\
             This is a permanent error; I've given up. Sorry it didn't work out.\n\n<yok@musteri.test>:\n192.0.2.1 does not like recipient.\n\
             Remote host said: 550 5.1.1 <yok@musteri.test>: User unknown\n\n--- Below this line is a copy of the message.\n\n",
        ),
        (
            "Exim",
            "Mail Delivery System <Mailer-Daemon@mx.test>",
            "Mail delivery failed: returning message to sender",
            "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\n\
             recipients. This is a permanent error. The following address(es) failed:\n\n  yok@musteri.test\n    host mx.musteri.test [192.0.2.1]\n    \
             SMTP error from remote mail server after RCPT TO:<yok@musteri.test>:\n    550 5.1.1 No such user here\n\n\
             ------ This is a copy of the message, including all the headers. ------\n\n",
        ),
        (
            "Postfix",
            "MAILER-DAEMON@mx.test (Mail Delivery System)",
            "Undelivered Mail Returned to Sender",
            "This is the mail system at host mx.test.\n\nI'm sorry to have to inform you that your message could not\nbe delivered to one or more recipients.\n\n\
             <yok@musteri.test>: host mx.musteri.test[192.0.2.1] said: 550 5.1.1\n    <yok@musteri.test>: Recipient address rejected: User unknown (in reply\n    to RCPT TO command)\n\n",
        ),
        (
            "Sendmail",
            "Mail Delivery Subsystem <MAILER-DAEMON@mx.test>",
            "Returned mail: see transcript for details",
            "The original message was received at Fri, 20 Nov 2026 14:05:11 +0300\nfrom localhost [127.0.0.1]\n\n   ----- The following addresses had permanent fatal errors -----\n\
             <yok@musteri.test>\n    (reason: 550 5.1.1 <yok@musteri.test>... User unknown)\n\n   ----- Transcript of session follows -----\n... while talking to mx.musteri.test.:\n\
             <<< 550 5.1.1 <yok@musteri.test>... User unknown\n\n",
        ),
        (
            "Exchange",
            "postmaster@mx.test",
            "Undeliverable: Talebiniz",
            "mx.test rejected your message to the following e-mail addresses:\n\nyok@musteri.test (yok@musteri.test)\n\nThe e-mail address you entered couldn't be found.\n\n\
             Diagnostic information for administrators:\n\nGenerating server: mx.test\n\nyok@musteri.test\n#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##\n\nOriginal message headers:\n\n",
        ),
        (
            "Gmail",
            "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
            "Delivery Status Notification (Failure)",
            "Delivery to the following recipient failed permanently:\n\n     yok@musteri.test\n\nTechnical details of permanent failure:\n\
             The error that the other server returned was:\n550 5.1.1 The email account that you tried to reach does not exist.\n\n----- Original message -----\n\n",
        ),
        (
            "Yandex",
            "MAILER-DAEMON@yandex.ru",
            "Недоставленное сообщение",
            "Это письмо отправлено почтовым сервером yandex.ru.\nК сожалению, мы вынуждены сообщить Вам о том, что Ваше письмо не может\nбыть отправлено одному или нескольким адресатам.\n\n\
             <yok@musteri.test>: host mx.musteri.test[192.0.2.1] said: 550 5.1.1 user not found\n\n",
        ),
    ];
    for (server, from, subject, text) in cases {
        let found = report(from, subject, &format!("{text}{RETURNED}")).unwrap_or_else(|| panic!("{server}"));
        assert_eq!(found.recipients, ["yok@musteri.test"], "{server}");
        assert_eq!(found.status.as_deref(), Some("5.1.1"), "{server}");
        assert_eq!(
            (found.action, found.severity, found.is_failure),
            (Action::Failed, Some(Severity::Hard), true),
            "{server}"
        );
        assert_eq!(found.original_message_id.as_deref(), Some("t5-abc.1@ornek.test"), "{server}");
        assert!(found.diagnostic.is_some_and(|said| !said.is_empty()), "{server}");
    }
}

/// `testdata/bounces.txt`: after `# ` the server, then the status, the severity and the recipient that must come of it; then
/// From, Subject and what is told.
#[test]
fn what_more_servers_tell_is_understood() {
    let told = include_str!("../../testdata/bounces.txt");
    for bounce in told.trim_start_matches("# ").split("\n# ") {
        let (head, text) = bounce.split_once('\n').unwrap();
        let (server, wanted) = head.split_once(": ").unwrap();
        let (from, text) = text.split_once('\n').unwrap();
        let (subject, text) = text.split_once('\n').unwrap();
        let found =
            report(from, subject, &format!("{text}\n\n{RETURNED}")).unwrap_or_else(|| panic!("{server}"));
        let severity = if found.severity == Some(Severity::Hard) { "hard" } else { "soft" };
        let status = found.status.as_deref().unwrap_or("-");
        assert_eq!(format!("{status} {severity} {}", found.recipients.join(" ")), wanted, "{server}");
        assert_eq!(found.original_message_id.as_deref(), Some("t5-abc.1@ornek.test"), "{server}");
        assert_eq!(found.action == Action::Delayed, server == "exim-delay", "{server}");
    }
}

#[test]
fn a_full_mailbox_and_a_delay_may_pass() {
    let full =
        report("MAILER-DAEMON@mx.test", "failure notice", "<dolu@musteri.test>:\n552 5.2.2 Mailbox full\n")
            .unwrap();
    assert_eq!((full.status.as_deref(), full.severity), (Some("5.2.2"), Some(Severity::Soft)));
    let late = "This is a warning message only.\nYOU DO NOT NEED TO RESEND YOUR MESSAGE.\n\nDelivery to <geç@musteri.test> has been delayed.\n<gec@musteri.test>: 451 4.4.1 timed out\n";
    let late = report("MAILER-DAEMON@mx.test", "Delayed Mail (still being retried)", late).unwrap();
    assert_eq!((late.action, late.is_failure, late.severity), (Action::Delayed, false, Some(Severity::Soft)));
    let turkish = report(
        "postmaster@mx.test",
        "İletilemedi: Talebiniz",
        "İletiniz şu alıcıya teslim edilemedi:\n\nyok@musteri.test\nkullanıcı bulunamadı\n",
    )
    .unwrap();
    assert_eq!(
        (turkish.recipients, turkish.severity),
        (vec!["yok@musteri.test".to_owned()], Some(Severity::Hard))
    );
}

#[test]
fn a_person_who_writes_about_a_bounce_is_a_person() {
    let raw = "From: ayse@musteri.test\nTo: destek@ornek.test\nSubject: Undelivered Mail Returned to Sender\n\n\
        Size attığım mail geri döndü:\n<yok@ornek.test>: 550 5.1.1 User unknown\n";
    let mail = read(raw.as_bytes()).unwrap();
    assert_eq!((mail.delivery_report, mail.machine), (None, None));
}

#[test]
fn the_worst_of_several_recipients_counts() {
    let raw = "From: MAILER-DAEMON@mx.test\nContent-Type: multipart/report; report-type=delivery-status; boundary=r\n\n--r\n\nx\n--r\n\
        Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.test\n\nFinal-Recipient: rfc822; iyi@musteri.test\nAction: relayed\nStatus: 2.0.0\n\n\
        Final-Recipient: rfc822; yok@musteri.test\nAction: failed\nStatus: 5.1.1 (bad)\nDiagnostic-Code: smtp; 550 5.1.1\n <yok@musteri.test>: no such user\n--r--\n";
    let report = read(raw.as_bytes()).unwrap().delivery_report.unwrap();
    assert_eq!((report.action, report.status.as_deref()), (Action::Failed, Some("5.1.1")));
    assert_eq!(report.diagnostic.as_deref(), Some("550 5.1.1 <yok@musteri.test>: no such user"));
    assert!(report.recipients.contains(&"yok@musteri.test".to_owned()));
}

#[test]
fn a_mail_system_without_a_name_is_heard() {
    let raw = "From: MAILER-DAEMON <>\nTo: destek@ornek.test\nSubject: Returned mail: User unknown\n\n<yok@musteri.test>: 550 5.1.1 User unknown\n";
    let mail = read(raw.as_bytes()).unwrap();
    assert_eq!((mail.sender.name.as_str(), mail.machine), ("MAILER-DAEMON", Some(Machine::DeliveryReport)));
}

#[test]
fn receipts_and_complaints_are_told_from_delivery_reports() {
    let head = "From: ayse@musteri.test\nTo: destek@ornek.test\nSubject: x\n";
    let receipt = format!(
        "{head}Content-Type: multipart/report; report-type=disposition-notification; boundary=r\n\n--r\n\nOkundu\n--r\n\
         Content-Type: message/disposition-notification\n\nFinal-Recipient: rfc822;ayse@musteri.test\nOriginal-Message-ID: <t5-abc.1@ornek.test>\n\
         Disposition: manual-action/MDN-sent-manually; displayed\n--r--\n"
    );
    let mail = read(receipt.as_bytes()).unwrap();
    let receipt = mail.read_receipt.unwrap();
    assert_eq!((mail.machine, mail.delivery_report), (Some(Machine::ReadReceipt), None));
    assert!(receipt.is_read());
    assert_eq!(receipt.original_message_id.as_deref(), Some("t5-abc.1@ornek.test"));
    assert_eq!(receipt.recipient.as_deref(), Some("ayse@musteri.test"));
    let complaint = format!(
        "{head}Content-Type: multipart/report; report-type=feedback-report; boundary=r\n\n--r\n\nx\n--r\nContent-Type: message/feedback-report\n\n\
         Feedback-Type: abuse\nUser-Agent: x/1\nOriginal-Rcpt-To: <ayse@musteri.test>\n--r\nContent-Type: message/rfc822\n\nMessage-ID: <t5-abc.1@ornek.test>\n\nx\n--r--\n"
    );
    let mail = read(complaint.as_bytes()).unwrap();
    let complaint = mail.feedback_report.unwrap();
    assert_eq!((mail.machine, complaint.kind.as_str()), (Some(Machine::FeedbackReport), "abuse"));
    assert_eq!(complaint.recipient.as_deref(), Some("ayse@musteri.test"));
    assert_eq!(complaint.original_message_id.as_deref(), Some("t5-abc.1@ornek.test"));
}
