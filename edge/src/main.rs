//! The edge: takes requests, commits what they cause, and leaves the work to the workers.

use clap::Parser;
use schema::config::load_dotenv;
use std::process::ExitCode;

/// For file names, the calls of files and the hashing of passwords: few, because each may keep memory of its own.
const BLOCKING_THREADS_MAX: usize = 8;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One sentence, never a backtrace: it tells the operator what to mend.
            eprintln!("edge: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> anyhow::Result<()> {
    load_dotenv()?;
    let config = edge::Config::parse();
    edge::log::start(&config.common)?;
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.worker_threads(config.threads()).max_blocking_threads(BLOCKING_THREADS_MAX).enable_all();
    // On one of the threads that serve: what the start allocates and gives back is then at hand for requests.
    runtime.build()?.block_on(async { tokio::spawn(edge::run(config)).await? })
}
