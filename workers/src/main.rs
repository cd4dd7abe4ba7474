//! The program behind every worker process.

use clap::Parser;
use schema::config::load_dotenv;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;
use workers::allocator;
use workers::cli::{self, Cli};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One sentence, never a backtrace: it tells the operator what to mend.
            eprintln!("workers: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> anyhow::Result<()> {
    allocator::give_back_large_blocks();
    load_dotenv()?;
    let cli = Cli::parse();
    log(&cli)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let done = runtime.block_on(cli::run(cli));
    runtime.shutdown_timeout(std::time::Duration::from_millis(500));
    done
}

fn log(cli: &Cli) -> anyhow::Result<()> {
    let (directives, as_json) = cli.log();
    let lines = tracing_subscriber::fmt().with_env_filter(EnvFilter::try_new(directives)?);
    // Standard output belongs to answers, such as that of `workers list`.
    let lines = lines.with_writer(std::io::stderr);
    match as_json {
        true => lines.json().flatten_event(true).init(),
        false => lines.init(),
    }
    Ok(())
}
