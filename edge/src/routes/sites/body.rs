//! What a site is made and changed with.

use crate::guard::cors::Origin;
use crate::request::words::{Address, OriginUrl, TimeZone};
use crate::request::{changed, fields, not_blank};
use garde::Validate;
use schema::sites::rules;
use schema::sites::tenants::Changes;
use serde::Deserialize;
use utoipa::ToSchema;

/// A site's fields, all optional in a change.
#[derive(Default, Deserialize, Validate, ToSchema)]
#[schema(as = SiteEdit)]
pub struct Edit {
    #[garde(inner(length(chars, min = 1, max = rules::NAME_CHARS_MAX), custom(not_blank)))]
    #[schema(min_length = 1, max_length = 255, pattern = r"\S")]
    name: Option<String>,
    #[garde(inner(custom(fields::domain)))]
    #[schema(min_length = 1, max_length = 253, pattern = r"^[A-Za-z0-9]{1,63}([.-][A-Za-z0-9]{1,30})*$")]
    domain: Option<String>,
    /// IANA.
    #[garde(inner(custom(fields::zone)))]
    #[schema(value_type = Option<TimeZone>)]
    timezone: Option<String>,
    /// Becomes the first of the addresses; the others stay.
    #[garde(inner(custom(fields::address)))]
    #[schema(format = Email, max_length = 254)]
    support_email: Option<String>,
    /// Where the site receives mail: all of them.
    #[garde(inner(length(max = rules::ADDRESSES_MAX), inner(custom(fields::address))))]
    #[schema(value_type = Option<Vec<Address>>, max_items = 20)]
    support_addresses: Option<Vec<String>>,
    #[garde(inner(length(chars, min = 1, max = rules::TEAM_NAME_CHARS_MAX), custom(not_blank)))]
    #[schema(min_length = 1, max_length = 100, pattern = r"\S")]
    support_team_name: Option<String>,
    /// In whose name mails are sent; null for the deployment's own.
    #[garde(inner(inner(custom(fields::sender))))]
    #[schema(value_type = Option<String>, max_length = 400)]
    #[serde(default, deserialize_with = "changed")]
    mail_from: Option<Option<String>>,
    /// The browser origins that are the site's own: all of them.
    #[garde(inner(length(max = rules::ORIGINS_MAX), inner(custom(fields::origin))))]
    #[schema(value_type = Option<Vec<OriginUrl>>, max_items = 50)]
    origins: Option<Vec<String>>,
    #[garde(skip)]
    #[schema(inline)]
    default_language: Option<LanguageWord>,
    /// A super admin's to say.
    #[garde(skip)]
    is_active: Option<bool>,
    /// A super admin's to say: true makes it the site of callers who name none.
    #[garde(skip)]
    is_default: Option<bool>,
}

#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = SiteDraft)]
pub struct Draft {
    #[garde(length(chars, min = 1, max = rules::NAME_CHARS_MAX), custom(not_blank))]
    #[schema(min_length = 1, max_length = 255, pattern = r"\S")]
    name: String,
    #[garde(inner(custom(fields::domain)))]
    #[schema(min_length = 1, max_length = 253, pattern = r"^[A-Za-z0-9]{1,63}([.-][A-Za-z0-9]{1,30})*$")]
    domain: Option<String>,
    /// IANA.
    #[garde(inner(custom(fields::zone)))]
    #[schema(value_type = Option<TimeZone>, default = "Europe/Istanbul")]
    timezone: Option<String>,
    #[garde(inner(custom(fields::address)))]
    #[schema(format = Email, max_length = 254)]
    support_email: Option<String>,
    #[garde(inner(length(max = rules::ADDRESSES_MAX), inner(custom(fields::address))))]
    #[schema(value_type = Option<Vec<Address>>, max_items = 20)]
    support_addresses: Option<Vec<String>>,
    #[garde(inner(length(chars, min = 1, max = rules::TEAM_NAME_CHARS_MAX), custom(not_blank)))]
    #[schema(min_length = 1, max_length = 100, pattern = r"\S")]
    support_team_name: Option<String>,
    #[garde(inner(custom(fields::sender)))]
    #[schema(max_length = 400)]
    mail_from: Option<String>,
    #[garde(inner(length(max = rules::ORIGINS_MAX), inner(custom(fields::origin))))]
    #[schema(value_type = Option<Vec<OriginUrl>>, max_items = 50)]
    origins: Option<Vec<String>>,
    #[garde(skip)]
    #[schema(inline)]
    default_language: Option<LanguageWord>,
    #[garde(skip)]
    is_active: Option<bool>,
    #[garde(skip)]
    is_default: Option<bool>,
}

#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum LanguageWord {
    Tr,
    En,
}

impl Draft {
    /// The name, and what else was said.
    pub fn split(self) -> (String, Changes) {
        let edit = Edit {
            name: None,
            domain: self.domain,
            timezone: self.timezone,
            support_email: self.support_email,
            support_addresses: self.support_addresses,
            support_team_name: self.support_team_name,
            mail_from: self.mail_from.map(Some),
            origins: self.origins,
            default_language: self.default_language,
            is_active: self.is_active,
            is_default: self.is_default,
        };
        (self.name.trim().to_owned(), edit.changes(true))
    }
}

impl Edit {
    /// In the spelling that is stored. What only a super admin decides is passed over for others.
    pub fn changes(self, by_super_admin: bool) -> Changes {
        let trimmed = |text: Option<String>| text.map(|text| text.trim().to_owned());
        let address = |text: &String| rules::address(text).unwrap_or_default();
        let origin = |text: &String| text.parse::<Origin>().map(|origin| origin.as_str().to_owned()).ok();
        Changes {
            name: trimmed(self.name),
            domain: self.domain.and_then(|text| rules::domain(&text)),
            timezone: self.timezone.and_then(|text| rules::zone(&text)).map(str::to_owned),
            support_team_name: trimmed(self.support_team_name),
            mail_from: self.mail_from.map(|sender| sender.and_then(|text| rules::sender(&text))),
            support_addresses: self.support_addresses.map(|all| all.iter().map(address).collect()),
            support_email: self.support_email.as_ref().map(address),
            origins: self.origins.map(|all| distinct(all.iter().filter_map(origin))),
            default_language: self.default_language.map(|word| word.as_str().to_owned()),
            is_active: self.is_active.filter(|_| by_super_admin),
            becomes_default: by_super_admin && self.is_default == Some(true),
        }
    }
}

impl LanguageWord {
    const fn as_str(self) -> &'static str {
        match self {
            LanguageWord::Tr => "tr",
            LanguageWord::En => "en",
        }
    }
}

fn distinct(all: impl Iterator<Item = String>) -> Vec<String> {
    let mut kept = Vec::new();
    for one in all {
        if !kept.contains(&one) {
            kept.push(one);
        }
    }
    kept
}
