//! Sessions, refresh tokens, reset tokens and account mails that have served their time go.

use super::rules::SESSION_LIVES;
use crate::pool::{DbResult, Tx};
use crate::sql::sql;
use chrono::{DateTime, TimeDelta, Utc};
use diesel::sql_types::{BigInt, Timestamptz};
use diesel_async::RunQueryDsl;

/// How long a session is remembered after its end: a refresh token that comes back is still told from an unknown one.
const ENDED_KEPT: TimeDelta = TimeDelta::days(7);
/// How long a reset token is remembered after it expired.
const RESETS_KEPT: TimeDelta = TimeDelta::days(1);
/// How long a mail about an account is remembered.
const MAILS_KEPT: TimeDelta = TimeDelta::days(30);

/// Removes at most `chunk` rows of each kind; the number of each. What somebody else is removing is left to them.
///
/// # Errors
/// The database is away.
pub(crate) async fn tidy(tx: &mut Tx, chunk: i64, now: DateTime<Utc>) -> DbResult<[usize; 5]> {
    // Tokens before their sessions, whose removal would take any number of tokens with it.
    let old_tokens = sql("delete from refresh_tokens where ctid = any(array(
             select ctid from refresh_tokens where created_at < ? order by created_at limit ?
             for update skip locked))")
    .bind::<Timestamptz, _>(now - SESSION_LIVES)
    .bind::<BigInt, _>(chunk)
    .execute(tx.conn())
    .await?;
    let ended_tokens = sql("delete from refresh_tokens where ctid = any(array(
             select t.ctid from sessions s join refresh_tokens t on t.session_id = s.id
             where s.ended_at < ? limit ? for update of t skip locked))")
    .bind::<Timestamptz, _>(now - ENDED_KEPT)
    .bind::<BigInt, _>(chunk)
    .execute(tx.conn())
    .await?;
    let sessions = sql("delete from sessions where ctid = any(array(
             select s.ctid from sessions s where (s.ended_at < ? or s.expires_at < ?)
               and not exists (select from refresh_tokens t where t.session_id = s.id)
             limit ? for update skip locked))")
    .bind::<Timestamptz, _>(now - ENDED_KEPT)
    .bind::<Timestamptz, _>(now)
    .bind::<BigInt, _>(chunk)
    .execute(tx.conn())
    .await?;
    let resets = sql("delete from password_resets where ctid = any(array(
             select ctid from password_resets where expires_at < ? order by expires_at limit ?
             for update skip locked))")
    .bind::<Timestamptz, _>(now - RESETS_KEPT)
    .bind::<BigInt, _>(chunk)
    .execute(tx.conn())
    .await?;
    let mails = sql("delete from mail_outbox where ctid = any(array(
             select ctid from mail_outbox where ticket_id is null and created_at < ? order by created_at limit ?
             for update skip locked))")
    .bind::<Timestamptz, _>(now - MAILS_KEPT)
    .bind::<BigInt, _>(chunk)
    .execute(tx.conn())
    .await?;
    Ok([old_tokens, ended_tokens, sessions, resets, mails])
}
