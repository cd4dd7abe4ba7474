//! Which pages may call us (B22-08…11, B12-80).
//!
//! - Our own, listed in `CORS_ORIGINS`: every route, with credentials.
//! - Those of a site's own domains, registered with the site: what needs nobody signed in, for that site, without
//!   credentials.
//! - The edge's own pages, and whatever sends no `Origin` because it is no page: nothing to decide.
//!
//! Any other page is refused before anything is done or counted. A preflight cannot say which site it is for, since it
//! carries no key: it is allowed to pages that any site registered, and the request behind it is judged by its site.

mod call;
mod origin;
mod registered;
mod tell;

pub use call::Call;
pub use origin::Origin;
pub use registered::Registered;
pub use tell::{preflight, tell};

use crate::auth::{Credentials, Door};
use crate::error::ApiError;
use crate::state::State;
use crate::text::Text;
use axum::http::StatusCode;
use std::collections::HashSet;

/// One sentence in both languages: clients look for it.
const VIOLATION: Text = Text::new("CORS policy violation", "CORS policy violation");

/// The origins that are known.
pub struct Cors {
    own: HashSet<Origin>,
    registered: Registered,
}

/// What is known of the page that calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// Of the edge itself, or no page at all.
    Near,
    /// One of our own elsewhere.
    Own,
    /// Of a site's domain.
    Registered,
}

impl Cors {
    #[must_use]
    pub fn new(own: &[Origin], registered: Registered) -> Self {
        Self { own: own.iter().cloned().collect(), registered }
    }

    /// The page that calls.
    ///
    /// # Errors
    /// A foreign one, or one that its site did not register.
    pub async fn page(&self, state: &State, call: Call<'_>) -> Result<Page, ApiError> {
        if !call.is_from_a_page() {
            return if call.is_smuggled() { Err(violation()) } else { Ok(Page::Near) };
        }
        // Browsers spell an origin in one way, so most need not be taken apart.
        if call.origin_text().is_some_and(|text| self.own.contains(text)) {
            return Ok(Page::Own);
        }
        let origin = call.origin().ok_or_else(violation)?;
        if self.own.contains(&origin) {
            return Ok(Page::Own);
        }
        if call.is_from_ours(&origin) {
            return Ok(Page::Near);
        }
        if !self.registered.by_any(&origin).await {
            return Err(violation());
        }
        if call.is_for_a_site() {
            self.admit(state, &origin, call).await?;
        }
        Ok(Page::Registered)
    }

    /// Lets a site's page through to that site only.
    async fn admit(&self, state: &State, origin: &Origin, call: Call<'_>) -> Result<(), ApiError> {
        if call.carries_a_log_in() {
            return Err(violation());
        }
        match Credentials::of(call.headers, Door::Public)?.site(state).await {
            Ok(site) if self.registered.by_site(origin, site.id) => Ok(()),
            Err(error @ (ApiError::Busy | ApiError::Fault(_))) => Err(error),
            _ => Err(violation()),
        }
    }
}

fn violation() -> ApiError {
    ApiError::Said(StatusCode::FORBIDDEN, VIOLATION)
}
