//! All failures of reading a mailbox, sorted in one place.

use std::io::ErrorKind;

use async_imap::error::Error;

/// Why a step failed. The texts are the server's or the system's words; they may name the account, so they
/// are for the site's admin, not for the log.
#[derive(Debug, thiserror::Error)]
pub enum ImapError {
    /// No connection, or it was lost. Try again with back-off.
    #[error("the mail server cannot be reached: {0}")]
    Unreachable(String),
    /// The server does not accept user and password. Trying again changes nothing.
    #[error("the mail server refused the log-in: {0}")]
    Refused(String),
    /// The server said no to a command, or something that is not IMAP.
    #[error("the mail server answered unexpectedly: {0}")]
    Protocol(String),
    #[error("the mail server did not answer in time ({0})")]
    Timeout(&'static str),
    /// The server sends more than it said or than we hold.
    #[error("the mail server sends too much")]
    TooLarge,
    /// A certificate that cannot be read, or TLS that cannot be set up.
    #[error("TLS cannot be set up: {0}")]
    Tls(String),
}

impl From<std::io::Error> for ImapError {
    fn from(error: std::io::Error) -> ImapError {
        match error.kind() {
            ErrorKind::FileTooLarge => ImapError::TooLarge,
            // Certificates that do not match come through here as well.
            ErrorKind::InvalidData => ImapError::Unreachable(cut(&error.to_string())),
            ErrorKind::Other => ImapError::Protocol("an answer that is not IMAP".to_owned()),
            _ => ImapError::Unreachable(cut(&error.to_string())),
        }
    }
}

impl From<Error> for ImapError {
    fn from(error: Error) -> ImapError {
        match error {
            Error::Io(error) => error.into(),
            Error::ConnectionLost => ImapError::lost(),
            other => ImapError::Protocol(cut(&other.to_string())),
        }
    }
}

impl ImapError {
    pub(super) fn lost() -> ImapError {
        ImapError::Unreachable("the connection was closed".to_owned())
    }

    /// A log-in is refused when the server says NO, unless it says that it is only busy.
    pub(super) fn at_log_in(error: Error) -> ImapError {
        match error {
            Error::No(text)
                if ["UNAVAILABLE", "Unavailable", "INUSE", "LIMIT"]
                    .iter()
                    .any(|code| text.contains(code)) =>
            {
                ImapError::Unreachable(cut(&text))
            }
            Error::No(text) => ImapError::Refused(cut(&text)),
            Error::Validate(_) => ImapError::Refused("user or password hold a line break".to_owned()),
            other => other.into(),
        }
    }
}

fn cut(text: &str) -> String {
    text[..text.floor_char_boundary(300)].to_owned()
}
