//! Delivery reports without structure: what servers tell in words.
//!
//! The forms differ, but all of them name the address first or alone on its line, say why with a code or in a few
//! known words, and add the returned mail's headers below. So no form is read by itself; addresses, codes and
//! words are looked for above the returned mail.

use super::super::header::Headers;
use super::super::identity::clean_message_id;
use super::super::split::fold;
use super::{Action, Draft, diagnostic, status};

/// Bytes of a report's text that are looked at.
const TEXT_BYTES_MAX: usize = 64 * 1024;

/// How subjects of reports begin or what they hold, folded.
#[rustfmt::skip]
const SUBJECTS: &[&str] = &[
    "undeliver", "delivery status notification", "delivery failure", "delivery has failed", "delivery report", "delivery notification",
    "delivery problem", "delivery error", "mail delivery failed", "mail delivery failure", "message delivery failure", "mail delivery system", "mail could not be delivered", "failure notice",
    "failed delivery", "failed mail", "returned mail", "returned message", "return mail", "mail system error", "mail failure", "message status",
    "nondeliverable", "non-deliverable", "non delivery", "non-delivery", "could not be delivered", "could not send message", "unable to deliver",
    "warning: message", "warning: could not send", "message delayed", "delayed mail", "delivery delayed", "delivery incomplete", "message could not",
    "returning to sender", "error message", "エラー", "iletilemedi", "iletilemeyen", "teslim edilemedi", "teslim edilemeyen", "gonderilemedi", "unzustellbar", "недоставленное", "недоставлен",
];
/// What reports say in their first lines, folded.
#[rustfmt::skip]
const PHRASES: &[&str] = &[
    "wasn't delivered", "was not delivered", "not be delivered", "couldn't be delivered", "could not be delivered", "couldn't deliver", "unable to deliver",
    "undeliverable", "permanent error", "permanent fatal errors", "permanent failure", "failed permanently", "delivery failed", "delivery to the following",
    "delivery has failed", "transient non-fatal errors", "i'm sorry to have to inform", "i wasn't able to deliver", "this is a permanent", "your message did not reach",
    "did not reach the following", "following address", "following recipient", "could not deliver", "returned to sender", "message you sent", "has been delayed",
    "delivery status", "user unknown", "mailbox unavailable", "recipient address rejected", "i was unable to deliver", "failed to deliver", "mail delivery system", "was rejected", "delivery report",
    "could not be delivered to", "error has occurred while attempting to deliver", "error delivering your mail", "as their mailbox is full", "iletilemedi", "teslim edilemedi", "ulastirilamadi", "gonderilemedi", "nicht zugestellt", "n'a pas pu etre", "no se pudo entregar", "non e stato possibile", "не удалось доставить", "не было доставлено",
];
/// What stands above a returned mail, folded.
#[rustfmt::skip]
const RETURNED: &[&str] = &[
    "below this line is a copy", "this is a copy of the message", "this is a copy of your message", "original message follows", "original message headers", "original message header",
    "message header follows", "unsent message follows", "unsent message below", "message not delivered", "returned message follows", "original message -", "message follows", "returned mail follows", "copy of the original",
    "transcript of original", "headers of the original", "the original message was received at", "your message follows", "the first", "text of message", "message contents follow", "copy of the original message", "returned message", "message headers follow",
];
/// The report is about a mail that is still being tried.
#[rustfmt::skip]
const DELAYED: &[&str] = &[
    "has been delayed", "is delayed", "delayed:", "will be retried", "will continue to try", "will keep trying", "still trying", "still being attempted", "not yet been delivered", "delivery is delayed",
    "temporary problem", "do not need to resend", "do not have to resend", "no action is required", "this is a warning message only", "yeniden denenecek",
];

/// Whether the mail system, and not a person, says that something did not arrive.
pub(super) fn is_report(headers: &Headers<'_>, sender: &str, text: &str) -> bool {
    let subject = fold(&headers.text("Subject").unwrap_or_default());
    let has_subject = SUBJECTS.iter().any(|words| subject.contains(words));
    let is_daemon = is_daemon(headers, sender);
    let is_empty_path = headers.raw("Return-Path").is_some_and(|raw| raw.trim_ascii() == b"<>");
    if !(is_daemon || has_subject && is_empty_path) {
        return false;
    }
    let head = fold(&text[..text.floor_char_boundary(4_000)]);
    let has_phrase = PHRASES.iter().any(|words| head.contains(words));
    is_daemon && (has_subject || has_phrase) || has_subject && has_phrase
}

