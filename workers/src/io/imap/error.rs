//! All failures of reading a mailbox, sorted in one place.

use std::io::ErrorKind;

use async_imap::error::Error;

/// Why a step failed. The texts are the server's or the system's words; they may name the account, so they
/// are for the site's admin, not for the log.
#[derive(Debug, thiserror::Error)]
pub enum ImapError {
    /// No connection, or it was lost. Try again with back-off.
    #[error("Posta sunucusuna ulaşılamıyor: {0}")]
    Unreachable(String),
    /// The server does not accept user and password. Trying again changes nothing.
    #[error("Posta sunucusu kullanıcı adını ya da parolayı kabul etmedi: {0}")]
    Refused(String),
    /// The server said no to a command, or something that is not IMAP.
    #[error("Posta sunucusu beklenmedik bir yanıt verdi: {0}")]
    Protocol(String),
    #[error("Posta sunucusu zamanında yanıt vermedi ({0})")]
    Timeout(&'static str),
    /// The server sends more than it said or than we hold.
    #[error("Posta sunucusu çok fazla veri gönderiyor")]
    TooLarge,
    /// The server's certificate is signed by nobody we trust, has run out, or names another server.
    #[error("Posta sunucusunun sertifikasına güvenilmiyor: {0}")]
    Certificate(String),
    /// A certificate of ours that cannot be read, or a server that does not speak TLS there.
    #[error("Güvenli bağlantı (TLS) kurulamıyor: {0}")]
    Tls(String),
}

impl From<std::io::Error> for ImapError {
    fn from(error: std::io::Error) -> ImapError {
        match error.kind() {
            ErrorKind::FileTooLarge => ImapError::TooLarge,
            ErrorKind::InvalidData => ImapError::of_tls(&error),
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
    /// What rustls says comes wrapped as an error of the stream.
    fn of_tls(error: &std::io::Error) -> ImapError {
        let text = cut(&error.to_string());
        match error.get_ref().and_then(|cause| cause.downcast_ref()) {
            Some(rustls::Error::InvalidCertificate(_)) => ImapError::Certificate(text),
            Some(_) => ImapError::Tls(text),
            None => ImapError::Unreachable(text),
        }
    }

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
