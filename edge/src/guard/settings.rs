//! The guard's part of the configuration.

use super::cors::Origin;
use clap::Args;
use std::time::Duration;

/// What the guard lets through.
#[derive(Clone, Debug, Args)]
pub struct Settings {
    /// Origins whose pages may call the API with credentials; a site's own origins are registered with the site
    #[arg(long, env = "CORS_ORIGINS", value_delimiter = ',', default_values = OWN_ORIGINS)]
    pub cors_origins: Vec<Origin>,

    /// Host that pages of ours may load scripts from besides the edge's own
    #[arg(long, env = "CDN_HOST", default_value = "cdn.asisttr.com")]
    pub cdn_host: String,

    /// Failed requests under /api/auth/ per window and client address; 0 for no limit
    #[arg(long, env = "AUTH_RATE_LIMIT_MAX", default_value_t = 5)]
    pub auth_rate_limit_max: u32,

    /// Failed log-ins per window and account, wherever they come from; 0 for no limit
    #[arg(long, env = "ACCOUNT_RATE_LIMIT_MAX", default_value_t = 5)]
    pub account_rate_limit_max: u32,

    /// The window of both, in minutes
    #[arg(long, env = "AUTH_RATE_LIMIT_WINDOW", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..))]
    pub auth_rate_limit_window: u32,

    /// A visitor's requests to tracking and chat per minute; ten times as many per client address; 0 for no limit
    #[arg(long, env = "WIDGET_RATE_LIMIT_MAX", default_value_t = 300)]
    pub widget_rate_limit_max: u32,
}

const OWN_ORIGINS: [&str; 4] = [
    "http://localhost:3000",
    "http://localhost:5173",
    "https://dashboard.asisttr.com",
    "https://cdn.asisttr.com",
];

impl Settings {
    pub(super) fn auth_rate_limit_window(&self) -> Duration {
        Duration::from_secs(u64::from(self.auth_rate_limit_window) * 60)
    }
}
