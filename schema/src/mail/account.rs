//! Mails about somebody's account rather than about a ticket. They stand in the same outbound ledger and leave by the
//! same job; what they say of secrets is sealed until they have been sent.

use super::delivery::{Delivery, columns};
use super::outbound::job_of;
use crate::pool::{DbResult, Tx};
use crate::seal::Seal;
use crate::sql::sql;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use diesel::prelude::QueryableByName;
use diesel::sql_types::{Bool, Integer, Json, Jsonb, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::{OutboundId, SiteId, UserId};
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

/// The mail that shows an admin that his site's mails leave. The name stands in the database.
pub const DELIVERY_TEST: &str = "delivery_test";

/// A mail to be sent.
#[derive(Clone, QueryableByName)]
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
    /// Tries that a server or the way to it has failed.
    #[diesel(sql_type = Integer)]
    pub failures: i32,
    /// Nothing reaches the address.
    #[diesel(sql_type = Bool)]
    pub is_dead: bool,
    #[diesel(embed)]
    pub delivery: Delivery,
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
    tx.enqueue(job_of(site_id, mail.id));
    Ok(())
}

const LOCK: &str = concat!(
    "select o.id, o.template::text, o.to_address::text, o.to_name, o.facts::json as facts, o.message_id,
         o.state::text, o.failures,
         exists (select from mail_addresses_dead a
                 where a.site_id = o.site_id and a.address = lower(o.to_address)) as is_dead, ",
    columns!(),
    " from mail_outbox o
     left join email_settings d on d.site_id = o.site_id
     where o.site_id = ? and o.id = ? and o.ticket_id is null for update of o"
);

/// The mail, its row locked; none if it is no mail about an account.
///
/// # Errors
/// The database is away.
pub async fn lock(tx: &mut Tx, site: SiteId, outbound: OutboundId) -> DbResult<Option<AccountMail>> {
    let find = sql(LOCK).bind::<SqlUuid, _>(site.0).bind::<SqlUuid, _>(outbound.0);
    let rows: Vec<AccountMail> = find.get_results(tx.conn()).await?;
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
