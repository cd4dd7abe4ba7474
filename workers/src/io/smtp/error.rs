//! All failures of sending, sorted in one place.
//!
//! | what happened | sorted as |
//! |---|---|
//! | no connection, TLS or log-in failed, whatever the code | temporary: it is the server's or the settings' fault, not the mail's |
//! | 4xx; connection lost or time-out before the content was asked for | temporary |
//! | 5xx to sender, recipient or content; a mail that cannot be written | permanent |
//! | connection lost, time-out or nonsense after the content began and before its 250 | unknown |

use lettre::transport::smtp::Error as Smtp;

/// What became of a mail that was not accepted for certain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Trying later is right.
    #[error("not sent for now, at {stage:?}: {reason}")]
    Temporary { stage: Stage, code: Option<u16>, reason: String },
    /// Trying again is pointless.
    #[error("refused, at {stage:?}: {reason}")]
    Permanent { stage: Stage, code: Option<u16>, reason: String },
    /// The server may or may not have it. Try again only with the same Message-ID.
    #[error("lost after the content was sent: {reason}")]
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

/// Bytes of a server's words that are kept.
const REASON_BYTES_MAX: usize = 500;

impl SendError {
    /// A mail that no server could take: a broken address.
    pub(super) fn unwritable(reason: impl ToString) -> SendError {
        SendError::Permanent { stage: Stage::Compose, code: None, reason: cut(&reason.to_string()) }
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

fn cut(reason: &str) -> String {
    reason[..reason.floor_char_boundary(REASON_BYTES_MAX)].to_owned()
}
