//! Runs what is due until nothing is, without a wire: for tests, and for a desk without Redis in an emergency.

use super::keeper::Keeper;
use super::{leased, short};
use crate::env::Env;
use crate::registry::Registry;
use jobs::Queue;
use tokio_util::sync::CancellationToken;

/// Runs the due jobs of these queues, and those that they cause, until none is due. Returns how many were run.
///
/// # Errors
/// The database is away.
pub async fn drain(
    queues: &[Queue],
    registry: &Registry,
    env: &Env,
    keeper: &Keeper,
) -> anyhow::Result<usize> {
    let stop = CancellationToken::new();
    let mut run = 0;
    loop {
        let mut found = 0;
        for queue in queues {
            let leased =
                leased::Lane::start(*queue, registry.clone(), env.clone(), keeper.clone(), stop.clone());
            let ids = env.ledger.take_due(*queue, 256).await?;
            found += ids.len();
            if registry.is_short(*queue) {
                let lane = short::Lane::start(*queue, registry.clone(), env.clone(), leased);
                futures::future::join_all(ids.iter().map(|id| lane.run(id.0))).await;
            } else {
                futures::future::join_all(ids.iter().map(|id| leased.run(id.0))).await;
            }
        }
        if found == 0 {
            return Ok(run);
        }
        run += found;
    }
}
