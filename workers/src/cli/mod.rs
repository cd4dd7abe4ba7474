//! The command line: which part of the fleet this process is, and what operators ask.

mod jobs;
mod serve;
mod setup;
mod sla_due;

use crate::config::Config;
use ::jobs::Queue;
use clap::{Parser, Subcommand};
use uuid::Uuid;

/// AsistTR's workers. `workers <queue>…` serves queues; `workers list` names them.
#[derive(Parser)]
#[command(name = "workers", version, subcommand_required = true, arg_required_else_help = true)]
pub struct Cli {
    #[command(flatten)]
    config: Config,

    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Hand due jobs to the wire and give back what dead workers held
    Relay,
    /// Enqueue periodic work
    Clock,
    /// Every queue, the relay and the clock in one process
    All,
    /// Print the table of queues and kinds of job
    List,
    /// Write a job to the ledger
    Enqueue { kind: String, payload: String },
    /// List the jobs that failed for good
    Dead {
        #[arg(long)]
        queue: Option<Queue>,
        #[arg(long, default_value_t = 100)]
        limit: i32,
    },
    /// Give a dead job a fresh set of attempts
    Retry { id: Uuid },
    /// Work out deadlines: JSON lines in, JSON lines out; needs no server
    ///
    /// Each line: {"schedule": {"tz", "hours": {"mon": [["09:00", "18:00"]]}, "holidays": […], "breaks": {…}}, "start",
    /// "minutes", "span_end"?}
    SlaDue,
    /// Bring the database to today's schema
    Migrate {
        #[command(subcommand)]
        how: Option<Migrate>,
    },
    /// Put sample data into the database
    Seed {
        #[command(subcommand)]
        what: Seed,
    },
    /// Serve these queues
    #[command(external_subcommand)]
    Queues(Vec<String>),
}

#[derive(Subcommand)]
enum Migrate {
    /// Run what is missing (the default)
    Up,
    /// Take every migration back and run all again; deletes all data
    Redo,
}

#[derive(Subcommand)]
enum Seed {
    /// A demo site with an admin, agents, a widget key, a form and a mailbox; prints them as JSON
    Demo,
}

/// Does what the command line says.
///
/// # Errors
/// One sentence for the operator.
pub async fn run(cli: Cli) -> anyhow::Result<()> {
    let config = cli.config;
    match cli.command {
        Command::List => jobs::list(),
        Command::Enqueue { kind, payload } => jobs::enqueue(&config, &kind, &payload).await,
        Command::Dead { queue, limit } => jobs::dead(&config, queue, limit).await,
        Command::Retry { id } => jobs::retry(&config, id).await,
        Command::SlaDue => sla_due::run(),
        Command::Migrate { how: Some(Migrate::Redo) } => setup::redo(&config).await,
        Command::Migrate { .. } => setup::migrate(&config).await,
        Command::Seed { what: Seed::Demo } => setup::seed_demo(&config).await,
        Command::Relay => serve::serve(&config, &[], serve::Parts { relay: true, clock: false }).await,
        Command::Clock => serve::serve(&config, &[], serve::Parts { relay: false, clock: true }).await,
        Command::All => serve::serve(&config, Queue::ALL, serve::Parts { relay: true, clock: true }).await,
        Command::Queues(names) => {
            let queues: Vec<Queue> = names.iter().map(|name| name.parse()).collect::<Result<_, _>>()?;
            serve::serve(&config, &queues, serve::Parts::default()).await
        }
    }
}

impl Cli {
    /// Which log lines are wanted, and in which form.
    #[must_use]
    pub fn log(&self) -> (&str, bool) {
        (&self.config.common.log, self.config.common.log_format == "json")
    }
}
