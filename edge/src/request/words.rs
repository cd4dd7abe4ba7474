//! Kinds of texts, for the API's description only: what a list's entries look like, and which words there are.

use schema::people::rules::languages;
use schema::sites::rules::zones;
use std::borrow::Cow;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

/// An agent's skill.
#[derive(ToSchema)]
#[schema(value_type = String, min_length = 1, max_length = 50, pattern = r"\S")]
#[expect(dead_code, reason = "only described")]
pub struct SkillName(String);

/// An address at which a site receives mail.
#[derive(ToSchema)]
#[schema(value_type = String, format = Email, max_length = 254)]
#[expect(dead_code, reason = "only described")]
pub struct Address(String);

/// Where a page is loaded from, as browsers spell it.
#[derive(ToSchema)]
#[schema(value_type = String, max_length = 300, pattern = r"^https?://[a-z0-9-]+(\.[a-z0-9-]+)*(:[0-9]{1,4})?$")]
#[expect(dead_code, reason = "only described")]
pub struct OriginUrl(String);

/// ISO 639-1.
pub enum LanguageCode {}

/// A zone of the IANA database.
pub enum TimeZone {}

fn one_of(words: impl Iterator<Item = &'static str>) -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).into()
}

impl PartialSchema for LanguageCode {
    fn schema() -> RefOr<Schema> {
        one_of(languages())
    }
}

impl ToSchema for LanguageCode {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("LanguageCode")
    }
}

impl PartialSchema for TimeZone {
    fn schema() -> RefOr<Schema> {
        one_of(zones())
    }
}

impl ToSchema for TimeZone {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("TimeZone")
    }
}
