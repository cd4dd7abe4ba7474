//! The edge: takes requests, commits what they cause, and leaves the work to the workers.

use clap::Parser;
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    // A missing .env is ordinary: then everything comes from the environment and the command line.
    let _ = dotenvy::dotenv();
    match run(edge::Config::parse()).await {
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
