//! How a site's mails leave: over its own server and under its own signature, where it has them.

use diesel::prelude::QueryableByName;
use diesel::sql_types::{BigInt, Binary, Integer, Nullable, Text};

/// A row of `email_settings`, or nothing of it. Secrets are sealed.
#[derive(Clone, Default, QueryableByName)]
pub struct Delivery {
    #[diesel(sql_type = Nullable<BigInt>)]
    version: Option<i64>,
    #[diesel(sql_type = Nullable<Text>)]
    smtp_host: Option<String>,
    #[diesel(sql_type = Nullable<Integer>)]
    smtp_port: Option<i32>,
    #[diesel(sql_type = Nullable<Text>)]
    smtp_tls: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    smtp_username: Option<String>,
    #[diesel(sql_type = Nullable<Binary>)]
    smtp_password_sealed: Option<Vec<u8>>,
    #[diesel(sql_type = Nullable<Text>)]
    dkim_domain: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    dkim_selector: Option<String>,
    #[diesel(sql_type = Nullable<Binary>)]
    dkim_key_sealed: Option<Vec<u8>>,
}

/// The columns of a [`Delivery`], of the row that a statement calls `d`.
macro_rules! columns {
    () => {
        "d.version, d.smtp_host, d.smtp_port, d.smtp_tls::text, d.smtp_username, d.smtp_password_sealed, \
         d.dkim_domain, d.dkim_selector, d.dkim_key_sealed"
    };
}
pub(super) use columns;

/// A site's own server.
#[derive(Clone, Copy, Debug)]
pub struct OwnServer<'a> {
    /// Rises with every change.
    pub version: i64,
    pub host: &'a str,
    pub port: u16,
    /// `none`, `starttls` or `tls`.
    pub tls: &'a str,
    pub username: Option<&'a str>,
    pub password_sealed: Option<&'a [u8]>,
}

/// A site's own signature.
#[derive(Clone, Copy, Debug)]
pub struct OwnSignature<'a> {
    pub domain: &'a str,
    pub selector: &'a str,
    pub key_sealed: &'a [u8],
}

impl Delivery {
    #[must_use]
    pub fn server(&self) -> Option<OwnServer<'_>> {
        Some(OwnServer {
            version: self.version?,
            host: self.smtp_host.as_deref()?,
            port: u16::try_from(self.smtp_port?).ok()?,
            tls: self.smtp_tls.as_deref()?,
            username: self.smtp_username.as_deref(),
            password_sealed: self.smtp_password_sealed.as_deref(),
        })
    }

    #[must_use]
    pub fn signature(&self) -> Option<OwnSignature<'_>> {
        Some(OwnSignature {
            domain: self.dkim_domain.as_deref()?,
            selector: self.dkim_selector.as_deref()?,
            key_sealed: self.dkim_key_sealed.as_deref()?,
        })
    }
}
