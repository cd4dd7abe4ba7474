//! The queue (PERFORMANCE rows Q1 to Q9, without Q6, which is a drill).
//!
//! The worker under test is this program once more (`bench worker <queue>`): the product's runner with two kinds of
//! job that leave countable effects. The relay, and for memory and idleness the whole fleet, are the product's own
//! programs. Every drain must leave each effect exactly once, or its figures are refused.

mod backlog;
mod drain;
mod effects;
mod enqueue;
mod fleet;
mod kinds;
mod latency;
mod memory;
mod start;
mod tally;
mod work;
pub mod worker;

use crate::bench::Bench;
use crate::report::{Report, progress};
use crate::settings::{JobsOptions, Part};
use crate::stage;

/// # Errors
/// A server or program fails, or work was lost or doubled.
pub async fn run(bench: &Bench, options: &JobsOptions) -> anyhow::Result<()> {
    for transport in bench.transports {
        progress(&format!("jobs over {}", stage::name(*transport)));
        let report = Report::new("jobs").with("transport", stage::name(*transport));
        let suite = Suite { bench, options, transport: *transport, report };
        suite.run().await?;
    }
    Ok(())
}

/// One transport's measurements.
pub struct Suite<'a> {
    bench: &'a Bench,
    options: &'a JobsOptions,
    transport: schema::ledger::wire::Transport,
    report: Report,
}

impl Suite<'_> {
    async fn run(&self) -> anyhow::Result<()> {
        if self.options.wants(Part::Latency) {
            latency::run(self).await?;
        }
        if self.options.wants(Part::Enqueue) {
            enqueue::run(self).await?;
        }
        if self.options.wants(Part::Drain) || self.options.wants(Part::Always) {
            drain::run(self).await?;
        }
        if self.options.wants(Part::Start) {
            start::run(self).await?;
        }
        if self.options.wants(Part::Memory) {
            memory::run(self).await?;
            fleet::run(self).await?;
        }
        if let Some(jobs) = self.options.million {
            backlog::run(self, i64::from(jobs)).await?;
        }
        Ok(())
    }
}
