//! Mail that no person wrote: auto-replies, lists, bulk mail. It is kept, and never answered (B10-31, RFC 3834).

use super::header::Headers;

/// The first sign found, for the log and for the person who asks why no answer went out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Machine {
    /// `Auto-Submitted` other than `no`.
    AutoSubmitted,
    /// One of the headers auto-responders of the trade set.
    AutoResponder,
    /// `Precedence: bulk`, `list`, `junk` or `auto_reply`.
    Precedence,
    /// `X-Auto-Response-Suppress`: the sender asks for silence.
    Suppress,
    /// `List-Id` or `List-Unsubscribe`: an answer would go to many.
    List,
    /// `Return-Path: <>`: an answer could go nowhere.
    EmptyReturnPath,
    /// A report about the delivery of another mail.
    DeliveryReport,
    /// Sent by the mail system itself (`mailer-daemon`, `postmaster`) or by a `noreply` address.
    System,
}

const RESPONDER_FIELDS: [&str; 6] = [
    "X-Autoreply",
    "X-Autorespond",
    "X-Autoresponder",
    "X-Auto-Reply-From",
    "X-Mail-Autoreply",
    "X-FC-MachineGenerated",
];
const SYSTEM_NAMES: [&str; 7] =
    ["mailer-daemon", "postmaster", "noreply", "no-reply", "donotreply", "do-not-reply", "autoresponder"];

/// `None` when a person may have written it.
pub(super) fn find(headers: &Headers<'_>, sender: &str, is_report: bool) -> Option<Machine> {
    let signs = [
        (Machine::DeliveryReport, is_report),
        (Machine::AutoSubmitted, headers.keyword("Auto-Submitted").is_some_and(|value| value != "no")),
        (Machine::AutoResponder, is_auto_responder(headers)),
        (Machine::Precedence, has_machine_precedence(headers)),
        (Machine::Suppress, is_suppressed(headers)),
        (Machine::List, headers.has("List-Id") || headers.has("List-Unsubscribe")),
        (Machine::EmptyReturnPath, headers.raw("Return-Path").is_some_and(is_empty_path)),
        (Machine::System, is_system(sender)),
    ];
    signs.into_iter().find_map(|(machine, is_found)| is_found.then_some(machine))
}

fn is_auto_responder(headers: &Headers<'_>) -> bool {
    let says_no = |value: String| matches!(value.as_str(), "no" | "false" | "0");
    RESPONDER_FIELDS.iter().any(|name| headers.keyword(name).is_some_and(|value| !says_no(value)))
        || headers.text("Delivered-To").is_some_and(|value| value.eq_ignore_ascii_case("autoresponder"))
}

fn has_machine_precedence(headers: &Headers<'_>) -> bool {
    let is_machine = |value: String| matches!(value.as_str(), "bulk" | "list" | "junk" | "auto_reply");
    ["Precedence", "X-Precedence"].iter().any(|name| headers.keyword(name).is_some_and(is_machine))
}

fn is_suppressed(headers: &Headers<'_>) -> bool {
    headers.keyword("X-Auto-Response-Suppress").is_some_and(|value| !value.is_empty() && value != "none")
}

fn is_empty_path(raw: &[u8]) -> bool {
    raw.iter().all(|byte| matches!(byte, b'<' | b'>') || byte.is_ascii_whitespace())
}

fn is_system(sender: &str) -> bool {
    let local = super::address::local_part(sender).to_ascii_lowercase();
    SYSTEM_NAMES.contains(&local.split('+').next().unwrap_or_default())
}
