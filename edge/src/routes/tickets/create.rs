//! `POST /api/tickets`: the widget's form becomes a ticket.

use super::draft::{Draft, draft};
use super::{answer_created, user_agent};
use crate::auth::{Credentials, Door};
use crate::error::{ApiError, Missing};
use crate::filing::shelf::Directory;
use crate::filing::{self, Filed, Filing, key};
use crate::guard::Visit;
use crate::intake::{Intake, Options, decode};
use crate::state::State;
use crate::time::{instant, now};
use axum::extract::{Extension, Request, State as Extract};
use axum::response::Response;
use chrono::{DateTime, Utc};
use jobs::TicketId;
use schema::files::rules::Policy;
use schema::hours::rules::words::tr;
use schema::mail::Template;
use schema::sites::Settings;
use schema::sla::rules::due;
use schema::tickets::reads::{has_category, has_department};
use schema::tickets::rules::{Priority, Source};
use schema::tickets::{Confirmation, NewKey, NewTicket, Origin};
use serde::Serialize;
use serde_json::{Value, json};
use std::sync::Arc;

const ROUTE: &str = "tickets";
const PATH: &str = "/api/tickets";
const FILES: &str = "attachments";

/// A new ticket from a site's widget (A8-E03).
#[utoipa::path(post, path = "/api/tickets", tag = "tickets", request_body(content = ()),
    responses((status = 201), (status = 400), (status = 401)))]
pub async fn create(
    Extract(state): Extract<State>,
    Extension(visit): Extension<Visit>,
    request: Request,
) -> Result<Response, ApiError> {
    let headers = request.headers();
    let credentials = Credentials::of(headers, Door::Widget)?;
    let key = key::given(headers)?;
    let origin = visit.origin(user_agent(headers));
    let site = credentials.site(&state).await?;
    let options = Options { lists: &[FILES], ..Options::native(Policy::upload(false)) };
    let mut intake = decode(request, &options, Some(&state.inbox)).await?;
    let draft = match judge(&state, &site, &intake, &options.policy).await {
        Ok(draft) => draft,
        Err(error) => {
            intake.discard().await;
            return Err(error);
        }
    };
    let key = key::remembered(&state, key, ROUTE, PATH, &intake).await?;
    let priority = draft.priority;
    let filing = Filing {
        ticket: ticket(site, draft, origin, key),
        uploads: intake.take_files(),
        directory: Directory::Tickets,
        reword: |ticket| ticket.confirmation = Some(confirmation(&ticket.site, ticket.created_at)),
    };
    let filed = filing::file(&state, &credentials, filing).await?;
    Ok(answer_created(&Answer::of(&filed, priority), filed.earlier.is_some()))
}

async fn judge(state: &State, site: &Settings, intake: &Intake, policy: &Policy) -> Result<Draft, ApiError> {
    let draft = draft(&intake.values()).map_err(ApiError::Invalid)?;
    for upload in intake.files() {
        policy.check(&upload.facts()).map_err(|refusal| ApiError::Invalid(refusal.to_string()))?;
    }
    if let Some(id) = draft.department_id
        && !has_department(&state.db, site.id, id).await.map_err(ApiError::of_database)?
    {
        return Err(ApiError::NotFound(Missing::Department));
    }
    if let Some(id) = draft.category_id
        && !has_category(&state.db, site.id, id).await.map_err(ApiError::of_database)?
    {
        return Err(ApiError::NotFound(Missing::Category));
    }
    Ok(draft)
}

fn ticket(site: Arc<Settings>, draft: Draft, origin: Origin, idempotency: Option<NewKey>) -> NewTicket {
    let created_at = now();
    NewTicket {
        id: TicketId::fresh(),
        confirmation: Some(confirmation(&site, created_at)),
        site,
        subject: draft.subject,
        message: draft.message,
        visitor_name: draft.visitor_name,
        visitor_email: draft.visitor_email,
        visitor_phone: draft.visitor_phone,
        user_id: None,
        priority: draft.priority,
        department_id: draft.department_id,
        category_id: draft.category_id,
        source: Source::Widget,
        custom_fields: Value::Object(draft.custom_fields),
        form_submission_id: None,
        attachments: Vec::new(),
        created_at,
        origin,
        idempotency,
        ends: None,
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

#[derive(Serialize)]
struct Answer<'a> {
    id: TicketId,
    ticket_number: i64,
    reference: &'a str,
    status: &'static str,
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
