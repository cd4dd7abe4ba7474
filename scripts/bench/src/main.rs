//! Measures the product on this machine: `cargo run --release -p bench -- jobs|intake|mail|desk|all|hours [--options]`.
//!
//! One JSON line per figure on standard output, progress for people on standard error. It is no test: it judges
//! nothing but whether the work was done exactly once and completely, and a figure from work that was not is
//! refused. What is measured runs as processes of its own (`edge`, `workers …`) against a private PostgreSQL and
//! Valkey in `.local/bench`, in a fresh database each time; the load comes from this process.

mod bench;
mod client;
mod cpu;
mod database;
mod desk;
mod hours;
mod intake;
mod jobs;
mod mail;
mod pause;
mod process;
mod report;
mod services;
mod settings;
mod stage;
mod stats;

use anyhow::anyhow;
use bench::Bench;
use clap::Parser;
use settings::{Cli, Command, Common};
use tokio::signal::unix::{SignalKind, signal};

fn main() -> anyhow::Result<()> {
    let cli = Cli::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let done = runtime.block_on(run(cli.command));
    runtime.shutdown_timeout(std::time::Duration::from_millis(500));
    done
}

async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Worker { config, queue } => jobs::worker::serve(&config, queue).await,
        Command::Hours { common, hours } => {
            let programs = Bench::programs(&common).await?;
            tokio::task::spawn_blocking(move || hours::run(&programs, common.rounds, &hours)).await?
        }
        command => measure(command).await,
    }
}

/// Runs the suites asked for. Interrupted or not, the programs end and our own servers are stopped.
async fn measure(command: Command) -> anyhow::Result<()> {
    let interrupted = interrupted()?;
    let bench = Bench::open(common(&command)?, command.needs_mail()).await?;
    let done = tokio::select! {
        done = suites(&bench, &command) => done,
        () = interrupted => Err(anyhow!("interrupted; what was started here has been stopped")),
    };
    bench.close().await?;
    done
}

async fn suites(bench: &Bench, command: &Command) -> anyhow::Result<()> {
    match command {
        Command::Jobs { jobs, .. } => jobs::run(bench, jobs).await,
        Command::Intake { intake, .. } => intake::run(bench, intake).await,
        Command::Mail { mail, .. } => mail::run(bench, mail).await,
        Command::Desk { desk, .. } => desk::run(bench, desk).await,
        Command::All { jobs, intake, mail, .. } => {
            jobs::run(bench, jobs).await?;
            intake::run(bench, intake).await?;
            mail::run(bench, mail).await
        }
        Command::Worker { .. } | Command::Hours { .. } => Ok(()),
    }
}

fn common(command: &Command) -> anyhow::Result<&Common> {
    match command {
        Command::Jobs { common, .. }
        | Command::Intake { common, .. }
        | Command::Mail { common, .. }
        | Command::Desk { common, .. }
        | Command::All { common, .. } => Ok(common),
        Command::Worker { .. } | Command::Hours { .. } => Err(anyhow!("this measures nothing with servers")),
    }
}

fn interrupted() -> anyhow::Result<impl Future<Output = ()>> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
