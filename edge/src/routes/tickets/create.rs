//! `POST /api/tickets`: a ticket is asked for (A8-E03) by a site's widget, by an agent for somebody else, or by a
//! customer for himself.

use super::draft::{Draft, draft};
use super::{answer_created, user_agent};
use crate::auth::{Caller, Credentials, Door, Maybe};
use crate::error::{ApiError, Missing};
use crate::filing::shelf::Directory;
use crate::filing::{self, Filed, Filing, key};
use crate::guard::Visit;
use crate::intake::{Intake, Options, decode};
use crate::state::State;
use crate::text::{Text, both};
use crate::time::{instant, now};
use axum::extract::{Extension, Request, State as Extract};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use chrono::{DateTime, Utc};
use jobs::TicketId;
use schema::files::rules::Policy;
use schema::hours::rules::words::tr;
use schema::mail::Template;
use schema::people::rules::{Permission, Role};
use schema::sites::Settings;
use schema::sla::rules::due;
use schema::tickets::reads::check_draft;
use schema::tickets::rules::{Priority, Source};
use schema::tickets::{Confirmation, NewKey, NewTicket, Origin};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use utoipa::ToSchema;
use uuid::Uuid;

use super::words::PriorityWord;

const ROUTE: &str = "tickets";
const PATH: &str = "/api/tickets";
const FILES: &str = "attachments";
const NAME_CHARS_MAX: usize = 100;
const BANNED: Text = Text::new("Erişiminiz engellendi", "Your access has been blocked");

/// What is asked for; a customer's own name and address are known.
#[derive(ToSchema)]
#[schema(as = TicketDraft)]
#[expect(dead_code, reason = "it is only described; `draft` reads it")]
pub struct Described {
    #[schema(min_length = 1, max_length = 200)]
    subject: String,
    #[schema(min_length = 1, max_length = 10_000)]
    message: String,
    #[schema(min_length = 1, max_length = 100)]
    visitor_name: Option<String>,
    #[schema(format = "email", max_length = 254)]
    visitor_email: Option<String>,
    #[schema(max_length = 20)]
    visitor_phone: Option<String>,
    department_id: Option<Uuid>,
    category_id: Option<Uuid>,
    priority: Option<PriorityWord>,
    #[schema(value_type = Option<Object>)]
    custom_fields: Option<Value>,
}

/// A new ticket.
#[utoipa::path(post, path = "/api/tickets", tag = "tickets",
    request_body(content((Described = "application/json"), (Described = "multipart/form-data"),
        (Described = "application/x-www-form-urlencoded")),
        description = "With multipart, files under `attachments`"),
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = Answer), (status = 400), (status = 404), (status = 413), (status = 415),
        (status = 422, description = "The Idempotency-Key belongs to another request")))]
pub async fn create(
    Extract(state): Extract<State>,
    Extension(visit): Extension<Visit>,
    Maybe(caller): Maybe,
    request: Request,
) -> Result<Response, ApiError> {
    let headers = request.headers();
    let asker = Asker::of(caller, headers)?;
    let credentials = asker.credentials(headers)?;
    let key = key::given(headers)?;
    let origin = visit.origin(user_agent(headers));
    let site = credentials.site(&state).await?;
    let options = Options { lists: &[FILES], ..Options::native(Policy::upload(false)) };
    let mut intake = decode(request, &options, Some(&state.inbox)).await?;
    let draft = match judge(&state, &site, &asker, &intake, &options.policy).await {
        Ok(draft) => draft,
        Err(error) => {
            intake.discard().await;
            return Err(error);
        }
    };
    let key = key::remembered(key, ROUTE, PATH, &intake).await?;
    let priority = draft.priority;
    let filing = Filing {
        ticket: asker.ticket(site, draft, origin, key),
        uploads: intake.take_files(),
        directory: Directory::Tickets,
        reword: |ticket| ticket.confirmation = Some(confirmation(&ticket.site, ticket.created_at)),
    };
    let filed = filing::file(&state, &credentials, filing).await?;
    Ok(answer_created(&Answer::of(&filed, priority), filed.earlier.is_some()))
}

/// Who asks.
enum Asker {
    Widget,
    /// For somebody else.
    Staff(Arc<Caller>),
    /// For himself.
    Customer(Arc<Caller>),
}

impl Asker {
    fn of(caller: Option<Arc<Caller>>, headers: &HeaderMap) -> Result<Self, ApiError> {
        match caller {
            None => Credentials::of(headers, Door::Widget).map(|_| Self::Widget),
            Some(caller) if caller.role() == Role::Customer => Ok(Self::Customer(caller)),
            Some(caller) if caller.may(Permission::Tickets) => Ok(Self::Staff(caller)),
            Some(_) => Err(ApiError::Forbidden),
        }
    }

