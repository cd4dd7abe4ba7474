//! What people ask about their accounts.

use crate::env::Env;
use crate::handler::{Outcome, Short};
use chrono::{DateTime, Utc};
use jobs::accounts::ForgotPassword;
use schema::ledger::Verdict;
use schema::pool::Tx;
use schema::sessions::begin_reset;
use schema::tickets::Origin;
use schema::tickets::status::By;

impl Short for ForgotPassword {
    async fn run(&self, tx: &mut Tx, env: &Env, now: DateTime<Utc>) -> Outcome {
        let origin =
            Origin { ip_address: self.ip_address, user_agent: self.user_agent.clone(), ..Origin::default() };
        begin_reset(tx, &env.seal, &self.email, &By { user_id: None, origin }, now).await?;
        Ok(Verdict::Done)
    }
}
