//! From an account to a mailbox that is logged in.

use std::sync::Arc;
use std::time::Duration;

use async_imap::imap_proto::{Response, Status};
use async_imap::types::Capabilities;
use async_imap::{Client, Session};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls_platform_verifier::Verifier;
use secrecy::ExposeSecret as _;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::guard::{Guarded, Wire};
use super::mailbox::Mailbox;
use super::{Account, ImapError, ImapTls, LogIn};

/// Connects, secures the connection and logs in.
///
/// # Errors
/// [`ImapError::Refused`] when user or password are wrong, [`ImapError::Unreachable`] or
/// [`ImapError::Timeout`] when the server is not there, [`ImapError::Tls`] for a broken extra CA.
pub async fn connect(account: &Account) -> Result<Mailbox, ImapError> {
    let max = account.timeouts.connect;
    let client = step(max, "connecting", secured(account)).await?;
    let (session, capabilities) = step(max, "logging in", async {
        let (mut session, capabilities) = logged_in(client, account).await?;
        let capabilities = match capabilities {
            Some(capabilities) => capabilities,
            None => session.capabilities().await?,
        };
        Ok((session, capabilities))
    })
    .await?;
    Ok(Mailbox::new(session, account.timeouts, capabilities.has_str("IDLE")))
}

async fn logged_in(
    client: Client<Guarded>,
    account: &Account,
) -> Result<(Session<Guarded>, Option<Capabilities>), ImapError> {
    match &account.log_in {
        LogIn::Password(password) => {
            let answer = client.login_with_capabilities(&account.user, password.expose_secret()).await;
            answer.map_err(|(error, _)| ImapError::at_log_in(error))
        }
        LogIn::Token(token) => {
            if account.user.contains(['\r', '\n', '\x01']) {
                return Err(ImapError::Refused("the user holds a line break".to_owned()));
            }
            let text = format!("user={}\x01auth=Bearer {}\x01\x01", account.user, token.expose_secret());
            let answer = client.authenticate("XOAUTH2", Once(Some(text))).await;
            answer.map(|session| (session, None)).map_err(|(error, _)| ImapError::at_log_in(error))
        }
    }
}

/// Says its text to the first challenge. A second one tells why it was refused, and wants an empty answer.
struct Once(Option<String>);

impl async_imap::Authenticator for Once {
    type Response = String;

    fn process(&mut self, _challenge: &[u8]) -> String {
        self.0.take().unwrap_or_default()
    }
}

/// A client that has read the greeting, over TLS where the account says so.
async fn secured(account: &Account) -> Result<Client<Guarded>, ImapError> {
    let found = account.reach.resolve(&account.host, account.port).await;
    let found = found.map_err(|cause| ImapError::Unreachable(cause.to_string()))?;
    let tcp = TcpStream::connect(found.as_slice()).await?;
    tcp.set_nodelay(true)?;
    match account.tls {
        ImapTls::None => greeted(Box::new(tcp)).await,
        ImapTls::Tls => greeted(encrypted(account, Box::new(tcp)).await?).await,
        ImapTls::StartTls => {
            let mut client = greeted(Box::new(tcp)).await?;
            client.run_command_and_check_ok("STARTTLS", None).await?;
            // What came in the open behind the server's OK is dropped with the client's buffer.
            let open = client.into_inner().into_inner();
            Ok(Client::new(Guarded::new(encrypted(account, open).await?)))
        }
    }
}

async fn greeted(wire: Box<dyn Wire>) -> Result<Client<Guarded>, ImapError> {
    let mut client = Client::new(Guarded::new(wire));
    let greeting = client.read_response().await?.ok_or_else(ImapError::lost)?;
    match greeting.parsed() {
        Response::Data { status: Status::Ok, .. } => Ok(client),
        Response::Data { status: Status::Bye, .. } => {
            Err(ImapError::Unreachable("the server is closing".to_owned()))
        }
        _ => Err(ImapError::Protocol("no IMAP greeting".to_owned())),
    }
}

async fn encrypted(account: &Account, wire: Box<dyn Wire>) -> Result<Box<dyn Wire>, ImapError> {
    let name =
        ServerName::try_from(account.host.clone()).map_err(|error| ImapError::Tls(error.to_string()))?;
    Ok(Box::new(connector(account.extra_ca.as_deref())?.connect(name, wire).await?))
}

/// The system's certificates and the extra ones; always with aws-lc.
pub(in crate::io) fn connector(extra_ca: Option<&[u8]>) -> Result<TlsConnector, ImapError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let extra: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(extra_ca.unwrap_or_default())
        .collect::<Result<_, _>>()
        .map_err(|error| ImapError::Tls(error.to_string()))?;
    let tls = |error: rustls::Error| ImapError::Tls(error.to_string());
    let verifier = Verifier::new_with_extra_roots(extra, Arc::clone(&provider)).map_err(tls)?;
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(tls)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

/// One bounded step.
pub(super) async fn step<T>(
    max: Duration,
    name: &'static str,
    work: impl Future<Output = Result<T, ImapError>>,
) -> Result<T, ImapError> {
    timeout(max, work).await.unwrap_or(Err(ImapError::Timeout(name)))
}
