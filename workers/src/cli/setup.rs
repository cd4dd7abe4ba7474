//! Setting up a database.

use crate::config::Config;
use schema::pool::Db;
use schema::seal::Seal;
use schema::{migrate, seed};

pub async fn migrate(config: &Config) -> anyhow::Result<()> {
    migrate::up(&config.common.database_url).await?;
    eprintln!("the schema is up to date");
    Ok(())
}

pub async fn redo(config: &Config) -> anyhow::Result<()> {
    migrate::redo(&config.common.database_url).await?;
    eprintln!("every migration was taken back and run again");
    Ok(())
}

pub async fn seed_demo(config: &Config) -> anyhow::Result<()> {
    config.common.check()?;
    let db = Db::connect(&config.common.database_url, 2).await?;
    let demo = seed::demo(&db, &Seal::new(&config.common.secret_key), &seed::Mailbox::from_env()?).await?;
    println!("{}", serde_json::to_string_pretty(&demo)?);
    Ok(())
}
