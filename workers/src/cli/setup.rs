//! Setting up a database.

use crate::config::{Admin, Config};
use anyhow::ensure;
use chrono::Utc;
use schema::config::Environment;
use schema::pool::Db;
use schema::seal::Seal;
use schema::sessions::{FirstAdmin, first_admin};
use schema::{migrate, seed};
use secrecy::{ExposeSecret, SecretString};

pub async fn migrate(config: &Config) -> anyhow::Result<()> {
    migrate::up(&config.common.database_url).await?;
    eprintln!("the schema is up to date");
    // Elsewhere `seed demo` makes one with a password that everybody knows.
    if config.common.asisttr_env == Environment::Production { seed_admin(config).await } else { Ok(()) }
}

/// The random password is printed this once and stands nowhere in clear.
pub async fn seed_admin(config: &Config) -> anyhow::Result<()> {
    let db = Db::connect(&config.common.database_url, 1).await?;
    let Admin { admin_email, admin_password } = &config.admin;
    let given =
        admin_password.as_ref().filter(|password: &&SecretString| !password.expose_secret().is_empty());
    match first_admin(&db, admin_email, given, Utc::now()).await? {
        FirstAdmin::Exists => eprintln!("there is a super admin; nothing was changed"),
        FirstAdmin::MadeAsGiven => {
            eprintln!("{admin_email} signs in with ADMIN_PASSWORD and must change it then")
        }
        FirstAdmin::Made(password) => {
            eprintln!(
                "the first super admin, whose password is shown this once and must be changed at the first log-in:"
            );
            println!("{admin_email} {}", password.expose_secret());
        }
    }
    Ok(())
}

pub async fn redo(config: &Config) -> anyhow::Result<()> {
    migrate::redo(&config.common.database_url).await?;
    eprintln!("every migration was taken back and run again");
    Ok(())
}

pub async fn seed_demo(config: &Config) -> anyhow::Result<()> {
    config.common.check()?;
    ensure!(
        config.common.asisttr_env != Environment::Production,
        "the demo's passwords are known to everybody, so production has no demo; `workers seed admin` makes a super admin"
    );
    let db = Db::connect(&config.common.database_url, 2).await?;
    let demo = seed::demo(&db, &Seal::new(&config.common.secret_key), &seed::Mailbox::from_env()?).await?;
    println!("{}", serde_json::to_string_pretty(&demo)?);
    Ok(())
}
