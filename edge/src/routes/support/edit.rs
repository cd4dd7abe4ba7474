//! What staff may write into a ticket, judged by the form's own rules (B12-56, B12-57).

use super::view::{FormStatusWord, SubjectWord, word};
use crate::error::ApiError;
use crate::intake::{Intake, support_input};
use crate::state::State;
use crate::text::Language;
use jobs::{SiteId, TicketId};
use schema::pool::{Db, Scope};
use schema::tickets::rules::FormStatus;
use schema::tickets::staff::{self, Edit, StaffTicket, find_assignee, walk};
use schema::tickets::support_form::{Attachment, FieldErrors, Message, Raw, fields};
use schema::tickets::{Hand, Refused};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

/// As for tickets elsewhere.
const NOTES_CHARS_MAX: usize = 10_000;

/// The fields that can be written; `ticket_number`, `created_at` and what is reckoned cannot.
#[derive(Deserialize, ToSchema)]
#[schema(as = SupportTicketFields)]
#[expect(dead_code, reason = "only its description is used: each field is judged as it came")]
pub struct Described {
    /// Turkish or English letters and blanks.
    #[schema(min_length = 2, max_length = 100, pattern = "^[A-Za-zçğıöşüÇĞİÖŞÜ]+( [A-Za-zçğıöşüÇĞİÖŞÜ]+)*$")]
    name: Option<String>,
    #[schema(format = Email, max_length = 254)]
    email: Option<String>,
    /// At least ten digits, with white space, `+` and `-` between.
    #[schema(max_length = 20)]
    phone: Option<String>,
    #[schema(value_type = Option<SubjectWord>)]
    subject: Option<String>,
    #[schema(min_length = 10, max_length = 2000)]
    message: Option<String>,
    /// Of the desk, for the desk.
    #[schema(max_length = 10_000)]
    notes: Option<String>,
    user: Option<Uuid>,
    assigned_to: Option<Uuid>,
    #[schema(value_type = Option<FormStatusWord>)]
    status: Option<String>,
}

/// Fields that passed every rule.
#[derive(Default)]
pub struct Fields {
    pub edit: Edit,
    status: Option<FormStatus>,
}

impl Fields {
    /// # Errors
    /// All failing fields.
    pub async fn judge(
        state: &State,
        site: SiteId,
        intake: &Intake,
        partial: bool,
        language: Language,
    ) -> Result<Self, ApiError> {
        let (input, mut errors, mut read) = (support_input(intake), FieldErrors::default(), Self::default());
        let wanted = |raw: &Raw<'_>| !partial || *raw != Raw::Missing;
        if wanted(&input.name) {
            read.edit.name = errors.note("name", fields::name(&input.name), language);
        }
        if wanted(&input.email) {
            read.edit.email = errors.note("email", fields::email(&input.email), language);
        }
        if input.phone != Raw::Missing {
            read.edit.phone = errors.note("phone", fields::phone(&input.phone), language);
        }
        if wanted(&input.subject) {
            let subject = errors.note("subject", fields::subject(&input.subject), language);
            read.edit.subject = subject.map(str::to_owned);
        }
        if wanted(&input.message) {
            read.edit.message = errors.note("message", fields::message(&input.message), language);
        }
        if let Attachment::File(_) = input.attachment {
            errors.note("attachment", input.attachment.check(), language);
        }
        read.status(intake, &mut errors, language);
        read.notes(intake, &mut errors, language);
        read.edit.user = person(state, site, intake, "user", (&mut errors, language)).await?;
        read.edit.agent = person(state, site, intake, "assigned_to", (&mut errors, language)).await?;
        if errors.is_empty() { Ok(read) } else { Err(ApiError::Fields(errors)) }
    }

    fn status(&mut self, intake: &Intake, errors: &mut FieldErrors, language: Language) {
        let Some(sent) = intake.get("status") else { return };
        let text = sent.as_str().map_or_else(|| sent.to_string(), str::to_owned);
        match FormStatus::parse(&text) {
            Some(word) => self.status = Some(word),
            None => errors.push("status", vec![Message::NotAChoice(text).text(language)]),
        }
    }

    fn notes(&mut self, intake: &Intake, errors: &mut FieldErrors, language: Language) {
        match intake.get("notes") {
            None => {}
            Some(Value::Null) => self.edit.notes = Some(None),
            Some(Value::String(text)) if text.contains('\0') => {
                errors.push("notes", vec![Message::Nul.text(language)]);
            }
            Some(Value::String(text)) if text.chars().count() > NOTES_CHARS_MAX => {
                errors.push("notes", vec![Message::TooLong(NOTES_CHARS_MAX).text(language)]);
            }
            Some(Value::String(text)) => self.edit.notes = Some(Some(text.clone())),
            Some(_) => errors.push("notes", vec![Message::NotAString.text(language)]),
        }
    }
}

/// A person of the site; empty and null for nobody.
async fn person(
    state: &State,
    site: SiteId,
    intake: &Intake,
    field: &'static str,
    (errors, language): (&mut FieldErrors, Language),
) -> Result<Option<Option<Uuid>>, ApiError> {
    let Some(sent) = intake.get(field) else { return Ok(None) };
    let text = match sent {
        Value::Null => return Ok(Some(None)),
        Value::String(text) if text.is_empty() => return Ok(Some(None)),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let known = match text.parse() {
        Ok(id) => find_assignee(&state.db, site, id, field == "user").await?,
        Err(_) => None,
    };
    if known.is_none() {
        errors.push(field, vec![unknown(&text, language)]);
    }
    Ok(Some(known))
}

fn unknown(id: &str, language: Language) -> String {
    match language {
        Language::Tr => format!("Geçersiz pk \"{id}\" - obje bulunamadı."),
        Language::En => format!("Invalid pk \"{id}\" - object does not exist."),
    }
}

impl Fields {
    /// Writes judged fields and walks to the wanted status, all in one transaction.
    ///
    /// # Errors
    /// See [`Refused`].
    pub async fn write(&self, db: &Db, hand: &Hand<'_>, ticket: &StaffTicket) -> Result<(), Refused> {
        let mut tx = db.begin(Scope::Site(hand.site.id)).await?;
        staff::edit(&mut tx, hand, ticket, self.edit.clone()).await?;
        if let Some(wanted) = self.status.filter(|wanted| *wanted != word(&ticket.status)) {
            walk(&mut tx, hand, TicketId(ticket.id), wanted).await?;
        }
        Ok(tx.commit().await?)
    }
}
