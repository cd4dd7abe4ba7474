//! A site's statuses and the steps between them (A8-E14): agents read, admins write.

mod transitions;

use crate::auth::{Access, Admin, Agent, guarded};
use crate::error::{ApiError, Missing};
use crate::request::{Body, Id, List, Page, PageQuery, not_blank};
use crate::state::State;
use crate::text::{Text, Words, both};
use crate::time::{instant, now};
use axum::Json;
use axum::extract::State as Extract;
use axum::http::StatusCode;
use garde::Validate;
use schema::sites::Home;
use schema::tickets::rules::{Kind, StatusKey};
use schema::tickets::statuses::{self, Changes, NewStatus, Refused, StatusRow};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

const KEY: Text = Text::new("Yalnızca a-z ve _ kullanılabilir.", "Only a-z and _ may be used.");
const TAKEN: Text = Text::new("Bu kayıt zaten var", "This record exists already");
const PRESET: Text = Text::new(
    "Temel durumlar silinemez, kaldırılamaz ve türü değiştirilemez",
    "The basic statuses cannot be deleted, retired or given another kind",
);
const IN_USE: Text = Text::new(
    "Durum kullanımda; silmek yerine kaldırılmış olarak işaretleyin",
    "The status is in use; retire it instead",
);

/// The routes.
pub fn routes(state: &State) -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(guarded(state, Access::AGENT, routes!(list)))
        .routes(guarded(state, Access::ADMIN, routes!(create)))
        .routes(guarded(state, Access::ADMIN, routes!(update, delete)))
        .merge(transitions::routes(state))
}

/// What a status means to deadlines, closing and mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = StatusKind)]
enum KindWord {
    New,
    Open,
    Waiting,
    Resolved,
    Closed,
}

impl From<KindWord> for Kind {
    fn from(word: KindWord) -> Self {
        match word {
            KindWord::New => Kind::New,
            KindWord::Open => Kind::Open,
            KindWord::Waiting => Kind::Waiting,
            KindWord::Resolved => Kind::Resolved,
            KindWord::Closed => Kind::Closed,
        }
    }
}

#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = StatusDraft)]
struct Draft {
    /// Small letters a to z and underscores.
    #[garde(length(chars, min = 1, max = 50), custom(is_key))]
    #[schema(min_length = 1, max_length = 50, pattern = "^[a-z_]{1,50}$")]
    key: String,
    #[garde(length(chars, min = 1, max = 100), custom(not_blank))]
    #[schema(min_length = 1, max_length = 100)]
    label: String,
    /// A word or a hexadecimal colour.
    #[garde(inner(length(chars, min = 1, max = 20), custom(is_color)))]
    #[schema(min_length = 1, max_length = 20, pattern = "^#?[0-9A-Za-z]+$")]
    color: Option<String>,
    /// Its place on the board; absent for the end.
    #[garde(range(min = 0, max = 10_000))]
    #[schema(minimum = 0, maximum = 10_000)]
    position: Option<i32>,
    #[garde(skip)]
    kind: KindWord,
}

#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = StatusEdit)]
struct Edit {
    #[garde(inner(length(chars, min = 1, max = 100), custom(not_blank)))]
    #[schema(min_length = 1, max_length = 100)]
    label: Option<String>,
    #[garde(inner(length(chars, min = 1, max = 20), custom(is_color)))]
    #[schema(min_length = 1, max_length = 20, pattern = "^#?[0-9A-Za-z]+$")]
    color: Option<String>,
    #[garde(range(min = 0, max = 10_000))]
    #[schema(minimum = 0, maximum = 10_000)]
    position: Option<i32>,
    #[garde(skip)]
    kind: Option<KindWord>,
    /// Not offered any more; tickets that have it keep it.
    #[garde(skip)]
    retired: Option<bool>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Status)]
struct View {
    id: Uuid,
    site_id: Uuid,
    key: String,
    label: String,
    color: String,
    position: i32,
    kind: String,
    retired: bool,
    created_at: String,
    updated_at: String,
}

