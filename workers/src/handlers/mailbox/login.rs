//! From a mailbox's row to an account that can be logged in to.

use crate::env::Env;
use crate::handler::Attempt;
use crate::io::imap::{Account, ImapError, ImapTimeouts, ImapTls, LogIn};
use crate::io::oauth::{Grant, OAuthError, exchange};
use anyhow::Context;
use jobs::MailboxId;
use schema::mail::mailboxes::{self, Mailbox};
use schema::net::Reach;
use schema::pool::Scope;
use secrecy::ExposeSecret;

/// # Errors
/// The row's secrets cannot be opened, or the provider gives no token.
pub async fn account(mailbox: &Mailbox, attempt: &Attempt, env: &Env) -> anyhow::Result<Account> {
    let log_in = match mailbox.auth.as_str() {
        "xoauth2" => LogIn::Token(token(mailbox, attempt, env).await?),
        _ => LogIn::Password(env.seal.open(&mailbox.password_sealed)?),
    };
    Ok(Account {
        host: mailbox.host.clone(),
        port: u16::try_from(mailbox.port)?,
        tls: match mailbox.tls.as_str() {
            "none" => ImapTls::None,
            "starttls" => ImapTls::StartTls,
            _ => ImapTls::Tls,
        },
        user: mailbox.username.clone(),
        log_in,
        extra_ca: env.imap_ca.clone(),
        timeouts: ImapTimeouts::default(),
        reach: if mailbox.by_site { env.reach.clone() } else { Reach::Anywhere },
    })
}

/// A fresh access token. The refresh token that comes with it is the one to be used from now on.
async fn token(mailbox: &Mailbox, attempt: &Attempt, env: &Env) -> anyhow::Result<secrecy::SecretString> {
    let sealed = mailbox.refresh_token_sealed.as_deref().context("the mailbox has no refresh token")?;
    let secret = mailbox.client_secret_sealed.as_deref().map(|secret| env.seal.open(secret)).transpose()?;
    let grant = Grant {
        token_url: mailbox.token_url.clone().context("the mailbox has no token endpoint")?,
        client_id: mailbox.client_id.clone().unwrap_or_default(),
        client_secret: secret,
        refresh_token: env.seal.open(sealed)?,
    };
    let tokens = exchange(&grant, env.imap_ca.as_deref()).await?;
    if let Some(refresh) = tokens.refresh
        && let Some(mut tx) = attempt.hold(env, Scope::System).await?
    {
        let renewed = env.seal.seal(refresh.expose_secret());
        mailboxes::renew(&mut tx, MailboxId(mailbox.id), sealed, &renewed).await?;
        tx.commit().await?;
    }
    Ok(tokens.access)
}

/// Whether trying again is no use before somebody grants the log-in anew.
pub fn wants_person(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        matches!(cause.downcast_ref(), Some(OAuthError::Reauthorise(_)))
            || matches!(cause.downcast_ref(), Some(ImapError::Refused(_)))
    })
}
