//! `POST /api/support/tickets/`: a form becomes a ticket.

use crate::auth::{Credentials, Door};
use crate::error::{ApiError, Family, language};
use crate::filing::shelf::Directory;
use crate::filing::{self, Filed, Filing, key};
use crate::guard::Visit;
use crate::intake::{DecodeError, Intake, Options, decode, support_form};
use crate::routes::limits::{self, limited_while};
use crate::routes::tickets::{answer_created, user_agent};
use crate::state::State;
use crate::time::{instant, now};
use axum::extract::{Extension, Request, State as Extract};
use axum::response::Response;
use jobs::TicketId;
use schema::mail::Template;
use schema::sites::Settings;
use schema::tickets::rules::{Priority, Source};
use schema::tickets::support_form::{Language, SupportForm};
use schema::tickets::{Confirmation, NewKey, NewTicket, Origin};
use serde::Serialize;
use serde_json::json;
use std::sync::Arc;

const ROUTE: &str = "support";
/// One path for both spellings, so that they count as the same request.
const PATH: &str = "/api/support/tickets/";

pub async fn create(
    Extract(state): Extract<State>,
    Extension(visit): Extension<Visit>,
    request: Request,
) -> Response {
    let language = language(request.headers());
    let rule = limits::support_form(&state.config);
    let read = Received::of(&state, &visit, request);
    let act = |received| file(&state, received);
    limited_while(&state, rule, &visit, Family::Support(language), read, act).await
}

/// A request as it came, before anybody looked whose site it is for.
struct Received {
    credentials: Credentials,
    language: Language,
    key: Option<String>,
    origin: Origin,
    body: Result<Intake, DecodeError>,
}

impl Received {
    async fn of(state: &State, visit: &Visit, request: Request) -> Result<Self, ApiError> {
        let headers = request.headers();
        let credentials = Credentials::of(headers, Door::Public)?;
        let (language, key) = (language(headers), key::given(headers)?);
        let origin = visit.origin(user_agent(headers));
        let body = decode(request, &Options::support_form(), Some(&state.inbox)).await;
        Ok(Self { credentials, language, key, origin, body })
    }
}

async fn file(state: &State, received: Result<Received, ApiError>) -> Result<Response, ApiError> {
    let Received { credentials, language, key, origin, body } = received?;
    let site = credentials.site(state).await?;
    let mut intake = body?;
    let form = match support_form(&intake, language) {
        Ok(form) => form,
        Err(errors) => {
            intake.discard().await;
            return Err(ApiError::Fields(errors));
        }
    };
    let key = key::remembered(key, ROUTE, PATH, &intake).await?;
    let uploads = intake.take_file("attachment").into_iter().collect();
    let filing = Filing {
        ticket: ticket(site, form, origin, key),
        uploads,
        directory: Directory::SupportTickets,
        reword: |_| {},
    };
    let filed = filing::file(state, &credentials, filing).await?;
    Ok(answer_created(&Answer::of(&filed), filed.earlier.is_some()))
}

fn ticket(site: Arc<Settings>, form: SupportForm, origin: Origin, idempotency: Option<NewKey>) -> NewTicket {
    NewTicket {
        id: TicketId::fresh(),
        site,
        subject: form.subject.to_owned(),
        message: form.message,
        visitor_name: form.name,
        visitor_email: Some(form.email),
        visitor_phone: form.phone,
        user_id: None,
        priority: Priority::Normal,
        department_id: None,
        category_id: None,
        source: Source::SupportForm,
        custom_fields: json!({}),
        form_submission_id: None,
        attachments: Vec::new(),
        confirmation: Some(Confirmation {
            template: Template::SupportForm,
            facts: json!({}),
            in_reply_to: None,
        }),
        created_at: now(),
        origin,
        idempotency,
        ends: None,
    }
}

/// B12-50, in this order.
#[derive(Serialize)]
struct Answer<'a> {
    status: &'static str,
    message: &'static str,
    data: Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    ticket_id: &'a str,
    ticket_number: &'a str,
    created_at: String,
    estimated_response_time: &'static str,
}

impl<'a> Answer<'a> {
    fn of(filed: &'a Filed) -> Self {
        Self {
            status: "success",
            message: "Destek talebiniz başarıyla oluşturuldu",
            data: Data {
                ticket_id: &filed.reference,
                ticket_number: &filed.reference,
                created_at: instant(filed.created_at),
                estimated_response_time: "24 saat içinde",
            },
        }
    }
}
