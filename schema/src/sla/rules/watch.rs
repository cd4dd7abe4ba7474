//! What to do about one ticket's due date, now.

use chrono::{DateTime, TimeDelta, Utc};

use crate::tickets::rules::Status;

/// How long before the due date the warning goes out. Clock time, across closing hours too.
pub const WARNS_BEFORE: TimeDelta = TimeDelta::minutes(15);

/// Due dates are whole seconds, so a breach is certain one second later.
const BREACHES_AFTER: TimeDelta = TimeDelta::seconds(1);

/// What the watch needs to know of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watched {
    pub status: Status,
    pub due: Option<DateTime<Utc>>,
    /// Whether its clock stands still.
    pub stands: bool,
    /// The warning was sent (`sla_breach_notified`).
    pub warned: bool,
    /// The breach was marked (`sla_breached`).
    pub breached: bool,
}

/// The watch's answer. Whoever acts on it must change the flag and write the notification together, or two
/// watchers will both act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing now and nothing later, unless the ticket changes.
    Nothing,
    /// Look again at `until`.
    Wait { until: DateTime<Utc> },
    /// Warn, and look again at `next`.
    Warn { next: DateTime<Utc> },
    /// Mark the breach, with `now` as its time.
    Breach,
}

/// A warning whose time has passed is skipped; the breach still comes.
pub fn watch(ticket: Watched, now: DateTime<Utc>) -> Verdict {
    let Some(due) = ticket.due else { return Verdict::Nothing };
    if ticket.status.is_settled() || ticket.breached || ticket.stands {
        return Verdict::Nothing;
    }
    if due < now {
        return Verdict::Breach;
    }
    // At the very ends of time the due date stands in for its neighbours.
    let breaches_at = due.checked_add_signed(BREACHES_AFTER).unwrap_or(due);
    let warns_at = due.checked_sub_signed(WARNS_BEFORE).unwrap_or(due);
    if due == now || ticket.warned {
        Verdict::Wait { until: breaches_at }
    } else if warns_at <= now {
        Verdict::Warn { next: breaches_at }
    } else {
        Verdict::Wait { until: warns_at }
    }
}

/// The notification to the ticket's agent, or to the site's admins if it has none.
pub fn warning_text(ticket_number: i64) -> String {
    format!("Ticket #{ticket_number} SLA'sı 15 dakika içinde dolacak!")
}

/// The notification to the site's admins.
pub fn breach_text(ticket_number: i64) -> String {
    format!("Ticket #{ticket_number} SLA ihlal edildi!")
}

#[cfg(test)]
mod tests;
