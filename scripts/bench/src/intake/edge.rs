//! The real edge, with a site to take tickets for.

use crate::bench::Bench;
use crate::process::Process;
use crate::settings::Rate;
use crate::stage::Stage;
use anyhow::ensure;
use schema::testing::TestSite;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;

const START_PATIENCE: Duration = Duration::from_secs(15);
/// Counted for each request, and never reached.
pub const RATE_HIGH: u32 = 1_000_000_000;

pub struct Edge {
    pub process: Process,
    pub address: SocketAddr,
    pub site: TestSite,
}

impl Edge {
    /// Starts it and waits until it listens.
    ///
    /// # Errors
    /// It ended, or does not listen in time.
    pub async fn start(bench: &Bench, stage: &Stage, rate: Rate) -> anyhow::Result<Self> {
        let site = TestSite::new(&stage.db(1).await?).await;
        let limit = if rate == Rate::High { RATE_HIGH } else { 0 };
        let (process, address) = start(bench, stage, ("SUPPORT_FORM_RATE", limit)).await?;
        Ok(Self { process, address, site })
    }
}

/// Starts an edge under a limit of its rate, and waits until it listens.
///
/// # Errors
/// It ended, or does not listen in time.
pub async fn start(
    bench: &Bench,
    stage: &Stage,
    (limit, requests): (&str, u32),
) -> anyhow::Result<(Process, SocketAddr)> {
    let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let more = [("LISTEN", address.to_string()), (limit, requests.to_string())];
    let mut process = bench.spawn_with(stage, "edge", &[], &more)?;
    let since = Instant::now();
    while TcpStream::connect(address).await.is_err() {
        process.must_live()?;
        ensure!(since.elapsed() < START_PATIENCE, "the edge does not listen after {START_PATIENCE:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok((process, address))
}

/// Empties every file below a folder and returns how many there were: rounds would fill the disk. The names stay until
/// the bench ends, because a file system that gave inodes back a moment ago gives out new ones slowly.
///
/// # Errors
/// The folder cannot be read.
pub fn empty_files(folder: &Path) -> std::io::Result<u64> {
    let mut files = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            files += empty_files(&entry.path())?;
        } else {
            if entry.metadata()?.len() > 0 {
                std::fs::File::options().write(true).truncate(true).open(entry.path())?;
            }
            files += 1;
        }
    }
    Ok(files)
}
