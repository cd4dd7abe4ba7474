//! What an operator reads when the edge cannot start.

use std::process::{Command, Output};

const DEAD_DATABASE: &str = "postgres://nobody:nothing@127.0.0.1:1/none";
const DEAD_REDIS: &str = "redis://127.0.0.1:1";

fn edge(database: &str, redis: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_edge"));
    command
        .args(["--listen", "127.0.0.1:0"])
        .env_clear()
        .env("DATABASE_URL", database)
        .env("REDIS_URL", redis);
    command.env("SECRET_KEY", "a secret for tests, long enough to be used").output().unwrap()
}

#[track_caller]
fn says(output: &Output, words: &[&str]) {
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{text}");
    assert_eq!(text.lines().count(), 1, "{text}");
    for word in words {
        assert!(text.contains(word), "{word}: {text}");
    }
}

#[test]
fn a_database_that_is_away_is_named_in_one_line_with_the_ways_on() {
    let redis = std::env::var("REDIS_URL").expect("run scripts/test, which starts Redis");
    says(&edge(DEAD_DATABASE, &redis), &["DATABASE_URL", "scripts/up", "cannot be used"]);
}

#[test]
fn a_redis_that_is_away_is_named_in_one_line_with_the_ways_on() {
    says(&edge(DEAD_DATABASE, DEAD_REDIS), &["REDIS_URL", "scripts/", "cannot be reached"]);
}

#[test]
fn a_server_that_was_never_named_is_asked_for() {
    says(&edge("", DEAD_REDIS), &["DATABASE_URL is not set", "scripts/up"]);
    says(&edge(DEAD_DATABASE, ""), &["REDIS_URL is not set", "scripts/up"]);
}

#[test]
fn a_malformed_env_file_is_named_and_not_passed_over() {
    let folder = std::env::temp_dir().join(format!("asisttr-env-{}", uuid::Uuid::new_v4().simple()));
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join(".env"), "DATABASE_URL='yarım\n").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_edge")).current_dir(&folder).output().unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    says(&output, &["edge: ", ".env"]);
}
