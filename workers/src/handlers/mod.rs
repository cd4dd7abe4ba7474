//! One file per family of jobs: read, decide with rules, act.

mod accounts;
mod autoclose;
mod forms;
mod leftovers;
pub mod mail_in;
mod mail_out;
mod mailbox;
mod mailbox_check;
mod routing;
mod sites;
mod sla;
#[cfg(test)]
mod tests;
mod tickets;
mod upkeep;

use crate::registry::{Registry, long, short};
use jobs::{SiteId, TicketId};
use std::collections::BTreeMap;

/// Every kind of job and its handler.
#[must_use]
pub fn registry() -> Registry {
    Registry::new(vec![
        long::<jobs::mailbox::Watch>(),
        long::<jobs::mailbox::Check>(),
        short::<jobs::mailbox::Sweep>(),
        long::<jobs::mail_in::Read>(),
        long::<jobs::mail_out::Deliver>(),
        short::<jobs::accounts::ForgotPassword>(),
        short::<jobs::sla::Watch>(),
        short::<jobs::sla::Sweep>(),
        short::<jobs::autoclose::Close>(),
        short::<jobs::autoclose::Sweep>(),
        short::<jobs::upkeep::Tidy>(),
        long::<jobs::upkeep::SweepFiles>(),
        short::<jobs::routing::Route>(),
        short::<jobs::forms::Convert>(),
        short::<jobs::tickets::Index>(),
        short::<jobs::tickets::IndexSweep>(),
        long::<jobs::sites::Remove>(),
    ])
}

/// Tickets by their site, sites in one order: whoever locks a site's rows for a batch does so in that order.
fn by_site(tickets: impl IntoIterator<Item = (SiteId, TicketId)>) -> BTreeMap<SiteId, Vec<TicketId>> {
    let mut by_site: BTreeMap<SiteId, Vec<TicketId>> = BTreeMap::new();
    for (site, ticket) in tickets {
        by_site.entry(site).or_default().push(ticket);
    }
    by_site
}
