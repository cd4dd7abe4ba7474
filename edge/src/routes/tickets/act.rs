//! An agent's hand on a ticket: whose it is, for which site, and what happens when the site's settings had changed.

use crate::auth::Caller;
use crate::error::{ApiError, Missing};
use crate::state::State;
use crate::time::now;
use jobs::{SiteId, TicketId};
use schema::sites::{Home, Settings};
use schema::tickets::status::By;
use schema::tickets::{Hand, Refused};
use std::sync::Arc;
use uuid::Uuid;

/// Everything a [`Hand`] is made of.
pub struct Act {
    pub site: Arc<Settings>,
    by: By,
    caller: Arc<Caller>,
    seen: Option<Vec<i64>>,
}

impl Act {
    /// For a site, by whoever calls.
    ///
    /// # Errors
    /// The site is switched off.
    pub async fn of(
        state: &State,
        caller: &Arc<Caller>,
        site: SiteId,
        seen: Option<&[i64]>,
    ) -> Result<Self, ApiError> {
        let site = state.sites.by_id(site).await?.ok_or(ApiError::NotFound(Missing::Site))?;
        Ok(Self { site, by: caller.by(), caller: caller.clone(), seen: seen.map(<[i64]>::to_vec) })
    }

    /// For the site of a ticket.
    ///
    /// # Errors
    /// There is no such ticket, or its site is switched off.
    pub async fn on(
        state: &State,
        caller: &Arc<Caller>,
        ticket: Uuid,
        seen: Option<&[i64]>,
    ) -> Result<(Self, TicketId), ApiError> {
        let site = caller.home(state, Home::Ticket, ticket).await.map_err(|error| match error {
            ApiError::NotFound(_) => ApiError::NotFound(Missing::Ticket),
            error => error,
        })?;
        Ok((Self::of(state, caller, site, seen).await?, TicketId(ticket)))
    }

    pub fn hand(&self) -> Hand<'_> {
        let (site, by, role) = (&*self.site, &self.by, self.caller.role());
        Hand { site, by, role, seen: self.seen.as_deref(), now: now() }
    }

    /// Reads the site's settings anew if they were why something was refused. Then it is worth another try.
    ///
    /// # Errors
    /// It was refused for another reason.
    pub async fn refresh(&mut self, state: &State, refused: Refused) -> Result<(), ApiError> {
        if !matches!(refused, Refused::StaleSettings) {
            return Err(refused.into());
        }
        state.sites.forget(self.site.id);
        let site = state.sites.by_id(self.site.id).await?;
        self.site = site.ok_or(ApiError::NotFound(Missing::Site))?;
        Ok(())
    }
}

/// Does something by an [`Act`]; once more if the site's settings had changed since they were read.
macro_rules! settled {
    ($state:expr, $act:expr, $hand:ident => $work:expr) => {{
        let first = {
            let $hand = &$act.hand();
            $work.await
        };
        match first {
            Ok(done) => done,
            Err(refused) => {
                $act.refresh($state, refused).await?;
                let $hand = &$act.hand();
                $work.await?
            }
        }
    }};
}
pub(in crate::routes) use settled;
