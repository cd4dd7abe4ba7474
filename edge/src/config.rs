//! The edge's configuration: flags, environment and `--help` from one struct.

use crate::guard;
use crate::guard::address::Network;
use anyhow::ensure;
use clap::Parser;
use schema::config::{Common, Environment};
use secrecy::{ExposeSecret, SecretString};
use std::net::SocketAddr;
use std::time::Duration;

/// Takes requests and commits what they cause.
#[derive(Clone, Debug, Parser)]
#[command(name = "edge", version)]
pub struct Config {
    #[command(flatten)]
    pub common: Common,

    /// Address and port to listen on
    #[arg(long, env = "LISTEN", default_value = "127.0.0.1:4000")]
    pub listen: SocketAddr,

    /// Support-form requests per hour and client address; 0 for no limit
    #[arg(long, env = "SUPPORT_FORM_RATE", default_value_t = 10)]
    pub support_form_rate: u32,

    /// Other requests under /api/ per window and client address; 0 for no limit
    #[arg(long, env = "RATE_LIMIT_MAX", default_value_t = 500)]
    pub rate_limit_max: u32,

    /// The window of RATE_LIMIT_MAX, in minutes
    #[arg(long, env = "RATE_LIMIT_WINDOW", default_value_t = 15, value_parser = clap::value_parser!(u32).range(1..))]
    pub rate_limit_window: u32,

    /// Proxies whose X-Forwarded-For is believed, as addresses or networks: 10.0.0.0/8,::1
    #[arg(long, env = "TRUSTED_PROXIES", value_delimiter = ',')]
    pub trusted_proxies: Vec<Network>,

    #[command(flatten)]
    pub guard: guard::Settings,

    /// Requests worked on at once; more hear 503
    #[arg(long, env = "MAX_IN_FLIGHT", default_value_t = 2048)]
    pub max_in_flight: usize,

    /// Open connections; more wait in the backlog
    #[arg(long, env = "MAX_CONNECTIONS", default_value_t = 10_000)]
    pub max_connections: usize,

    /// Seconds one request may take, its body included
    #[arg(long, env = "REQUEST_TIMEOUT", default_value_t = 120)]
    pub request_timeout: u64,

    /// Seconds that running requests get to finish when the program is told to stop
    #[arg(long, env = "DRAIN_SECONDS", default_value_t = 8)]
    pub drain_seconds: u64,

    /// Signs log-ins; at least 64 characters, the same in every edge (try: openssl rand -hex 32)
    #[arg(long, env = "JWT_SECRET", hide_env_values = true, default_value = SAMPLE_JWT_SECRET)]
    pub jwt_secret: SecretString,

    /// How long a log-in's token is good for: 7d, 12h, 30m, or seconds
    #[arg(long, env = "JWT_EXPIRATION", default_value = "7d", value_parser = span)]
    pub jwt_expiration: Duration,

    /// Whoever presents it as a bearer token may read /metrics; without it only this machine may
    #[arg(long, env = "METRICS_TOKEN", hide_env_values = true)]
    pub metrics_token: Option<SecretString>,
}

/// For trying things out; production refuses it.
pub const SAMPLE_JWT_SECRET: &str = "change-me-change-me-change-me-change-me-change-me-change-me-change-me";
const JWT_SECRET_CHARS_MIN: usize = 64;

/// A number with `s`, `m`, `h` or `d` behind it; seconds without.
fn span(text: &str) -> Result<Duration, String> {
    let (number, unit) = match text.char_indices().last() {
        Some((at, unit)) if unit.is_ascii_alphabetic() => (&text[..at], unit),
        _ => (text, 's'),
    };
    let seconds = match unit.to_ascii_lowercase() {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return Err(format!("{text}: the unit is one of s, m, h, d")),
    };
    let number: u64 = number.parse().map_err(|_| format!("{text}: not a number with a unit such as 7d"))?;
    let span = number.checked_mul(seconds).filter(|seconds| (1..=366 * 86_400).contains(seconds));
    span.map(Duration::from_secs).ok_or_else(|| format!("{text}: between 1 second and 366 days"))
}

impl Config {
    /// # Errors
    /// One sentence: which secret is too weak, and what to do.
    pub fn check(&self) -> anyhow::Result<()> {
        self.common.check()?;
        let secret = self.jwt_secret.expose_secret();
        if self.common.asisttr_env == Environment::Production {
            ensure!(
                secret.len() >= JWT_SECRET_CHARS_MIN && secret != SAMPLE_JWT_SECRET,
                "JWT_SECRET must be a value of your own with at least {JWT_SECRET_CHARS_MIN} characters \
                 (try: openssl rand -hex 32)"
            );
        }
        Ok(())
    }

    pub(crate) fn request_timeout(&self) -> Duration {
        Duration::from_secs(self.request_timeout.max(1))
    }

    pub(crate) fn drain(&self) -> Duration {
        Duration::from_secs(self.drain_seconds)
    }

    pub(crate) fn rate_limit_window(&self) -> Duration {
        Duration::from_secs(u64::from(self.rate_limit_window) * 60)
    }
}
