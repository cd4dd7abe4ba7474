//! The edge: takes requests, commits what they cause, and leaves the work to the workers.

use clap::Parser;
use std::process::ExitCode;

/// For file names and the calls of files: few, because each may keep memory of its own.
const BLOCKING_THREADS_MAX: usize = 8;

fn main() -> ExitCode {
    // A missing .env is ordinary: then everything comes from the environment and the command line.
    let _ = dotenvy::dotenv();
    let config = edge::Config::parse();
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.worker_threads(config.threads()).max_blocking_threads(BLOCKING_THREADS_MAX).enable_all();
    let ran = runtime.build().map_err(anyhow::Error::from).and_then(|runtime| runtime.block_on(run(config)));
    match ran {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One sentence, never a backtrace: it tells the operator what to mend.
            eprintln!("edge: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(config: edge::Config) -> anyhow::Result<()> {
    edge::log::start(&config.common)?;
    edge::run(config).await
}
