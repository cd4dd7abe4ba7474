//! The edge: takes requests, commits what they cause, and leaves the work to the workers.

use clap::Parser;
use schema::config::load_dotenv;
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One sentence, never a backtrace: it tells the operator what to mend.
            eprintln!("edge: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> anyhow::Result<()> {
    load_dotenv()?;
    let config = edge::Config::parse();
    edge::log::start(&config.common)?;
    edge::run(config).await
}
