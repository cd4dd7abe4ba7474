//! Mails about somebody's account rather than about a ticket. They stand in the same outbound ledger and leave by the
//! same job; what they say of secrets is sealed until they have been sent.

use crate::pool::{DbResult, Tx};
use crate::seal::Seal;
use crate::sql::sql;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use diesel::prelude::QueryableByName;
use diesel::sql_types::{Json, Jsonb, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::{NewJob, OutboundId, SiteId, UserId, mail_out};
use secrecy::SecretString;
use serde_json::{Value, json};
use uuid::Uuid;

/// The mail with which a forgotten password is replaced. The name stands in the database.
pub const PASSWORD_RESET: &str = "password_reset";

/// The fact that is sealed; [`end`](super::outbox::end) removes it once the mail has been sent.
pub(super) const SECRET_FACT: &str = "secret_sealed";

/// A row for the outbound ledger.
#[derive(Clone, Debug)]
pub struct NewAccountMail {
    pub id: OutboundId,
    /// None for a super admin's.
    pub site: Option<SiteId>,
    pub user: UserId,
    pub template: &'static str,
    pub to_address: String,
    pub to_name: String,
    pub facts: Value,
}

/// A mail to be sent.
#[derive(Clone, Debug, QueryableByName)]
pub struct AccountMail {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = Text)]
    pub template: String,
    #[diesel(sql_type = Text)]
    pub to_address: String,
    #[diesel(sql_type = Text)]
    pub to_name: String,
    #[diesel(sql_type = Json)]
    facts: Value,
    #[diesel(sql_type = Nullable<Text>)]
    pub message_id: Option<String>,
    #[diesel(sql_type = Text)]
    pub state: String,
}

/// Facts of a mail that holds one secret.
#[must_use]
pub fn sealed_fact(seal: &Seal, secret: &str) -> Value {
    json!({ SECRET_FACT: STANDARD.encode(seal.seal(secret)) })
}

/// Records a mail and the job that sends it.
///
/// # Errors
/// The database is away.
pub async fn post(tx: &mut Tx, mail: NewAccountMail) -> DbResult<()> {
    let site_id = mail.site.unwrap_or(SiteId::SYSTEM);
    sql("insert into mail_outbox (id, site_id, user_id, template, to_address, to_name, facts)
         values (?, ?, ?, ?, ?, ?, ?)")
    .bind::<SqlUuid, _>(mail.id.0)
    .bind::<SqlUuid, _>(site_id.0)
    .bind::<SqlUuid, _>(mail.user.0)
    .bind::<Text, _>(mail.template)
    .bind::<Text, _>(&mail.to_address)
    .bind::<Text, _>(&mail.to_name)
    .bind::<Jsonb, _>(&mail.facts)
    .execute(tx.conn())
    .await?;
    tx.enqueue(NewJob::of(&mail_out::Deliver { site_id, outbound_id: mail.id }));
    Ok(())
}

/// The mail, its row locked; none if it is no mail about an account.
///
/// # Errors
/// The database is away.
pub async fn lock(tx: &mut Tx, site: SiteId, outbound: OutboundId) -> DbResult<Option<AccountMail>> {
    let rows: Vec<AccountMail> =
        sql("select id, template::text, to_address::text, to_name, facts::json as facts,
             message_id, state::text
         from mail_outbox where site_id = ? and id = ? and ticket_id is null for update")
        .bind::<SqlUuid, _>(site.0)
        .bind::<SqlUuid, _>(outbound.0)
        .get_results(tx.conn())
        .await?;
    Ok(rows.into_iter().next())
}

impl AccountMail {
    /// The secret that the mail is to carry.
    ///
    /// # Errors
    /// It is not there, or sealed with another key.
    pub fn secret(&self, seal: &Seal) -> anyhow::Result<SecretString> {
        let sealed = self.facts.get(SECRET_FACT).and_then(Value::as_str).unwrap_or_default();
        Ok(seal.open(&STANDARD.decode(sealed)?)?)
    }
}
