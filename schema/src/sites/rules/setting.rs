//! The settings an admin finds under their keys (B25-31): which there are, and what each takes.

use super::{ADDRESSES_MAX, TEAM_NAME_CHARS_MAX, address, sender, zone};
use crate::sites::tenants::Changes;
use serde_json::Value;

/// Where nobody chose one.
pub const DEFAULT_LANGUAGE: &str = "tr";

/// A setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// The name mails are signed with.
    SupportTeamName,
    /// In whose name mails are sent; null for the deployment's own.
    MailFrom,
    /// Where the site receives mail; answers go to the first.
    SupportAddresses,
    /// The language of what nobody asked for in a language of his own.
    DefaultLanguage,
    /// By its IANA name.
    Timezone,
}

/// What is wrong with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    Kind,
    Blank,
    /// More letters, or more entries, than these.
    Long(usize),
    Address,
    Sender,
    Language,
    Zone,
}

impl Setting {
    pub const ALL: [Setting; 5] = [
        Setting::SupportTeamName,
        Setting::MailFrom,
        Setting::SupportAddresses,
        Setting::DefaultLanguage,
        Setting::Timezone,
    ];

    /// The key on the wire and in the database.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Setting::SupportTeamName => "support_team_name",
            Setting::MailFrom => "mail_from",
            Setting::SupportAddresses => "support_addresses",
            Setting::DefaultLanguage => "default_language",
            Setting::Timezone => "timezone",
        }
    }

    #[must_use]
    pub fn parse(key: &str) -> Option<Setting> {
        Setting::ALL.into_iter().find(|setting| setting.key() == key)
    }

    /// The change of a site that the value stands for.
    ///
    /// # Errors
    /// The setting does not take such a value.
    pub fn change(self, value: &Value) -> Result<Changes, Wrong> {
        let none = Changes::default();
        Ok(match self {
            Setting::SupportTeamName => Changes { support_team_name: Some(team_name(value)?), ..none },
            Setting::MailFrom => Changes { mail_from: Some(mail_from(value)?), ..none },
            Setting::SupportAddresses => Changes { support_addresses: Some(addresses(value)?), ..none },
            Setting::DefaultLanguage => Changes { default_language: Some(language(value)?), ..none },
            Setting::Timezone => {
                let zone = zone(text(value)?).ok_or(Wrong::Zone)?;
                Changes { timezone: Some(zone.to_owned()), ..none }
            }
        })
    }
}

fn text(value: &Value) -> Result<&str, Wrong> {
    value.as_str().ok_or(Wrong::Kind)
}

fn team_name(value: &Value) -> Result<String, Wrong> {
    match text(value)?.trim() {
        "" => Err(Wrong::Blank),
        name if name.chars().count() > TEAM_NAME_CHARS_MAX => Err(Wrong::Long(TEAM_NAME_CHARS_MAX)),
        name => Ok(name.to_owned()),
    }
}

fn mail_from(value: &Value) -> Result<Option<String>, Wrong> {
    if value.is_null() {
        return Ok(None);
    }
    sender(text(value)?).map(Some).ok_or(Wrong::Sender)
}

fn addresses(value: &Value) -> Result<Vec<String>, Wrong> {
    let given = value.as_array().ok_or(Wrong::Kind)?;
    if given.len() > ADDRESSES_MAX {
        return Err(Wrong::Long(ADDRESSES_MAX));
    }
    given.iter().map(|one| address(text(one)?).ok_or(Wrong::Address)).collect()
}

fn language(value: &Value) -> Result<String, Wrong> {
    match text(value)? {
        word @ ("tr" | "en") => Ok(word.to_owned()),
        _ => Err(Wrong::Language),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_setting_is_found_by_its_key() {
        for setting in Setting::ALL {
            assert_eq!(Setting::parse(setting.key()), Some(setting));
        }
        assert_eq!(Setting::parse("password"), None);
    }

    #[test]
    fn each_setting_takes_its_own_values_and_no_others() {
        let wrong = |key: &str, value: Value| Setting::parse(key).unwrap().change(&value).unwrap_err();
        assert_eq!(wrong("support_team_name", json!(" ")), Wrong::Blank);
        assert_eq!(wrong("support_team_name", json!("a".repeat(101))), Wrong::Long(100));
        assert_eq!(wrong("support_team_name", json!(5)), Wrong::Kind);
        assert_eq!(wrong("mail_from", json!("kim")), Wrong::Sender);
        assert_eq!(wrong("support_addresses", json!("a@b.test")), Wrong::Kind);
        assert_eq!(wrong("support_addresses", json!(["a@b.test", "b"])), Wrong::Address);
        assert_eq!(wrong("support_addresses", json!(vec!["a@b.test"; 21])), Wrong::Long(20));
        assert_eq!(wrong("default_language", json!("de")), Wrong::Language);
        assert_eq!(wrong("timezone", json!("Ankara")), Wrong::Zone);
        assert_eq!(wrong("timezone", Value::Null), Wrong::Kind);
    }

    #[test]
    fn a_value_is_kept_in_its_one_spelling() {
        let change = |key: &str, value: Value| Setting::parse(key).unwrap().change(&value).unwrap();
        assert_eq!(
            change("support_team_name", json!(" Destek ")).support_team_name.as_deref(),
            Some("Destek")
        );
        assert_eq!(change("mail_from", Value::Null).mail_from, Some(None));
        let kept = change("support_addresses", json!(["Destek@Ornek.test"])).support_addresses;
        assert_eq!(kept, Some(vec!["destek@ornek.test".to_owned()]));
        assert_eq!(change("default_language", json!("en")).default_language.as_deref(), Some("en"));
        assert_eq!(change("timezone", json!("Asia/Tokyo")).timezone.as_deref(), Some("Asia/Tokyo"));
    }
}
