//! Exchanging a refresh token for an access token (RFC 6749, section 6), as Google and Microsoft want it for IMAP.
//!
//! One POST over a connection of its own, to the endpoint that the mailbox names: encrypted, except to this very
//! machine. Every step is bounded, and nothing of a token stands in an error.

use crate::io::imap;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::{Request, Uri, header};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;

const EXCHANGE_MAX: Duration = Duration::from_secs(20);
const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// What a provider wants to see before it gives a token.
#[derive(Clone, Debug)]
pub struct Grant {
    /// `https://…`; `http://` for a loopback address only.
    pub token_url: String,
    pub client_id: String,
    pub client_secret: Option<SecretString>,
    pub refresh_token: SecretString,
}

/// What it gave.
#[derive(Debug)]
pub struct Tokens {
    pub access: SecretString,
    /// To be used from now on in place of the old one, if there is one.
    pub refresh: Option<SecretString>,
}

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum OAuthError {
    /// The provider takes the refresh token no more: somebody has to grant access anew.
    #[error(
        "Posta sağlayıcısı erişim iznini artık kabul etmiyor ({0}); erişimin yeniden verilmesi gerekiyor."
    )]
    Reauthorise(String),
    /// To be tried again.
    #[error("the token endpoint cannot be used: {0}")]
    Unreachable(String),
}

#[derive(Deserialize)]
struct Answer {
    access_token: Option<String>,
    refresh_token: Option<String>,
    error: Option<String>,
}

/// # Errors
/// See [`OAuthError`].
pub async fn exchange(grant: &Grant, extra_ca: Option<&[u8]>) -> Result<Tokens, OAuthError> {
    let late = || OAuthError::Unreachable("no answer in time".to_owned());
    let (status, body) = timeout(EXCHANGE_MAX, post(grant, extra_ca)).await.map_err(|_| late())??;
    judge(status, &body)
}

fn judge(status: u16, body: &[u8]) -> Result<Tokens, OAuthError> {
    let answer: Option<Answer> = serde_json::from_slice(body).ok();
    match answer {
        Some(Answer { access_token: Some(access), refresh_token, .. }) if status == 200 => {
            Ok(Tokens { access: access.into(), refresh: refresh_token.map(SecretString::from) })
        }
        // What only a person can mend; everything else passes.
        Some(Answer { error: Some(error), .. })
            if matches!(
                error.as_str(),
                "invalid_grant"
                    | "invalid_client"
                    | "unauthorized_client"
                    | "interaction_required"
                    | "invalid_scope"
            ) =>
        {
            Err(OAuthError::Reauthorise(error))
        }
        _ => Err(OAuthError::Unreachable(format!("it answered {status}"))),
    }
}

async fn post(grant: &Grant, extra_ca: Option<&[u8]>) -> Result<(u16, Vec<u8>), OAuthError> {
    let uri: Uri = grant.token_url.parse().map_err(|_| unusable("it is no address"))?;
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let is_loopback = host.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback());
    let port = |default| uri.port_u16().unwrap_or(default);
    match uri.scheme_str() {
        Some("https") => {
            let tcp = TcpStream::connect((host.as_str(), port(443))).await.map_err(unusable)?;
            let name = ServerName::try_from(host).map_err(unusable)?;
            let connector = imap::connector(extra_ca).map_err(unusable)?;
            ask(connector.connect(name, tcp).await.map_err(unusable)?, &uri, grant).await
        }
        Some("http") if is_loopback => {
            let tcp = TcpStream::connect((host.as_str(), port(80))).await.map_err(unusable)?;
            ask(tcp, &uri, grant).await
        }
        _ => Err(unusable("it is not encrypted")),
    }
}

async fn ask(
    wire: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    uri: &Uri,
    grant: &Grant,
) -> Result<(u16, Vec<u8>), OAuthError> {
    let (mut sender, conversation) = http1::handshake(TokioIo::new(wire)).await.map_err(unusable)?;
    let request = Request::post(uri.path_and_query().map_or("/", |path| path.as_str()))
        .header(header::HOST, uri.authority().map_or("", |authority| authority.as_str()))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ACCEPT, "application/json")
        .body(Full::new(Bytes::from(form(grant))))
        .map_err(unusable)?;
    let answering = async {
        let answer = sender.send_request(request).await.map_err(unusable)?;
        let status = answer.status().as_u16();
        let body = Limited::new(answer.into_body(), ANSWER_BYTES_MAX).collect().await;
        let body = body.map_err(|_| unusable("its answer is too long or breaks off"))?;
        Ok((status, body.to_bytes().to_vec()))
    };
    tokio::pin!(answering);
    tokio::select! {
        biased;
        answer = &mut answering => answer,
        ended = conversation => match ended {
            // The server may close behind its answer.
            Ok(()) => answering.await,
            Err(error) => Err(unusable(error)),
        },
    }
}

fn form(grant: &Grant) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("grant_type", "refresh_token")
        .append_pair("client_id", &grant.client_id)
        .append_pair("refresh_token", grant.refresh_token.expose_secret());
    if let Some(secret) = &grant.client_secret {
        form.append_pair("client_secret", secret.expose_secret());
    }
    form.finish()
}

fn unusable(why: impl ToString) -> OAuthError {
    OAuthError::Unreachable(why.to_string())
}

#[cfg(test)]
#[path = "oauth_tests.rs"]
mod tests;
