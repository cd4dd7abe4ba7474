//! Every `testdata/<case>.eml` reads as the `<case>.txt` beside it says.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::super::{DeliveryReport, Incoming, Sections, read};

#[test]
fn every_mail_of_the_corpus_reads_as_written_beside_it() {
    let cases = cases();
    assert!(cases.len() >= 120, "the corpus is at {}", folder().display());
    let wrong: Vec<String> = cases.iter().filter_map(|case| difference(case)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// All mails of the corpus, for the tests that break them.
pub(super) fn mails() -> Vec<Vec<u8>> {
    cases().iter().map(|case| std::fs::read(case).unwrap()).collect()
}

fn folder() -> PathBuf {
    // The path is taken from this file, so that the test runs from any directory.
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.join("src/mail/testdata")
}

fn cases() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder()).unwrap();
    let mut cases: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    cases.retain(|path| path.extension().is_some_and(|ending| ending == "eml"));
    cases.sort();
    cases
}

/// With `MAIL_CORPUS=write` in the environment what is found becomes what is expected; read it before you commit it.
fn difference(case: &Path) -> Option<String> {
    let raw = std::fs::read(case).unwrap();
    let beside = case.with_extension("txt");
    let expected = std::fs::read_to_string(&beside).unwrap_or_default();
    let found = match read(&raw) {
        Ok(mail) => summary(&mail),
        Err(cause) => format!("error: {}\n", cause.code()),
    };
    if std::env::var_os("MAIL_CORPUS").is_some_and(|word| word == "write") {
        std::fs::write(beside, found).unwrap();
        return None;
    }
    (found != expected).then(|| format!("--- {}\nexpected:\n{expected}\nfound:\n{found}", case.display()))
}

fn summary(mail: &Incoming) -> String {
    let mut out = String::new();
    let mut line = |name: &str, value: &str| writeln!(out, "{name}: {value}").unwrap();
    line("id", mail.message_id.as_deref().unwrap_or("-"));
    line("from", &format!("{} <{}>", mail.sender.name, mail.sender.address));
    line("to", &mail.to.join(", "));
    line("subject", &mail.subject);
    let reply_to = mail.reply_to.as_ref().map(|person| format!("{} <{}>", person.name, person.address));
    let optional = [
        ("reply_to", reply_to.unwrap_or_default()),
        ("cc", mail.cc.join(", ")),
        ("delivered_to", mail.delivered_to.join(", ")),
        ("original_to", mail.original_to.join(", ")),
        ("in_reply_to", mail.in_reply_to.join(" ")),
        ("references", mail.references.join(" ")),
        ("machine", mail.machine.map(|machine| format!("{machine:?}")).unwrap_or_default()),
        ("sounds automatic", if mail.sounds_automatic { "yes" } else { "" }.to_owned()),
        ("report", mail.delivery_report.as_ref().map(report).unwrap_or_default()),
        ("receipt", mail.read_receipt.as_ref().map(|receipt| format!("{receipt:?}")).unwrap_or_default()),
        ("complaint", mail.feedback_report.as_ref().map(|report| format!("{report:?}")).unwrap_or_default()),
    ];
    optional.iter().filter(|(_, value)| !value.is_empty()).for_each(|(name, value)| line(name, value));
    for file in &mail.attachments {
        let inline = if file.is_inline { " inline" } else { "" };
        let id = file.content_id.as_ref().map(|id| format!(" {id}")).unwrap_or_default();
        line("file", &format!("{} {} {}{inline}{id}", file.file_name, file.media_type, file.content.len()));
    }
    if let Some(shown) = mail.page.as_ref().map(|page| page.clean()) {
        let blocked = if shown.has_blocked_pictures { ", pictures blocked" } else { "" };
        let cut = if shown.quoted.is_empty() { "" } else { ", cut at its quote" };
        line("page", &format!("{} bytes{blocked}{cut}", shown.reply.len() + shown.quoted.len()));
    }
    out + "\n" + &said(mail)
}

/// The text, in pieces where it has more than one.
fn said(mail: &Incoming) -> String {
    let Sections { reply, quoted, signature } = &mail.sections;
    if quoted.is_empty() && signature.is_empty() {
        return format!("{}\n", mail.text);
    }
    let pieces = [("reply", reply), ("quoted", quoted), ("signature", signature)];
    let pieces = pieces.into_iter().filter(|(_, text)| !text.is_empty());
    pieces.map(|(name, text)| format!("=== {name}\n{text}\n")).collect()
}

fn report(report: &DeliveryReport) -> String {
    let severity = report.severity.map(|severity| format!(" {severity:?}")).unwrap_or_default();
    let said = report.diagnostic.as_ref().map(|said| format!(": {said}")).unwrap_or_default();
    format!(
        "{:?}{severity} {} {} about {}{said}",
        report.action,
        report.status.as_deref().unwrap_or("-"),
        report.recipients.join(" "),
        report.original_message_id.as_deref().unwrap_or("-"),
    )
    .to_lowercase()
}
