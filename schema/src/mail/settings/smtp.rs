//! The server a site sends over, and the key it signs with.

use super::{NewSignature, NotChanged, Secret, Server};
use crate::pool::{DbResult, Tx};
use crate::seal::Seal;
use crate::sql::sql;
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Binary, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::SiteId;
use secrecy::ExposeSecret;

#[derive(QueryableByName)]
struct Stored {
    #[diesel(sql_type = Nullable<Text>)]
    smtp_host: Option<String>,
    #[diesel(sql_type = Nullable<Integer>)]
    smtp_port: Option<i32>,
    #[diesel(sql_type = Nullable<Text>)]
    smtp_username: Option<String>,
    #[diesel(sql_type = Nullable<Binary>)]
    smtp_password_sealed: Option<Vec<u8>>,
    #[diesel(sql_type = Nullable<Text>)]
    dkim_domain: Option<String>,
    #[diesel(sql_type = Nullable<Binary>)]
    dkim_key_sealed: Option<Vec<u8>>,
}

/// The site's row, made if it has none. The caller has locked the site's own.
async fn stored(tx: &mut Tx, site: SiteId) -> DbResult<Stored> {
    sql("insert into email_settings (site_id) values (?) on conflict do nothing")
        .bind::<SqlUuid, _>(site.0)
        .execute(tx.conn())
        .await?;
    Ok(sql("select smtp_host, smtp_port, smtp_username, smtp_password_sealed, dkim_domain, dkim_key_sealed
            from email_settings where site_id = ?")
    .bind::<SqlUuid, _>(site.0)
    .get_result(tx.conn())
    .await?)
}

pub(super) async fn change_server(
    tx: &mut Tx,
    site: SiteId,
    server: Option<&Server>,
    seal: &Seal,
    now: DateTime<Utc>,
) -> Result<(), NotChanged> {
    let stored = stored(tx, site).await?;
    let user = server.map(|server| server.user.as_str()).filter(|user| !user.is_empty());
    let sealed = match server.filter(|_| user.is_some()) {
        None => None,
        Some(Server { password: Secret::New(password), .. }) => Some(seal.seal(password.expose_secret())),
        Some(server) => {
            let is_same = stored.smtp_host.as_ref() == Some(&server.host)
                && stored.smtp_port == Some(i32::from(server.port))
                && stored.smtp_username.as_deref() == user;
            let kept = stored.smtp_password_sealed.filter(|_| is_same);
            Some(kept.ok_or(NotChanged::SecretNeeded("smtp.password"))?)
        }
    };
    sql("update email_settings set smtp_host = ?, smtp_port = ?, smtp_tls = ?, smtp_username = ?,
             smtp_password_sealed = ?, version = version + 1, updated_at = ? where site_id = ?")
    .bind::<Nullable<Text>, _>(server.map(|server| server.host.as_str()))
    .bind::<Nullable<Integer>, _>(server.map(|server| i32::from(server.port)))
    .bind::<Nullable<Text>, _>(server.map(|server| server.security.as_str()))
    .bind::<Nullable<Text>, _>(user)
    .bind::<Nullable<Binary>, _>(sealed)
    .bind::<Timestamptz, _>(now)
    .bind::<SqlUuid, _>(site.0)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A key may go with another selector, and stays with its domain.
pub(super) async fn change_signature(
    tx: &mut Tx,
    site: SiteId,
    signature: Option<&NewSignature>,
    seal: &Seal,
    now: DateTime<Utc>,
) -> Result<(), NotChanged> {
    let stored = stored(tx, site).await?;
    let sealed = match signature {
        None => None,
        Some(NewSignature { key: Secret::New(key), .. }) => Some(seal.seal(key.expose_secret())),
        Some(signature) => {
            let is_same = stored.dkim_domain.as_ref() == Some(&signature.domain);
            let kept = stored.dkim_key_sealed.filter(|_| is_same);
            Some(kept.ok_or(NotChanged::SecretNeeded("dkim.private_key"))?)
        }
    };
    sql("update email_settings set dkim_domain = ?, dkim_selector = ?, dkim_key_sealed = ?,
             version = version + 1, updated_at = ? where site_id = ?")
    .bind::<Nullable<Text>, _>(signature.map(|signature| signature.domain.as_str()))
    .bind::<Nullable<Text>, _>(signature.map(|signature| signature.selector.as_str()))
    .bind::<Nullable<Binary>, _>(sealed)
    .bind::<Timestamptz, _>(now)
    .bind::<SqlUuid, _>(site.0)
    .execute(tx.conn())
    .await?;
    Ok(())
}
