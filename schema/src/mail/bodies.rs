//! What a mail says in pieces, with quote and signature apart so that they can be folded, and the page its writer laid
//! out, cleaned. The whole text stands with the ticket or reply; a mail of nothing but plain words has no more than that.

use super::rules::{Incoming, Sections};
use crate::pool::{DbResult, Tx};
use crate::sql::{Binds, Statement, sql};
use diesel::prelude::QueryableByName;
use diesel::sql_types::{Array, Bool, Nullable, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use jobs::{SiteId, TicketId};
use uuid::Uuid;

/// Pieces and page of one mail.
#[derive(Clone, Debug, Default, PartialEq, Eq, QueryableByName)]
pub struct Body {
    /// What the writer says.
    #[diesel(sql_type = Text)]
    pub reply: String,
    /// Earlier mails.
    #[diesel(sql_type = Text)]
    pub quoted: String,
    #[diesel(sql_type = Text)]
    pub signature: String,
    /// The page down to its quote, clean; none of a mail in plain text.
    #[diesel(sql_type = Nullable<Text>)]
    pub html: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub html_quoted: Option<String>,
    /// Pictures of other servers wait in the page, in `data-blocked-src`.
    #[diesel(sql_type = Bool)]
    pub has_blocked_pictures: bool,
}

impl Body {
    /// None for a mail that is one piece of plain text.
    #[must_use]
    pub fn of(mail: &Incoming) -> Option<Body> {
        let Sections { reply, quoted, signature } = &mail.sections;
        if mail.page.is_none() && quoted.is_empty() && signature.is_empty() {
            return None;
        }
        let page = mail.page.as_ref().map(super::rules::Page::clean);
        let storable = |text: &str| text.replace('\0', "");
        Some(Body {
            reply: storable(reply),
            quoted: storable(quoted),
            signature: storable(signature),
            has_blocked_pictures: page.as_ref().is_some_and(|page| page.has_blocked_pictures),
            html_quoted: page.as_ref().map(|page| storable(&page.quoted)).filter(|quoted| !quoted.is_empty()),
            html: page.map(|page| storable(&page.reply)),
        })
    }
}

/// A body and whose it is.
pub(crate) struct Said<'a> {
    pub site: SiteId,
    pub ticket: TicketId,
    /// The ticket itself, or one of its replies.
    pub said: Uuid,
    pub body: &'a Body,
}

/// The arguments of `mail_bodies_note`.
pub(crate) fn bind<'a, B: Binds + 'a>(
    call: Statement<B>,
    rows: Vec<Said<'a>>,
) -> Statement<impl Binds + use<'a, B>> {
    fn column<'a, T>(rows: &[Said<'a>], value: impl Fn(&Said<'a>) -> T) -> Vec<T> {
        rows.iter().map(value).collect()
    }
    call.bind::<Array<SqlUuid>, _>(column(&rows, |row| row.site.0))
        .bind::<Array<SqlUuid>, _>(column(&rows, |row| row.ticket.0))
        .bind::<Array<SqlUuid>, _>(column(&rows, |row| row.said))
        .bind::<Array<Text>, _>(column(&rows, |row| row.body.reply.as_str()))
        .bind::<Array<Text>, _>(column(&rows, |row| row.body.quoted.as_str()))
        .bind::<Array<Text>, _>(column(&rows, |row| row.body.signature.as_str()))
        .bind::<Array<Nullable<Text>>, _>(column(&rows, |row| row.body.html.as_deref()))
        .bind::<Array<Nullable<Text>>, _>(column(&rows, |row| row.body.html_quoted.as_deref()))
        .bind::<Array<Bool>, _>(column(&rows, |row| row.body.has_blocked_pictures))
}

/// Keeps the body of a ticket's first mail, or of a reply.
///
/// # Errors
/// The database is away.
pub async fn add(tx: &mut Tx, site: SiteId, ticket: TicketId, said: Uuid, body: &Body) -> DbResult<()> {
    let call = sql("select mail_bodies_note(?, ?, ?, ?, ?, ?, ?, ?, ?)");
    bind(call, vec![Said { site, ticket, said, body }]).execute(tx.conn()).await?;
    Ok(())
}

#[derive(QueryableByName)]
struct Kept {
    #[diesel(sql_type = SqlUuid)]
    said_id: Uuid,
    #[diesel(embed)]
    body: Body,
}

/// The bodies of what was said: of tickets and replies, as far as they have any.
///
/// # Errors
/// The database is away.
pub async fn find(conn: &AsyncPgConnection, site: SiteId, said: &[Uuid]) -> DbResult<Vec<(Uuid, Body)>> {
    let rows: Vec<Kept> =
        sql("select said_id, reply, quoted, signature, html, html_quoted, has_blocked_pictures
         from mail_bodies where site_id = ? and said_id = any(?)")
        .bind::<SqlUuid, _>(site.0)
        .bind::<Array<SqlUuid>, _>(said)
        .get_results(&mut { conn })
        .await?;
    Ok(rows.into_iter().map(|row| (row.said_id, row.body)).collect())
}