    /// What opens the site: the widget's key, or the caller's own standing.
    fn credentials(&self, headers: &HeaderMap) -> Result<Credentials, ApiError> {
        match self {
            Self::Widget => Credentials::of(headers, Door::Widget),
            Self::Staff(caller) | Self::Customer(caller) => Ok(Credentials::of_site(caller.site()?)),
        }
    }

    /// A customer speaks in his own name; only staff say which ticket another one goes on from.
    fn settle(&self, values: &mut Map<String, Value>) {
        if let Self::Customer(caller) = self {
            let name: String = caller.user.name.chars().take(NAME_CHARS_MAX).collect();
            values.insert("visitor_name".to_owned(), Value::String(name));
            values.insert("visitor_email".to_owned(), Value::String(caller.user.email.clone()));
        }
    }

    fn ticket(
        &self,
        site: Arc<Settings>,
        mut draft: Draft,
        origin: Origin,
        idempotency: Option<NewKey>,
    ) -> NewTicket {
        let created_at = now();
        let (source, user_id, actor_id) = match self {
            Self::Widget => (Source::Widget, None, None),
            Self::Staff(caller) => (Source::Agent, None, Some(caller.id())),
            Self::Customer(caller) => (Source::Api, Some(caller.id()), None),
        };
        if source != Source::Agent {
            draft.custom_fields.remove("previous_ticket_number");
        }
        NewTicket {
            id: TicketId::fresh(),
            confirmation: Some(confirmation(&site, created_at)),
            site,
            subject: draft.subject,
            message: draft.message,
            visitor_name: draft.visitor_name,
            visitor_email: draft.visitor_email,
            visitor_phone: draft.visitor_phone,
            user_id,
            actor_id,
            priority: draft.priority,
            department_id: draft.department_id,
            category_id: draft.category_id,
            source,
            custom_fields: Value::Object(draft.custom_fields),
            form_submission_id: None,
            attachments: Vec::new(),
            created_at,
            origin,
            idempotency,
            ends: None,
        }
    }
}

async fn judge(
    state: &State,
    site: &Settings,
    asker: &Asker,
    intake: &Intake,
    policy: &Policy,
) -> Result<Draft, ApiError> {
    let mut values = intake.values();
    asker.settle(&mut values);
    let draft = draft(&values).map_err(ApiError::Invalid)?;
    for upload in intake.files() {
        policy
            .check(&upload.facts())
            .map_err(|refusal| ApiError::Invalid(both(refusal, refusal.english())))?;
    }
    let named = (draft.department_id, draft.category_id);
    if named == (None, None) && draft.visitor_email.is_none() {
        return Ok(draft);
    }
    let check = check_draft(&state.db, site.id, named, draft.visitor_email.as_deref()).await?;
    if check.banned {
        return Err(ApiError::Said(StatusCode::FORBIDDEN, BANNED));
    }
    match (check.department, check.category) {
        (false, _) => Err(ApiError::NotFound(Missing::Department)),
        (_, false) => Err(ApiError::NotFound(Missing::Category)),
        (true, true) => Ok(draft),
    }
}

fn confirmation(site: &Settings, at: DateTime<Utc>) -> Confirmation {
    Confirmation { template: Template::Acknowledgement, facts: facts(site, at), in_reply_to: None }
}

/// Whoever writes while the site is closed is told when it opens (B10-45).
fn facts(site: &Settings, at: DateTime<Utc>) -> Value {
    match site.calendar.next_opening(at) {
        Some(opens) => {
            let (opens, today) = (site.calendar.local(opens), site.calendar.local(at).date());
            json!({ "opening_text": tr::reply_promise(opens, today) })
        }
        None => json!({}),
    }
}

/// The ticket as it was made.
#[derive(Serialize, ToSchema)]
#[schema(as = TicketMade)]
struct Answer<'a> {
    #[schema(value_type = Uuid)]
    id: TicketId,
    ticket_number: i64,
    reference: &'a str,
    status: &'static str,
    #[schema(value_type = PriorityWord)]
    priority: Priority,
    sla_due_date: Option<String>,
    created_at: String,
}

impl<'a> Answer<'a> {
    fn of(filed: &'a Filed, priority: Priority) -> Self {
        let due_date = match &filed.earlier {
            Some(earlier) => earlier.sla_due_date,
            None => due(&filed.site.calendar, &filed.site.targets, priority, filed.created_at),
        };
        Self {
            id: filed.id,
            ticket_number: filed.ticket_number,
            reference: &filed.reference,
            status: "new",
            priority,
            sla_due_date: due_date.map(instant),
            created_at: instant(filed.created_at),
        }
    }
}
