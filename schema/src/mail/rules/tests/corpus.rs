//! Every `testdata/<case>.eml` reads as the `<case>.txt` beside it says.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::super::{DeliveryReport, Incoming, read};

#[test]
fn every_mail_of_the_corpus_reads_as_written_beside_it() {
    let cases = cases();
    assert!(cases.len() >= 40, "the corpus is at {}", folder().display());
    let wrong: Vec<String> = cases.iter().filter_map(|case| difference(case)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
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

fn difference(case: &Path) -> Option<String> {
    let raw = std::fs::read(case).unwrap();
    let expected = std::fs::read_to_string(case.with_extension("txt")).unwrap();
    let found = match read(&raw) {
        Ok(mail) => summary(&mail),
        Err(cause) => format!("error: {}\n", cause.code()),
    };
    (found != expected).then(|| format!("--- {}\nexpected:\n{expected}\nfound:\n{found}", case.display()))
}

fn summary(mail: &Incoming) -> String {
    let mut out = String::new();
    let mut line = |name: &str, value: &str| writeln!(out, "{name}: {value}").unwrap();
    line("id", mail.message_id.as_deref().unwrap_or("-"));
    line("from", &format!("{} <{}>", mail.sender.name, mail.sender.address));
    line("to", &mail.to.join(", "));
    line("subject", &mail.subject);
    let optional = [
        ("cc", mail.cc.join(", ")),
        ("delivered_to", mail.delivered_to.join(", ")),
        ("original_to", mail.original_to.join(", ")),
        ("in_reply_to", mail.in_reply_to.join(" ")),
        ("references", mail.references.join(" ")),
        ("machine", mail.machine.map(|machine| format!("{machine:?}")).unwrap_or_default()),
        ("report", mail.delivery_report.as_ref().map(report).unwrap_or_default()),
    ];
    optional.iter().filter(|(_, value)| !value.is_empty()).for_each(|(name, value)| line(name, value));
    for file in &mail.attachments {
        let inline = file.content_id.as_ref().map(|id| format!(" inline {id}")).unwrap_or_default();
        line("file", &format!("{} {} {}{inline}", file.file_name, file.media_type, file.content.len()));
    }
    out + "\n" + &mail.text + "\n"
}

fn report(report: &DeliveryReport) -> String {
    format!(
        "{} {} {} about {}",
        if report.is_failure { "failed" } else { "not failed" },
        report.status.as_deref().unwrap_or("-"),
        report.recipients.join(" "),
        report.original_message_id.as_deref().unwrap_or("-"),
    )
}
