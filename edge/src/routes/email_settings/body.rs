//! Mail settings as an admin sends them.

use crate::error::ApiError;
use crate::request::words::Address;
use crate::request::{changed, fields, not_blank};
use crate::text::{Language, Text};
use garde::Validate;
use schema::mail::dkim::{BadKey, Key};
use schema::mail::settings::{Changes, EmailSettings, MASK, NewSignature, Secret, Security, Server};
use schema::net::{Reach, Unreachable};
use schema::sites::rules;
use serde::Deserialize;
use utoipa::ToSchema;

const HOST: Text = Text::new("Bir sunucu adı ya da IP adresi girin.", "Enter a host name or an IP address.");
const UNKNOWN: Text = Text::new("Bu adda bir sunucu bulunamadı.", "No server of this name was found.");
const PRIVATE: Text =
    Text::new("Özel ağlardaki sunuculara izin verilmiyor.", "Servers in private networks are not allowed.");
const KEY: Text = Text::new(
    "PEM biçiminde, parolasız bir RSA ya da Ed25519 özel anahtarı girin.",
    "Enter an RSA or Ed25519 private key in PEM, without a passphrase.",
);
const KEY_LENGTH: Text =
    Text::new("RSA anahtarı 1024 ile 4096 bit arasında olmalı.", "An RSA key has 1024 to 4096 bits.");
const SMTPS: u16 = 465;

/// What is to be otherwise; what is absent stays.
#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = EmailSettingsEdit)]
pub struct Edit {
    /// The mailbox that is read; null for none.
    #[garde(dive)]
    #[schema(value_type = Option<ImapEdit>)]
    #[serde(default, deserialize_with = "changed")]
    imap: Option<Option<ServerEdit<993>>>,
    /// The server that takes the site's mail; null for the installation's.
    #[garde(dive)]
    #[schema(value_type = Option<SmtpEdit>)]
    #[serde(default, deserialize_with = "changed")]
    smtp: Option<Option<ServerEdit<587>>>,
    /// The site's signature; null for none.
    #[garde(dive)]
    #[schema(value_type = Option<DkimEdit>)]
    #[serde(default, deserialize_with = "changed")]
    dkim: Option<Option<DkimEdit>>,
    /// In whose name mails are sent; null for the installation's.
    #[garde(inner(inner(custom(fields::sender))))]
    #[schema(value_type = Option<String>, max_length = 400)]
    #[serde(default, deserialize_with = "changed")]
    from: Option<Option<String>>,
    /// Where the site receives mail: all of them.
    #[garde(inner(length(max = rules::ADDRESSES_MAX), inner(custom(fields::address))))]
    #[schema(value_type = Option<Vec<Address>>, max_items = 20)]
    support_addresses: Option<Vec<String>>,
}

/// A server and who logs in to it.
#[derive(Deserialize, Validate)]
struct ServerEdit<const PORT: u16> {
    #[garde(custom(sound_host))]
    host: String,
    #[garde(inner(range(min = 1)))]
    port: Option<u16>,
    #[garde(skip)]
    tls: Option<bool>,
    #[garde(skip)]
    security: Option<SecurityWord>,
    #[garde(inner(length(chars, max = 254)))]
    user: Option<String>,
    #[garde(inner(length(chars, max = 500)))]
    password: Option<String>,
}

/// As it is described; [`ServerEdit`] is what is read.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only described")]
pub struct ImapEdit {
    #[schema(min_length = 1, max_length = 253, example = "imap.example.com")]
    host: String,
    #[schema(minimum = 1, maximum = 65535, default = 993)]
    port: Option<u16>,
    /// Whether the connection is secured; `security` says more exactly how.
    #[schema(default = true)]
    tls: Option<bool>,
    #[schema(inline)]
    security: Option<SecurityWord>,
    #[schema(min_length = 1, max_length = 254)]
    user: String,
    /// `********` keeps the one that is stored.
    #[schema(max_length = 500)]
    password: Option<String>,
}

/// As it is described; [`ServerEdit`] is what is read.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only described")]
pub struct SmtpEdit {
    #[schema(min_length = 1, max_length = 253, example = "smtp.example.com")]
    host: String,
    #[schema(minimum = 1, maximum = 65535, default = 587)]
    port: Option<u16>,
    /// Whether the connection is secured: from the first byte on port 465, else by STARTTLS.
    #[schema(default = true)]
    tls: Option<bool>,
    #[schema(inline)]
    security: Option<SecurityWord>,
    /// Empty for a server that asks for none.
    #[schema(max_length = 254)]
    user: Option<String>,
    /// `********` keeps the one that is stored.
    #[schema(max_length = 500)]
    password: Option<String>,
}

#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum SecurityWord {
    None,
    StartTls,
    Tls,
}

