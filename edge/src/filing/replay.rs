//! The answer to a request that was answered before.

use super::Filed;
use crate::error::{ApiError, Missing};
use crate::state::State;
use chrono::{DateTime, Utc};
use jobs::{SiteId, SubmissionId, TicketId};
use schema::tickets::reads::{find_receipt, find_remembered};
use schema::tickets::{NewKey, NewTicket};
use serde::Deserialize;

/// What was remembered of the first answer.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Earlier {
    pub ticket_id: Option<TicketId>,
    pub sla_due_date: Option<DateTime<Utc>>,
    pub submission_id: Option<SubmissionId>,
}

/// What was answered under this key.
///
/// # Errors
/// It was the key of another request, or the database is away.
pub async fn earlier(state: &State, site: SiteId, key: &NewKey) -> Result<Earlier, ApiError> {
    let remembered =
        find_remembered(&state.db, site, key.route, &key.key).await.map_err(ApiError::of_database)?;
    // A key that was refused and is gone was swept in between.
    let remembered = remembered.ok_or(ApiError::Busy)?;
    if hex(&remembered.request_hash) != key.request_hash {
        return Err(ApiError::KeyReused);
    }
    serde_json::from_value(remembered.answer).map_err(|cause| ApiError::Fault(cause.into()))
}

pub(super) async fn answer_again(state: &State, ticket: &NewTicket) -> Result<Filed, ApiError> {
    let Some(key) = &ticket.idempotency else {
        return Err(ApiError::Fault(anyhow::anyhow!("a request without a key met a used one")));
    };
    let site = ticket.site.clone();
    let earlier = earlier(state, site.id, key).await?;
    let id = earlier.ticket_id.ok_or(ApiError::NotFound(Missing::Page))?;
    let receipt = find_receipt(&state.db, site.id, id).await.map_err(ApiError::of_database)?;
    let receipt = receipt.ok_or(ApiError::NotFound(Missing::Page))?;
    Ok(Filed {
        id,
        ticket_number: receipt.ticket_number,
        reference: receipt.reference,
        created_at: receipt.created_at,
        site,
        earlier: Some(earlier),
    })
}

pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a string never fails");
        text
    })
}
