//! One fault under load: how long the server was away, and how soon effects flow as before.

use crate::drills::Act;
use crate::report::percentile;
use crate::sink::Sink;
use std::future::Future;
use std::time::{Duration, Instant};

const RAMP: Duration = Duration::from_millis(1500);
const WINDOW: Duration = Duration::from_secs(1);
const STEP: Duration = Duration::from_millis(50);
const SHARE: f64 = 0.8;
pub const RECOVERY_SECONDS_MAX: f64 = 10.0;
/// Longer is not waited for: the bound is broken by then.
const RECOVERY_MAX: Duration = Duration::from_secs(30);

/// The faults of one drill.
pub struct Outages<'a> {
    sink: &'a Sink,
    /// Effects a second before the first fault.
    rate: f64,
    recoveries: Vec<f64>,
}

impl<'a> Outages<'a> {
    /// Measures the rate of effects while nothing is wrong.
    pub async fn after_warm_up(sink: &'a Sink, act: &mut Act, measured: Duration) -> Self {
        tokio::time::sleep(RAMP.saturating_sub(act.load.began.elapsed())).await;
        let from = Instant::now();
        tokio::time::sleep(measured).await;
        let effects = sink.accepted_between(from, Instant::now());
        let rate = effects as f64 / from.elapsed().as_secs_f64();
        act.report.tell("effects_before", rate, "1/s");
        Self { sink, rate, recoveries: Vec::new() }
    }

    /// Lets a fault happen; `fault` ends when the server is back. Waits until effects flow again.
    pub async fn suffer(
        &mut self,
        act: &mut Act,
        name: &str,
        fault: impl Future<Output = anyhow::Result<()>>,
    ) -> anyhow::Result<()> {
        let at = Instant::now();
        fault.await?;
        act.report.tell(&format!("{name}_away"), at.elapsed().as_secs_f64(), "s");
        let recovery = self.recovery(Instant::now()).await.as_secs_f64();
        act.report.bound(&format!("{name}_to_80_percent"), recovery, "s", RECOVERY_SECONDS_MAX);
        self.recoveries.push(recovery);
        Ok(())
    }

    pub fn tell(mut self, act: &mut Act) {
        act.report.bound("recovery_max", percentile(&mut self.recoveries, 1.0), "s", RECOVERY_SECONDS_MAX);
    }

    /// From `back` to the first window with four fifths of the effects of before.
    async fn recovery(&self, back: Instant) -> Duration {
        let wanted = (self.rate * SHARE * WINDOW.as_secs_f64()).floor() as usize;
        let mut from = back;
        while from - back < RECOVERY_MAX {
            tokio::time::sleep_until((from + WINDOW).into()).await;
            if self.sink.accepted_between(from, from + WINDOW) >= wanted {
                break;
            }
            from += STEP;
        }
        from - back
    }
}