fn is_daemon(headers: &Headers<'_>, sender: &str) -> bool {
    let local = super::super::address::local_part(sender).to_ascii_lowercase();
    let name = fold(&headers.text("From").unwrap_or_default());
    let by_local = ["mailer-daemon", "mailerdaemon", "mail-daemon", "postmaster", "mail.daemon", "mdaemon"]
        .iter()
        .any(|daemon| local.starts_with(daemon));
    by_local
        || [
            "mail delivery sub",
            "mail delivery sys",
            "mail administrator",
            "mailer-daemon",
            "mailer daemon",
            "mail deliver",
        ]
        .iter()
        .any(|daemon| name.contains(daemon))
}

/// Adds what the words say and the structure did not.
pub(super) fn complete(draft: &mut Draft, headers: &Headers<'_>, text: &str) {
    let told = told(text);
    if has_fields(told) {
        draft.add_status(told.as_bytes());
    }
    if draft.recipients.is_empty() {
        let (own, found) = (own_addresses(headers), recipients(told));
        let is_other = |address: &&String| !own.contains(&address.to_ascii_lowercase());
        let others = found.iter().any(|address| is_other(&address));
        found
            .iter()
            .filter(|address| !others || is_other(address))
            .for_each(|address| draft.add_recipient(address));
    }
    if draft.action.is_none() {
        let head = fold(&format!(
            "{} {}",
            headers.text("Subject").unwrap_or_default(),
            &told[..told.floor_char_boundary(2_000)]
        ));
        let is_delayed = DELAYED.iter().any(|words| head.contains(words)) && !head.contains("permanent");
        draft.action = Some(if is_delayed { Action::Delayed } else { Action::Failed });
    }
    let said = said(told);
    if draft.diagnostic.is_none() {
        draft.diagnostic = said.clone();
    }
    if draft.status.as_deref().is_none_or(|status| status.ends_with(".0.0")) {
        let words = draft.diagnostic.as_deref().unwrap_or_default();
        let found =
            code_in(words).or_else(|| code_in(told)).or_else(|| status::by_words(words).map(str::to_owned));
        let found =
            found.or_else(|| status::by_words(told).map(str::to_owned)).or_else(|| reply_class(words));
        draft.status = found.or(draft.status.take());
    }
}

/// Fields of a structured report that stand in the text.
fn has_fields(told: &str) -> bool {
    told.lines().any(|line| line.get(..16).is_some_and(|name| name.eq_ignore_ascii_case("final-recipient:")))
}

/// The text above the returned mail.
fn told(text: &str) -> &str {
    let text = &text[..text.floor_char_boundary(TEXT_BYTES_MAX)];
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim();
        let is_header =
            ["Received:", "Return-Path:", "Message-ID:", "Message-Id:", "DKIM-Signature:", "MIME-Version:"];
        let is_framed = trimmed.starts_with(['-', '=', '*', '_']) || trimmed.ends_with([':', '.', '-']);
        let is_returned = is_framed && at > 40 && {
            let folded = fold(trimmed);
            RETURNED.iter().any(|words| folded.contains(words)) && !folded.contains("received at")
        };
        if is_returned || at > 0 && is_header.iter().any(|name| trimmed.starts_with(name)) {
            return &text[..at];
        }
        at += line.len();
    }
    text
}

/// The first Message-ID in a text that quotes headers.
pub(super) fn original_id(text: &str) -> Option<String> {
    let text = &text[..text.floor_char_boundary(TEXT_BYTES_MAX * 4)];
    let mut lines = text.lines().map(|line| line.trim_start_matches(['>', ' ', '\t', '|', '*']));
    while let Some(line) = lines.next() {
        let Some(rest) =
            line.get(..11).filter(|name| name.eq_ignore_ascii_case("message-id:")).map(|_| &line[11..])
        else {
            continue;
        };
        // A long one stands on the next line.
        let value = if rest.trim().is_empty() { lines.next().unwrap_or_default() } else { rest };
        return clean_message_id(value.as_bytes());
    }
    None
}

/// Our own address and the reporter's name nobody who did not get the mail.
fn own_addresses(headers: &Headers<'_>) -> Vec<String> {
    let fields = ["To", "From", "Delivered-To", "Reply-To", "Cc", "Sender", "X-Original-To"];
    super::super::people::addresses(headers, &fields)
        .into_iter()
        .map(|address| address.to_ascii_lowercase())
        .collect()
}

