//! Pages of lists: `page` from 1 and `limit` (50, at most 100) in the query; `data`, `total`, `page` and `limit` in
//! the answer.

use super::Query;
use crate::error::ApiError;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use garde::Validate;
use schema::page::Span;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

const LIMIT: u32 = 50;

/// Which part of a list is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// From 1.
    pub page: u32,
    pub limit: u32,
}

#[derive(Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// From 1.
    #[garde(range(min = 1, max = 100_000))]
    #[param(minimum = 1, maximum = 100_000, default = 1)]
    page: Option<u32>,
    /// Entries of one page.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<u32>,
}

impl Page {
    /// Entries before this page.
    #[must_use]
    pub fn offset(self) -> i64 {
        i64::from(self.page - 1) * i64::from(self.limit)
    }

    /// As finders take it.
    #[must_use]
    pub fn span(self) -> Span {
        Span { limit: i64::from(self.limit), offset: self.offset() }
    }

    /// The page as an answer.
    #[must_use]
    pub fn list<T>(self, data: Vec<T>, total: i64) -> List<T> {
        List { data, total, page: self.page, limit: self.limit }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Page {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Query(PageQuery { page, limit }) = Query::from_request_parts(parts, state).await?;
        Ok(Self { page: page.unwrap_or(1), limit: limit.unwrap_or(LIMIT) })
    }
}

/// One page of a list.
#[derive(Serialize, ToSchema)]
pub struct List<T> {
    pub data: Vec<T>,
    /// Entries of all pages.
    pub total: i64,
    pub page: u32,
    pub limit: u32,
}
