//! Agents who are signed in, and what each of them knows of his desk.

use super::PASSWORD;
use crate::client::Client;
use anyhow::{Context, ensure};
use diesel_async::AsyncPgConnection;
use schema::testing::crowd::{self, CrowdSite, Known, Which};
use serde_json::json;
use std::net::SocketAddr;
use uuid::Uuid;

/// Tickets of his site that an agent knows.
const KNOWN: i64 = 64;
/// Pages that he has leafed through to where his cursor stands.
const LEAVES: usize = 20;

pub struct Person {
    /// Tickets of his site.
    pub tickets: i64,
    /// Where a page begins far into the list.
    pub cursor: String,
    token: String,
    departments: Vec<Uuid>,
    known: Vec<Known>,
    unsettled: Vec<Known>,
}

/// One agent for each connection: half of them of the big site, the others of the rest in turn.
///
/// # Errors
/// A log-in is refused.
pub async fn sign_in(
    owner: &mut AsyncPgConnection,
    address: SocketAddr,
    connections: usize,
) -> anyhow::Result<Vec<Person>> {
    let sites = crowd::sites(owner).await?;
    ensure!(sites.len() > 1, "the database has no crowd in it");
    let mut client = Client::connect(address).await?;
    let mut people = Vec::new();
    for number in 0..connections {
        let place = if number % 2 == 0 { 0 } else { 1 + number / 2 % (sites.len() - 1) };
        people.push(person(owner, &mut client, &sites[place], number).await?);
    }
    Ok(people)
}

async fn person(
    owner: &mut AsyncPgConnection,
    client: &mut Client,
    site: &CrowdSite,
    number: usize,
) -> anyhow::Result<Person> {
    let agent = &site.agents[number / 2 % site.agents.len()];
    let mut person = Person {
        tickets: site.tickets,
        cursor: String::new(),
        token: String::new(),
        departments: site.departments.clone(),
        known: crowd::known(owner, site, Which::All, KNOWN).await?,
        unsettled: crowd::known(owner, site, Which::Unsettled, KNOWN).await?,
    };
    let body = json!({ "email": agent.email, "password": PASSWORD }).to_string();
    let status = client.call(&person.post("/api/auth/login", &body)).await?;
    ensure!(status == 200, "the log-in of an agent was answered: {}", client.last());
    person.token = client.json()?["token"].as_str().context("a log-in without a token")?.to_owned();
    for _ in 0..LEAVES {
        let more =
            if person.cursor.is_empty() { String::new() } else { format!("&cursor={}", person.cursor) };
        let status = client.call(&person.get(&format!("/api/tickets?limit=100{more}"))).await?;
        ensure!(status == 200, "a list was answered: {}", client.last());
        let Some(next) = client.json()?["next_cursor"].as_str().map(str::to_owned) else { break };
        person.cursor = next;
    }
    Ok(person)
}

impl Person {
    pub fn department(&self, turn: usize) -> Uuid {
        self.departments[turn % self.departments.len()]
    }

    pub fn ticket(&self, turn: usize) -> &Known {
        &self.known[turn % self.known.len()]
    }

    /// One that can be replied to.
    pub fn unsettled(&self, turn: usize) -> &Known {
        &self.unsettled[turn % self.unsettled.len()]
    }

    pub fn get(&self, path: &str) -> Vec<u8> {
        self.head("GET", path, "").into_bytes()
    }

    pub fn post(&self, path: &str, body: &str) -> Vec<u8> {
        let kind = format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len());
        (self.head("POST", path, &kind) + body).into_bytes()
    }

    fn head(&self, method: &str, path: &str, more: &str) -> String {
        let token = match self.token.as_str() {
            "" => String::new(),
            token => format!("Authorization: Bearer {token}\r\n"),
        };
        format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: asisttr-bench\r\nAccept: application/json\r\n\
             {token}{more}\r\n"
        )
    }
}
