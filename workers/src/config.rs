//! The workers' configuration: flags, environment and `--help` from one struct.

use crate::io::smtp::{Credentials, SmtpConfig, SmtpTimeouts, SmtpTls};
use anyhow::Context;
use clap::Args;
use schema::config::Common;
use schema::net::Reach;
use secrecy::{ExposeSecret, SecretString};
use std::path::PathBuf;
use std::time::Duration;

/// Everything a worker process can be told.
#[derive(Clone, Debug, Args)]
pub struct Config {
    #[command(flatten)]
    pub common: Common,

    #[command(flatten)]
    pub smtp: Smtp,

    #[command(flatten)]
    pub imap: Imap,

    #[command(flatten)]
    pub admin: Admin,

    /// Where people see their tickets; links in mails begin with it
    #[arg(long, env = "FRONTEND_URL", default_value = "http://localhost:3000")]
    pub frontend_url: String,

    /// Jobs of one queue that run at the same time in one process; the queue's own number if unset
    #[arg(long, env = "CONCURRENCY")]
    pub concurrency: Option<usize>,
}

/// The first super admin, whom `workers migrate` makes in production and `workers seed admin` anywhere.
#[derive(Clone, Debug, Args)]
pub struct Admin {
    /// Address under which the first super admin signs in
    #[arg(long, env = "ADMIN_EMAIL", default_value = "admin@asisttr.com")]
    pub admin_email: String,

    /// First password of the first super admin, to be changed at the first log-in; a random one is printed if unset
    #[arg(long, env = "ADMIN_PASSWORD", hide_env_values = true)]
    pub admin_password: Option<SecretString>,
}

/// The server that takes outgoing mail.
#[derive(Clone, Debug, Args)]
pub struct Smtp {
    /// SMTP server
    #[arg(long, env = "SMTP_HOST", default_value = "localhost")]
    pub smtp_host: String,

    /// SMTP port
    #[arg(long, env = "SMTP_PORT", default_value_t = 587)]
    pub smtp_port: u16,

    /// How the SMTP connection is secured
    #[arg(long, env = "SMTP_TLS", value_parser = ["none", "starttls", "tls"], default_value = "starttls")]
    pub smtp_tls: String,

    /// SMTP user; empty for none
    #[arg(long, env = "SMTP_USER", default_value = "")]
    pub smtp_user: String,

    /// SMTP password
    #[arg(long, env = "SMTP_PASS", hide_env_values = true, default_value = "")]
    pub smtp_pass: SecretString,

    /// Sender of mails of sites that name none of their own
    #[arg(long, env = "SMTP_FROM", default_value = "noreply@asisttr.com")]
    pub smtp_from: String,

    /// Seconds that an SMTP server may take over one command; ten times that over a mail's content
    #[arg(long, env = "SMTP_TIMEOUT", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub smtp_timeout: u64,

    /// PEM file with certificates to trust beside the system's
    #[arg(long, env = "SMTP_CA")]
    pub smtp_ca: Option<PathBuf>,
}

/// What all mailboxes share; their hosts and passwords stand in the database.
#[derive(Clone, Debug, Args)]
pub struct Imap {
    /// PEM file with certificates to trust beside the system's
    #[arg(long, env = "IMAP_CA")]
    pub imap_ca: Option<PathBuf>,

    /// Seconds after which a mailbox is looked at even if its server announces nothing
    #[arg(long, env = "IMAP_POLL_SECONDS", default_value_t = 60)]
    pub imap_poll_seconds: u64,
}

impl Smtp {
    /// # Errors
    /// The certificates cannot be read.
    pub fn settings(&self) -> anyhow::Result<SmtpConfig> {
        let user = self.smtp_user.clone();
        let credentials =
            (!user.is_empty()).then(|| Credentials { user, password: self.smtp_pass.expose_secret().into() });
        Ok(SmtpConfig {
            host: self.smtp_host.clone(),
            port: self.smtp_port,
            tls: SmtpTls::parse(&self.smtp_tls),
            credentials,
            extra_ca: self.certificates()?,
            hello: None,
            timeouts: self.timeouts(),
            reach: Reach::Anywhere,
        })
    }
}

impl Smtp {
    /// How long each step may take.
    pub fn timeouts(&self) -> SmtpTimeouts {
        let command = Duration::from_secs(self.smtp_timeout);
        SmtpTimeouts { command, content: command * 10, ..SmtpTimeouts::default() }
    }

    /// # Errors
    /// The certificates cannot be read.
    pub fn certificates(&self) -> anyhow::Result<Option<Vec<u8>>> {
        certificates(self.smtp_ca.as_ref())
    }
}

impl Imap {
    /// # Errors
    /// The certificates cannot be read.
    pub fn certificates(&self) -> anyhow::Result<Option<Vec<u8>>> {
        certificates(self.imap_ca.as_ref())
    }
}

fn certificates(path: Option<&PathBuf>) -> anyhow::Result<Option<Vec<u8>>> {
    let path = path.filter(|path| !path.as_os_str().is_empty());
    path.map(|path| std::fs::read(path).with_context(|| format!("{} cannot be read", path.display())))
        .transpose()
}
