//! A site's mail settings (B10-64, B10-65): staff read them, admins write and try them. The edge talks to no mail
//! server: what is tried is done by the workers, and told by the next answer.

mod body;
mod view;

use crate::auth::{Access, Admin, Agent, guarded};
use crate::error::{ApiError, Missing, language};
use crate::request::Body;
use crate::state::State;
use crate::text::{Language, Text};
use crate::time::now;
use axum::Json;
use axum::extract::State as Extract;
use axum::http::{HeaderMap, StatusCode};
use body::Edit;
use schema::mail::settings::{self, NotChanged};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;
use view::View;

const ADDRESS_TAKEN: Text =
    Text::new("Bu e-posta adresi başka bir siteye ait", "This e-mail address belongs to another site");
const MAILBOX_TAKEN: Text = Text::new("Bu posta kutusu zaten okunuyor", "This mailbox is being read already");
const NO_MAILBOX: Text = Text::new("Sitenin tanımlı bir posta kutusu yok", "The site has no mailbox set up");
const SECRET: Text = Text::new(
    "Sunucu ya da kullanıcı değişti: parola yeniden girilmeli.",
    "The server or the user has changed: enter the password again.",
);

/// The routes.
pub fn routes(state: &State) -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(guarded(state, Access::AGENT, routes!(show)))
        .routes(guarded(state, Access::ADMIN, routes!(update)))
        .routes(guarded(state, Access::ADMIN, routes!(test)))
        .routes(guarded(state, Access::ADMIN, routes!(check)))
}

fn refusal(refused: NotChanged, language: Language) -> ApiError {
    match refused {
        NotChanged::NotFound => ApiError::NotFound(Missing::Site),
        NotChanged::SecretNeeded(field) => ApiError::field(field, SECRET.of(language)),
        NotChanged::AddressTaken => ApiError::Said(StatusCode::CONFLICT, ADDRESS_TAKEN),
        NotChanged::MailboxTaken => ApiError::Said(StatusCode::CONFLICT, MAILBOX_TAKEN),
        NotChanged::Database(error) => error.into(),
    }
}

/// What the site reads and sends with. Secrets are shown as `********`.
#[utoipa::path(get, path = "/api/settings/email", tag = "mail", responses((status = 200, body = View)))]
async fn show(
    Extract(state): Extract<State>,
    caller: Agent,
    headers: HeaderMap,
) -> Result<Json<View>, ApiError> {
    let found = settings::read(&state.db, caller.site()?).await;
    Ok(Json(found.map_err(|refused| refusal(refused, language(&headers)))?.into()))
}

/// Changes the given parts; null takes one away. `********` leaves a secret as it is, with the server it belongs to.
#[utoipa::path(put, path = "/api/settings/email", tag = "mail", request_body = Edit,
    responses((status = 200, body = View), (status = 409, description = "An address or the mailbox is taken")))]
async fn update(
    Extract(state): Extract<State>,
    caller: Admin,
    headers: HeaderMap,
    Body(edit): Body<Edit>,
) -> Result<Json<View>, ApiError> {
    let (site, language) = (caller.site()?, language(&headers));
    let old = settings::read(&state.db, site).await.map_err(|refused| refusal(refused, language))?;
    edit.check_servers(&old, &state.config.common.mail_reach(), language).await?;
    let changes = edit.changes(language)?;
    let new = settings::change(&state.db, site, &changes, &state.seal, &caller.by(), now()).await;
    state.sites.forget(site);
    Ok(Json(new.map_err(|refused| refusal(refused, language))?.into()))
}

/// Where a mail's fate can be read.
#[derive(Serialize, ToSchema)]
#[schema(as = TestMail)]
struct Posted {
    /// `GET /api/email/outbound/{id}` tells what became of it.
    id: Uuid,
    to_address: String,
}

/// Sends the caller a mail over the site's server.
#[utoipa::path(post, path = "/api/settings/email/test", tag = "mail", responses((status = 202, body = Posted)))]
async fn test(Extract(state): Extract<State>, caller: Admin) -> Result<(StatusCode, Json<Posted>), ApiError> {
    let (user, site) = (&caller.user, caller.site()?);
    let to = (user.id, user.email.as_str(), user.name.as_str());
    let id = settings::post_test(&state.db, site, to, &caller.by(), now()).await?;
    Ok((StatusCode::ACCEPTED, Json(Posted { id, to_address: user.email.clone() })))
}

/// Looks into the site's mailbox once; `imap.checked_at` and `imap.trouble` tell how that went.
#[utoipa::path(post, path = "/api/settings/email/check", tag = "mail",
    responses((status = 202), (status = 409, description = "The site reads no mailbox")))]
async fn check(Extract(state): Extract<State>, caller: Admin) -> Result<StatusCode, ApiError> {
    match settings::ask_check(&state.db, caller.site()?).await? {
        true => Ok(StatusCode::ACCEPTED),
        false => Err(ApiError::Said(StatusCode::CONFLICT, NO_MAILBOX)),
    }
}
