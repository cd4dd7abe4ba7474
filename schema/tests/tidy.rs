//! What nobody remembers to check by hand: rules stay pure, SQL stays here, the process tables agree.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use jobs::Queue;
use regex::Regex;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// All Rust files below a folder of the workspace, with their text.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|ending| ending == "rs") {
                found.push((entry.clone(), fs::read_to_string(&entry).unwrap()));
            }
        }
    }
    assert!(!found.is_empty(), "{folder} has no sources");
    found
}

/// The lines outside comments that a pattern finds.
fn offences(sources: &[(PathBuf, String)], pattern: &str) -> Vec<String> {
    let pattern = Regex::new(pattern).unwrap();
    let mut found = Vec::new();
    for (path, text) in sources {
        for (number, line) in text.lines().enumerate() {
            if !line.trim_start().starts_with("//") && pattern.is_match(line) {
                found.push(format!("{}:{}: {}", path.display(), number + 1, line.trim()));
            }
        }
    }
    found
}

fn is_rules(path: &Path) -> bool {
    let names = path.components().filter_map(|part| part.as_os_str().to_str());
    names.into_iter().any(|name| name == "rules" || name == "rules.rs" || name == "support_form")
}

fn is_test(path: &Path) -> bool {
    let names = path.components().filter_map(|part| part.as_os_str().to_str());
    names.into_iter().any(|name| name == "tests" || name == "testing" || name.ends_with("tests.rs"))
}

#[test]
fn rules_are_pure() {
    let rules: Vec<_> =
        sources("schema/src").into_iter().filter(|(path, _)| is_rules(path) && !is_test(path)).collect();
    assert!(rules.len() > 20, "the rules moved: {}", rules.len());
    let found = offences(
        &rules,
        r"diesel|tokio|\basync\b|\.await|Utc::now|Local::now|Instant::now|SystemTime::now|std::fs|TcpStream|UdpSocket",
    );
    assert!(found.is_empty(), "rules must stay pure:\n{}", found.join("\n"));
}

#[test]
fn sql_stands_only_in_schema() {
    for folder in ["jobs/src", "edge/src", "workers/src"] {
        let sources: Vec<_> = sources(folder).into_iter().filter(|(path, _)| !is_test(path)).collect();
        let found = offences(
            &sources,
            r#"(?i)"\s*(select|insert into|update \w+ set|delete from|create table)\b|diesel"#,
        );
        assert!(found.is_empty(), "SQL outside schema:\n{}", found.join("\n"));
    }
}

#[test]
fn nobody_silences_a_lint_without_a_reason() {
    for folder in ["jobs/src", "schema/src", "edge/src", "workers/src"] {
        let found = offences(&sources(folder), r"#!?\[allow\(");
        assert!(found.is_empty(), "use #[expect(lint, reason = …)]:\n{}", found.join("\n"));
    }
}

/// The ratchet of file lengths: lower it when the longest file has been split.
const LINES_MAX: usize = 330;

#[test]
fn files_stay_short() {
    for folder in
        ["jobs/src", "schema/src", "edge/src", "workers/src", "scripts/bench/src", "scripts/drill/src"]
    {
        for (path, text) in sources(folder).iter().filter(|(path, _)| !is_test(path)) {
            let lines = text.lines().count();
            assert!(lines <= LINES_MAX, "{} has {lines} lines; split it", path.display());
        }
    }
}

/// The processes of a fleet: one per queue, and these.
const OTHERS: [&str; 3] = ["edge", "relay", "clock"];

fn expected_processes() -> BTreeSet<String> {
    Queue::ALL.iter().map(|queue| queue.name()).chain(OTHERS).map(str::to_owned).collect()
}

#[test]
fn the_procfile_has_a_line_for_every_queue_and_none_besides() {
    let text = fs::read_to_string(root().join("Procfile")).unwrap();
    let mut lines = BTreeSet::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let (name, command) = line.split_once(": ").unwrap();
        let wanted = if name == "edge" { "edge".to_owned() } else { format!("workers {name}") };
        assert_eq!(command, wanted);
        lines.insert(name.to_owned());
    }
    assert_eq!(lines, expected_processes());
}

#[test]
fn compose_has_a_service_for_every_line_of_the_procfile() {
    let text = fs::read_to_string(root().join("docker-compose.yml")).unwrap();
    let services = text.split("\nservices:\n").nth(1).unwrap().split("\nvolumes:").next().unwrap();
    let name = Regex::new(r"(?m)^  ([a-z-]+):$").unwrap();
    let found: BTreeSet<String> = name.captures_iter(services).map(|found| found[1].to_owned()).collect();
    let infrastructure = ["postgres", "redis", "migrate"].map(str::to_owned);
    let found: BTreeSet<String> = found.into_iter().filter(|name| !infrastructure.contains(name)).collect();
    assert_eq!(found, expected_processes());
}
