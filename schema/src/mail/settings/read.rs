//! The settings as they stand.

use crate::pool::{DbResult, Tx};
use crate::sql::sql;
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Array, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::SiteId;
use serde::Serialize;
use serde_json::{Value, json};

/// A site's mail settings without their secrets.
#[derive(Clone, Debug)]
pub struct EmailSettings {
    pub imap: Option<Imap>,
    /// None: the installation's.
    pub smtp: Option<Smtp>,
    pub dkim: Option<Signature>,
    /// None: the installation's.
    pub from: Option<String>,
    pub support_addresses: Vec<String>,
}

/// The mailbox that is read, and how the last look at it went.
#[derive(Clone, Debug, QueryableByName)]
pub struct Imap {
    #[diesel(sql_type = Text)]
    pub host: String,
    #[diesel(sql_type = Integer)]
    pub port: i32,
    #[diesel(sql_type = Text)]
    pub security: String,
    #[diesel(sql_type = Text)]
    pub username: String,
    /// `password` or `xoauth2`.
    #[diesel(sql_type = Text)]
    pub auth: String,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub checked_at: Option<DateTime<Utc>>,
    /// Why nothing comes in; none if all is well.
    #[diesel(sql_type = Nullable<Text>)]
    pub trouble: Option<String>,
}

/// The site's own server.
#[derive(Clone, Debug, Serialize)]
pub struct Smtp {
    pub host: String,
    pub port: i32,
    pub security: String,
    pub user: Option<String>,
    #[serde(skip)]
    pub has_password: bool,
}

/// The site's own signature.
#[derive(Clone, Debug, Serialize)]
pub struct Signature {
    pub domain: String,
    pub selector: String,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Nullable<Text>)]
    mail_from: Option<String>,
    #[diesel(sql_type = Array<Text>)]
    support_addresses: Vec<String>,
    #[diesel(sql_type = Nullable<Text>)]
    smtp_host: Option<String>,
    #[diesel(sql_type = Nullable<Integer>)]
    smtp_port: Option<i32>,
    #[diesel(sql_type = Nullable<Text>)]
    smtp_tls: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    smtp_username: Option<String>,
    #[diesel(sql_type = Bool)]
    has_password: bool,
    #[diesel(sql_type = Nullable<Text>)]
    dkim_domain: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    dkim_selector: Option<String>,
}

/// The site's mailbox: of several the oldest that is read.
pub(super) const MAILBOX_ID: &str =
    "select id from mailboxes where site_id = ? and is_active order by created_at, id limit 1";

pub(super) async fn read(tx: &mut Tx, site: SiteId) -> DbResult<Option<EmailSettings>> {
    let rows: Vec<Row> = sql("select s.mail_from,
            array(select a.address from site_addresses a where a.site_id = s.id order by a.created_at, a.address)
                as support_addresses,
            d.smtp_host, d.smtp_port, d.smtp_tls::text, d.smtp_username,
            d.smtp_password_sealed is not null as has_password, d.dkim_domain, d.dkim_selector
        from sites s left join email_settings d on d.site_id = s.id where s.id = ?")
    .bind::<SqlUuid, _>(site.0)
    .get_results(tx.conn())
    .await?;
    let Some(row) = rows.into_iter().next() else { return Ok(None) };
    let imap: Vec<Imap> =
        sql("select host, port, tls::text as security, username, auth::text as auth, checked_at, trouble
        from mailboxes where site_id = ? and is_active order by created_at, id limit 1")
        .bind::<SqlUuid, _>(site.0)
        .get_results(tx.conn())
        .await?;
    Ok(Some(row.with(imap.into_iter().next())))
}

impl Row {
    fn with(self, imap: Option<Imap>) -> EmailSettings {
        let smtp = self.smtp_host.zip(self.smtp_port).zip(self.smtp_tls);
        EmailSettings {
            imap,
            smtp: smtp.map(|((host, port), security)| Smtp {
                host,
                port,
                security,
                user: self.smtp_username,
                has_password: self.has_password,
            }),
            dkim: self
                .dkim_domain
                .zip(self.dkim_selector)
                .map(|(domain, selector)| Signature { domain, selector }),
            from: self.mail_from,
            support_addresses: self.support_addresses,
        }
    }
}

impl EmailSettings {
    /// What the audit log tells; the addresses stand in the site's own entry.
    pub(super) fn told(&self) -> Value {
        let imap = self.imap.as_ref().map(|one| {
            json!({ "host": one.host, "port": one.port, "security": one.security, "user": one.username,
                "auth": one.auth })
        });
        json!({ "imap": imap, "smtp": self.smtp, "dkim": self.dkim })
    }
}
