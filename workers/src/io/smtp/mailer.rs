//! The conversation with an SMTP server, step by step.
//!
//! The library writes and reads the commands; the steps stand here, because only who knows the step at which
//! a connection broke can say whether the mail may have arrived, and because the library has no time-out but
//! the one for connecting.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use futures::future::BoxFuture;
use lettre::address::Envelope;
use lettre::transport::smtp::authentication::{Credentials as Login, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use lettre::transport::smtp::{Error as Smtp, response::Response};
use schema::net::Reach;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::timeout;

use super::MailSender;
use super::error::{SendError, Stage};
use super::message::OutgoingMail;
use super::pool::{Line, Pool};

/// Where mail is handed over.
#[derive(Clone, Debug)]
pub struct SmtpConfig {
    pub host: String,
    pub port: u16,
    pub tls: SmtpTls,
    pub credentials: Option<Credentials>,
    /// PEM certificates that are trusted beside the system's.
    pub extra_ca: Option<Vec<u8>>,
    /// The name we greet with; the host's name when `None`.
    pub hello: Option<String>,
    pub timeouts: SmtpTimeouts,
    /// Where the server may stand.
    pub reach: Reach,
}

/// How the connection is secured. There is no "if the server can": that is no security.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmtpTls {
    None,
    /// Begins in the open and must be upgraded (port 587).
    StartTls,
    /// From the first byte (port 465).
    Tls,
}

impl SmtpTls {
    /// The word of a setting.
    pub fn parse(word: &str) -> SmtpTls {
        match word {
            "none" => SmtpTls::None,
            "tls" => SmtpTls::Tls,
            _ => SmtpTls::StartTls,
        }
    }
}

#[derive(Clone, Debug)]
pub struct Credentials {
    pub user: String,
    pub password: SecretString,
}

/// How long each step may take.
#[derive(Clone, Copy, Debug)]
pub struct SmtpTimeouts {
    /// Connection, TLS, greeting and log-in, each.
    pub connect: Duration,
    /// One command and its answer.
    pub command: Duration,
    /// The content and the server's word that it has it: ten minutes by RFC 5321, because giving up
    /// earlier makes mail arrive twice.
    pub content: Duration,
}

impl Default for SmtpTimeouts {
    fn default() -> SmtpTimeouts {
        let seconds = Duration::from_secs;
        SmtpTimeouts { connect: seconds(15), command: seconds(60), content: seconds(600) }
    }
}

/// A setting that can never work.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("the extra CA is not a PEM certificate: {0}")]
    Certificate(Smtp),
    #[error("TLS cannot be set up: {0}")]
    Tls(Smtp),
}

/// Talks to one server. Cloning is cheap and shares the connections.
#[derive(Clone)]
pub struct Mailer(Arc<Inner>);

struct Inner {
    config: SmtpConfig,
    tls: Option<TlsParameters>,
    hello: ClientId,
    pool: Pool,
}

impl Mailer {
    /// # Errors
    /// [`ConfigError`]; the server is not contacted yet.
    pub fn new(config: SmtpConfig) -> Result<Mailer, ConfigError> {
        let tls = match config.tls {
            SmtpTls::None => None,
            SmtpTls::StartTls | SmtpTls::Tls => Some(tls_parameters(&config)?),
        };
        let hello = config.hello.clone().map_or_else(ClientId::default, ClientId::Domain);
        Ok(Mailer(Arc::new(Inner { config, tls, hello, pool: Pool::default() })))
    }

    /// Connects and logs in, for the settings page's «test» button.
    ///
    /// # Errors
    /// As for sending.
    pub async fn check(&self) -> Result<(), SendError> {
        let line = self.0.open().await?;
        self.0.pool.give_back(line);
        Ok(())
    }
}

impl MailSender for Mailer {
    fn send<'a>(&'a self, mail: &'a OutgoingMail) -> BoxFuture<'a, Result<(), SendError>> {
        Box::pin(self.0.send(mail))
    }
}

impl Inner {
    async fn send(&self, mail: &OutgoingMail) -> Result<(), SendError> {
        let now = SystemTime::now();
        let message = mail.compose(now)?;
        let content = match &mail.signer {
            Some(signer) => signer.sign(message.formatted(), now),
            None => message.formatted(),
        };
        let mut line = self.line(message.envelope()).await?;
        self.hand_over(&mut line.connection, message.envelope(), &content).await?;
        line.mails += 1;
        self.pool.give_back(line);
        Ok(())
    }

