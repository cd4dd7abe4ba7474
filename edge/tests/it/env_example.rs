//! `.env.example` says what the programs' own `--help` says; it is written from the same structs.
//!
//! After a change of a setting: `UPDATE_ENV_EXAMPLE=1 cargo test -p edge --test it env_example`.

use clap::{Arg, Args, Command, CommandFactory};
use schema::config::Common;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use workers::config::{Config as Workers, Imap, Smtp};

const HEAD: &str = "\
# AsistTR ayarları: bu dosyayı .env olarak kopyalayın, boş olanları doldurun, değiştirmek istediğinizin başındaki # işaretini silin.
# AsistTR's settings: copy this file to .env, fill in what is empty, uncomment what you want to change from its default.
# The environment and the command line (edge --help, workers --help) win over .env; scripts/up sets what is empty itself.
";

/// What has no default; the programs refuse to start without it.
const REQUIRED: [&str; 3] = ["DATABASE_URL", "REDIS_URL", "SECRET_KEY"];

/// What is read beside the programs' own settings: name, default, whether it must be filled in, what it is.
type Further = (&'static str, &'static str, bool, &'static str);

const COMPOSE: &[Further] = &[
    ("DB_PASSWORD", "", true, "Password of its PostgreSQL; letters and digits only (openssl rand -hex 24)"),
    ("REDIS_PASSWORD", "", true, "Password of its Redis; letters and digits only (openssl rand -hex 24)"),
    ("DB_USER", "asisttr", false, "User of its PostgreSQL"),
    ("DB_NAME", "asisttr", false, "Database of its PostgreSQL"),
    ("EDGE_PORTS", "4000", false, "Ports of the edge on loopback: one per process, as 4000-4003"),
];

const DEMO: &[Further] = &[
    (
        "IMAP_HOST",
        "",
        false,
        "The demo site's mailbox: server; scripts/up starts one of its own if this is empty",
    ),
    ("IMAP_PORT", "993", false, "Its port"),
    ("IMAP_TLS", "tls", false, "How its connection is secured"),
    ("IMAP_USER", "", false, "Its user"),
    ("IMAP_PASS", "", false, "Its password"),
];

#[test]
fn the_example_names_every_setting_with_its_help_and_default() {
    let (path, text) = (root().join(".env.example"), example());
    if std::env::var_os("UPDATE_ENV_EXAMPLE").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == text, ".env.example is out of date: run this test with UPDATE_ENV_EXAMPLE=1");
}

#[test]
fn the_example_names_every_setting_once() {
    let text = example();
    let settings = text.lines().filter_map(|line| line.trim_start_matches("# ").split_once('='));
    let names: Vec<&str> = settings.map(|(name, _)| name).filter(|name| is_name(name)).collect();
    let once: BTreeSet<&str> = names.iter().copied().collect();
    assert_eq!(names.len(), once.len(), "{names:?}");
    for arg in arguments(edge::Config::command()).iter().chain(&arguments(empty::<Workers>())) {
        assert!(once.contains(name(arg).as_str()), "{} is missing", name(arg));
    }
}

#[test]
fn the_example_names_what_compose_asks_for() {
    let (text, compose) = (example(), std::fs::read_to_string(root().join("docker-compose.yml")).unwrap());
    for piece in compose.split("${").skip(1) {
        let name: String = piece.chars().take_while(|c| c.is_ascii_uppercase() || *c == '_').collect();
        let line = [format!("\n{name}="), format!("\n# {name}=")];
        assert!(line.iter().any(|line| text.contains(line)), "{name} is missing");
    }
}

fn example() -> String {
    let mut text = HEAD.to_owned();
    let common = arguments(empty::<Common>());
    let (smtp, imap) = (arguments(empty::<Smtp>()), arguments(empty::<Imap>()));
    let edge = without(arguments(edge::Config::command()), &[&common]);
    let workers = without(arguments(empty::<Workers>()), &[&common, &smtp, &imap]);
    group(&mut text, "Ortak / common: the edge and the workers", &common);
    group(&mut text, "HTTP / edge", &edge);
    group(&mut text, "İşçiler / workers", &workers);
    group(&mut text, "Giden posta / outgoing mail: workers notices", &smtp);
    group(&mut text, "Gelen posta / incoming mail: workers mailbox", &imap);
    further(&mut text, "Deneme sitesi / demo site: workers seed demo, scripts/up", DEMO);
    further(
        &mut text,
        "Kapsayıcılar / containers: docker-compose.yml, which sets DATABASE_URL and REDIS_URL",
        COMPOSE,
    );
    text
}

fn group(text: &mut String, title: &str, arguments: &[Arg]) {
    heading(text, title);
    for arg in arguments {
        let default = arg.get_default_values().iter().map(|value| value.to_string_lossy());
        let default = default.collect::<Vec<_>>().join(",");
        line(text, &name(arg), &default, REQUIRED.contains(&name(arg).as_str()), &help(arg));
    }
}

fn further(text: &mut String, title: &str, settings: &[Further]) {
    heading(text, title);
    for (name, default, required, help) in settings {
        line(text, name, default, *required, help);
    }
}

fn heading(text: &mut String, title: &str) {
    write!(text, "\n# ---- {title} ----\n").unwrap();
}

fn line(text: &mut String, name: &str, default: &str, required: bool, help: &str) {
    let mark = if required { "" } else { "# " };
    write!(text, "\n# {help}\n{mark}{name}={default}\n").unwrap();
}

fn help(arg: &Arg) -> String {
    let help = arg.get_help().expect("every setting has a help text").to_string();
    let possible: Vec<String> =
        arg.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
    if possible.is_empty() { help } else { format!("{help} ({})", possible.join(", ")) }
}

/// The arguments that are settings: those that the environment can give.
fn arguments(command: Command) -> Vec<Arg> {
    command.get_arguments().filter(|arg| arg.get_env().is_some()).cloned().collect()
}

fn empty<A: Args>() -> Command {
    A::augment_args(Command::new("settings"))
}

fn without(arguments: Vec<Arg>, others: &[&[Arg]]) -> Vec<Arg> {
    let others: BTreeSet<String> = others.iter().flat_map(|group| group.iter().map(name)).collect();
    arguments.into_iter().filter(|arg| !others.contains(&name(arg))).collect()
}

fn name(arg: &Arg) -> String {
    arg.get_env().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_uppercase() || c == '_')
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
