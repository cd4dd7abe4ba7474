//! One look into a mailbox, for whoever has just set it up: log in, open the folder, tell how that went.

use super::mailbox::{account, wants_person};
use crate::env::Env;
use crate::handler::{Attempt, Long, Outcome};
use crate::io::imap;
use jobs::mailbox;
use schema::ledger::Verdict;
use schema::mail::mailboxes::{self, Mailbox};
use schema::pool::Scope;

impl Long for mailbox::Check {
    async fn run(&self, attempt: &Attempt, env: &Env) -> Outcome {
        let Some(mut tx) = attempt.hold(env, Scope::System).await? else { return Ok(Verdict::Done) };
        let found = mailboxes::find(&mut tx, self.mailbox_id).await?;
        tx.rollback().await;
        let Some(mailbox) = found else { return Ok(Verdict::Done) };
        let trouble = look(&mailbox, attempt, env).await.err();
        let refused = trouble.as_ref().is_some_and(wants_person);
        let trouble = trouble.map(|error| format!("{error:#}"));
        let Some(mut tx) = attempt.finish(env, Scope::System).await? else { return Ok(Verdict::Done) };
        mailboxes::note(&mut tx, self.mailbox_id, trouble.as_deref(), refused).await?;
        tx.commit().await?;
        Ok(Verdict::Done)
    }
}

async fn look(mailbox: &Mailbox, attempt: &Attempt, env: &Env) -> anyhow::Result<()> {
    let mut server = imap::connect(&account(mailbox, attempt, env).await?).await?;
    server.examine(&mailbox.folder).await?;
    Ok(())
}
