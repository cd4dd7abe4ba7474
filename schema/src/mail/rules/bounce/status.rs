//! What a report's codes and words mean.

/// What became of the mail, the worst last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    Expanded,
    Relayed,
    Delivered,
    /// Still being tried.
    Delayed,
    /// Given up. What a report says that names no action.
    #[default]
    Failed,
}

impl Action {
    pub(super) fn parse(word: &str) -> Option<Action> {
        let word: String = word.chars().take_while(char::is_ascii_alphabetic).collect();
        match word.to_ascii_lowercase().as_str() {
            "failed" | "failure" | "fail" | "expired" => Some(Action::Failed),
            "delayed" | "deferred" => Some(Action::Delayed),
            "delivered" | "success" => Some(Action::Delivered),
            "relayed" => Some(Action::Relayed),
            "expanded" => Some(Action::Expanded),
            _ => None,
        }
    }
}

/// Whether another mail to the address makes sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The address does not exist or is switched off: no other mail will arrive either.
    Hard,
    /// Full, unreachable, too large, taken for spam: the next one may arrive.
    Soft,
}

/// Words of servers about an address that does not exist, in lower case.
const NO_SUCH_ADDRESS: &[&str] = &[
    "user unknown",
    "unknown user",
    "no such user",
    "user not found",
    "unknown recipient",
    "recipient unknown",
    "recipient not found",
    "recipnotfound",
    "does not exist",
    "doesn't exist",
    "not exist",
    "no mailbox",
    "mailbox not found",
    "mailbox unavailable",
    "no such mailbox",
    "unknown mailbox",
    "invalid recipient",
    "invalid mailbox",
    "rejected: user",
    "invalid final delivery",
    "invalid address",
    "address is invalid",
    "not listed in",
    "not recognized",
    "doesn't have a",
    "no such domain",
    "no such person",
    "no such address",
    "no such account",
    "isn't found",
    "no smtp service",
    "not accept mail",
    "unknown address",
    "bad destination mailbox",
    "addressee unknown",
    "unrouteable address",
    "unroutable address",
    "account disabled",
    "account has been disabled",
    "mailbox disabled",
    "user disabled",
    "is disabled",
    "been deactivated",
    "account closed",
    "inactive user",
    "account inactive",
    "is inactive",
    "no longer valid",
    "no longer available",
    "user is unknown",
    "unknown local part",
    "unknown or illegal alias",
    "not a valid recipient",
    "host unknown",
    "domain not found",
    "host not found",
    "unknown host",
    "unknown domain",
    "name not found",
    "couldn't be found",
    "could not be found",
    "wasn't found",
    "not our customer",
    "not known at this site",
    "kullanıcı bulunamadı",
    "böyle bir kullanıcı",
    "адрес не существует",
];
/// Words that mean the next one may arrive, whatever the code says.
const PASSING: &[&str] = &[
    "mailbox full",
    "mailbox is full",
    "quota",
    "over limit",
    "insufficient system storage",
    "insufficient storage",
    "too large",
    "size limit",
    "exceeds",
    "too big",
    "spam",
    "blocked",
    "blacklist",
    "block list",
    "blocklist",
    "denylist",
    "policy",
    "dmarc",
    "spf",
    "dkim",
    "greylist",
    "try again",
    "temporar",
    "timed out",
    "timeout",
    "connection refused",
    "virus",
    "rate limit",
    "reputation",
    "kota",
    "kapasite",
    "sender address",
    "sender domain",
    "domain of sender",
    "authenticat",
    "not authorized",
    "at a rate",
    "too many",
    "couldn't create",
    "media error",
    "internal system",
];

/// `5.1.1` out of `5.1.1 (bad destination)` or `#5.1.1`.
pub(super) fn code(value: &str) -> Option<String> {
    let from = value.find(|c: char| c.is_ascii_digit())?;
    let code: String = value[from..].chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    is_code(&code).then_some(code)
}

/// Class 2, 4 or 5, then two numbers of at most three digits.
pub(super) fn is_code(code: &str) -> bool {
    let parts: Vec<&str> = code.split('.').collect();
    let is_number =
        |part: &&str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    parts.len() == 3 && matches!(parts[0], "2" | "4" | "5") && parts.iter().all(is_number)
}

/// The status that stands for words alone.
pub(super) fn by_words(said: &str) -> Option<&'static str> {
    let said = said.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| said.contains(word));
    if has(&["mailbox full", "mailbox is full", "quota", "over limit", "kota"]) {
        Some("5.2.2")
    } else if has(&[
        "host unknown",
        "domain not found",
        "host not found",
        "unknown host",
        "unknown domain",
        "name not found",
    ]) {
        Some("5.1.2")
    } else if has(NO_SUCH_ADDRESS) {
        Some("5.1.1")
    } else if has(&["too large", "size limit", "too big"]) {
        Some("5.3.4")
    } else {
        None
    }
}

pub(super) fn severity(action: Action, status: Option<&str>, said: &str) -> Option<Severity> {
    match action {
        Action::Expanded | Action::Relayed | Action::Delivered => return None,
        Action::Delayed => return Some(Severity::Soft),
        Action::Failed => {}
    }
    let said = said.to_lowercase();
    let status = status.unwrap_or_default();
    let is_exact = matches!(status, "5.1.1" | "5.1.2" | "5.1.3" | "5.1.6" | "5.1.10");
    let is_address = is_exact || matches!(status, "5.1.0" | "5.2.1" | "5.4.4" | "5.0.1");
    let names_address = NO_SUCH_ADDRESS.iter().any(|words| said.contains(words));
    let is_passing = PASSING.iter().any(|words| said.contains(words)) || status.starts_with('4');
    let is_policy = status.starts_with("5.7.") && status != "5.7.13";
    // Microsoft's edge says so of an address its tenant does not have.
    let is_edge = status == "5.4.1" && said.contains("recipient address rejected: access denied");
    let is_sure = names_address && (is_exact || !is_passing);
    let is_hard = is_edge || is_sure || is_address && !is_passing && !is_policy;
    Some(if is_hard { Severity::Hard } else { Severity::Soft })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_does_not_exist_is_hard_and_all_else_may_pass() {
        let cases = [
            (Action::Failed, Some("5.1.1"), "", Some(Severity::Hard)),
            (Action::Failed, None, "550 No such user here", Some(Severity::Hard)),
            (Action::Failed, Some("5.0.0"), "User unknown", Some(Severity::Hard)),
            (Action::Failed, Some("5.2.2"), "Mailbox full", Some(Severity::Soft)),
            (Action::Failed, Some("5.7.1"), "rejected by spam policy", Some(Severity::Soft)),
            (Action::Failed, Some("4.4.1"), "Connection timed out", Some(Severity::Soft)),
            (Action::Failed, None, "", Some(Severity::Soft)),
            (Action::Delayed, Some("5.1.1"), "", Some(Severity::Soft)),
            (Action::Delivered, Some("2.0.0"), "", None),
        ];
        for (action, status, said, severity) in cases {
            assert_eq!(super::severity(action, status, said), severity, "{action:?} {status:?} {said}");
        }
    }

    #[test]
    fn a_code_is_told_from_other_numbers() {
        assert_eq!(code("5.1.1 (bad)").as_deref(), Some("5.1.1"));
        assert_eq!(code("#5.7.606").as_deref(), Some("5.7.606"));
        for other in ["", "5.1", "10.0.0.1", "6.1.1", "5.1.1.1", "5..1", "5.1.1234"] {
            assert_eq!(code(other), None, "{other}");
        }
    }
}