impl From<StatusRow> for View {
    fn from(row: StatusRow) -> Self {
        let StatusRow { id, site_id, key, label, color, position, kind, retired, created_at, updated_at } =
            row;
        let (created_at, updated_at) = (instant(created_at), instant(updated_at));
        Self { id, site_id, key, label, color, position, kind, retired, created_at, updated_at }
    }
}

impl From<Refused> for ApiError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::NotFound => ApiError::NotFound(Missing::Record),
            Refused::Taken => ApiError::Said(StatusCode::CONFLICT, TAKEN),
            Refused::Preset => ApiError::Said(StatusCode::CONFLICT, PRESET),
            Refused::InUse => ApiError::Said(StatusCode::CONFLICT, IN_USE),
            Refused::UnknownKey(key) => {
                ApiError::Invalid(both(format!("Geçersiz durum: {key}"), format!("Invalid status: {key}")))
            }
            Refused::Database(error) => error.into(),
        }
    }
}

/// The site's statuses in the order of the board.
#[utoipa::path(get, path = "/api/statuses", tag = "statuses", params(PageQuery),
    responses((status = 200, body = List<View>)))]
async fn list(
    Extract(state): Extract<State>,
    caller: Agent,
    page: Page,
) -> Result<Json<List<View>>, ApiError> {
    let (rows, total) =
        statuses::list(&state.db, caller.scope(), i64::from(page.limit), page.offset()).await?;
    Ok(Json(page.list(rows.into_iter().map(View::from).collect(), total)))
}

/// A status of the site's own. No step leads to it yet.
#[utoipa::path(post, path = "/api/statuses", tag = "statuses", request_body = Draft,
    responses((status = 201, body = View), (status = 400), (status = 409, description = "The key is taken")))]
async fn create(
    Extract(state): Extract<State>,
    caller: Admin,
    Body(draft): Body<Draft>,
) -> Result<(StatusCode, Json<View>), ApiError> {
    let key = StatusKey::parse(&draft.key).ok_or_else(|| ApiError::field("key", Words::WRONG_TYPE))?;
    let new = NewStatus {
        key,
        label: draft.label.trim().to_owned(),
        color: draft.color.unwrap_or_else(|| "gray".to_owned()),
        position: draft.position,
        kind: draft.kind.into(),
    };
    let made = statuses::create(&state.db, caller.site()?, new, &caller.by(), now()).await?;
    Ok((StatusCode::CREATED, Json(made.into())))
}

/// Changes the given fields. The kind of a status that tickets have stays.
#[utoipa::path(put, path = "/api/statuses/{id}", tag = "statuses", request_body = Edit, params(("id" = Uuid, Path)),
    responses((status = 200, body = View), (status = 400), (status = 404), (status = 409)))]
async fn update(
    Extract(state): Extract<State>,
    caller: Admin,
    Id(id): Id,
    Body(edit): Body<Edit>,
) -> Result<Json<View>, ApiError> {
    let site = caller.home(&state, Home::Status, id).await?;
    let changes = Changes {
        label: edit.label.map(|label| label.trim().to_owned()),
        color: edit.color,
        position: edit.position,
        kind: edit.kind.map(Kind::from),
        retired: edit.retired,
    };
    Ok(Json(statuses::update(&state.db, site, id, changes, &caller.by(), now()).await?.into()))
}

/// The six that every site has stay, and so does one that tickets have: that can be retired.
#[utoipa::path(delete, path = "/api/statuses/{id}", tag = "statuses", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 404), (status = 409)))]
async fn delete(Extract(state): Extract<State>, caller: Admin, Id(id): Id) -> Result<StatusCode, ApiError> {
    let site = caller.home(&state, Home::Status, id).await?;
    statuses::delete(&state.db, site, id, &caller.by(), now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "garde hands the context over by reference")]
fn is_key(text: &str, _: &()) -> garde::Result {
    match StatusKey::parse(text) {
        Some(_) => Ok(()),
        None => Err(KEY.rule()),
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "garde hands the context over by reference")]
fn is_color(text: &str, _: &()) -> garde::Result {
    let word = text.strip_prefix('#').unwrap_or(text);
    match !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        true => Ok(()),
        false => Err(Words::WRONG_TYPE.rule()),
    }
}
