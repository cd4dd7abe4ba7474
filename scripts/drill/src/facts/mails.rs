//! What the database says of mails, in and out.

use super::{Count, Facts, Word};
use diesel::QueryableByName;
use diesel::sql_types::{Integer, Nullable, Text};
use diesel_async::RunQueryDsl;
use schema::sql::sql;

/// A received mail and what came of it.
#[derive(Clone, Debug, QueryableByName)]
pub struct Seen {
    /// Its Message-ID.
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Text)]
    pub outcome: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub cause: Option<String>,
}

/// A mail of the outbound ledger.
#[derive(Clone, Debug, QueryableByName)]
pub struct Posted {
    #[diesel(sql_type = Text)]
    pub to_address: String,
    #[diesel(sql_type = Text)]
    pub state: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub cause: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub last_error: Option<String>,
    #[diesel(sql_type = Integer)]
    pub repeats: i32,
}

impl Facts {
    /// Received mails that have their outcome.
    pub async fn settled_mails(&self) -> anyhow::Result<i64> {
        let mut tx = self.begin().await?;
        let ask = sql("select count(*) as count from mail_messages where outcome <> 'received'");
        let row: Count = ask.get_result(tx.conn()).await?;
        tx.commit().await?;
        Ok(row.count)
    }

    /// Every received mail that has a Message-ID.
    pub async fn seen_mails(&self) -> anyhow::Result<Vec<Seen>> {
        let mut tx = self.begin().await?;
        let ask = sql(
            "select message_id as name, outcome::text, cause from mail_messages where message_id is not null",
        );
        let rows = ask.get_results(tx.conn()).await?;
        tx.commit().await?;
        Ok(rows)
    }

    /// Confirmations of what came by mail.
    pub async fn posted(&self) -> anyhow::Result<Vec<Posted>> {
        let mut tx = self.begin().await?;
        let ask =
            sql("select to_address::text, state::text, cause::text, last_error, repeats from mail_outbox
            where template = 'acknowledgement'");
        let rows = ask.get_results(tx.conn()).await?;
        tx.commit().await?;
        Ok(rows)
    }

    /// Replies and notes that no mail has brought.
    pub async fn stray_replies(&self) -> anyhow::Result<usize> {
        let mut tx = self.begin().await?;
        let ask = sql("select count(*) as count from ticket_replies r
            where not exists (select from mail_messages m where m.reply_id = r.id)");
        let row: Count = ask.get_result(tx.conn()).await?;
        tx.commit().await?;
        Ok(usize::try_from(row.count)?)
    }

    /// Message-IDs of the mails that brought replies and notes, one for each.
    pub async fn named_replies(&self) -> anyhow::Result<Vec<String>> {
        let mut tx = self.begin().await?;
        let ask = sql("select coalesce(m.message_id, '') as word from mail_messages m
            join ticket_replies r on r.id = m.reply_id");
        let rows: Vec<Word> = ask.get_results(tx.conn()).await?;
        tx.commit().await?;
        Ok(rows.into_iter().map(|row| row.word).collect())
    }
}
