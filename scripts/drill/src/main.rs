//! Fault drills: kills, stops and restarts what AsistTR runs on while the outside counts every effect.
//!
//! Not a test of units: it starts the real programs beside it (same profile) on servers of their own under
//! `.local/drill`, sends them forms and mails, breaks something, and compares what was asked with what came of it.
//! Standard output is one JSON line per figure; the exit code is 1 when a figure broke its bound.
//!
//! ```text
//! drill kill [rounds]      SIGKILLs one program each round: workers, relay, clock, edge (20 rounds; long: 1000)
//! drill redis              FLUSHALL, SIGKILL, SIGSTOP and restart of Redis
//! drill postgres           fast restart, SIGKILL of a backend and of the postmaster
//! drill mail [mails]       kills, IMAP restarts, new UIDVALIDITY, failing SMTP (10,000 mails; short: 1,000)
//! drill all --short        a short form of each, within a minute
//! ```

mod checker;
mod drills;
mod facts;
mod faults;
mod intents;
mod kill;
mod load;
mod mail;
mod outage;
mod postgres;
mod redis;
mod report;
mod sink;
mod stage;

use clap::{Parser, Subcommand};
use drills::Settings;
use std::process::ExitCode;
use tokio::signal::unix::{SignalKind, signal};

/// Breaks things under a running AsistTR and counts what was lost or doubled.
#[derive(Parser)]
#[command(name = "drill", version)]
struct Cli {
    /// Seeds the schedule: who is hit, and when; a new one each time if unset
    #[arg(long, global = true)]
    seed: Option<u64>,

    /// Intents a second; 12 in the short form, 30 in the long one if unset
    #[arg(long, global = true)]
    rate: Option<f64>,

    /// A short form, for every day
    #[arg(long, global = true)]
    short: bool,

    #[command(subcommand)]
    drill: Which,
}

#[derive(Clone, Copy, Subcommand)]
enum Which {
    /// SIGKILL of one program each round
    Kill { rounds: Option<usize> },
    /// Redis emptied, killed, stopped, restarted
    Redis,
    /// PostgreSQL restarted, one backend killed, the postmaster killed
    Postgres,
    /// Mails in and out through kills, restarts and every failure of SMTP; 10,000 of them, 1,000 in the short form
    Mail { mails: Option<usize> },
    /// All of them
    All,
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let settings = Settings::of(cli.seed, cli.rate, cli.short);
    eprintln!("drill: seed {}, {} intents/s", settings.seed, settings.rate);
    // Leaving early drops the stage, which takes its programs along.
    let ended = tokio::select! {
        ended = run(cli.drill, settings) => ended,
        () = interrupted() => Err(anyhow::anyhow!("interrupted; servers may still run: ASISTTR_STATE=.local/drill scripts/services down")),
    };
    match ended {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("drill: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// True if every bound held.
async fn run(which: Which, settings: Settings) -> anyhow::Result<bool> {
    let mut drills = drills::Drills::open(settings).await?;
    let held = match which {
        Which::Kill { rounds } => drills.kill(rounds).await,
        Which::Redis => drills.redis().await,
        Which::Postgres => drills.postgres().await,
        Which::Mail { mails } => drills.mail(mails).await,
        Which::All => drills.all().await,
    };
    drills.close(held).await
}

async fn interrupted() {
    let (terminate, interrupt) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()));
    let (Ok(mut terminate), Ok(mut interrupt)) = (terminate, interrupt) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}
