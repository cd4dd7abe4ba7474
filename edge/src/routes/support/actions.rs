//! Status, assignment and bulk actions, in the family's envelope (B12-58, B12-59, B12-76).

use super::base::base;
use super::one::named;
use super::view::{FormStatusWord, View, word};
use crate::auth::{Admin, Caller};
use crate::error::{ApiError, Missing, language};
use crate::intake::{Intake, Options, decode};
use crate::routes::tickets::act::{Act, settled};
use crate::routes::tickets::refused::UNKNOWN_STATUS;
use crate::state::State;
use crate::text::Text;
use axum::Json;
use axum::extract::{Path, Request, State as Extract};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jobs::{SiteId, TicketId, UserId};
use schema::pool::{Db, Scope};
use schema::tickets::rules::FormStatus;
use schema::tickets::staff::{StaffTicket, find, find_assignee, walk};
use schema::tickets::{self, Hand, Refused};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use utoipa::ToSchema;
use uuid::Uuid;

const BULK_MAX: usize = 500;
const MOVED: Text = Text::new("Ticket durumu güncellendi", "The ticket's status was changed");
const ASSIGNED: Text = Text::new("Ticket atandı", "The ticket was assigned");
const RESOLVED: Text = Text::new("ticket çözüldü olarak işaretlendi.", "tickets were marked as resolved.");
const CLOSED: Text = Text::new("ticket kapatıldı.", "tickets were closed.");
const UNKNOWN_ACTION: Text = Text::new("Geçersiz işlem", "Invalid action");
const TOO_MANY: Text = Text::new("En fazla 500 ticket seçilebilir", "At most 500 tickets can be chosen");

#[derive(Deserialize, ToSchema)]
#[expect(
    dead_code,
    reason = "only its description is used: the body is read leniently, as the family promises"
)]
pub struct StatusBody {
    #[schema(value_type = FormStatusWord)]
    status: String,
}

#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "as StatusBody")]
pub struct AssignBody {
    assigned_to: Option<Uuid>,
}

#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "as StatusBody")]
pub struct BulkBody {
    #[schema(pattern = "^mark_as_(resolved|closed)$", max_length = 20)]
    action: String,
    #[schema(max_items = 500)]
    ids: Vec<Uuid>,
}

/// The family's envelope around a ticket.
#[derive(ToSchema)]
#[schema(as = SupportTicketChanged)]
#[expect(dead_code, reason = "only described")]
struct Changed {
    /// `success`.
    status: String,
    message: String,
    data: View,
}

#[derive(ToSchema)]
#[schema(as = SupportTicketsChanged)]
#[expect(dead_code, reason = "only described")]
struct BulkChanged {
    /// `success`.
    status: String,
    message: String,
    data: Updated,
}

#[derive(ToSchema)]
#[schema(as = SupportTicketsUpdated)]
#[expect(dead_code, reason = "only described")]
struct Updated {
    updated: u64,
}

/// Any word may follow any word (B12-37).
#[utoipa::path(patch, path = "/api/support/tickets/{id}/update_status", tag = "support",
    params(("id" = String, Path, max_length = 100)), request_body = StatusBody,
    responses((status = 200, body = Changed), (status = 400), (status = 404), (status = 423)))]
pub async fn update_status(
    Extract(state): Extract<State>,
    caller: Admin,
    Path(name): Path<String>,
    request: Request,
) -> Result<Response, ApiError> {
    let (base, language) = (base(request.headers()), language(request.headers()));
    let (site, ticket) = named(&state, &caller, &name).await?;
    let intake = body(request).await?;
    let Some(word) = intake.get("status").and_then(Value::as_str).and_then(FormStatus::parse) else {
        return Ok(failure(StatusCode::BAD_REQUEST, UNKNOWN_STATUS.of(language)));
    };
    moved(&state, &caller.0, site, &ticket, word).await?;
    let ticket = again(&state, site, ticket.id).await?;
    Ok(success(MOVED.of(language), json!(View::of(ticket, &base))))
}

/// Gives the ticket to an agent or admin of the site, or to nobody.
#[utoipa::path(patch, path = "/api/support/tickets/{id}/assign", tag = "support", params(("id" = String, Path, max_length = 100)),
    request_body = Option<AssignBody>,
    responses((status = 200, body = Changed), (status = 404), (status = 423)))]
