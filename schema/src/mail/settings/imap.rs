//! The mailbox a site reads. Another server, port or user is another mailbox with a cursor of its own: the old one is
//! read no more and keeps its mails.

use super::{NotChanged, Secret, Server};
use crate::mail::mailboxes::forget_token;
use crate::pool::{DbResult, Scope, Tx};
use crate::seal::Seal;
use crate::sql::sql;
use diesel::QueryableByName;
use diesel::sql_types::{Binary, Integer, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::{MailboxId, NewJob, SiteId, mailbox};
use secrecy::ExposeSecret;
use uuid::Uuid;

#[derive(QueryableByName)]
struct Stored {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    host: String,
    #[diesel(sql_type = Integer)]
    port: i32,
    #[diesel(sql_type = Text)]
    username: String,
    #[diesel(sql_type = Binary)]
    password_sealed: Vec<u8>,
}

#[derive(QueryableByName)]
struct Owner {
    #[diesel(sql_type = Nullable<SqlUuid>)]
    site_id: Option<Uuid>,
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

pub(super) async fn change(
    tx: &mut Tx,
    site: SiteId,
    server: Option<&Server>,
    seal: &Seal,
) -> Result<(), NotChanged> {
    let current = lock(tx, site).await?;
    let Some(server) = server else { return Ok(leave(tx, site).await?) };
    let same = current.filter(|one| {
        one.host == server.host && one.port == i32::from(server.port) && one.username == server.user
    });
    let sealed = match (&server.password, &same) {
        (Secret::New(password), _) => seal.seal(password.expose_secret()),
        (Secret::Kept, Some(same)) => same.password_sealed.clone(),
        (Secret::Kept, None) => return Err(NotChanged::SecretNeeded("imap.password")),
    };
    let id = match same {
        Some(same) => refresh(tx, site, same.id, server, sealed).await?,
        None => {
            leave(tx, site).await?;
            enter(tx, site, server, sealed).await?
        }
    };
    let watch = mailbox::Watch { mailbox_id: MailboxId(id) };
    tx.enqueue(NewJob::of(&watch).unless_pending(watch.key()));
    Ok(())
}

async fn lock(tx: &mut Tx, site: SiteId) -> DbResult<Option<Stored>> {
    let rows: Vec<Stored> = sql("select id, host, port, username, password_sealed from mailboxes
        where site_id = ? and is_active order by created_at, id limit 1 for update")
    .bind::<SqlUuid, _>(site.0)
    .get_results(tx.conn())
    .await?;
    Ok(rows.into_iter().next())
}

async fn leave(tx: &mut Tx, site: SiteId) -> DbResult<()> {
    sql("update mailboxes set is_active = false where site_id = ? and is_active")
        .bind::<SqlUuid, _>(site.0)
        .execute(tx.conn())
        .await?;
    Ok(())
}

async fn refresh(tx: &mut Tx, site: SiteId, id: Uuid, server: &Server, sealed: Vec<u8>) -> DbResult<Uuid> {
    sql("update mailboxes set tls = ?, password_sealed = ?, trouble = null where site_id = ? and id = ?")
        .bind::<Text, _>(server.security.as_str())
        .bind::<Binary, _>(sealed)
        .bind::<SqlUuid, _>(site.0)
        .bind::<SqlUuid, _>(id)
        .execute(tx.conn())
        .await?;
    if matches!(server.password, Secret::New(_)) {
        forget_token(tx, MailboxId(id)).await?;
    }
    Ok(id)
}

/// A mailbox is read once, whoever asks for it: a site that would read another's learns only that it is taken.
async fn enter(tx: &mut Tx, site: SiteId, server: &Server, sealed: Vec<u8>) -> Result<Uuid, NotChanged> {
    tx.rescope(Scope::System).await?;
    let owners: Vec<Owner> = sql("select site_id from mailboxes
        where host = ? and port = ? and username = ? and folder = 'INBOX' for update")
    .bind::<Text, _>(&server.host)
    .bind::<Integer, _>(i32::from(server.port))
    .bind::<Text, _>(&server.user)
    .get_results(tx.conn())
    .await?;
    tx.rescope(Scope::Site(site)).await?;
    if owners.iter().any(|owner| owner.site_id != Some(site.0)) {
        return Err(NotChanged::MailboxTaken);
    }
    let row: Id = sql("insert into mailboxes (site_id, host, port, tls, username, password_sealed, by_site)
        values (?, ?, ?, ?, ?, ?, true)
        on conflict (host, port, username, folder) do update
            set tls = excluded.tls, password_sealed = excluded.password_sealed, is_active = true, trouble = null
        returning id")
    .bind::<SqlUuid, _>(site.0)
    .bind::<Text, _>(&server.host)
    .bind::<Integer, _>(i32::from(server.port))
    .bind::<Text, _>(server.security.as_str())
    .bind::<Text, _>(&server.user)
    .bind::<Binary, _>(sealed)
    .get_result(tx.conn())
    .await?;
    forget_token(tx, MailboxId(row.id)).await?;
    Ok(row.id)
}