/// A signature (RFC 6376).
#[derive(Deserialize, Validate, ToSchema)]
pub struct DkimEdit {
    #[garde(custom(fields::domain))]
    #[schema(min_length = 1, max_length = 253, pattern = r"^[A-Za-z0-9]{1,63}([.-][A-Za-z0-9]{1,30})*$")]
    domain: String,
    /// What stands before `._domainkey` in DNS.
    #[garde(length(max = 63), custom(fields::domain))]
    #[schema(min_length = 1, max_length = 63, pattern = r"^[A-Za-z0-9]{1,30}$")]
    selector: String,
    /// PEM; `********` keeps the one that is stored.
    #[garde(inner(length(chars, max = 10_000), custom(not_blank)))]
    #[schema(max_length = 10_000)]
    private_key: Option<String>,
}

fn sound_host(text: &str, _: &()) -> garde::Result {
    let text = text.trim();
    let is_host =
        text.parse::<std::net::IpAddr>().is_ok() || rules::domain(text).is_some() || text == "localhost";
    if is_host { Ok(()) } else { Err(HOST.rule()) }
}

fn secret(given: Option<&str>) -> Secret {
    match given {
        None | Some(MASK) => Secret::Kept,
        Some(secret) => Secret::New(secret.into()),
    }
}

impl Edit {
    /// Whether new servers may be spoken to. Where one stands is asked again at every connection.
    ///
    /// # Errors
    /// Nobody knows the name, or it leads into a private network.
    pub async fn check_servers(
        &self,
        old: &EmailSettings,
        reach: &Reach,
        language: Language,
    ) -> Result<(), ApiError> {
        let imap = self.imap.as_ref().and_then(Option::as_ref).map(ServerEdit::place);
        let smtp = self.smtp.as_ref().and_then(Option::as_ref).map(ServerEdit::place);
        let old_imap = old.imap.as_ref().map(|one| (one.host.clone(), one.port));
        let old_smtp = old.smtp.as_ref().map(|one| (one.host.clone(), one.port));
        for (field, new, old) in [("imap.host", imap, old_imap), ("smtp.host", smtp, old_smtp)] {
            let Some((host, port)) = new.filter(|(host, port)| old != Some((host.clone(), i32::from(*port))))
            else {
                continue;
            };
            reach.resolve(&host, port).await.map_err(|cause| {
                let text = match cause {
                    Unreachable::Unknown => UNKNOWN,
                    Unreachable::Private => PRIVATE,
                };
                ApiError::field(field, text.of(language))
            })?;
        }
        Ok(())
    }

    /// As the act takes it.
    ///
    /// # Errors
    /// A field is missing, or the key is none.
    pub fn changes(self, language: Language) -> Result<Changes, ApiError> {
        if let Some(Some(imap)) = &self.imap
            && imap.user.as_deref().unwrap_or_default().trim().is_empty()
        {
            return Err(ApiError::field("imap.user", crate::text::Words::REQUIRED.of(language)));
        }
        let address = |text: &String| rules::address(text).unwrap_or_default();
        let dkim = self.dkim.map(|dkim| dkim.map(|dkim| dkim.signature(language)).transpose()).transpose()?;
        Ok(Changes {
            imap: self.imap.map(|server| server.map(|server| server.server(Security::Tls))),
            smtp: self.smtp.map(|server| {
                server.map(|server| {
                    let first = server.port == Some(SMTPS);
                    server.server(if first { Security::Tls } else { Security::StartTls })
                })
            }),
            dkim,
            from: self.from.map(|sender| sender.and_then(|text| rules::sender(&text))),
            support_addresses: self.support_addresses.map(|all| all.iter().map(address).collect()),
        })
    }
}

impl<const PORT: u16> ServerEdit<PORT> {
    fn place(&self) -> (String, u16) {
        (self.host.trim().to_ascii_lowercase(), self.port.unwrap_or(PORT))
    }

    fn server(self, secured: Security) -> Server {
        let (host, port) = self.place();
        let security = match (self.security, self.tls) {
            (Some(SecurityWord::None), _) | (None, Some(false)) => Security::None,
            (Some(SecurityWord::StartTls), _) => Security::StartTls,
            (Some(SecurityWord::Tls), _) => Security::Tls,
            (None, _) => secured,
        };
        let password = secret(self.password.as_deref());
        Server { host, port, security, user: self.user.unwrap_or_default().trim().to_owned(), password }
    }
}

impl DkimEdit {
    fn signature(self, language: Language) -> Result<NewSignature, ApiError> {
        let key = secret(self.private_key.as_deref());
        if let (Secret::New(_), Some(pem)) = (&key, &self.private_key)
            && let Err(bad) = Key::parse(pem)
        {
            let text = if bad == BadKey::Length { KEY_LENGTH } else { KEY };
            return Err(ApiError::field("dkim.private_key", text.of(language)));
        }
        Ok(NewSignature { domain: self.domain.to_ascii_lowercase(), selector: self.selector, key })
    }
}
