//! Giving tickets to agents.

use crate::{Job, Queue, SiteId, TicketId};
use serde::{Deserialize, Serialize};

/// Gives a new ticket to the least busy agent of its site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    pub site_id: SiteId,
    pub ticket_id: TicketId,
}

impl Job for Route {
    const KIND: &'static str = "ticket.route";
    const QUEUE: Queue = Queue::Routing;
    const ABOUT: &'static str = "Gives a new ticket to the least busy agent of its site.";

    fn site(&self) -> SiteId {
        self.site_id
    }
}
