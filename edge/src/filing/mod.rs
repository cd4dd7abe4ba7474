//! Makes the ticket of a request: files first, then one committed act, and the same answer for the same key.
//!
//! ```text
//! uploads ─▶ their final keys ─▶ Intake::create ─┬─▶ committed: Filed
//!                                                ├─▶ key used before: the first answer again
//!                                                └─▶ surely not stored: files deleted, ApiError
//! ```
//!
//! Once files stand at their final keys the work goes on even if the client goes away: a ticket that was committed
//! must find its files, and files without a ticket must go.

pub mod key;
pub mod shelf;

mod replay;

pub use replay::{Earlier, earlier};

use crate::auth::Credentials;
use crate::error::ApiError;
use crate::intake::Upload;
use crate::state::State;
use chrono::{DateTime, Utc};
use jobs::TicketId;
use schema::pool::DbError;
use schema::sites::Settings;
use schema::tickets::reads::find_receipt;
use schema::tickets::{Created, NewTicket, NotCreated};
use shelf::{Directory, Shelf};
use std::sync::Arc;

/// A ticket that stands.
#[derive(Debug)]
pub struct Filed {
    pub id: TicketId,
    pub ticket_number: i64,
    pub reference: String,
    pub created_at: DateTime<Utc>,
    /// With the settings it was made under.
    pub site: Arc<Settings>,
    /// What was remembered, when this answers a repeated request.
    pub earlier: Option<Earlier>,
}

/// What a request asks for.
pub struct Filing {
    pub ticket: NewTicket,
    /// They become its attachments, kept under `directory`.
    pub uploads: Vec<Upload>,
    pub directory: Directory,
    /// Words again what depends on the site's settings, when those had changed and were read anew.
    pub reword: fn(&mut NewTicket),
}

/// Makes the ticket.
///
/// # Errors
/// Nothing was stored, or nobody can tell because the database went away.
pub async fn file(state: &State, credentials: &Credentials, filing: Filing) -> Result<Filed, ApiError> {
    if filing.uploads.is_empty() {
        let created = create(state, credentials, filing.ticket, filing.reword).await;
        return created.map_err(|unfiled| unfiled.error);
    }
    let (state, credentials) = (state.clone(), credentials.clone());
    let work = async move { with_files(&state, &credentials, filing).await };
    tokio::spawn(work).await.map_err(|cause| ApiError::Fault(cause.into()))?
}

async fn with_files(state: &State, credentials: &Credentials, filing: Filing) -> Result<Filed, ApiError> {
    let Filing { mut ticket, uploads, directory, reword } = filing;
    let shelf = Shelf::fill(state, directory, ticket.site.id, uploads).await?;
    ticket.attachments = shelf.attachments();
    match create(state, credentials, ticket, reword).await {
        Ok(filed) if filed.earlier.is_none() => Ok(filed),
        Ok(filed) => {
            shelf.clear(state).await;
            Ok(filed)
        }
        Err(unfiled) => {
            if unfiled.surely {
                shelf.clear(state).await;
            }
            Err(unfiled.error)
        }
    }
}

/// Why there is no ticket, and whether that is certain.
struct Unfiled {
    error: ApiError,
    surely: bool,
}

impl From<ApiError> for Unfiled {
    fn from(error: ApiError) -> Self {
        Self { error, surely: true }
    }
}

async fn create(
    state: &State,
    credentials: &Credentials,
    mut ticket: NewTicket,
    reword: fn(&mut NewTicket),
) -> Result<Filed, Unfiled> {
    let mut answer = state.intake.create(ticket.clone()).await;
    if matches!(answer, Err(NotCreated::StaleSettings)) {
        state.sites.forget(ticket.site.id);
        ticket.site = credentials.site(state).await?;
        reword(&mut ticket);
        answer = state.intake.create(ticket.clone()).await;
    }
    match answer {
        Ok(created) => Ok(filed(&ticket, created)),
        Err(NotCreated::KeyUsed) => Ok(replay::answer_again(state, &ticket).await?),
        Err(NotCreated::Overloaded | NotCreated::StaleSettings) => Err(ApiError::Busy.into()),
        Err(cause @ (NotCreated::SubmissionUsed | NotCreated::LeaseLost)) => {
            Err(ApiError::Fault(cause.into()).into())
        }
        Err(NotCreated::Database(cause)) => after_all(state, &ticket, &cause).await,
    }
}

fn filed(ticket: &NewTicket, created: Created) -> Filed {
    let Created { ticket_number, reference, .. } = created;
    let (id, created_at, site) = (ticket.id, ticket.created_at, ticket.site.clone());
    Filed { id, ticket_number, reference, created_at, site, earlier: None }
}

/// The connection may have broken after the commit: then the ticket stands under the id we gave it.
async fn after_all(state: &State, ticket: &NewTicket, cause: &Arc<DbError>) -> Result<Filed, Unfiled> {
    let site = &ticket.site;
    match find_receipt(&state.db, site.id, ticket.id).await {
        Ok(Some(receipt)) => {
            let (ticket_number, reference, created_at) =
                (receipt.ticket_number, receipt.reference, receipt.created_at);
            Ok(Filed {
                id: ticket.id,
                ticket_number,
                reference,
                created_at,
                site: site.clone(),
                earlier: None,
            })
        }
        Ok(None) if cause.is_outage() => Err(ApiError::Busy.into()),
        Ok(None) => Err(ApiError::Fault(anyhow::anyhow!("a ticket was not stored: {cause}")).into()),
        Err(second) => Err(Unfiled { error: ApiError::of_database(second), surely: false }),
    }
}
