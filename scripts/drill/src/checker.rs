//! Compares what was asked with what came of it.
//!
//! An accepted intent has exactly one ticket and one confirmation, an unknown one at most one, a refused one none; a
//! ticket that was closed has one letter more.
//! One Message-ID accepted twice is one mail sent again over an unheard 250: counted apart. Two Message-IDs for one
//! intent are two mails.

use crate::facts::{Facts, Ticket};
use crate::intents::{Deadline, Heard, Intent, Kind, named_in};
use crate::sink::Accepted;
use std::collections::{BTreeSet, HashMap, HashSet};
use uuid::Uuid;

/// How many examples of each trouble are told.
const EXAMPLES_MAX: usize = 5;

/// What was found; all but the first five must be zero.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Findings {
    pub intents: usize,
    pub accepted: usize,
    pub unknown: usize,
    /// Warnings, breaches and closings that fell due.
    pub arranged: usize,
    pub repeated_same_message_id: usize,
    pub refused: usize,
    pub lost: usize,
    pub doubled: usize,
    pub not_routed_once: usize,
    pub not_warned_once: usize,
    pub not_closed_once: usize,
    pub mails_astray: usize,
    pub strangers: usize,
    pub numbers_not_consecutive: usize,
    pub dead_jobs: usize,
    pub neighbour_rows_moved: usize,
}

/// What the outside saw and the database holds, at rest.
pub struct Evidence {
    pub tickets: Vec<Ticket>,
    /// Tickets by received mail: rows and those that are tickets.
    pub mails: HashMap<Uuid, (i64, i64)>,
    pub accepted: Vec<Accepted>,
    pub dead: i64,
    pub neighbour_moved: bool,
}

impl Evidence {
    pub async fn gather(facts: &Facts, accepted: Vec<Accepted>, neighbour: &str) -> anyhow::Result<Self> {
        let mails = facts.mails().await?;
        let mails = mails
            .into_iter()
            .filter_map(|mail| Some((named_in(&mail.message_id)?, (mail.rows, mail.tickets))));
        Ok(Self {
            tickets: facts.tickets().await?,
            mails: mails.collect(),
            accepted,
            dead: facts.dead().await?,
            neighbour_moved: facts.neighbour().await? != neighbour,
        })
    }
}

/// Judges the intents from index `from` on; the earlier ones only count as known.
pub fn check(intents: &[Intent], from: usize, evidence: &Evidence) -> Findings {
    let mut findings = Findings {
        dead_jobs: usize::try_from(evidence.dead).unwrap_or_default(),
        neighbour_rows_moved: usize::from(evidence.neighbour_moved),
        strangers: strangers(intents, evidence),
        numbers_not_consecutive: gaps(&evidence.tickets),
        ..Findings::default()
    };
    let mut tickets: HashMap<Uuid, Vec<&Ticket>> = HashMap::new();
    for ticket in &evidence.tickets {
        if let Some(id) = ticket.visitor_email.as_deref().and_then(named_in) {
            tickets.entry(id).or_default().push(ticket);
        }
    }
    let mut letters: HashMap<Uuid, Vec<&str>> = HashMap::new();
    for mail in &evidence.accepted {
        if let Some(id) = mail.intent {
            letters.entry(id).or_default().push(&mail.message_id);
        }
    }
    for intent in &intents[from..] {
        let none = Vec::new();
        let tickets = tickets.get(&intent.id).map_or(&[][..], Vec::as_slice);
        findings.judge(intent, tickets, letters.get(&intent.id).unwrap_or(&none));
        findings.judge_mail(intent, evidence.mails.get(&intent.id).copied());
    }
    findings
}

