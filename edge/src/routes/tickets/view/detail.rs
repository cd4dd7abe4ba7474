//! A ticket with all that hangs on it.

use super::mail::MailView;
use super::record::RecordView;
use crate::time::instant;
use schema::mail::bodies::Body;
use schema::tickets::list::Cursor;
use schema::tickets::locks::Lock;
use schema::tickets::view::{Attachment, Detail, Link, RepliesPage, Reply};
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Serialize, ToSchema)]
#[schema(as = TicketDetail)]
pub struct DetailView {
    #[serde(flatten)]
    ticket: RecordView,
    /// The latest 50, in the order in which they were said.
    replies: Vec<ReplyView>,
    /// Where the earlier ones are found, if there are any: `before` of the list of replies.
    replies_before: Option<String>,
    attachments: Vec<AttachmentView>,
    /// What the mail looked like that it was made of.
    #[serde(skip_serializing_if = "Option::is_none")]
    mail: Option<MailView>,
    #[serde(flatten)]
    desk: Option<DeskView>,
}

/// What only staff see of a ticket.
#[derive(Serialize, ToSchema)]
#[schema(as = TicketDesk)]
struct DeskView {
    /// Addresses of whoever takes part beside the requester.
    participants: Vec<String>,
    links: Vec<LinkView>,
    /// The statuses that the caller may give it.
    transitions: Vec<String>,
    lock: Option<LockView>,
    /// What the caller writes to this address, from his own, is his answer in the ticket. It is his alone: whoever else
    /// had it could answer in his name.
    reply_address: Option<String>,
}

/// Somebody is writing in the ticket.
#[derive(Serialize, ToSchema)]
#[schema(as = TicketLock)]
#[serde(rename_all = "camelCase")]
pub struct LockView {
    owner: String,
    owner_id: Uuid,
    since: String,
    expires_at: String,
}

/// A reply or an internal note.
#[derive(Serialize, ToSchema)]
#[schema(as = TicketReply)]
pub struct ReplyView {
    pub id: Uuid,
    /// `visitor` or `agent`.
    pub author: String,
    pub author_id: Option<Uuid>,
    pub author_name: Option<String>,
    /// The address it came from, for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender_email: Option<String>,
    /// It came from an address that takes no part in the ticket.
    pub sender_unverified: bool,
    pub body: String,
    pub is_internal: bool,
    /// What the mail looked like that it came by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail: Option<MailView>,
    pub created_at: String,
}

/// A file, or the note that one was refused.
#[derive(Serialize, ToSchema)]
#[schema(as = TicketAttachment)]
pub struct AttachmentView {
    pub id: Uuid,
    /// None for the ticket's own.
    pub reply_id: Option<Uuid>,
    pub file_name: String,
    pub content_type: String,
    pub size_bytes: i64,
    pub refused_because: Option<String>,
    /// By which the page of its mail names it, behind `cid:`.
    pub content_id: Option<String>,
    pub created_at: String,
}

/// Another ticket that belongs to this one.
#[derive(Serialize, ToSchema)]
#[schema(as = TicketLink)]
struct LinkView {
    /// `follows`, `followed_by`, `merged_into` or `merged_from`.
    kind: &'static str,
    id: Uuid,
    ticket_number: i64,
    subject: String,
    status: String,
}

impl DetailView {
    /// As staff or a customer reads it.
    pub fn of(detail: Detail, is_staff: bool, reply_address: Option<String>) -> Self {
        let Detail { record, replies, attachments, participants, links, steps, lock, body } = detail;
        let desk = is_staff.then(|| DeskView {
            participants,
            links: links.into_iter().map(LinkView::from).collect(),
            transitions: steps,
            lock: lock.map(LockView::from),
            reply_address,
        });
        Self {
            ticket: if is_staff { RecordView::of(record) } else { RecordView::without_notes(record) },
            replies_before: replies.before.map(|(at, id)| Cursor { at, id }.write()),
            replies: ReplyView::all(replies, is_staff),
            mail: body.map(MailView::from),
            attachments: attachments.into_iter().map(AttachmentView::from).collect(),
            desk,
        }
    }
}

impl ReplyView {
    /// As staff or a customer reads them.
    pub fn all(page: RepliesPage, is_staff: bool) -> Vec<Self> {
        let mut bodies: HashMap<Uuid, Body> = page.bodies.into_iter().collect();
        let view = |reply: Reply| {
            let body = bodies.remove(&reply.id);
            Self { mail: body.map(MailView::from), ..Self::of(reply, is_staff) }
        };
        page.replies.into_iter().map(view).collect()
    }

    fn of(reply: Reply, is_staff: bool) -> Self {
        Self {
            mail: None,
            id: reply.id,
            author: reply.author,
            author_id: reply.user_id,
            author_name: reply.author_name,
            sender_email: reply.sender_email.filter(|_| is_staff),
            sender_unverified: reply.sender_unverified,
            body: reply.body,
            is_internal: reply.is_internal,
            created_at: instant(reply.created_at),
        }
    }
}

impl From<Lock> for LockView {
    fn from(lock: Lock) -> Self {
        let Lock { owner, user_id, since, expires_at } = lock;
        Self { owner, owner_id: user_id, since: instant(since), expires_at: instant(expires_at) }
    }
}

impl From<Attachment> for AttachmentView {
    fn from(file: Attachment) -> Self {
        let Attachment {
            id,
            reply_id,
            file_name,
            content_type,
            size_bytes,
            refused_because,
            content_id,
            created_at,
        } = file;
        Self {
            id,
            reply_id,
            file_name,
            content_type,
            size_bytes,
            refused_because,
            content_id,
            created_at: instant(created_at),
        }
    }
}

impl From<Link> for LinkView {
    fn from(link: Link) -> Self {
        let Link { kind, id, ticket_number, subject, status } = link;
        Self { kind: kind.as_str(), id, ticket_number, subject, status }
    }
}
