//! `POST /api/support/tickets/`: a form becomes a ticket.

use super::view::SubjectWord;
use crate::auth::{Credentials, Door, Maybe};
use crate::error::{ApiError, language};
use crate::filing::shelf::Directory;
use crate::filing::{self, Filed, Filing, key};
use crate::guard::Visit;
use crate::guard::limits::Gate;
use crate::intake::{Options, decode, support_form};
use crate::routes::tickets::{answer_created, user_agent};
use crate::state::State;
use crate::time::{instant, now};
use axum::extract::{Extension, Request, State as Extract};
use axum::response::Response;
use jobs::{TicketId, UserId};
use schema::mail::Template;
use schema::sites::Settings;
use schema::tickets::rules::{Priority, Source};
use schema::tickets::support_form::SupportForm;
use schema::tickets::{Confirmation, NewKey, NewTicket, Origin};
use serde::Serialize;
use serde_json::json;
use std::sync::Arc;
use utoipa::ToSchema;

const ROUTE: &str = "support";
/// One path for both spellings, so that they count as the same request.
const PATH: &str = "/api/support/tickets/";

/// A support form becomes a ticket (B12-01).
#[utoipa::path(post, path = "/api/support/tickets", tag = "support",
    params(("Idempotency-Key" = Option<String>, Header)),
    request_body(content(
        (Described = "application/json"),
        (Described = "application/x-www-form-urlencoded"),
        (Described = "multipart/form-data")
    ), description = "The form (B12-27)"),
    responses((status = 201, body = Answer), (status = 400), (status = 422), (status = 429)))]
pub async fn create(
    Extract(state): Extract<State>,
    Extension(visit): Extension<Visit>,
    caller: Maybe,
    gate: Option<Extension<Gate>>,
    request: Request,
) -> Result<Response, ApiError> {
    let headers = request.headers();
    let of_caller = caller.0.as_ref().and_then(|caller| caller.one_site());
    let credentials = Credentials::of(headers, Door::Public)?.or(of_caller);
    let (language, key) = (language(headers), key::given(headers)?);
    let origin = visit.origin(user_agent(headers));
    let site = credentials.site(&state).await?;
    // In a box: while the ticket waits to be committed, what reading it took is free.
    let mut intake = Box::pin(decode(request, &Options::support_form(), Some(&state.inbox))).await?;
    let form = match support_form(&intake, language) {
        Ok(form) => form,
        Err(errors) => {
            intake.discard().await;
            return Err(ApiError::Fields(errors));
        }
    };
    if let Some(Extension(gate)) = gate {
        gate.pass().await?;
    }
    let key = key::remembered(key, ROUTE, PATH, &intake).await?;
    let uploads = intake.take_file("attachment").into_iter().collect();
    let filing = Filing {
        ticket: NewTicket { user_id: creator(&caller, &site), ..ticket(site, form, origin, key) },
        uploads,
        directory: Directory::SupportTickets,
        reword: |_| {},
    };
    let filed = filing::file(&state, &credentials, filing).await?;
    Ok(answer_created(&Answer::of(&filed), filed.earlier.is_some()))
}

/// Whoever is signed in and belongs to the site (B12-52).
fn creator(caller: &Maybe, site: &Settings) -> Option<UserId> {
    let caller = caller.0.as_ref().filter(|caller| caller.one_site() == Some(site.id))?;
    Some(caller.id())
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
        actor_id: None,
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

/// The support form.
#[derive(ToSchema)]
#[schema(as = SupportForm)]
#[expect(dead_code, reason = "only its description is used: each field is judged as it came")]
struct Described {
    /// Turkish or English letters and blanks.
    #[schema(min_length = 2, max_length = 100, pattern = "^[A-Za-zçğıöşüÇĞİÖŞÜ]+( [A-Za-zçğıöşüÇĞİÖŞÜ]+)*$")]
    name: String,
    #[schema(format = Email, max_length = 254)]
    email: String,
    /// At least ten digits, with white space, `+` and `-` between.
    #[schema(max_length = 20, pattern = r"^\+?[0-9]{10,15}$")]
    phone: Option<String>,
    subject: SubjectWord,
    #[schema(min_length = 10, max_length = 2000)]
    message: String,
    /// A file, in a form: PDF, DOC, DOCX, JPEG or PNG of at most 5 MB.
    #[schema(format = Binary, max_length = 5_242_880)]
    attachment: Option<String>,
}

/// B12-50, in this order.
#[derive(Serialize, ToSchema)]
#[schema(as = SupportFormTaken)]
struct Answer<'a> {
    status: &'static str,
    message: &'static str,
    data: Data<'a>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = SupportFormTicket)]
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
