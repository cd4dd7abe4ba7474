//! `GET /api/tickets/board`: a column per status (A8-41).

use super::refused::UNKNOWN_STATUS;
use super::view::CardView;
use crate::auth::Agent;
use crate::error::ApiError;
use crate::request::Query;
use crate::state::State;
use crate::text::Words;
use axum::Json;
use axum::extract::State as Extract;
use axum::http::StatusCode;
use garde::Validate;
use schema::tickets::board::{self, Column};
use schema::tickets::rules::Rank;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

const LIMIT: u32 = 20;

#[derive(Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// Cards of one column.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// One column only.
    #[garde(length(chars, max = 50))]
    #[param(max_length = 50)]
    status: Option<String>,
    /// That column from `next_cursor` of an earlier page on.
    #[garde(length(chars, max = 200))]
    #[param(max_length = 200)]
    cursor: Option<String>,
}

/// The columns in their order.
#[derive(Serialize, ToSchema)]
#[schema(as = Board)]
pub struct BoardView {
    columns: Vec<ColumnView>,
}

/// A status and its first cards.
#[derive(Serialize, ToSchema)]
#[schema(as = BoardColumn)]
struct ColumnView {
    status: String,
    label: String,
    color: String,
    kind: String,
    position: i32,
    /// All its cards; at least so many if it is not exact.
    total: i64,
    total_is_exact: bool,
    cards: Vec<CardView>,
    /// Where its next page begins; none after the last.
    next_cursor: Option<String>,
}

/// Every column with its first cards, or one column further down.
#[utoipa::path(get, path = "/api/tickets/board", tag = "tickets", params(Wanted),
    responses((status = 200, body = BoardView), (status = 400)))]
pub async fn board(
    Extract(state): Extract<State>,
    caller: Agent,
    Query(wanted): Query<Wanted>,
) -> Result<Json<BoardView>, ApiError> {
    let (site, limit) = (caller.site()?, i64::from(wanted.limit.unwrap_or(LIMIT)));
    let columns = match &wanted.status {
        None if wanted.cursor.is_some() => return Err(ApiError::field("status", Words::REQUIRED)),
        None => board::board(&state.db, site, limit).await?,
        Some(status) => {
            let wrong = || ApiError::field("cursor", Words::WRONG_TYPE);
            let after =
                wanted.cursor.as_deref().map(|text| Rank::parse(text).ok_or_else(wrong)).transpose()?;
            let column = board::find_column(&state.db, site, status, after.as_ref(), limit).await?;
            vec![column.ok_or(ApiError::Said(StatusCode::BAD_REQUEST, UNKNOWN_STATUS))?]
        }
    };
    Ok(Json(BoardView { columns: columns.into_iter().map(ColumnView::from).collect() }))
}

impl From<Column> for ColumnView {
    fn from(column: Column) -> Self {
        Self {
            status: column.status,
            label: column.label,
            color: column.color,
            kind: column.kind,
            position: column.position,
            total: column.total,
            total_is_exact: column.total_is_exact,
            cards: column.cards.into_iter().map(CardView::from).collect(),
            next_cursor: column.next.map(|rank| rank.to_string()),
        }
    }
}
