//! Mails that did not leave: seen and tried again by admins.

use crate::auth::Admin;
use crate::error::{ApiError, Missing};
use crate::request::{Id, List, Page, PageQuery, Query};
use crate::state::State;
use crate::text::Text;
use crate::time::{instant, now};
use axum::Json;
use axum::extract::State as Extract;
use axum::http::StatusCode;
use garde::Validate;
use schema::mail::parked::{self, NotRetried, OutboundMail, Wanted};
use schema::sites::Home;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

const SENT: Text = Text::new("Bu e-posta gönderildi", "This mail has been sent");
const UNDER_WAY: Text = Text::new("Bu e-posta şu anda gönderiliyor", "This mail is being sent right now");

#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum ParkedState {
    /// Refused, or given up.
    Failed,
    /// The server's answer was not heard.
    Unknown,
}

#[derive(Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Search {
    /// Of mails that did not leave: only those of one kind.
    #[garde(skip)]
    #[param(inline)]
    state: Option<ParkedState>,
    /// All mails of one ticket instead, whatever became of them.
    #[garde(skip)]
    ticket_id: Option<Uuid>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = OutboundMail)]
pub struct View {
    id: Uuid,
    site_id: Uuid,
    ticket_id: Option<Uuid>,
    ticket_number: Option<i64>,
    /// Which mail it is: `reply`, `acknowledgement`, …
    template: String,
    to_address: String,
    /// `pending`, `sending`, `sent`, `failed` or `unknown`.
    state: String,
    /// `refused`, `unavailable`, `unheard`, `capped`, `dead_address`, `site_inactive` or `abandoned`.
    cause: Option<String>,
    /// What the server said at the last try.
    last_error: Option<String>,
    message_id: Option<String>,
    attempts: i32,
    /// How often it went out again over an unheard answer, under the same Message-ID.
    repeats: i32,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    sent_at: Option<String>,
}

impl From<OutboundMail> for View {
    fn from(row: OutboundMail) -> Self {
        Self {
            id: row.id,
            site_id: row.site_id,
            ticket_id: row.ticket_id,
            ticket_number: row.ticket_number,
            template: row.template,
            to_address: row.to_address,
            state: row.state,
            cause: row.cause,
            last_error: row.last_error,
            message_id: row.message_id,
            attempts: row.attempts,
            repeats: row.repeats,
            created_at: instant(row.created_at),
            sent_at: row.sent_at.map(instant),
        }
    }
}

fn refusal(refused: NotRetried) -> ApiError {
    match refused {
        NotRetried::NotFound => ApiError::NotFound(Missing::Record),
        NotRetried::Sent => ApiError::Said(StatusCode::CONFLICT, SENT),
        NotRetried::UnderWay => ApiError::Said(StatusCode::CONFLICT, UNDER_WAY),
        NotRetried::Database(error) => error.into(),
    }
}

/// Mails that did not leave, the latest first. Totals are counted up to 10,000.
#[utoipa::path(get, path = "/api/email/outbound", tag = "mail", params(Search, PageQuery),
    responses((status = 200, body = List<View>)))]
pub async fn list(
    Extract(state): Extract<State>,
    caller: Admin,
    Query(search): Query<Search>,
    page: Page,
) -> Result<Json<List<View>>, ApiError> {
    let wanted = match (search.ticket_id, search.state) {
        (Some(ticket), _) => Wanted::Ticket(ticket),
        (None, Some(ParkedState::Failed)) => Wanted::Parked(Some("failed")),
        (None, Some(ParkedState::Unknown)) => Wanted::Parked(Some("unknown")),
        (None, None) => Wanted::Parked(None),
    };
    let (rows, total) = parked::list(&state.db, caller.scope(), wanted, page.span()).await?;
    Ok(Json(page.list(rows.into_iter().map(View::from).collect(), total)))
}

/// One mail, whatever became of it.
#[utoipa::path(get, path = "/api/email/outbound/{id}", tag = "mail", params(("id" = Uuid, Path)),
    responses((status = 200, body = View), (status = 404)))]
pub async fn show(Extract(state): Extract<State>, caller: Admin, Id(id): Id) -> Result<Json<View>, ApiError> {
    let site = caller.home(&state, Home::Outbound, id).await?;
    let found = parked::find(&state.db, site, id).await?;
    Ok(Json(found.ok_or(ApiError::NotFound(Missing::Record))?.into()))
}

/// Tries a mail again at once.
#[utoipa::path(post, path = "/api/email/outbound/{id}/retry", tag = "mail", params(("id" = Uuid, Path)),
    responses((status = 202, body = View), (status = 404), (status = 409, description = "It was or is being sent")))]
pub async fn retry(
    Extract(state): Extract<State>,
    caller: Admin,
    Id(id): Id,
) -> Result<(StatusCode, Json<View>), ApiError> {
    let site = caller.home(&state, Home::Outbound, id).await?;
    let tried = parked::retry(&state.db, site, id, &caller.by(), now()).await.map_err(refusal)?;
    Ok((StatusCode::ACCEPTED, Json(tried.into())))
}

/// How many mails are tried again.
#[derive(Serialize, ToSchema)]
#[schema(as = MailsRetried)]
pub struct Retried {
    mails: usize,
}

/// Tries the site's oldest parked mails again that no server has refused, 500 at most.
#[utoipa::path(post, path = "/api/email/outbound/retry", tag = "mail", responses((status = 202, body = Retried)))]
pub async fn retry_all(
    Extract(state): Extract<State>,
    caller: Admin,
) -> Result<(StatusCode, Json<Retried>), ApiError> {
    let mails = parked::retry_all(&state.db, caller.site()?, &caller.by(), now()).await?;
    Ok((StatusCode::ACCEPTED, Json(Retried { mails })))
}
