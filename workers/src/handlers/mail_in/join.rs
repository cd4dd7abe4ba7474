//! Which ticket a mail belongs to: our token first, then what this site has received before, then a number in the
//! subject. And who else takes part from now on.

use super::desk::Desk;
use jobs::{TicketId, UserId};
use schema::mail::rules::{address, reply};
use schema::mail::threads::{self, Named, Thread};
use schema::pool::Tx;

/// Tickets of one mail that are looked at.
const TOKENS_MAX: usize = 5;
/// People of one mail who may be added to a ticket.
const OTHERS_MAX: usize = 20;

/// A ticket the mail may belong to.
pub struct Found {
    pub thread: Thread,
    /// Named by a token that only we can mint.
    pub is_proven: bool,
    /// Who the sender is, when the token is one that only this agent was given.
    pub agent: Option<(UserId, String)>,
}

impl Desk<'_> {
    /// The ticket, its row locked.
    pub async fn find(&self, tx: &mut Tx) -> anyhow::Result<Option<Found>> {
        if let Some(found) = self.by_agents_token(tx).await? {
            return Ok(Some(found));
        }
        let mut proven: Option<Found> = None;
        for number in self.numbers() {
            let Some(thread) = self.thread(tx, Named::Number(number)).await? else { continue };
            let is_participant = thread.is_participant;
            if is_participant || proven.is_none() {
                proven = Some(Found { thread, is_proven: true, agent: None });
            }
            if is_participant {
                break;
            }
        }
        if proven.is_some() {
            return Ok(proven);
        }
        let ancestors: Vec<String> = self.named_ids().map(str::to_owned).collect();
        let subject = &self.mail().subject;
        let mut names = Vec::with_capacity(3);
        if !ancestors.is_empty() {
            names.push(Named::Ancestors(&ancestors));
        }
        names.extend(reply::ticket_number(subject).map(Named::Number));
        names.extend(reply::support_number(subject).map(Named::Reference));
        for named in names {
            if let Some(thread) = self.thread(tx, named).await? {
                return Ok(Some(Found { thread, is_proven: false, agent: None }));
            }
        }
        Ok(None)
    }

    /// Adds the people a participant or an agent wrote to besides us. `is_trusted` is whether it is one of these.
    pub async fn welcome(&self, tx: &mut Tx, ticket: TicketId, is_trusted: bool) -> anyhow::Result<()> {
        let people = self.invited();
        if is_trusted && !people.is_empty() {
            threads::add_participants(tx, self.site.id, ticket, &people).await?;
        }
        Ok(())
    }

    /// Whom the mail may bring along: nobody, when its sender may be another or is a program.
    pub fn invited(&self) -> Vec<(String, String)> {
        let may_invite = !self.mail().is_disowned && self.mail().machine.is_none();
        if may_invite { self.others() } else { Vec::new() }
    }

    /// Whom the mail was also sent to: addresses in lower case, with the mailboxes they name.
    fn others(&self) -> Vec<(String, String)> {
        let mail = self.mail();
        let ours: Vec<_> =
            self.site.support_addresses.iter().map(|ours| address::mailbox_key(ours)).collect();
        let sender = mail.sender.address.to_ascii_lowercase();
        mail.to
            .iter()
            .chain(&mail.cc)
            .filter(|other| other.len() <= 254)
            .map(|other| (other.to_ascii_lowercase(), address::mailbox_key(other)))
            .filter(|(other, mailbox)| *other != sender && !ours.contains(mailbox))
            .take(OTHERS_MAX)
            .collect()
    }

    /// Whether it was sent to an address with a tag, which may be a token: ours, an agent's, or neither.
    pub fn may_hold_token(&self) -> bool {
        self.mail().recipients().any(|to| address::local_part(to).contains('+'))
    }

    /// Numbers of tickets that tokens among these ids and the mail's recipients name.
    pub fn tokens<'a>(&self, ids: impl IntoIterator<Item = &'a str>) -> impl Iterator<Item = i64> {
        self.env.tokens.find_all(self.site.id.0, ids, []).into_iter()
    }

    fn numbers(&self) -> Vec<i64> {
        let mut found = self.env.tokens.find_all(self.site.id.0, self.named_ids(), self.mail().recipients());
        found.truncate(TOKENS_MAX);
        found
    }

    /// Ids of earlier mails that it names: its ancestors, and what a report is about.
    pub fn named_ids(&self) -> impl Iterator<Item = &str> {
        let mail = self.mail();
        let reported = [
            mail.delivery_report.as_ref().and_then(|report| report.original_message_id.as_deref()),
            mail.read_receipt.as_ref().and_then(|receipt| receipt.original_message_id.as_deref()),
            mail.feedback_report.as_ref().and_then(|report| report.original_message_id.as_deref()),
        ];
        mail.ancestors().chain(reported.into_iter().flatten())
    }

    /// An address alone makes nobody an agent: the token must be one that was given to him.
    async fn by_agents_token(&self, tx: &mut Tx) -> anyhow::Result<Option<Found>> {
        if self.mail().is_disowned || !self.may_hold_token() {
            return Ok(None);
        }
        let (site, mail) = (self.site.id, self.mail());
        let Some(agent) = threads::staff(tx, site, &mail.sender.address).await? else { return Ok(None) };
        let Some(number) = self.env.agent_tokens.find(agent.0.0, mail.ancestors(), mail.recipients()) else {
            return Ok(None);
        };
        let thread = self.thread(tx, Named::Number(number)).await?;
        Ok(thread.map(|thread| Found { thread, is_proven: true, agent: Some(agent) }))
    }

    /// A sender whom his own domain disowns takes part in nothing.
    async fn thread(&self, tx: &mut Tx, named: Named<'_>) -> anyhow::Result<Option<Thread>> {
        let thread = threads::find(tx, self.site.id, named, &self.mail().sender.address).await?;
        Ok(thread.map(|mut thread| {
            thread.is_participant &= !self.mail().is_disowned;
            thread
        }))
    }
}
