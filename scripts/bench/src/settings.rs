//! The command line.

use clap::{Args, Parser, Subcommand, ValueEnum, value_parser};
use jobs::Queue;
use schema::ledger::wire::Transport;
use std::path::PathBuf;

/// Measures AsistTR on this machine: one JSON line per figure on standard output, progress on standard error.
///
/// Private servers are started in .local/bench and stopped again; the measured programs are built first. Compare
/// figures of one run only, and look at the CPU microseconds beside each rate: they barely move with the load of
/// the machine.
#[derive(Parser)]
#[command(name = "bench", version, max_term_width = 110)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// The queue: latency, enqueueing, draining, start, memory (Q1 to Q9)
    Jobs {
        #[command(flatten)]
        common: Common,
        #[command(flatten)]
        jobs: JobsOptions,
    },
    /// Ticket intake over HTTP (H1 to H7)
    Intake {
        #[command(flatten)]
        common: Common,
        #[command(flatten)]
        intake: IntakeOptions,
    },
    /// Mail to ticket (E1 to E3)
    Mail {
        #[command(flatten)]
        common: Common,
        #[command(flatten)]
        mail: MailOptions,
    },
    /// The desk's API on little and on much: list, search, detail, reply (D1 to D4)
    Desk {
        #[command(flatten)]
        common: Common,
        #[command(flatten)]
        desk: DeskOptions,
    },
    /// Deadlines in working time (B1); needs no server
    Hours {
        #[command(flatten)]
        common: Common,
        #[command(flatten)]
        hours: HoursOptions,
    },
    /// Jobs, intake and mail, one after the other
    All {
        #[command(flatten)]
        common: Common,
        #[command(flatten)]
        jobs: JobsOptions,
        #[command(flatten)]
        intake: IntakeOptions,
        #[command(flatten)]
        mail: MailOptions,
    },
    /// A worker that knows the bench's own kinds of job; started by `jobs`
    #[command(hide = true)]
    Worker {
        #[command(flatten)]
        config: Box<workers::config::Config>,
        queue: Queue,
    },
}

impl Command {
    /// Whether Dovecot must run.
    #[must_use]
    pub fn needs_mail(&self) -> bool {
        matches!(self, Command::Mail { .. } | Command::All { .. })
    }
}

/// What all suites share.
#[derive(Args)]
pub struct Common {
    /// How often each figure is taken; the median is printed, all values stand in its settings
    #[arg(long, default_value_t = 3, value_parser = value_parser!(u16).range(1..=100))]
    pub rounds: u16,

    /// What carries job ids to the workers; intake and mail take the first
    #[arg(long, value_enum, default_value = "list")]
    pub transport: Transports,

    /// Where the private servers live; .local/bench if unset
    #[arg(long)]
    pub state: Option<PathBuf>,

    /// Measure the programs that lie beside this one without building them
    #[arg(long)]
    pub no_build: bool,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum Transports {
    List,
    Apalis,
    Both,
}

impl Transports {
    #[must_use]
    pub fn all(self) -> &'static [Transport] {
        match self {
            Transports::List => &[Transport::List],
            Transports::Apalis => &[Transport::Apalis],
            Transports::Both => &[Transport::List, Transport::Apalis],
        }
    }
}

/// What the queue is measured with.
#[derive(Args)]
pub struct JobsOptions {
    /// Jobs of one drain
    #[arg(long, default_value_t = 20_000, value_parser = value_parser!(u32).range(100..=1_000_000))]
    pub jobs: u32,

    /// Samples of the idle latency per round
    #[arg(long, default_value_t = 300, value_parser = value_parser!(u32).range(10..=10_000))]
    pub samples: u32,

    /// Also drain a backlog of this many jobs (a million if no number is given); takes minutes
    #[arg(long, num_args = 0..=1, default_missing_value = "1000000",
          value_parser = value_parser!(u32).range(40_000..=5_000_000))]
    pub million: Option<u32>,

    /// Only these parts
    #[arg(long, value_enum, value_delimiter = ',')]
    pub only: Vec<Part>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// Q3
    Latency,
    /// Q2
    Enqueue,
    /// Q1, Q4
    Drain,
    /// Q5
    Always,
    /// Q7
    Start,
    /// Q8
    Memory,
}

impl JobsOptions {
    #[must_use]
    pub fn wants(&self, part: Part) -> bool {
        self.only.is_empty() || self.only.contains(&part)
    }
}

/// What the intake is measured with.
#[derive(Args)]
pub struct IntakeOptions {
    /// Seconds of one round, beside one of warm-up
    #[arg(long, default_value_t = 5, value_parser = value_parser!(u16).range(1..=600))]
    pub seconds: u16,

    /// Connections, each with one request at a time
    #[arg(long, value_delimiter = ',', default_values_t = [1, 32, 256])]
    pub connections: Vec<usize>,

    /// What the requests carry
    #[arg(long, value_enum, value_delimiter = ',', default_values = ["json", "form", "multipart"])]
    pub bodies: Vec<Body>,

    /// The support form's rate limit: counted but never reached, or not counted at all
    #[arg(long, value_enum, default_value = "high")]
    pub rate: Rate,

    /// Let relay, routing and sla work beside the edge (notices stays off: its mail server would be measured)
    #[arg(long)]
    pub with_workers: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Body {
    Json,
    Form,
    /// With a PDF of 64 KiB
    Multipart,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Rate {
    High,
    Off,
}

/// What the mail is measured with.
#[derive(Args)]
pub struct MailOptions {
    /// Mails that wait in the mailbox
    #[arg(long, default_value_t = 500, value_parser = value_parser!(u32).range(4..=20_000))]
    pub mails: u32,

    /// Mails that arrive one at a time afterwards
    #[arg(long, default_value_t = 50, value_parser = value_parser!(u32).range(1..=5_000))]
    pub single: u32,
}

/// What the desk is measured with.
#[derive(Args)]
pub struct DeskOptions {
    /// Tickets of all sites together; figures of the last size are held against those of the first
    #[arg(long, value_delimiter = ',', default_values_t = [10_000, 1_000_000], value_parser = value_parser!(u64).range(1_000..=10_000_000))]
    pub tickets: Vec<u64>,

    /// Sites, of which one has two fifths of all tickets
    #[arg(long, default_value_t = 50, value_parser = value_parser!(u32).range(2..=1_000))]
    pub sites: u32,

    /// Connections, each with one request at a time and an agent of its own
    #[arg(long, default_value_t = 32, value_parser = value_parser!(u16).range(1..=1_000))]
    pub connections: u16,

    /// Seconds of one round, beside half a second of warm-up
    #[arg(long, default_value_t = 3, value_parser = value_parser!(u16).range(1..=600))]
    pub seconds: u16,

    /// Only requests of which the name contains one of these
    #[arg(long, value_delimiter = ',')]
    pub only: Vec<String>,

    /// Leave the filled databases in place and take those of an earlier run: a million tickets take minutes
    #[arg(long)]
    pub keep: bool,
}

/// What working time is measured with.
#[derive(Args)]
pub struct HoursOptions {
    /// Deadlines of one round
    #[arg(long, default_value_t = 1_000_000, value_parser = value_parser!(u32).range(1_000..=10_000_000))]
    pub lines: u32,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_backlog_without_a_number_is_a_million() {
        let cli = Cli::try_parse_from(["bench", "jobs", "--million"]).unwrap();
        let Command::Jobs { jobs, .. } = cli.command else { panic!("another command") };
        assert_eq!(jobs.million, Some(1_000_000));
    }
}
