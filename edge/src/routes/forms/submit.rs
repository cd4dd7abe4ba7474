//! `POST /api/forms/{id}/submit`: stores what was filled in. The ticket is made by a job, under an id told here.

use super::{find, text};
use crate::auth::{Credentials, Door};
use crate::error::ApiError;
use crate::filing::shelf::{Directory, Shelf};
use crate::filing::{earlier, key};
use crate::guard::Visit;
use crate::intake::{Intake, Options, Upload, decode};
use crate::request::EMPTY;
use crate::routes::tickets::{answer_created, user_agent};
use crate::state::State;
use crate::time::now;
use axum::body::HttpBody;
use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, Request, State as Extract};
use axum::response::Response;
use jobs::{SubmissionId, TicketId};
use schema::files::rules::{Policy, Refusal};
use schema::forms::acts::{NotSubmitted, submit as store};
use schema::forms::rules::{FieldError, validate};
use schema::forms::{Form, NewSubmission, reads};
use schema::tickets::support_form::{Language, Message};
use serde::Serialize;
use utoipa::ToSchema;

const ROUTE: &str = "forms";
/// Files that belong to no field of the form (B11-02).
const FILES: &str = "files";

/// Takes in what was filled in (B11-02).
#[utoipa::path(post, path = "/api/forms/{id}/submit", tag = "forms", 
    params(("id" = uuid::Uuid, Path), ("Idempotency-Key" = Option<String>, Header)),
    request_body(content(
        (Filled = "application/json"),
        (Filled = "application/x-www-form-urlencoded"),
        (Filled = "multipart/form-data")
    )),
    responses((status = 201, body = Answer), (status = 400, body = FormRefusal), (status = 404), (status = 422)))]
pub async fn submit(
    Extract(state): Extract<State>,
    Extension(visit): Extension<Visit>,
    id: Result<Path<String>, PathRejection>,
    request: Request,
) -> Result<Response, ApiError> {
    let headers = request.headers();
    let credentials = Credentials::of(headers, Door::Public)?;
    let (key, origin) = (key::given(headers)?, visit.origin(user_agent(headers)));
    let (site, form) = find(&state, credentials.site(&state).await, &text(id)).await?;
    if request.body().is_end_stream() {
        return Err(ApiError::Invalid(EMPTY.into()));
    }
    let lists: Vec<&str> = form.definition.list_names().chain([FILES]).collect();
    let options = Options { lists: &lists, ..Options::native(Policy::upload(false)) };
    let mut intake = decode(request, &options, Some(&state.inbox)).await?;
    let errors = errors(&form, &intake, &options.policy);
    if !errors.is_empty() {
        intake.discard().await;
        return Err(ApiError::FormFields(errors));
    }
    let path = format!("/api/forms/{}/submit", form.id);
    let idempotency = key::remembered(key, ROUTE, &path, &intake).await?;
    let uploads = intake.take_files();
    let new = NewSubmission {
        id: SubmissionId::fresh(),
        site,
        form_id: form.id,
        data: intake.values(),
        files: Vec::new(),
        ticket_id: form.definition.create_ticket.then(TicketId::fresh),
        submitted_at: now(),
        origin,
        idempotency,
    };
    let (state, work) = (state.clone(), new);
    // Not to be cut off between moving the files and committing what refers to them.
    let kept = tokio::spawn(async move { keep(&state, &credentials, work, uploads).await });
    let kept = kept.await.map_err(|cause| ApiError::Fault(cause.into()))??;
    Ok(answer_created(&kept.answer(), kept.is_repeated))
}

/// The form's rules, and those of files, one error for each field (B11-20).
fn errors(form: &Form, intake: &Intake, policy: &Policy) -> Vec<FieldError> {
    let names: Vec<&str> =
        intake.files().iter().map(|upload| upload.field.as_str()).filter(|name| *name != FILES).collect();
    let mut errors = validate(&form.definition, &intake.values(), &names);
    for upload in intake.files() {
        let known = errors.iter().any(|error| error.field == upload.field);
        if let (false, Err(refusal)) = (known, policy.check(&upload.facts())) {
            errors.push(FieldError { field: upload.field.clone(), message: refused(refusal) });
        }
    }
    errors
}

fn refused(refusal: Refusal) -> String {
    match refusal {
        Refusal::Empty => Message::FileEmpty.text(Language::Tr),
        other => other.to_string(),
    }
}

/// What the sender is told.
struct Kept {
    submission_id: SubmissionId,
    ticket_id: Option<TicketId>,
    is_repeated: bool,
}

/// The form's fields under their names, files among them.
#[derive(ToSchema)]
#[schema(as = FormFilled, value_type = Object)]
#[expect(dead_code, reason = "only described")]
struct Filled(serde_json::Value);

/// What was filled in breaks rules, or cannot be read.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only described")]
struct FormRefusal {
    success: Option<bool>,
    errors: Option<Vec<FormFieldRefusal>>,
    error: Option<String>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "only described")]
struct FormFieldRefusal {
    field: String,
    message: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = FormSubmitted)]
struct Answer {
    success: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<uuid::Uuid>)]
    submission_id: Option<SubmissionId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<uuid::Uuid>)]
    ticket_id: Option<TicketId>,
}

impl Kept {
    fn answer(&self) -> Answer {
        let submission_id = self.ticket_id.is_none().then_some(self.submission_id);
        Answer { success: true, submission_id, ticket_id: self.ticket_id }
    }
}

async fn keep(
    state: &State,
    credentials: &Credentials,
    mut new: NewSubmission,
    uploads: Vec<Upload>,
) -> Result<Kept, ApiError> {
    let shelf = Shelf::fill(state, Directory::Forms, new.site.id, uploads).await?;
    new.files = shelf.submitted();
    let mut stored = store(&state.db, &new).await;
    if matches!(stored, Err(NotSubmitted::StaleSettings)) {
        state.sites.forget(new.site.id);
        match credentials.site(state).await {
            Ok(site) => new.site = site,
            Err(error) => {
                shelf.clear(state).await;
                return Err(error);
            }
        }
        stored = store(&state.db, &new).await;
    }
    let kept = Kept { submission_id: new.id, ticket_id: new.ticket_id, is_repeated: false };
    match stored {
        Ok(()) => Ok(kept),
        Err(NotSubmitted::StaleSettings) => {
            shelf.clear(state).await;
            Err(ApiError::Busy)
        }
        Err(NotSubmitted::KeyUsed) => {
            shelf.clear(state).await;
            again(state, &new).await
        }
        Err(NotSubmitted::Database(cause)) => {
            match reads::has_submission(&state.db, new.site.id, new.id).await {
                Ok(true) => Ok(kept),
                Ok(false) => {
                    shelf.clear(state).await;
                    Err(ApiError::of_database(cause))
                }
                Err(second) => Err(ApiError::of_database(second)),
            }
        }
    }
}

async fn again(state: &State, new: &NewSubmission) -> Result<Kept, ApiError> {
    let Some(key) = &new.idempotency else {
        return Err(ApiError::Fault(anyhow::anyhow!("a request without a key met a used one")));
    };
    let earlier = earlier(state, new.site.id, key).await?;
    let submission_id = earlier.submission_id.unwrap_or(new.id);
    Ok(Kept { submission_id, ticket_id: earlier.ticket_id, is_repeated: true })
}
