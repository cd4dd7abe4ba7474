//! x
use super::*;
pub(super) async fn work(_: &Line, _: &Crew, _: &CancellationToken) -> anyhow::Result<()> { Ok(()) }
