//! Which server a site's mail goes over: its own, where it has one, else the installation's.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jobs::SiteId;
use schema::mail::delivery::OwnServer;
use schema::net::Reach;
use schema::seal::Seal;
use secrecy::SecretString;

use super::{Credentials, MailSender, Mailer, SmtpConfig, SmtpTimeouts, SmtpTls};

/// Sites whose connections are kept open.
const KEPT_MAX: usize = 200;

/// All servers that mail goes over.
pub struct Servers {
    installation: Arc<dyn MailSender>,
    reach: Reach,
    extra_ca: Option<Vec<u8>>,
    timeouts: SmtpTimeouts,
    /// By site, each with the version of the settings it was made from.
    kept: Mutex<HashMap<SiteId, (i64, Mailer)>>,
}

impl Servers {
    pub fn new(
        installation: Arc<dyn MailSender>,
        reach: Reach,
        extra_ca: Option<Vec<u8>>,
        timeouts: SmtpTimeouts,
    ) -> Servers {
        Servers { installation, reach, extra_ca, timeouts, kept: Mutex::default() }
    }

    /// The server for a site's mail.
    ///
    /// # Errors
    /// The password was sealed with another key, or TLS cannot be set up.
    pub fn of(
        &self,
        site: SiteId,
        own: Option<OwnServer<'_>>,
        seal: &Seal,
    ) -> anyhow::Result<Arc<dyn MailSender>> {
        let Some(own) = own else { return Ok(self.installation.clone()) };
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((version, mailer)) = kept.get(&site)
            && *version == own.version
        {
            return Ok(Arc::new(mailer.clone()));
        }
        let mailer = Mailer::new(self.config(own, seal)?)?;
        if kept.len() >= KEPT_MAX {
            kept.clear();
        }
        kept.insert(site, (own.version, mailer.clone()));
        Ok(Arc::new(mailer))
    }

    fn config(&self, own: OwnServer<'_>, seal: &Seal) -> anyhow::Result<SmtpConfig> {
        let password = own.password_sealed.map(|sealed| seal.open(sealed)).transpose()?;
        let credentials = own.username.map(|user| Credentials {
            user: user.to_owned(),
            password: password.unwrap_or_else(|| SecretString::from("")),
        });
        Ok(SmtpConfig {
            host: own.host.to_owned(),
            port: own.port,
            tls: SmtpTls::parse(own.tls),
            credentials,
            extra_ca: self.extra_ca.clone(),
            hello: None,
            timeouts: self.timeouts,
            reach: self.reach.clone(),
        })
    }
}
