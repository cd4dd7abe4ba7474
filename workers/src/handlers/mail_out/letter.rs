//! What is there to be sent, and in whose name.

use crate::env::Env;
use crate::io::smtp::{MailAddress, OutgoingMail, Signer};
use schema::mail::delivery::Delivery;
use schema::mail::dkim::Key;
use schema::mail::outbox::Cause;
use schema::sites::Settings;
use secrecy::ExposeSecret;

/// What came of reading the ledger's row.
pub(super) enum Written {
    Letter(Box<Letter>),
    /// Sent before, or deleted with its ticket.
    Nothing,
    Withheld(Cause),
}

/// A mail as it goes out, and how.
pub(super) struct Letter {
    pub mail: OutgoingMail,
    pub delivery: Delivery,
    /// Tries that failed before this one.
    pub failures: i32,
}

/// Why a mail is withheld, for the log of its row.
pub(super) fn why(cause: Cause) -> &'static str {
    match cause {
        Cause::SiteInactive => "the site is not active",
        Cause::Capped => "too many confirmations to this address within an hour",
        Cause::DeadAddress => "a server has refused this address for good",
        Cause::Refused | Cause::Unavailable | Cause::Unheard | Cause::Abandoned => "it did not leave",
    }
}

/// The site's sender, or the installation's.
pub(super) fn sender(site: Option<&Settings>, env: &Env) -> MailAddress {
    MailAddress::parse(site.and_then(|site| site.mail_from.as_deref()).unwrap_or(&env.mail.from))
}

/// What stands behind the `@` of our Message-IDs.
pub(super) fn domain(from: &MailAddress) -> &str {
    from.address.rsplit_once('@').map_or("localhost", |(_, domain)| domain)
}

/// The site's signature. A key that cannot be opened is told and left out: the mail still goes.
pub(super) fn signer(delivery: &Delivery, env: &Env) -> Option<Signer> {
    let own = delivery.signature()?;
    let pem = env.seal.open(own.key_sealed).inspect_err(|error| tracing::warn!(%error, "a DKIM key")).ok()?;
    let key =
        Key::parse(pem.expose_secret()).inspect_err(|error| tracing::warn!(%error, "a DKIM key")).ok()?;
    Some(Signer::new(key, own.domain, own.selector))
}
