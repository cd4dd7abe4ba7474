//! Mail settings as clients read them: no secret among them.

use crate::time::instant;
use schema::mail::settings::{EmailSettings, Imap, MASK, Signature, Smtp};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
#[schema(as = EmailSettings)]
pub struct View {
    /// The mailbox that is read.
    imap: Option<ImapView>,
    /// The site's own server; null for the installation's.
    smtp: Option<SmtpView>,
    dkim: Option<DkimView>,
    from: Option<String>,
    support_addresses: Vec<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ImapSettings)]
struct ImapView {
    host: String,
    port: i32,
    tls: bool,
    /// `none`, `starttls` or `tls`.
    security: String,
    user: String,
    #[schema(example = "********")]
    password: &'static str,
    /// When it was looked at last.
    #[schema(format = DateTime)]
    checked_at: Option<String>,
    /// Why nothing comes in; null if all is well.
    trouble: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = SmtpSettings)]
struct SmtpView {
    host: String,
    port: i32,
    tls: bool,
    /// `none`, `starttls` or `tls`.
    security: String,
    user: Option<String>,
    /// Null where no log-in is needed.
    #[schema(example = "********")]
    password: Option<&'static str>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = DkimSettings)]
struct DkimView {
    domain: String,
    selector: String,
    #[schema(example = "********")]
    private_key: &'static str,
}

impl From<EmailSettings> for View {
    fn from(settings: EmailSettings) -> Self {
        let EmailSettings { imap, smtp, dkim, from, support_addresses } = settings;
        Self {
            imap: imap.map(ImapView::from),
            smtp: smtp.map(SmtpView::from),
            dkim: dkim.map(|Signature { domain, selector }| DkimView { domain, selector, private_key: MASK }),
            from,
            support_addresses,
        }
    }
}

impl From<Imap> for ImapView {
    fn from(imap: Imap) -> Self {
        Self {
            tls: imap.security != "none",
            host: imap.host,
            port: imap.port,
            security: imap.security,
            user: imap.username,
            password: MASK,
            checked_at: imap.checked_at.map(instant),
            trouble: imap.trouble,
        }
    }
}

impl From<Smtp> for SmtpView {
    fn from(smtp: Smtp) -> Self {
        let password = smtp.has_password.then_some(MASK);
        let tls = smtp.security != "none";
        Self { host: smtp.host, port: smtp.port, tls, security: smtp.security, user: smtp.user, password }
    }
}
