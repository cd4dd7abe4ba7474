//! `PUT /api/tickets/:id`: what a ticket says of itself (A8-E04).

use super::act::{Act, settled};
use super::view::{RecordView, tagged};
use super::words::PriorityWord;
use crate::auth::Agent;
use crate::error::{ApiError, language};
use crate::request::words::TagText;
use crate::request::{Body, Id, IfMatch, changed, not_blank};
use crate::state::State;
use crate::text::{Text, Words};
use axum::extract::State as Extract;
use axum::http::HeaderMap;
use axum::response::Response;
use garde::Validate;
use schema::tickets::rules::Priority;
use schema::tickets::support_form::{Language, Raw, fields};
use schema::tickets::tags::{TAG_CHARS_MAX, TAGS_MAX};
use schema::tickets::{self, Changes};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

const CUSTOM_FIELDS_BYTES_MAX: usize = 64 << 10;
const TOO_LONG: Text = Text::new("Çok uzun.", "Too long.");

/// Absent fields stay, `null` clears. The status has a route of its own.
#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = TicketEdit)]
pub struct Edit {
    #[garde(inner(length(chars, min = 1, max = 200), custom(not_blank)))]
    #[schema(min_length = 1, max_length = 200)]
    subject: Option<String>,
    #[garde(skip)]
    priority: Option<PriorityWord>,
    #[garde(skip)]
    #[serde(default, deserialize_with = "changed")]
    #[schema(value_type = Option<Uuid>)]
    department_id: Option<Option<Uuid>>,
    #[garde(skip)]
    #[serde(default, deserialize_with = "changed")]
    #[schema(value_type = Option<Uuid>)]
    category_id: Option<Option<Uuid>>,
    /// All of them: what is not named is gone.
    #[garde(custom(small))]
    #[schema(value_type = Option<Object>)]
    custom_fields: Option<Map<String, Value>>,
    #[garde(inner(length(chars, min = 1, max = 100), custom(not_blank)))]
    #[schema(min_length = 1, max_length = 100)]
    visitor_name: Option<String>,
    #[garde(skip)]
    #[serde(default, deserialize_with = "changed")]
    #[schema(value_type = Option<String>, format = "email", max_length = 254)]
    visitor_email: Option<Option<String>>,
    #[garde(skip)]
    #[serde(default, deserialize_with = "changed")]
    #[schema(value_type = Option<String>, max_length = 20)]
    visitor_phone: Option<Option<String>>,
    #[garde(length(max = TAGS_MAX), inner(inner(length(chars, min = 1, max = TAG_CHARS_MAX), custom(not_blank))))]
    #[schema(value_type = Option<Vec<TagText>>, max_items = 20)]
    tags: Option<Vec<String>>,
    /// Of the desk, for the desk.
    #[garde(length(chars, max = 10_000))]
    #[serde(default, deserialize_with = "changed")]
    #[schema(value_type = Option<String>, max_length = 10_000)]
    notes: Option<Option<String>>,
}

/// Changes the given fields. Another priority is another due date, reckoned from the ticket's creation.
#[utoipa::path(put, path = "/api/tickets/{id}", tag = "tickets", request_body = Edit,
    params(("id" = Uuid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = RecordView, headers(("ETag" = String))), (status = 400), (status = 404),
        (status = 412), (status = 423)))]
pub async fn edit(
    Extract(state): Extract<State>,
    caller: Agent,
    Id(id): Id,
    seen: IfMatch,
    headers: HeaderMap,
    Body(edit): Body<Edit>,
) -> Result<Response, ApiError> {
    let changes = edit.changes(language(&headers))?;
    let (mut act, ticket) = Act::on(&state, &caller.0, id, seen.seen()).await?;
    let record = settled!(&state, act, hand => tickets::edit(&state.db, hand, ticket, changes.clone()));
    Ok(tagged(record.card.version, &RecordView::of(record)))
}

impl Edit {
    fn changes(self, language: Language) -> Result<Changes, ApiError> {
        Ok(Changes {
            subject: self.subject.map(line),
            priority: self.priority.map(Priority::from),
            department_id: self.department_id,
            category_id: self.category_id,
            custom_fields: self.custom_fields.map(Value::Object),
            visitor_name: self.visitor_name.map(line),
            visitor_email: match self.visitor_email {
                Some(Some(text)) if !text.trim().is_empty() => Some(Some(email(&text, language)?)),
                Some(_) => Some(None),
                None => None,
            },
            visitor_phone: match self.visitor_phone {
                Some(Some(text)) => Some(phone(&text, language)?),
                Some(None) => Some(None),
                None => None,
            },
            tags: self.tags,
            notes: self.notes.map(|notes| notes.filter(|text| !text.trim().is_empty())),
        })
    }
}

fn email(text: &str, language: Language) -> Result<String, ApiError> {
    let wrong = |_| ApiError::field("visitor_email", Words::EMAIL.of(language));
    fields::email(&Raw::Text(text)).map_err(wrong)
}

fn phone(text: &str, language: Language) -> Result<Option<String>, ApiError> {
    let checked = fields::phone(&Raw::Text(text)).map(|phone| phone.filter(|text| !text.is_empty()));
    checked.map_err(|messages| {
        let sentences =
            messages.into_iter().map(|message| ("visitor_phone".to_owned(), message.translated(language)));
        ApiError::Rejected(sentences.collect())
    })
}

/// One line, without the space around it.
fn line(text: String) -> String {
    text.trim().chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "garde hands the context over by reference")]
fn small(fields: &Option<Map<String, Value>>, _: &()) -> garde::Result {
    let written = fields.as_ref().map_or(0, |fields| Value::Object(fields.clone()).to_string().len());
    if written > CUSTOM_FIELDS_BYTES_MAX { Err(TOO_LONG.rule()) } else { Ok(()) }
}