    /// A connection on which the server has taken the sender. One that waited may have been closed by the
    /// server meanwhile: then the mail goes over a fresh one.
    async fn line(&self, envelope: &Envelope) -> Result<Line, SendError> {
        if let Some(mut line) = self.pool.take()
            && self.introduce(&mut line.connection, envelope).await.is_ok()
        {
            return Ok(line);
        }
        let mut line = self.open().await?;
        self.introduce(&mut line.connection, envelope).await?;
        Ok(line)
    }

    async fn open(&self) -> Result<Line, SendError> {
        let mut connection = self.connect().await?;
        if let Some(Credentials { user, password }) = &self.config.credentials {
            let login = Login::new(user.clone(), password.expose_secret().to_owned());
            let steps = connection.auth(&[Mechanism::Plain, Mechanism::Login], &login);
            step(Stage::LogIn, self.config.timeouts.connect, steps).await?;
        }
        Ok(Line { connection, mails: 0 })
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, SendError> {
        let SmtpConfig { host, port, tls, timeouts, reach, .. } = &self.config;
        let first = self.tls.clone().filter(|_| *tls == SmtpTls::Tls);
        let found = reach.resolve(host, *port).await;
        let found = found.map_err(|cause| SendError::unreachable(cause.to_string()))?;
        // Only what was resolved and allowed is connected to; the certificate must still be the name's.
        let opening = AsyncSmtpConnection::connect_tokio1(found.as_slice(), None, &self.hello, first, None);
        let mut connection = step(Stage::Connect, timeouts.connect, opening).await?;
        if let (SmtpTls::StartTls, Some(parameters)) = (tls, self.tls.clone()) {
            step(Stage::Connect, timeouts.connect, connection.starttls(parameters, &self.hello)).await?;
        }
        Ok(connection)
    }

    /// MAIL FROM.
    async fn introduce(&self, line: &mut AsyncSmtpConnection, envelope: &Envelope) -> Result<(), SendError> {
        let mut parameters = Vec::new();
        if !is_ascii(envelope) {
            if !line.server_info().supports_feature(Extension::SmtpUtfEight) {
                return Err(SendError::unwritable("the server does not take addresses beyond ASCII"));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        self.command(line, Stage::Sender, Mail::new(envelope.from().cloned(), parameters)).await
    }

    /// RCPT TO, DATA, content. A connection that is not given back to the pool is closed by being dropped.
    async fn hand_over(
        &self,
        line: &mut AsyncSmtpConnection,
        envelope: &Envelope,
        content: &[u8],
    ) -> Result<(), SendError> {
        for recipient in envelope.to() {
            self.command(line, Stage::Recipient, Rcpt::new(recipient.clone(), Vec::new())).await?;
        }
        self.command(line, Stage::Data, Data).await?;
        step(Stage::Content, self.config.timeouts.content, line.message(content)).await.map(|_| ())
    }

    async fn command(
        &self,
        line: &mut AsyncSmtpConnection,
        stage: Stage,
        command: impl std::fmt::Display,
    ) -> Result<(), SendError> {
        step(stage, self.config.timeouts.command, line.command(command)).await.map(|_: Response| ())
    }
}

/// One bounded step, its failure sorted.
async fn step<T>(
    stage: Stage,
    max: Duration,
    work: impl Future<Output = Result<T, Smtp>>,
) -> Result<T, SendError> {
    match timeout(max, work).await {
        Ok(done) => done.map_err(|error| SendError::of(stage, &error)),
        Err(_) => Err(SendError::timed_out(stage)),
    }
}

fn is_ascii(envelope: &Envelope) -> bool {
    envelope.from().into_iter().chain(envelope.to()).all(|address| AsRef::<str>::as_ref(address).is_ascii())
}

fn tls_parameters(config: &SmtpConfig) -> Result<TlsParameters, ConfigError> {
    let mut builder = TlsParameters::builder(config.host.clone());
    if let Some(pem) = &config.extra_ca {
        builder = builder.add_root_certificate(Certificate::from_pem(pem).map_err(ConfigError::Certificate)?);
    }
    builder.build_rustls().map_err(ConfigError::Tls)
}

#[cfg(test)]
#[path = "mailer_tests.rs"]
mod tests;
