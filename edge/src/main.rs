//! The edge: takes requests, commits what they cause, and leaves the work to the workers.

use clap::Parser;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    // A missing .env is ordinary: then everything comes from the environment and the command line.
    let _ = dotenvy::dotenv();
    let config = edge::Config::parse();
    edge::log::start(&config.common)?;
    edge::run(config).await
}
