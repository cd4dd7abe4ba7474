//! Compares what was posted with what came of it, inside and outside.

use super::letters::{Letter, Letters, Sort};
use crate::facts::{Facts, Posted, Seen};
use crate::faults::is_nowhere;
use crate::intents::named_in;
use crate::sink::Accepted;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

const EXAMPLES_MAX: usize = 5;

/// Figures that are told, and counts that must be zero.
#[derive(Debug, Default)]
pub struct Verdicts {
    pub told: BTreeMap<String, usize>,
    pub none: BTreeMap<&'static str, usize>,
}

const NONE: [&str; 9] = [
    "replies_without_mail",
    "lost",
    "doubled",
    "wrong_outcome",
    "unsettled",
    "confirmations_lost",
    "confirmations_doubled",
    "confirmations_wrongly_parked",
    "repeats_not_counted",
];

/// Everything the database and the sink hold, by the ids that the mails name.
struct Evidence {
    rows: HashMap<Uuid, Vec<Seen>>,
    tickets: HashMap<Uuid, usize>,
    replies: HashMap<Uuid, usize>,
    outbox: HashMap<Uuid, Vec<Posted>>,
    sent: HashMap<Uuid, Vec<String>>,
}

pub async fn judge(letters: &Letters, facts: &Facts, accepted: &[Accepted]) -> anyhow::Result<Verdicts> {
    let evidence = Evidence::gather(facts, accepted).await?;
    let mut verdicts =
        Verdicts { none: NONE.into_iter().map(|name| (name, 0)).collect(), ..Verdicts::default() };
    let strays = facts.stray_replies().await?;
    verdicts.fault("replies_without_mail", strays > 0, || format!("{strays}"));
    let (mut repeats, mut counted) = (0, 0);
    for letter in letters.all() {
        verdicts.add(&format!("in_{:?}", letter.sort).to_lowercase());
        if !letter.is_known {
            verdicts.add("in_unknown");
            continue;
        }
        verdicts.judge(letter, &evidence);
        if letter.sort.makes_ticket() {
            let sent = evidence.sent.get(&letter.id).map_or(&[][..], Vec::as_slice);
            repeats += sent.len() - sent.iter().collect::<BTreeSet<_>>().len();
            let rows = evidence.outbox.get(&letter.id).map_or(&[][..], Vec::as_slice);
            counted += rows.iter().map(|row| usize::try_from(row.repeats).unwrap_or_default()).sum::<usize>();
        }
    }
    verdicts.told.insert("out_repeated_same_message_id".into(), repeats);
    verdicts.told.insert("out_tries_counted_as_repeats".into(), counted);
    verdicts.fault("repeats_not_counted", repeats > counted, || format!("{repeats} of {counted}"));
    Ok(verdicts)
}

impl Evidence {
    async fn gather(facts: &Facts, accepted: &[Accepted]) -> anyhow::Result<Self> {
        let mut evidence = Self {
            rows: HashMap::new(),
            tickets: HashMap::new(),
            replies: HashMap::new(),
            outbox: HashMap::new(),
            sent: HashMap::new(),
        };
        for seen in facts.seen_mails().await? {
            if let Some(id) = named_in(&seen.name) {
                evidence.rows.entry(id).or_default().push(seen);
            }
        }
        for ticket in facts.tickets().await? {
            if let Some(id) = ticket.visitor_email.as_deref().and_then(named_in) {
                *evidence.tickets.entry(id).or_default() += 1;
            }
        }
        for name in facts.named_replies().await? {
            if let Some(id) = named_in(&name) {
                *evidence.replies.entry(id).or_default() += 1;
            }
        }
        for row in facts.posted().await? {
            if let Some(id) = named_in(&row.to_address) {
                evidence.outbox.entry(id).or_default().push(row);
            }
        }
        for mail in accepted {
            if let Some(id) = mail.intent {
                evidence.sent.entry(id).or_default().push(mail.message_id.clone());
            }
        }
        Ok(evidence)
    }
}

impl Verdicts {
    fn add(&mut self, name: &str) {
        *self.told.entry(name.to_owned()).or_default() += 1;
    }

    fn fault(&mut self, name: &'static str, is_so: bool, what: impl FnOnce() -> String) {
        if !is_so {
            return;
        }
        let count = self.none.entry(name).or_default();
        *count += 1;
        if *count <= EXAMPLES_MAX {
            eprintln!("drill mail: {name}: {}", what());
        }
    }

    fn judge(&mut self, letter: &Letter, evidence: &Evidence) {
        let rows = evidence.rows.get(&letter.id).map_or(&[][..], Vec::as_slice);
        let tickets = evidence.tickets.get(&letter.id).copied().unwrap_or_default();
        let effects = match letter.sort {
            Sort::Senderless => rows.iter().filter(|row| row.outcome == "quarantine").count(),
            sort if sort.makes_ticket() => tickets,
            _ => evidence.replies.get(&letter.id).copied().unwrap_or_default(),
        };
        let what = || format!("{}: {rows:?}, {effects} effects", letter.name());
        // A mail without Message-ID is told by its sender, which stands in its raw bytes only.
        let has_row = letter.sort != Sort::Unnamed;
        self.fault("lost", effects == 0 || (has_row && rows.is_empty()), what);
        self.fault("doubled", effects > 1 || (has_row && rows.len() > 1), what);
        for row in rows {
            self.add(&format!("out_{}", row.outcome));
            let is_right = letter.sort.outcomes().contains(&row.outcome.as_str());
            self.fault("wrong_outcome", !is_right && row.outcome != "received", what);
            self.fault("unsettled", row.outcome == "received", what);
        }
        if letter.sort == Sort::Unnamed {
            self.add("out_ticket");
        }
        if letter.sort.makes_ticket() {
            self.judge_confirmation(letter, evidence);
        }
    }

    /// Sent under one Message-ID, or parked for a reason that the server gave.
    fn judge_confirmation(&mut self, letter: &Letter, evidence: &Evidence) {
        let rows = evidence.outbox.get(&letter.id).map_or(&[][..], Vec::as_slice);
        let sent = evidence.sent.get(&letter.id).map_or(&[][..], Vec::as_slice);
        let distinct = sent.iter().collect::<BTreeSet<_>>().len();
        let what = || format!("{}: {rows:?}, sent {sent:?}", letter.name());
        self.fault("confirmations_doubled", rows.len() > 1 || distinct > 1, what);
        let Some(row) = rows.first() else { return self.fault("confirmations_lost", true, what) };
        self.add(&format!("confirmation_{}", row.state));
        let nowhere = is_nowhere(letter.id);
        match (row.state.as_str(), row.cause.as_deref()) {
            ("sent", _) => self.fault("confirmations_lost", distinct != 1, what),
            ("failed", Some("refused")) => self.fault("confirmations_wrongly_parked", !nowhere, what),
            // Five tries in a row met a fault.
            ("failed", Some("unavailable")) | ("unknown", Some("unheard")) => {
                self.add("parked_after_five_tries")
            }
            _ => self.fault("confirmations_lost", true, what),
        }
    }
}
