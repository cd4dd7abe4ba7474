//! What agents ask, and the requests it is made of.

use super::people::Person;
use chrono::{TimeDelta, Utc};
use serde_json::json;

/// Requests that a connection takes turns with.
const TURNS: usize = 64;
const PAGE: usize = 50;
/// As deep as a page number may go.
const DEEP_TICKETS: i64 = 10_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    List,
    Search,
    Detail,
    Reply,
}

/// One figure's question.
pub struct Ask {
    pub name: &'static str,
    pub kind: Kind,
    what: fn(&Person, usize) -> String,
}

const fn list(name: &'static str, what: fn(&Person, usize) -> String) -> Ask {
    Ask { name, kind: Kind::List, what }
}

const fn search(name: &'static str, what: fn(&Person, usize) -> String) -> Ask {
    Ask { name, kind: Kind::Search, what }
}

/// Queries of lists and searches; ids of tickets.
pub const ALL: &[Ask] = &[
    list("list", |_, _| String::new()),
    list("list status", |_, turn| format!("status={}", ["new,open", "waiting_reply", "closed"][turn % 3])),
    list("list priority", |_, turn| format!("priority={}", ["urgent", "high"][turn % 2])),
    list("list department", |person, turn| format!("department_id={}", person.department(turn))),
    list("list mine", |_, _| "agent_id=me".into()),
    list("list nobody's", |_, _| "agent_id=none".into()),
    list("list dates", |_, turn| dates(turn)),
    list("list mixed", |person, turn| {
        format!("status=open,pending&priority=high&department_id={}", person.department(turn))
    }),
    list("list breached", |_, _| "sla_breached=true&status=open,waiting_reply,pending".into()),
    list("list page", |person, turn| format!("page={}", person.page(turn, DEEP_TICKETS))),
    list("list cursor", |person, _| person.at_cursor()),
    list("list sort=updated", |_, _| "sort=updated".into()),
    list("list sort=due", |_, _| "sort=due".into()),
    list("list sort=due mine open", |_, _| "sort=due&agent_id=me&status=open,waiting_reply,pending".into()),
    search("search frequent", |_, turn| find(["kargo", "ürün", "iade"][turn % 3])),
    search("search two words", |_, turn| find(["fatura vergi", "modem kırmızı", "yazıcı kartuş"][turn % 3])),
    search("search rare", |person, turn| find(&person.ticket(turn).brand)),
    search("search number", |person, turn| {
        find(&format!("SUP-2026-{:06}", person.ticket(turn).ticket_number))
    }),
    search("search e-mail", |person, turn| find(&person.ticket(turn).email)),
    search("search nothing", |_, turn| find(["zürafa", "xylofon", "kwqx"][turn % 3])),
    Ask { name: "detail", kind: Kind::Detail, what: |person, turn| person.ticket(turn).id.to_string() },
    Ask { name: "reply", kind: Kind::Reply, what: |person, turn| person.unsettled(turn).id.to_string() },
];

impl Kind {
    pub fn row(self) -> &'static str {
        match self {
            Kind::List => "D1",
            Kind::Search => "D2",
            Kind::Detail => "D3",
            Kind::Reply => "D4",
        }
    }

    /// The status of a good answer.
    pub fn good(self) -> u16 {
        if self == Kind::Reply { 201 } else { 200 }
    }

    pub fn p99_max_ms(self) -> Option<f64> {
        match self {
            Kind::List | Kind::Detail => Some(20.0),
            Kind::Search => Some(60.0),
            Kind::Reply => None,
        }
    }
}

impl Person {
    /// What one connection sends, in turns.
    pub fn requests(&self, ask: &Ask) -> Vec<Vec<u8>> {
        let request = |turn| {
            let what = (ask.what)(self, turn);
            match ask.kind {
                Kind::List | Kind::Search => self.get(&format!("/api/tickets?{what}")),
                Kind::Detail => self.get(&format!("/api/tickets/{what}")),
                Kind::Reply => self.post(&format!("/api/tickets/{what}/reply"), &reply(turn)),
            }
        };
        (0..TURNS).map(request).collect()
    }

    fn at_cursor(&self) -> String {
        if self.cursor.is_empty() { String::new() } else { format!("cursor={}", self.cursor) }
    }

    /// Pages from the second to the last that a number reaches.
    fn page(&self, turn: usize, deep: i64) -> usize {
        let pages = usize::try_from(self.tickets.min(deep)).unwrap_or(0) / PAGE;
        2 + turn * 31 % pages.saturating_sub(1).max(1)
    }
}

/// A week, somewhere in the last two years.
fn dates(turn: usize) -> String {
    let from = Utc::now() - TimeDelta::days(7 + i64::try_from(turn).unwrap_or(0) * 11);
    let day = |at: chrono::DateTime<Utc>| at.format("%Y-%m-%d").to_string();
    format!("created_from={}&created_to={}", day(from), day(from + TimeDelta::days(6)))
}

fn find(words: &str) -> String {
    let percent = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    format!("search={}", words.bytes().map(percent).collect::<String>())
}

fn reply(turn: usize) -> String {
    let body = "Merhaba, talebinizi aldık ve ilgili birime ilettik. En kısa sürede dönüş yapacağız.";
    json!({ "body": body, "internal": turn % 4 == 3 }).to_string()
}
