//! What must hold of every mail, whatever its bytes. `scripts/fuzz/run <target> [seconds]` looks for one of which it
//! does not.
//!
//! | target | bytes | what is asked |
//! |---|---|---|
//! | `mime` | a raw message | it is read or refused; text, people and files are sound and bounded; nothing said is lost |
//! | `split` | a text or a page | reply, quote and signature are all of its lines, each once |
//! | `page` | a page | cleaned it holds nothing that runs or loads, and cleaning again changes nothing |
//! | `bounce` | what a mail system says | the report names sound addresses and codes |
//! | `headers` | subject, people, references | they are single lines, sound and bounded |
//!
//! The rules are pure, so they are compiled into this crate by their path: a build needs neither the database's crates
//! nor a minute. A panic inside the reader counts, although it would answer "malformed": the hook ends the process.

#[path = "../../../schema/src/mail/rules/mod.rs"]
pub mod rules;

use rules::html::Shown;
use rules::{DeliveryReport, Incoming, Person, Sections};

/// Asserts what holds of every mail that was read.
///
/// # Panics
/// When something does not.
pub fn check(raw: &[u8], mail: &Incoming) {
    is_line(&mail.subject, 500);
    is_person(&mail.sender);
    mail.reply_to.iter().for_each(is_person);
    mail.recipients().for_each(is_address);
    mail.ancestors().chain(mail.message_id.as_deref()).for_each(is_id);
    is_text(&mail.text);
    assert!(mail.text.chars().count() <= 200_000, "the text is bounded");
    is_whole(&mail.sections, &mail.text);
    let files: usize = mail.attachments.iter().map(|file| file.content.len()).sum();
    assert!(files <= raw.len() * 2, "{files} bytes of files in {}", raw.len());
    for file in &mail.attachments {
        is_line(&file.file_name, 200);
        assert!(!file.file_name.is_empty() && !file.file_name.contains(['/', '\\']), "{:?}", file.file_name);
        is_line(&file.media_type, usize::MAX);
    }
    mail.delivery_report.iter().for_each(is_report);
    mail.page.iter().for_each(|page| is_harmless(&page.clean()));
}

/// Every line of the text is in exactly one section, and something is always said.
pub fn is_whole(sections: &Sections, text: &str) {
    let lines = |text: &str| {
        let mut lines: Vec<String> = text.lines().map(|line| line.trim().to_owned()).collect();
        lines.retain(|line| !line.is_empty());
        lines.sort_unstable();
        lines
    };
    let pieces = [sections.reply.as_str(), &sections.quoted, &sections.signature].join("\n");
    assert_eq!(lines(&pieces), lines(text), "every line is in one section");
    assert!(!sections.reply.is_empty() || text.trim().is_empty(), "a reply is never empty");
}

/// Nothing in it runs, loads or posts.
pub fn is_harmless(shown: &Shown) {
    for half in [&shown.reply, &shown.quoted] {
        let half = half.to_ascii_lowercase();
        is_text(&half);
        for tag in half.split('<').skip(1) {
            let tag = tag.split('>').next().unwrap_or_default();
            let name: String = tag.chars().take_while(char::is_ascii_alphanumeric).collect();
            let is_banned = [
                "script", "style", "iframe", "object", "embed", "form", "input", "button", "svg", "math",
                "link", "meta", "base", "video", "audio", "template", "noscript", "textarea", "select",
            ]
            .contains(&name.as_str());
            assert!(!is_banned, "<{tag}>");
            attributes(tag);
        }
    }
}

fn attributes(tag: &str) {
    // The cleaner writes every value in double quotes: what stands in odd places is a value.
    for (at, piece) in tag.split('"').enumerate() {
        if at % 2 == 0 {
            assert!(!piece.contains(" on"), "<{tag}>");
            let loads = piece.ends_with(" src=") && !tag.starts_with("img ");
            assert!(!loads && !piece.contains(" srcset") && !piece.contains(" background"), "<{tag}>");
        } else {
            assert!(!piece.trim_start().starts_with("javascript:"), "<{tag}>");
        }
    }
    assert!(!tag.contains(" src=\"http"), "<{tag}>");
    if let Some(style) = tag.split(" style=\"").nth(1).and_then(|rest| rest.split('"').next()) {
        assert!(!style.contains("url(") && !style.contains("expression"), "<{tag}>");
    }
}

/// A report's words are bounded and its addresses can be written to.
pub fn is_report(report: &DeliveryReport) {
    report.recipients.iter().for_each(|address| is_address(address));
    assert!(report.recipients.len() <= 50);
    report.diagnostic.iter().for_each(|said| is_line(said, 500));
    report.original_message_id.iter().for_each(|id| is_id(id));
    if let Some(status) = &report.status {
        let parts: Vec<&str> = status.split('.').collect();
        let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        assert!(parts.len() == 3 && parts.iter().all(is_number), "{status}");
    }
}

fn is_person(person: &Person) {
    is_address(&person.address);
    is_line(&person.name, 200);
}

/// An address that is cleaned again stays as it is.
pub fn is_address(address: &str) {
    assert_eq!(rules::address::clean_address(address).as_deref(), Some(address));
    assert!(address.len() <= 64 + 1 + 255);
}

fn is_id(id: &str) {
    assert!(!id.is_empty() && id.len() <= 500 && !id.contains(char::is_control), "{id:?}");
}

/// It can stand in a header.
pub fn is_line(text: &str, chars_max: usize) {
    assert!(!text.contains(char::is_control), "{text:?}");
    assert!(text.chars().count() <= chars_max, "{text:?}");
}

fn is_text(text: &str) {
    assert!(!text.contains('\0'), "the database stores no NUL");
}
