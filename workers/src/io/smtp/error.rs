//! All failures of sending, sorted in one place.
//!
//! | what happened | sorted as |
//! |---|---|
//! | no connection, TLS or log-in failed, whatever the code | temporary: it is the server's or the settings' fault, not the mail's |
//! | 4xx; connection lost or time-out before the content was asked for | temporary |
//! | 5xx to sender, recipient or content; a mail that cannot be written | permanent |
//! | connection lost, time-out or nonsense after the content began and before its 250 | unknown |

use std::fmt;
use std::time::Duration;

use lettre::transport::smtp::Error as Smtp;

/// What became of a mail that was not accepted for certain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Trying later is right.
    #[error("Şimdilik gönderilemedi ({stage}): {reason}")]
    Temporary { stage: Stage, code: Option<u16>, reason: String },
    /// Trying again is pointless.
    #[error("Reddedildi ({stage}): {reason}")]
    Permanent { stage: Stage, code: Option<u16>, reason: String },
    /// The server may or may not have it. Try again only with the same Message-ID.
    #[error("İçerik gönderildikten sonra yanıt alınamadı: {reason}")]
    Unknown { reason: String },
}

/// Where in the conversation it happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Before any conversation: the mail itself cannot be written.
    Compose,
    Connect,
    LogIn,
    Sender,
    Recipient,
    /// `DATA`, before its 354.
    Data,
    /// After the 354.
    Content,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Stage::Compose => "yazım",
            Stage::Connect => "bağlantı",
            Stage::LogIn => "oturum açma",
            Stage::Sender => "gönderen",
            Stage::Recipient => "alıcı",
            Stage::Data => "aktarım",
            Stage::Content => "içerik",
        })
    }
}

/// Most greylists let a sender in after five minutes.
const GREY_WAIT: Duration = Duration::from_secs(5 * 60);
const GREY_WAIT_MAX: Duration = Duration::from_secs(3600);

/// Bytes of a server's words that are kept.
const REASON_BYTES_MAX: usize = 500;

impl SendError {
    /// A mail that no server could take: a broken address.
    pub(super) fn unwritable(reason: impl ToString) -> SendError {
        SendError::Permanent { stage: Stage::Compose, code: None, reason: cut(&reason.to_string()) }
    }

    /// A server that is not to be connected to, or that nobody knows: the settings' fault, and settings change.
    pub(super) fn unreachable(reason: String) -> SendError {
        SendError::Temporary { stage: Stage::Connect, code: None, reason }
    }

    /// A server of the site's own that cannot even be tried.
    pub fn misconfigured(reason: impl ToString) -> SendError {
        SendError::unreachable(cut(&reason.to_string()))
    }

    /// How long a server that greylists asks to be left alone: its own words, or five minutes; at most an hour.
    pub fn patience(&self) -> Option<Duration> {
        let SendError::Temporary { code: Some(400..=499), reason, .. } = self else { return None };
        let said = reason.to_lowercase();
        let is_grey = ["greylist", "graylist", "grey-list", "gray-list", "grey list", "gray list"]
            .iter()
            .any(|word| said.contains(word));
        let named = named_wait(&said);
        let wait = if is_grey { Some(named.unwrap_or(GREY_WAIT)) } else { named };
        wait.map(|wait| wait.clamp(Duration::from_secs(60), GREY_WAIT_MAX))
    }

    pub(super) fn timed_out(stage: Stage) -> SendError {
        let reason = "the server did not answer in time".to_owned();
        match stage {
            Stage::Content => SendError::Unknown { reason },
            _ => SendError::Temporary { stage, code: None, reason },
        }
    }

    pub(super) fn of(stage: Stage, error: &Smtp) -> SendError {
        let code = error.status().map(u16::from);
        let reason = cut(&error.to_string());
        let is_about_the_mail = !matches!(stage, Stage::Connect | Stage::LogIn);
        match code {
            Some(500..) if is_about_the_mail => SendError::Permanent { stage, code, reason },
            None if stage == Stage::Content => SendError::Unknown { reason },
            // The address needs SMTPUTF8 and the server has none: no later try changes that.
            None if error.is_client() && is_about_the_mail => SendError::Permanent { stage, code, reason },
            _ => SendError::Temporary { stage, code, reason },
        }
    }
}

/// `in 300 seconds`, `after 5 minutes`, `300s`: the first number with a unit of time behind it.
fn named_wait(said: &str) -> Option<Duration> {
    let words: Vec<&str> =
        said.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.iter().enumerate().find_map(|(at, word)| {
        let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let number: u64 = digits.parse().ok().filter(|number| *number <= 86_400)?;
        let unit = match &word[digits.len()..] {
            "" => words.get(at + 1).copied().unwrap_or_default(),
            unit => unit,
        };
        let seconds = match unit {
            "s" | "sec" | "secs" | "second" | "seconds" => 1,
            "m" | "min" | "mins" | "minute" | "minutes" => 60,
            "h" | "hour" | "hours" => 3600,
            _ => return None,
        };
        Some(Duration::from_secs(number * seconds))
    })
}

fn cut(reason: &str) -> String {
    reason[..reason.floor_char_boundary(REASON_BYTES_MAX)].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minutes(code: u16, reason: &str) -> Option<u64> {
        let error = SendError::Temporary { stage: Stage::Recipient, code: Some(code), reason: reason.into() };
        error.patience().map(|wait| wait.as_secs() / 60)
    }

    #[test]
    fn a_greylist_is_given_the_time_it_asks_for_and_never_more_than_an_hour() {
        for (code, reason, expected) in [
            (450, "4.2.0 Greylisted, see http://postgrey.schweikert.ch/help/x.html", Some(5)),
            (451, "4.7.1 Greylisting in action, please come back in 600 seconds", Some(10)),
            (451, "4.7.1 please try again in 15 minutes", Some(15)),
            (421, "4.7.0 try again later, retry after 300s", Some(5)),
            (450, "graylisted for 2 days", Some(5)),
            (450, "greylisted, 20 hours", Some(60)),
            (450, "greylisted, wait 5 seconds", Some(1)),
            (452, "4.2.2 mailbox full", None),
            (550, "greylisted for 10 minutes", None),
        ] {
            assert_eq!(minutes(code, reason), expected, "{reason}");
        }
    }
}
