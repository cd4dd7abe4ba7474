//! What somebody says in a ticket by mail, and what it does to the ticket: the same rules as at the desk.

use super::desk::{Desk, WORKER};
use super::join::Found;
use jobs::{TicketId, UserId};
use schema::mail::bodies;
use schema::mail::inbound::Outcome;
use schema::mail::threads::{NewReply, Thread};
use schema::people::rules::Role;
use schema::pool::Tx;
use schema::tickets::status::{By, NotChanged};
use schema::tickets::{self, Conflict, Hand, Refused, Said};
use uuid::Uuid;

/// A reply as it is written down.
#[derive(Clone, Copy, Debug, Default)]
pub struct Manner {
    /// It came from an address that takes no part in the ticket (B10-25).
    pub sender_unverified: bool,
    /// For the desk only.
    pub is_internal: bool,
}

impl Desk<'_> {
    pub async fn reply(self, tx: &mut Tx, found: Found) -> anyhow::Result<Outcome> {
        let Found { thread, agent, .. } = found;
        if let Some(agent) = agent {
            return self.agents_reply(tx, &thread, agent).await;
        }
        let ticket = thread.ticket();
        if thread.is_participant && !self.hears(tx, &thread).await? {
            // The ticket is closed: this one goes on in its place (B10-26).
            return self.ticket(tx, Some(thread.ticket_number)).await;
        }
        self.welcome(tx, ticket, thread.is_participant).await?;
        let manner = Manner { sender_unverified: !thread.is_participant, is_internal: false };
        let text = self.mail().text.clone();
        let reply = self.write(tx, ticket, text, manner).await?;
        Ok(Outcome::Reply(ticket, reply))
    }

    /// Whether the ticket takes a customer's answer; what the answer does to its status is done.
    async fn hears(&self, tx: &mut Tx, thread: &Thread) -> anyhow::Result<bool> {
        let heard = tickets::receive(tx, self.site, &thread.hearing(), &By::worker(WORKER), self.now).await;
        if matches!(heard, Err(NotChanged::StaleSettings)) {
            self.env.directory.forget(self.site.id);
        }
        Ok(heard?)
    }

    /// As if he had written it at the desk: the customer hears of it (B10-27). What the desk would not take is kept as
    /// a note.
    async fn agents_reply(
        self,
        tx: &mut Tx,
        thread: &Thread,
        (agent, name): (UserId, String),
    ) -> anyhow::Result<Outcome> {
        let (ticket, site, id) = (thread.ticket(), self.site.clone(), Uuid::now_v7());
        self.welcome(tx, ticket, true).await?;
        let by = By { user_id: Some(agent), ..By::worker(WORKER) };
        let hand = Hand { site: &site, by: &by, role: Role::Agent, seen: None, now: self.now };
        let sections = &self.mail().sections;
        let mut said = Said {
            id,
            // What he quotes the customer has had; his signature is his own.
            body: match sections.quoted.is_empty() {
                true => self.mail().text.clone(),
                false => {
                    [&sections.reply, &sections.signature].map(String::as_str).join("\n\n").trim().into()
                }
            },
            is_internal: false,
            name,
            email: self.mail().sender.address.clone(),
            attachments: self.files.clone(),
        };
        match tickets::reply_within(tx, &hand, ticket, &said).await {
            Ok(()) => {}
            Err(Refused::Conflict(Conflict::Closed) | Refused::Locked(_)) => {
                said.is_internal = true;
                let manner = Manner { is_internal: true, ..Manner::default() };
                let text = said.body;
                return Ok(Outcome::Reply(
                    ticket,
                    self.write_as(tx, ticket, Some(agent), text, manner).await?,
                ));
            }
            Err(refused) => {
                if matches!(refused, Refused::StaleSettings) {
                    self.env.directory.forget(site.id);
                }
                return Err(refused.into());
            }
        }
        self.keep_body(tx, ticket, id).await?;
        Ok(Outcome::Reply(ticket, id))
    }

    pub async fn write(
        self,
        tx: &mut Tx,
        ticket: TicketId,
        text: String,
        manner: Manner,
    ) -> anyhow::Result<Uuid> {
        self.write_as(tx, ticket, None, text, manner).await
    }

    async fn write_as(
        self,
        tx: &mut Tx,
        ticket: TicketId,
        agent_id: Option<UserId>,
        body: String,
        manner: Manner,
    ) -> anyhow::Result<Uuid> {
        let sender = &self.mail().sender;
        let reply = NewReply {
            id: Uuid::now_v7(),
            ticket_id: ticket,
            agent_id,
            sender_name: sender.name.clone(),
            sender_email: sender.address.clone(),
            sender_unverified: manner.sender_unverified,
            body,
            is_internal: manner.is_internal,
        };
        let by = By { user_id: agent_id, ..By::worker(WORKER) };
        tickets::write_reply(tx, self.site.id, &by, &reply, &self.files, self.now).await?;
        self.keep_body(tx, ticket, reply.id).await?;
        Ok(reply.id)
    }

    pub async fn keep_body(&self, tx: &mut Tx, ticket: TicketId, said: Uuid) -> anyhow::Result<()> {
        if let Some(body) = &self.arrived.body {
            bodies::add(tx, self.site.id, ticket, said, body).await?;
        }
        Ok(())
    }
}
