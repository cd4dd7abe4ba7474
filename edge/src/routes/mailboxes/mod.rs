//! How the mailboxes of a site are: whether mail comes in, and if not, why; and the log-in by token of Google and
//! Microsoft, which somebody has to grant anew when the provider takes it no more.

use super::refusal::refusal;
use crate::auth::{Access, Admin, guarded};
use crate::error::ApiError;
use crate::request::{Body, Id, List, Page, PageQuery, not_blank};
use crate::state::State;
use crate::text::Text;
use crate::time::{instant, now};
use axum::Json;
use axum::extract::State as Extract;
use garde::Validate;
use jobs::MailboxId;
use schema::mail::mailboxes::{self, Grant, Provider, Watched};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

const TAKEN: Text = Text::new("Bu posta kutusu zaten var", "There is such a mailbox already");

/// The routes.
pub fn routes(state: &State) -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(guarded(state, Access::ADMIN, routes!(list)))
        .routes(guarded(state, Access::ADMIN, routes!(authorise)))
        .routes(guarded(state, Access::ADMIN, routes!(set_password)))
}

#[derive(Serialize, ToSchema)]
#[schema(as = Mailbox)]
struct View {
    id: Uuid,
    site_id: Option<Uuid>,
    host: String,
    port: i32,
    /// `tls`, `starttls` or `none`.
    tls: String,
    user: String,
    folder: String,
    is_active: bool,
    /// `password` or `xoauth2`.
    auth: String,
    /// The provider takes the log-in no more: it has to be granted anew.
    needs_reauthorisation: bool,
    /// When it was last read or tried.
    #[schema(format = DateTime)]
    checked_at: Option<String>,
    /// Why nothing comes in; null when all is well.
    trouble: Option<String>,
}

impl From<Watched> for View {
    fn from(row: Watched) -> Self {
        Self {
            id: row.id,
            site_id: row.site_id,
            host: row.host,
            port: row.port,
            tls: row.tls,
            user: row.username,
            folder: row.folder,
            is_active: row.is_active,
            auth: row.auth,
            needs_reauthorisation: row.needs_reauthorisation,
            checked_at: row.checked_at.map(instant),
            trouble: row.trouble,
        }
    }
}

/// Who gives the tokens.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[schema(as = MailProvider)]
#[serde(rename_all = "lowercase")]
enum Named {
    Google,
    Microsoft,
}

#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = MailboxGrant)]
struct Granted {
    #[garde(skip)]
    provider: Named,
    /// The `client_id` of the application that was registered with the provider.
    #[garde(length(bytes, min = 1, max = 500), custom(not_blank))]
    #[schema(min_length = 1, max_length = 500, pattern = r"\S")]
    client: String,
    #[garde(inner(length(bytes, max = 500)))]
    #[schema(max_length = 500)]
    client_secret: Option<String>,
    /// What the provider gave when access was granted.
    #[garde(length(bytes, min = 1, max = 8_000), custom(not_blank))]
    #[schema(min_length = 1, max_length = 8_000, pattern = r"\S")]
    refresh_token: String,
}

#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = MailboxPassword)]
struct Password {
    #[garde(length(chars, min = 1, max = 500), custom(not_blank))]
    #[schema(min_length = 1, max_length = 500, pattern = r"\S")]
    password: String,
}

/// The mailboxes that are read, and how they are.
#[utoipa::path(get, path = "/api/email/mailboxes", tag = "mail", params(PageQuery),
    responses((status = 200, body = List<View>)))]
async fn list(
    Extract(state): Extract<State>,
    caller: Admin,
    page: Page,
) -> Result<Json<List<View>>, ApiError> {
    let (rows, total) = mailboxes::list(&state.db, caller.scope(), page.span()).await?;
    Ok(Json(page.list(rows.into_iter().map(View::from).collect(), total)))
}

/// Logs in with a token from now on. Nothing of it is ever shown again.
#[utoipa::path(put, path = "/api/email/mailboxes/{id}/oauth", tag = "mail", request_body = Granted,
    params(("id" = Uuid, Path)), responses((status = 200, body = View), (status = 404)))]
async fn authorise(
    Extract(state): Extract<State>,
    caller: Admin,
    Id(id): Id,
    Body(granted): Body<Granted>,
) -> Result<Json<View>, ApiError> {
    let provider = match granted.provider {
        Named::Google => Provider::Google,
        Named::Microsoft => Provider::Microsoft,
    };
    let grant = Grant {
        token_url: provider.token_url(),
        client_id: granted.client.trim(),
        client_secret_sealed: granted.client_secret.as_deref().map(|secret| state.seal.seal(secret)),
        refresh_token_sealed: state.seal.seal(granted.refresh_token.trim()),
    };
    let by = caller.by();
    let mailbox = mailboxes::authorise(&state.db, caller.scope(), MailboxId(id), &grant, &by, now()).await;
    Ok(Json(mailbox.map_err(refusal(TAKEN))?.into()))
}

/// Logs in with a password from now on; what was granted for a log-in by token is forgotten.
#[utoipa::path(put, path = "/api/email/mailboxes/{id}/password", tag = "mail", request_body = Password,
    params(("id" = Uuid, Path)), responses((status = 200, body = View), (status = 404)))]
async fn set_password(
    Extract(state): Extract<State>,
    caller: Admin,
    Id(id): Id,
    Body(given): Body<Password>,
) -> Result<Json<View>, ApiError> {
    let sealed = state.seal.seal(&given.password);
    let by = caller.by();
    let mailbox =
        mailboxes::set_password(&state.db, caller.scope(), MailboxId(id), &sealed, &by, now()).await;
    Ok(Json(mailbox.map_err(refusal(TAKEN))?.into()))
}