pub async fn assign(
    Extract(state): Extract<State>,
    caller: Admin,
    Path(name): Path<String>,
    request: Request,
) -> Result<Response, ApiError> {
    let (base, language) = (base(request.headers()), language(request.headers()));
    let (site, ticket) = named(&state, &caller, &name).await?;
    let intake = body(request).await?;
    let agent = match intake.get("assigned_to") {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) if text.trim().is_empty() => None,
        Some(sent) => {
            let id = sent.as_str().and_then(|text| text.trim().parse().ok());
            let known = match id {
                Some(id) => find_assignee(&state.db, site, id, false).await?,
                None => None,
            };
            match known {
                Some(id) => Some(id),
                None => return Ok(failure(StatusCode::NOT_FOUND, Missing::User.text().of(language))),
            }
        }
    };
    let mut act = Act::of(&state, &caller.0, site, None).await?;
    let (id, agent) = (TicketId(ticket.id), agent.map(UserId));
    settled!(&state, act, hand => tickets::assign(&state.db, hand, id, agent));
    let ticket = again(&state, site, ticket.id).await?;
    Ok(success(ASSIGNED.of(language), json!(View::of(ticket, &base))))
}

/// The same change to many tickets, each as if done alone (B12-73, B12-74).
#[utoipa::path(post, path = "/api/support/tickets/bulk", tag = "support", request_body = BulkBody,
    responses((status = 200, body = BulkChanged), (status = 400), (status = 423)))]
pub async fn bulk(
    Extract(state): Extract<State>,
    caller: Admin,
    request: Request,
) -> Result<Response, ApiError> {
    let language = language(request.headers());
    let options = Options { lists: &["ids"], ..Options::support_form() };
    let intake = decode(request, &options, None).await?;
    let (word, sentence) = match intake.get("action").and_then(Value::as_str) {
        Some("mark_as_resolved") => (FormStatus::Resolved, RESOLVED),
        Some("mark_as_closed") => (FormStatus::Closed, CLOSED),
        _ => return Ok(failure(StatusCode::BAD_REQUEST, UNKNOWN_ACTION.of(language))),
    };
    let ids = intake.get("ids").and_then(Value::as_array).cloned().unwrap_or_default();
    if ids.len() > BULK_MAX {
        return Ok(failure(StatusCode::BAD_REQUEST, TOO_MANY.of(language)));
    }
    let mut updated = 0;
    for id in ids.iter().filter_map(Value::as_str) {
        match named(&state, &caller, id).await {
            Ok((site, ticket)) => {
                moved(&state, &caller.0, site, &ticket, word).await?;
                updated += 1;
            }
            Err(ApiError::NotFound(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(success(&format!("{updated} {}", sentence.of(language)), json!({ "updated": updated })))
}

async fn body(request: Request) -> Result<Intake, ApiError> {
    Ok(decode(request, &Options::support_form(), None).await?)
}

async fn again(state: &State, site: SiteId, id: Uuid) -> Result<StaffTicket, ApiError> {
    find(&state.db, site, &id.to_string()).await?.ok_or(ApiError::NotFound(Missing::Ticket))
}

async fn moved(
    state: &State,
    caller: &Arc<Caller>,
    site: SiteId,
    ticket: &StaffTicket,
    to: FormStatus,
) -> Result<(), ApiError> {
    if word(&ticket.status) == to {
        return Ok(());
    }
    let mut act = Act::of(state, caller, site, None).await?;
    settled!(state, act, hand => walked(&state.db, hand, TicketId(ticket.id), to));
    Ok(())
}

async fn walked(db: &Db, hand: &Hand<'_>, ticket: TicketId, to: FormStatus) -> Result<(), Refused> {
    let mut tx = db.begin(Scope::Site(hand.site.id)).await?;
    walk(&mut tx, hand, ticket, to).await?;
    Ok(tx.commit().await?)
}

fn success(message: &str, data: Value) -> Response {
    #[derive(serde::Serialize)]
    struct Envelope<'a> {
        status: &'a str,
        message: &'a str,
        data: Value,
    }
    Json(Envelope { status: "success", message, data }).into_response()
}

fn failure(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({ "status": "error", "message": message }))).into_response()
}
