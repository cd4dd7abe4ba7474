//! Handing mail to an SMTP server.
//!
//! [`MailSender`] is what handlers know; [`Mailer`] talks to a server, [`FakeSender`] remembers what it was
//! given. Nothing is queued or retried here: a call hands over one mail and says what became of it, and every
//! way in which it can fail is sorted in [`SendError`].

mod error;
mod fake;
mod mailer;
mod message;
mod pool;
mod servers;
mod sign;

use futures::future::BoxFuture;

pub use error::{SendError, Stage};
pub use fake::FakeSender;
pub use mailer::{ConfigError, Credentials, Mailer, SmtpConfig, SmtpTimeouts, SmtpTls};
pub use message::{MailAddress, OutgoingMail};
pub use servers::Servers;
pub use sign::Signer;

/// Hands one mail to the next server.
pub trait MailSender: Send + Sync {
    /// Done when the server has taken the mail over (its 250 after the content).
    ///
    /// # Errors
    /// [`SendError`], which says whether trying again is right.
    fn send<'a>(&'a self, mail: &'a OutgoingMail) -> BoxFuture<'a, Result<(), SendError>>;
}
