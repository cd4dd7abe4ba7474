//! The audit log (section 16): admins read their site's, super admins every site's, those that are gone included.
//! It is read only; there is no other door to it.

mod cursor;

use crate::auth::{Access, Admin, guarded};
use crate::error::{ApiError, language};
use crate::request::{Query, fields};
use crate::state::State;
use crate::text::Text;
use crate::time::instant;
use axum::Json;
use axum::extract::State as Extract;
use axum::http::HeaderMap;
use chrono::{DateTime, Utc};
use garde::Validate;
use jobs::SiteId;
use schema::audit::log::{self, Filter, Line, Part, TOTAL_MAX};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

const TOO_FAR: Text = Text::new(
    "Daha eskisi için önceki yanıttaki next_cursor değerini cursor olarak gönderin.",
    "To go further back, send the last answer's next_cursor as cursor.",
);
const NO_CURSOR: Text = Text::new("Geçersiz değer.", "Not a valid value.");
const LIMIT: u32 = 50;

/// The routes.
pub fn routes(state: &State) -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(guarded(state, Access::ADMIN, routes!(list)))
}

#[derive(Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// `CREATE`, `UPDATE`, `DELETE`, `LOGIN`, `ROLE_CHANGE`, …
    #[garde(inner(length(chars, max = 50)))]
    #[param(max_length = 50)]
    action: Option<String>,
    /// `user`, `ticket`, `site`, …
    #[garde(inner(length(chars, max = 50)))]
    #[param(max_length = 50)]
    target_type: Option<String>,
    #[garde(skip)]
    target_id: Option<Uuid>,
    #[garde(skip)]
    actor_id: Option<Uuid>,
    /// A site of those a super admin sees.
    #[garde(skip)]
    site_id: Option<Uuid>,
    #[garde(inner(custom(fields::instant)))]
    from: Option<DateTime<Utc>>,
    /// Itself not included.
    #[garde(inner(custom(fields::instant)))]
    to: Option<DateTime<Utc>>,
    /// `next_cursor` of the answer before; goes on from there, however far back.
    #[garde(inner(length(chars, max = 100)))]
    #[param(max_length = 100)]
    cursor: Option<String>,
    /// From 1; reaches the newest 10,000 entries.
    #[garde(inner(range(min = 1, max = 10_000)))]
    #[param(minimum = 1, maximum = 10_000, default = 1)]
    page: Option<u32>,
    #[garde(inner(range(min = 1, max = 100)))]
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<u32>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = AuditEntry)]
struct View {
    id: Uuid,
    site_id: Option<Uuid>,
    /// Null for the system itself, and for users who were deleted.
    actor_id: Option<Uuid>,
    actor_name: Option<String>,
    actor_email: Option<String>,
    action: String,
    target_type: Option<String>,
    target_id: Option<Uuid>,
    #[schema(value_type = Option<Object>)]
    details: Option<Value>,
    /// `{field: {old, new}}`
    #[schema(value_type = Option<Object>)]
    changes: Option<Value>,
    ip_address: Option<String>,
    user_agent: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = AuditEntries)]
struct Entries {
    data: Vec<View>,
    /// Of all pages, counted up to 10,000.
    total: i64,
    page: u32,
    limit: u32,
    /// Where the next page goes on; null on the last.
    next_cursor: Option<String>,
}

impl From<Line> for View {
    fn from(line: Line) -> Self {
        Self {
            id: line.id,
            site_id: line.site_id,
            actor_id: line.actor_id,
            actor_name: line.actor_name,
            actor_email: line.actor_email,
            action: line.action,
            target_type: line.target_type,
            target_id: line.target_id,
            details: line.details,
            changes: line.changes,
            ip_address: line.ip_address,
            user_agent: line.user_agent,
            created_at: instant(line.created_at),
        }
    }
}

impl Wanted {
    fn filter(&self) -> Filter {
        Filter {
            site: self.site_id.map(SiteId),
            action: self.action.clone(),
            target_type: self.target_type.clone(),
            target_id: self.target_id,
            actor_id: self.actor_id,
            from: self.from,
            to: self.to,
        }
    }

    /// One more than is shown tells whether there are more.
    fn part(&self, page: u32, limit: u32, headers: &HeaderMap) -> Result<Part, ApiError> {
        let wrong = |field: &str, why: Text| ApiError::field(field, why.of(language(headers)));
        let after = match &self.cursor {
            Some(text) => Some(cursor::read(text).ok_or_else(|| wrong("cursor", NO_CURSOR))?),
            None => None,
        };
        let offset = if after.is_some() { 0 } else { i64::from(page - 1) * i64::from(limit) };
        if offset + i64::from(limit) > TOTAL_MAX {
            return Err(wrong("page", TOO_FAR));
        }
        Ok(Part { after, limit: i64::from(limit) + 1, offset })
    }
}

/// Who did what, the newest first.
#[utoipa::path(get, path = "/api/audit-logs", tag = "audit", params(Wanted),
    responses((status = 200, body = Entries), (status = 400)))]
async fn list(
    Extract(state): Extract<State>,
    caller: Admin,
    headers: HeaderMap,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Entries>, ApiError> {
    let (page, limit) = (wanted.page.unwrap_or(1), wanted.limit.unwrap_or(LIMIT));
    let part = wanted.part(page, limit, &headers)?;
    let mut found = log::list(&state.db, caller.scope(), &wanted.filter(), part).await?;
    let has_more = found.lines.len() > limit as usize;
    found.lines.truncate(limit as usize);
    let next_cursor = found.lines.last().filter(|_| has_more).map(|line| cursor::write(line.place()));
    let data = found.lines.into_iter().map(View::from).collect();
    Ok(Json(Entries { data, total: found.total, page, limit, next_cursor }))
}