/// Addresses that begin a line or stand alone on it; where there are none, all that the text names.
fn recipients(told: &str) -> Vec<String> {
    let mut leading: Vec<String> = Vec::new();
    let mut others: Vec<String> = Vec::new();
    for line in told.lines().take(400) {
        let trimmed = line.trim().trim_start_matches(['-', '*', '|', '>', '(', '"', '\'', ' ']);
        for (at, word) in addresses(trimmed) {
            let is_field = trimmed.to_ascii_lowercase().starts_with("final-recipient")
                || trimmed.to_ascii_lowercase().starts_with("original-recipient");
            if at <= 1 || is_field { leading.push(word) } else { others.push(word) }
        }
    }
    let mut found = if leading.is_empty() { others } else { leading };
    found.retain(|address| !is_noise(address));
    found.truncate(if told.lines().count() > 400 { 1 } else { super::RECIPIENTS_MAX });
    found
}

/// Addresses of helpers, and Message-IDs, which look like addresses.
fn is_noise(address: &str) -> bool {
    let local = super::super::address::local_part(address).to_ascii_lowercase();
    let is_helper =
        ["postmaster", "mailer-daemon", "abuse", "support", "noreply", "no-reply", "helpdesk", "admin"]
            .contains(&local.as_str());
    is_helper || local.len() > 40 || local.bytes().filter(u8::is_ascii_digit).count() > 12
}

/// The addresses of a line and where they begin.
fn addresses(line: &str) -> Vec<(usize, String)> {
    let is_edge = |c: char| {
        c.is_whitespace()
            || matches!(
                c,
                '<' | '>'
                    | '('
                    | ')'
                    | '['
                    | ']'
                    | '"'
                    | '\''
                    | ','
                    | ';'
                    | ':'
                    | '='
                    | '|'
                    | '«'
                    | '»'
                    | '“'
                    | '”'
            )
    };
    let mut found = Vec::new();
    for word in line.split(is_edge).filter(|word| word.contains('@')) {
        let at = word.as_ptr() as usize - line.as_ptr() as usize;
        let word = word.trim_matches(['.', '!', '?', '*']);
        let is_whole = word
            .split_once('@')
            .is_some_and(|(local, host)| !local.is_empty() && host.contains('.') && !host.contains('@'));
        if is_whole && found.len() < 10 {
            found.push((at, word.to_owned()));
        }
    }
    found
}

/// The line with the code or the reason, and the lines it goes on over.
fn said(told: &str) -> Option<String> {
    let lines: Vec<&str> = told.lines().take(400).collect();
    let by_code = lines.iter().position(|line| code_in(line).is_some() || has_reply_code(line));
    let by_words = || lines.iter().position(|line| status::by_words(line).is_some());
    let at = by_code.or_else(by_words)?;
    let rest = lines[at + 1..]
        .iter()
        .take(4)
        .take_while(|line| !line.trim().is_empty() && line.starts_with([' ', '\t']));
    let text: Vec<&str> = std::iter::once(&lines[at]).chain(rest).map(|line| line.trim()).collect();
    Some(diagnostic(&text.join(" "))).filter(|text| !text.is_empty())
}

/// `550 5.1.1`, `(#5.1.1)`, `[5.7.1]`, no address of a network.
fn code_in(text: &str) -> Option<String> {
    text.split(|c: char| !(c.is_ascii_digit() || c == '.'))
        .map(|word| word.trim_matches('.'))
        .find(|word| status::is_code(word) && !word.starts_with('2'))
        .map(str::to_owned)
}

fn has_reply_code(line: &str) -> bool {
    reply_code(line).is_some()
}

/// `550 …` or `550-…`, at the start of the line or after a colon, a space or a bracket.
fn reply_code(line: &str) -> Option<&str> {
    let mut from = 0;
    while let Some(at) = line[from..].find(['4', '5']).map(|at| from + at) {
        let code = line.get(at..at + 3).unwrap_or_default();
        let before = line[..at].chars().next_back();
        let after = line.get(at + 3..).and_then(|rest| rest.chars().next());
        let is_apart =
            before.is_none_or(|c| c.is_whitespace() || matches!(c, ':' | '(' | '[' | '#' | '"' | '<' | '\''));
        let is_number = code.len() == 3
            && code.bytes().all(|byte| byte.is_ascii_digit())
            && matches!(code.as_bytes()[1], b'0'..=b'5');
        if is_apart && is_number && after.is_some_and(|c| matches!(c, ' ' | '-' | ':')) {
            return Some(code);
        }
        from = at + 1;
    }
    None
}

fn reply_class(said: &str) -> Option<String> {
    reply_code(said).map(|code| format!("{}.0.0", &code[..1]))
}
