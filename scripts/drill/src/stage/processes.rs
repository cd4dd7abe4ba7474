//! The real programs, each a process of its own: started, killed, restarted, watched.
//!
//! Two of each worker, relay and clock, one edge. Whatever ends without having been told to is started again and
//! counted as a death.

use super::services::Environment;
use anyhow::Context;
use futures::future::join_all;
use jobs::Queue;
use std::fs::OpenOptions;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::process::{Child, Command};

const WATCH: Duration = Duration::from_millis(200);
/// Asked to end, a program may take this long before it is killed.
const END_MAX: Duration = Duration::from_secs(20);

/// All programs.
pub struct Fleet {
    programs: PathBuf,
    environment: Environment,
    logs: PathBuf,
    members: Vec<Member>,
    deaths: AtomicUsize,
}

struct Member {
    /// `edge`, or what stands behind `workers`.
    kind: &'static str,
    /// The kind and a number, for its log.
    name: String,
    /// None while it is meant to be dead.
    child: Mutex<Option<Child>>,
}

impl Fleet {
    /// Starts all of them.
    pub fn start(programs: PathBuf, environment: Environment, logs: PathBuf) -> anyhow::Result<Arc<Self>> {
        let mut members = vec![Member::new("edge", 1)];
        for kind in Queue::ALL.iter().map(|queue| queue.name()).chain(["relay", "clock"]) {
            members.extend([Member::new(kind, 1), Member::new(kind, 2)]);
        }
        let fleet = Arc::new(Self { programs, environment, logs, members, deaths: AtomicUsize::new(0) });
        (0..fleet.members.len()).try_for_each(|index| fleet.revive(index))?;
        tokio::spawn(watch(Arc::downgrade(&fleet)));
        Ok(fleet)
    }

    /// The kinds that can be hit, each once.
    pub fn kinds(&self) -> Vec<&'static str> {
        let mut kinds: Vec<&str> = self.members.iter().map(|member| member.kind).collect();
        kinds.dedup();
        kinds
    }

    /// The members of a kind.
    pub fn of(&self, kind: &str) -> Vec<usize> {
        (0..self.members.len()).filter(|index| self.members[*index].kind == kind).collect()
    }

    pub fn is_alive(&self, index: usize) -> bool {
        self.members[index].lock().is_some()
    }

    /// SIGKILL; returns when it was sent. The process has ended when this returns.
    pub async fn kill(&self, index: usize) -> anyhow::Result<Instant> {
        let Some(mut child) = self.members[index].lock().take() else { return Ok(Instant::now()) };
        child.start_kill()?;
        let at = Instant::now();
        child.wait().await?;
        Ok(at)
    }

    /// SIGTERM; returns how long it took to end, in good order.
    pub async fn terminate(&self, index: usize) -> anyhow::Result<Duration> {
        let Some(mut child) = self.members[index].lock().take() else { return Ok(Duration::ZERO) };
        let at = Instant::now();
        if let Some(pid) = child.id() {
            signal(pid, "TERM").await?;
        }
        if tokio::time::timeout(END_MAX, child.wait()).await.is_err() {
            child.kill().await?;
        }
        Ok(at.elapsed())
    }

    /// Starts a member that is dead.
    pub fn revive(&self, index: usize) -> anyhow::Result<()> {
        let member = &self.members[index];
        let mut child = member.lock();
        if child.is_none() {
            *child = Some(self.spawn(member)?);
        }
        Ok(())
    }

    /// Asks all to end; returns how long the slowest took.
    pub async fn stop(&self) -> Duration {
        let ends = join_all((0..self.members.len()).map(|index| self.terminate(index))).await;
        ends.into_iter().flatten().max().unwrap_or_default()
    }

    /// How many ended without having been told to.
    pub fn deaths(&self) -> usize {
        self.deaths.load(Ordering::Relaxed)
    }

    fn spawn(&self, member: &Member) -> anyhow::Result<Child> {
        let path = self.logs.join(format!("{}.log", member.name));
        let log = OpenOptions::new().create(true).append(true).open(&path)?;
        let (program, arguments) = match member.kind {
            "edge" => ("edge", None),
            kind => ("workers", Some(kind)),
        };
        let program = self.programs.join(program);
        Command::new(&program)
            .args(arguments)
            .env_clear()
            .envs(&self.environment)
            .current_dir(&self.logs)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{} cannot be started; build it first", program.display()))
    }

    /// Starts again whatever ended by itself.
    fn look(&self) {
        for member in &self.members {
            let mut child = member.lock();
            let Some(Ok(Some(status))) = child.as_mut().map(Child::try_wait) else { continue };
            self.deaths.fetch_add(1, Ordering::Relaxed);
            eprintln!(
                "drill: {} ended by itself: {status}; its log is in {}",
                member.name,
                self.logs.display()
            );
            *child = self.spawn(member).inspect_err(|error| eprintln!("drill: {error:#}")).ok();
        }
    }
}

impl Member {
    fn new(kind: &'static str, number: usize) -> Self {
        Self { kind, name: format!("{kind}-{number}"), child: Mutex::new(None) }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Child>> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn watch(fleet: std::sync::Weak<Fleet>) {
    while let Some(fleet) = fleet.upgrade() {
        fleet.look();
        drop(fleet);
        tokio::time::sleep(WATCH).await;
    }
}

/// Sends a signal to one process.
pub async fn signal(pid: u32, name: &str) -> anyhow::Result<()> {
    let sent = Command::new("kill").arg(format!("-{name}")).arg(pid.to_string()).status().await?;
    anyhow::ensure!(sent.success(), "SIG{name} could not be sent to process {pid}");
    Ok(())
}
