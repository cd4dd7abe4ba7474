//! CPU time and memory of processes, as Linux counts them in /proc.
//!
//! A process's time is the larger of two counts: the kernel's total, which knows ended threads but steps by
//! 10 ms, and the sum over its live threads, which is exact. A family's also holds the children: live ones by
//! themselves, ended ones through what their parent inherited of them.

use anyhow::Context;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fs;

/// The unit of times in /proc/…/stat: Linux shows user space hundredths of a second on every machine.
const TICK_US: f64 = 10_000.0;

/// Which processes are charged, under which name.
#[derive(Clone, Default)]
pub struct Meter {
    alone: Vec<(&'static str, u32)>,
    families: Vec<(&'static str, u32)>,
}

/// CPU time used since the processes began, in microseconds by name.
pub struct Reading(BTreeMap<&'static str, f64>);

/// CPU time used between two readings, in microseconds by name.
pub struct Spent(BTreeMap<&'static str, f64>);

impl Meter {
    /// Also charges one process; several may share a name.
    #[must_use]
    pub fn process(mut self, name: &'static str, pid: u32) -> Self {
        self.alone.push((name, pid));
        self
    }

    /// Also charges a process with its children.
    #[must_use]
    pub fn family(mut self, name: &'static str, pid: u32) -> Self {
        self.families.push((name, pid));
        self
    }

    #[must_use]
    pub fn read(&self) -> Reading {
        let mut used = BTreeMap::new();
        for (name, pid) in &self.alone {
            *used.entry(*name).or_default() += process_us(*pid);
        }
        for (name, pid) in &self.families {
            *used.entry(*name).or_default() += family_us(*pid);
        }
        Reading(used)
    }

    /// What was used since `earlier`.
    #[must_use]
    pub fn since(&self, earlier: &Reading) -> Spent {
        let Reading(now) = self.read();
        let before = |name: &str| earlier.0.get(name).copied().unwrap_or_default();
        Spent(now.into_iter().map(|(name, used)| (name, (used - before(name)).max(0.0))).collect())
    }
}

impl Spent {
    /// What one name used, in microseconds.
    #[must_use]
    pub fn of(&self, name: &str) -> f64 {
        self.0.get(name).copied().unwrap_or_default()
    }

    /// All of it but the load's own, per unit of work.
    #[must_use]
    pub fn total_per(&self, units: f64) -> f64 {
        self.0.iter().filter(|(name, _)| **name != "load").map(|(_, used)| used).sum::<f64>() / units
    }

    /// Each name's share, per unit of work, in tenths of a microsecond.
    #[must_use]
    pub fn parts_per(&self, units: f64) -> Value {
        let tenth = |used: &f64| (used / units * 10.0).round() / 10.0;
        Value::Object(
            self.0.iter().map(|(name, used)| ((*name).to_owned(), json!(tenth(used)))).collect::<Map<_, _>>(),
        )
    }
}

/// The proportional set size of a process in bytes: shared pages count for a share.
///
/// # Errors
/// The process is gone, or belongs to somebody else.
pub fn pss_bytes(pid: u32) -> anyhow::Result<f64> {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:")).context("no Pss in smaps_rollup")?;
    let kib: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kib * 1024.0)
}

/// The parent of a process.
///
/// # Errors
/// The process is gone.
pub fn parent(pid: u32) -> anyhow::Result<u32> {
    Ok(Stat::of(pid).with_context(|| format!("process {pid} is gone"))?.parent)
}

fn process_us(pid: u32) -> f64 {
    let counted = Stat::of(pid).map_or(0.0, |stat| stat.own_us);
    counted.max(threads_us(pid))
}

fn family_us(pid: u32) -> f64 {
    let inherited = Stat::of(pid).map_or(0.0, |stat| stat.inherited_us);
    let children = pids().filter(|child| Stat::of(*child).is_some_and(|stat| stat.parent == pid));
    process_us(pid) + inherited + children.map(process_us).sum::<f64>()
}

fn pids() -> impl Iterator<Item = u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

/// The first number of a thread's schedstat is its time on a CPU in nanoseconds.
fn threads_us(pid: u32) -> f64 {
    let threads = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let nanos = threads.filter_map(|thread| {
        let text = fs::read_to_string(thread.path().join("schedstat")).ok()?;
        text.split_whitespace().next()?.parse::<f64>().ok()
    });
    nanos.sum::<f64>() / 1000.0
}

struct Stat {
    parent: u32,
    own_us: f64,
    inherited_us: f64,
}

impl Stat {
    /// The command's name may hold anything, so fields are counted from its closing bracket.
    fn of(pid: u32) -> Option<Self> {
        let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
        let ticks = |place: usize| fields.get(place)?.parse::<f64>().ok();
        Some(Self {
            parent: fields.get(1)?.parse().ok()?,
            own_us: (ticks(11)? + ticks(12)?) * TICK_US,
            inherited_us: (ticks(13)? + ticks(14)?) * TICK_US,
        })
    }
}
