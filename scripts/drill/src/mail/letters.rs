//! The mails that are posted: what people and machines write, and what must come of each.

use crate::intents::Intent;
use crate::sink::Sink;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// What a mail is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Sort {
    /// Something new: a ticket, and a confirmation.
    Fresh,
    /// The same without a Message-ID.
    Unnamed,
    /// The same, delivered twice.
    Twice,
    /// From nobody: quarantine.
    Senderless,
    /// A customer answers a confirmation: a reply.
    Answer,
    /// A machine answers it: a note, and nothing goes out.
    Away,
    /// A server reports that it did not arrive: a note.
    Bounce,
}

impl Sort {
    /// Whether it makes a ticket that is confirmed.
    pub fn makes_ticket(self) -> bool {
        matches!(self, Sort::Fresh | Sort::Unnamed | Sort::Twice)
    }

    /// The outcomes it may have.
    pub fn outcomes(self) -> &'static [&'static str] {
        match self {
            Sort::Fresh | Sort::Unnamed | Sort::Twice => &["ticket"],
            Sort::Senderless => &["quarantine"],
            Sort::Answer => &["reply"],
            Sort::Away => &["note", "reply"],
            Sort::Bounce => &["note"],
        }
    }
}

/// A mail, whose id stands in its sender's address or, for answers, in its Message-ID and text.
#[derive(Clone, Debug)]
pub struct Letter {
    pub id: Uuid,
    pub sort: Sort,
    pub raw: String,
    /// Whether it is certain how often it was taken.
    pub is_known: bool,
}

/// All that was posted.
pub struct Letters {
    support: String,
    random: StdRng,
    posted: Vec<Letter>,
    /// Confirmed and answered.
    answered: HashSet<Uuid>,
    own: HashSet<Uuid>,
}

impl Letters {
    pub fn new(support: &str, seed: u64) -> Self {
        Self {
            support: support.to_owned(),
            random: StdRng::seed_from_u64(seed),
            posted: Vec::new(),
            answered: HashSet::new(),
            own: HashSet::new(),
        }
    }

    pub fn len(&self) -> usize {
        self.posted.len()
    }

    /// How many have a row for certain.
    pub fn known(&self) -> i64 {
        self.posted.iter().filter(|letter| letter.is_known).count() as i64
    }

    pub fn all(&self) -> &[Letter] {
        &self.posted
    }

    pub fn posted(&mut self, letter: Letter, is_known: bool) {
        if letter.sort.makes_ticket() {
            self.own.insert(letter.id);
        }
        self.posted.push(Letter { is_known, ..letter });
    }

    /// The next mail: one of four answers something, where there is something to answer.
    pub fn next(&mut self, sink: &Sink) -> Letter {
        let number = self.random.random_range(0..100);
        if number < 25
            && let Some((origin, message_id)) = self.unanswered(sink)
        {
            let sort = match number {
                0..15 => Sort::Answer,
                15..20 => Sort::Away,
                _ => Sort::Bounce,
            };
            return self.about(sort, origin, &message_id);
        }
        let sort = match number % 10 {
            0 => Sort::Unnamed,
            1 => Sort::Twice,
            2 => Sort::Senderless,
            _ => Sort::Fresh,
        };
        self.opening(sort)
    }

    /// A confirmation of ours that arrived and nobody has answered.
    fn unanswered(&mut self, sink: &Sink) -> Option<(Uuid, String)> {
        let accepted: HashMap<Uuid, String> = sink
            .accepted()
            .into_iter()
            .filter_map(|mail| Some((mail.intent?, mail.message_id)))
            .filter(|(id, _)| self.own.contains(id) && !self.answered.contains(id))
            .collect();
        let found = accepted.into_iter().min()?;
        self.answered.insert(found.0);
        Some(found)
    }

    fn opening(&self, sort: Sort) -> Letter {
        let id = Uuid::now_v7();
        let from = address(id);
        let head = match sort {
            Sort::Unnamed => format!("From: Zeynep Kaya <{from}>\r\n"),
            Sort::Senderless => format!("Message-ID: <{from}>\r\n"),
            _ => format!("From: Zeynep Kaya <{from}>\r\nMessage-ID: <{from}>\r\n"),
        };
        let text = format!("Merhaba, faturam elime ulaşmadı. Teşekkürler. {}\r\n", name(id));
        self.letter(id, sort, &head, &format!("Subject: Fatura sorusu {id}\r\n{PLAIN}\r\n{text}"))
    }

    fn about(&self, sort: Sort, origin: Uuid, message_id: &str) -> Letter {
        let id = Uuid::now_v7();
        let (from, own) = (address(origin), address(id));
        let answers = format!("In-Reply-To: {message_id}\r\nReferences: {message_id}\r\n");
        let (head, body) = match sort {
            Sort::Bounce => {
                let head = format!(
                    "From: Mail Delivery System <mailer-daemon@posta.test>\r\nMessage-ID: <{own}>\r\nReturn-Path: <>\r\n\
                     Auto-Submitted: auto-replied\r\nSubject: Undelivered Mail Returned to Sender\r\n"
                );
                (head, report(&from, message_id, &name(id)))
            }
            Sort::Away => {
                let head = format!(
                    "From: Zeynep Kaya <{from}>\r\nMessage-ID: <{own}>\r\nAuto-Submitted: auto-replied\r\n{answers}\
                     Subject: Otomatik yanit\r\n"
                );
                (head, format!("{PLAIN}\r\nOfis dışındayım. {}\r\n", name(id)))
            }
            _ => {
                let head = format!(
                    "From: Zeynep Kaya <{from}>\r\nMessage-ID: <{own}>\r\n{answers}Subject: Re: Talebiniz\r\n"
                );
                (head, format!("{PLAIN}\r\nHâlâ bekliyorum. {}\r\n", name(id)))
            }
        };
        self.letter(id, sort, &head, &body)
    }

    fn letter(&self, id: Uuid, sort: Sort, head: &str, rest: &str) -> Letter {
        let to = &self.support;
        let raw = format!(
            "{head}To: <{to}>\r\nDate: Fri, 20 Nov 2026 09:00:00 +0300\r\nMIME-Version: 1.0\r\n{rest}"
        );
        Letter { id, sort, raw, is_known: true }
    }
}

const PLAIN: &str = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n";

fn report(recipient: &str, message_id: &str, name: &str) -> String {
    format!(
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
         --b\r\n{PLAIN}\r\nYour mail could not be delivered. {name}\r\n\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; posta.test\r\n\r\n\
         Final-Recipient: rfc822; {recipient}\r\nAction: failed\r\nStatus: 4.4.7\r\n\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message_id}\r\n\r\n--b--\r\n"
    )
}

/// The address that names an id, as everywhere in the drills.
pub fn address(id: Uuid) -> String {
    let kind = crate::intents::Kind::Mail;
    Intent { id, kind, heard: crate::intents::Heard::Unknown, deadline: None }.address()
}

fn name(id: Uuid) -> String {
    format!("i{}", id.simple())
}