impl Findings {
    fn judge(&mut self, intent: &Intent, tickets: &[&Ticket], letters: &[&str]) {
        let distinct: BTreeSet<&str> = letters.iter().copied().collect();
        self.intents += 1;
        self.repeated_same_message_id += letters.len() - distinct.len();
        let (least, most) = match intent.heard {
            Heard::Ok => (1, 1),
            Heard::Unknown => (0, 1),
            Heard::Refused => (0, 0),
        };
        self.accepted += usize::from(intent.heard == Heard::Ok);
        self.unknown += usize::from(intent.heard == Heard::Unknown);
        self.arranged += usize::from(intent.deadline.is_some());
        self.refused += usize::from(intent.heard == Heard::Refused);
        let closings: i64 = tickets.iter().map(|ticket| ticket.closings.min(1)).sum();
        // A ticket that came of an unknown intent is confirmed like any other.
        let wanted = tickets.len().clamp(least, most) + usize::try_from(closings).unwrap_or_default();
        let is_lost = tickets.len() < least || distinct.len() < wanted;
        let is_doubled = tickets.len() > most || distinct.len() > wanted;
        note(&mut self.lost, is_lost, "lost", intent, (tickets.len(), distinct.len()));
        note(&mut self.doubled, is_doubled, "doubled", intent, (tickets.len(), distinct.len()));
        for ticket in tickets {
            let is_routed = ticket.has_agent && ticket.assignments == 1;
            note(&mut self.not_routed_once, !is_routed, "not routed once", intent, ticket.assignments);
            let told = (ticket.warnings, ticket.breaches);
            note(&mut self.not_warned_once, !is_told(intent.deadline, told), "not warned once", intent, told);
            let is_closed = match intent.deadline {
                Some(Deadline::Closing) => ticket.closings == 1,
                Some(_) => ticket.closings == 0,
                None => ticket.closings <= 1,
            };
            note(&mut self.not_closed_once, !is_closed, "not closed once", intent, ticket.closings);
        }
    }

    /// A mail accepted by the mailbox has one row, and its outcome is the ticket.
    fn judge_mail(&mut self, intent: &Intent, rows: Option<(i64, i64)>) {
        let is_fine = match (intent.kind, intent.heard) {
            (Kind::Mail, Heard::Ok) => rows == Some((1, 1)),
            (Kind::Mail, _) => rows.is_none_or(|rows| rows == (1, 1)),
            _ => rows.is_none(),
        };
        note(&mut self.mails_astray, !is_fine, "astray as a mail", intent, rows);
    }
}

fn note(count: &mut usize, is_so: bool, what: &str, intent: &Intent, detail: impl std::fmt::Debug) {
    if !is_so {
        return;
    }
    *count += 1;
    if *count <= EXAMPLES_MAX {
        eprintln!("drill: {what}: {:?} {} (heard {:?}): {detail:?}", intent.kind, intent.id, intent.heard);
    }
}

/// A quarter of an hour after its warning an arranged ticket is breached too, once.
fn is_told(deadline: Option<Deadline>, (warnings, breaches): (i64, i64)) -> bool {
    match deadline {
        Some(Deadline::Warning) => warnings == 1 && breaches <= 1,
        Some(Deadline::Breach) => warnings == 0 && breaches == 1,
        // Whether anything was arranged is not known; a closed ticket is watched no more.
        Some(Deadline::Closing) | None => warnings <= 1 && breaches <= 1,
    }
}

/// Tickets and mails that nobody asked for.
fn strangers(intents: &[Intent], evidence: &Evidence) -> usize {
    let known: HashSet<Uuid> = intents.iter().map(|intent| intent.id).collect();
    let is_known = |id: Option<Uuid>| id.is_some_and(|id| known.contains(&id));
    let tickets = evidence.tickets.iter().map(|ticket| ticket.visitor_email.as_deref().and_then(named_in));
    let mails = evidence.accepted.iter().map(|mail| mail.intent);
    tickets.chain(mails).filter(|id| !is_known(*id)).count()
}

/// How many numbers from 1 to the last are missing or stand twice. Tickets come in the order of their numbers.
fn gaps(tickets: &[Ticket]) -> usize {
    tickets.iter().zip(1..).filter(|(ticket, expected)| ticket.ticket_number != *expected).count()
}

#[cfg(test)]
#[path = "checker_tests.rs"]
mod tests;
