//! How an error reaches the guard, which knows the route's family and the caller's language.

use super::{ApiError, Family};
use axum::response::{IntoResponse, Response};
use std::sync::{Arc, Mutex};

/// An error on its way out: the guard says it in the words of the route's family and the caller's language.
#[derive(Clone)]
pub struct Unsaid(Arc<Mutex<Option<ApiError>>>);

impl Unsaid {
    /// The answer; nothing if it was given already.
    pub fn say(self, family: Family) -> Option<Response> {
        Some(self.0.lock().ok()?.take()?.answer(family))
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(Unsaid(Arc::new(Mutex::new(Some(self)))));
        response
    }
}
