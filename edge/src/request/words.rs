//! Kinds of texts, for the API's description only: what a list's entries look like, and which words there are.

use schema::people::rules::languages;
use schema::sites::rules::zones;
use std::borrow::Cow;
use utoipa::openapi::{ArrayBuilder, ObjectBuilder, RefOr, Schema, Type};
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

/// A time of day; a day ends at 24:00.
#[derive(ToSchema)]
#[schema(value_type = String, min_length = 5, max_length = 5, pattern = r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]
#[expect(dead_code, reason = "only described")]
pub struct ClockTime(String);

/// Start and end.
pub enum ClockSpan {}

impl PartialSchema for ClockSpan {
    fn schema() -> RefOr<Schema> {
        ArrayBuilder::new().items(ClockTime::schema()).min_items(Some(2)).max_items(Some(2)).into()
    }
}

impl ToSchema for ClockSpan {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("ClockSpan")
    }
}

/// A status's key.
#[derive(ToSchema)]
#[schema(value_type = String, min_length = 1, max_length = 50, pattern = "^[a-z_]+$")]
#[expect(dead_code, reason = "only described")]
pub struct StatusKeyText(String);

/// A tag on a ticket.
#[derive(ToSchema)]
#[schema(value_type = String, min_length = 1, max_length = 50, pattern = r"\S")]
#[expect(dead_code, reason = "only described")]
pub struct TagText(String);

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
