//! An edge with a database, two sites and a folder of its own.

use crate::client::{Answer, Call};
use crate::described;
use clap::Parser;
use edge::{Config, State};
use schema::testing::{TestDb, TestSite, redis_url};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::PathBuf;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use uuid::Uuid;

pub const FORM: [(&str, &str); 4] = [
    ("name", "Test User"),
    ("email", "test@example.com"),
    ("subject", "Sipariş Sorunu"),
    ("message", "Test mesajı burada yer alıyor"),
];

pub struct Desk {
    pub address: SocketAddr,
    pub db: TestDb,
    /// The deployment's default site.
    pub site: TestSite,
    /// A second site, whose rows must not move.
    pub other: TestSite,
    pub state: State,
    pub stop: Option<oneshot::Sender<()>>,
    pub served: JoinHandle<anyhow::Result<()>>,
    files: PathBuf,
}

impl Desk {
    pub async fn new() -> Self {
        Self::with(&[]).await
    }

    /// With further arguments of the program; limits are off unless given.
    pub async fn with(args: &[&str]) -> Self {
        let db = TestDb::new().await;
        let (site, other) = (TestSite::new(db.db()).await, TestSite::new(db.db()).await);
        db.run(&format!("update sites set is_default = true where id = '{}'", site.id)).await;
        let files = std::env::temp_dir().join(format!("asisttr-{}", Uuid::new_v4().simple()));
        let state = State::open(config(&db, &files, args)).await.unwrap();
        described::learn(&state);
        let listener = edge::listen("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = edge::serve(listener, state.clone(), async move { drop(stopped.await) });
        let served = tokio::spawn(serving);
        Self { address, db, site, other, state, stop: Some(stop), served, files }
    }

    pub fn call(&self, method: &str, path: &str) -> Call {
        Call::new(self.address, method, path)
    }

    pub fn post_form(&self) -> Call {
        self.call("POST", "/api/support/tickets/")
    }

    pub fn get(&self, path: &str) -> Call {
        self.call("GET", path)
    }

    /// The valid form with one field changed; `None` leaves it out.
    pub async fn form_with(&self, field: &str, value: Option<&str>) -> Answer {
        let mut pairs: Vec<(&str, &str)> = FORM.into_iter().filter(|(name, _)| *name != field).collect();
        pairs.extend(value.map(|value| (field, value)));
        self.post_form().form(&pairs).send().await
    }

    /// The valid form as JSON with one field changed.
    pub async fn json_with(&self, field: &str, value: Value) -> Answer {
        let mut form: Value = FORM.into_iter().map(|(name, text)| (name.to_owned(), json!(text))).collect();
        form[field] = value;
        self.post_form().json(&form).send().await
    }

    /// The Redis of this edge.
    pub fn redis_url(&self) -> String {
        self.state.config.common.redis_url.clone()
    }

    pub async fn tickets(&self) -> i64 {
        self.db.count("select count(*) from tickets").await
    }

    /// Paths of everything in the file store, in order.
    pub fn stored_files(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut folders = vec![self.files.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                match entry.file_type().unwrap().is_dir() {
                    true => folders.push(entry.path()),
                    false => {
                        found.push(entry.path().strip_prefix(&self.files).unwrap().display().to_string())
                    }
                }
            }
        }
        found.sort();
        found
    }

    /// Returns once this many statements wait for locks.
    pub async fn until_waiting_for_locks(&self, statements: i64) {
        let waiting = "select count(*) from pg_stat_activity \
            where datname = current_database() and wait_event_type = 'Lock'";
        while self.db.count(waiting).await < statements {
            tokio::task::yield_now().await;
        }
    }

    /// Nothing of the request was kept.
    pub async fn assert_untouched(&self) {
        assert_eq!(self.tickets().await, 0);
        assert_eq!(self.db.count("select count(*) from jobs").await, 0);
        assert_eq!(self.db.count("select count(*) from mail_outbox").await, 0);
        assert_eq!(self.stored_files(), Vec::<String>::new());
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.files);
    }
}

fn config(db: &TestDb, files: &std::path::Path, args: &[&str]) -> Config {
    let redis = redis_url(9);
    let files = files.display().to_string();
    let ours = [
        ("--database-url", db.url.as_str()),
        ("--redis-url", &redis),
        ("--secret-key", "0123456789abcdef0123456789abcdef"),
        ("--files-dir", &files),
        ("--database-pool", "6"),
        ("--support-form-rate", "0"),
        ("--rate-limit-max", "0"),
        ("--auth-rate-limit-max", "0"),
        ("--account-rate-limit-max", "0"),
        ("--widget-rate-limit-max", "0"),
    ];
    let kept = ours.iter().filter(|(name, _)| !args.contains(name));
    let mut all: Vec<&str> =
        ["edge"].into_iter().chain(kept.flat_map(|(name, value)| [*name, *value])).collect();
    all.extend(args);
    Config::parse_from(all)
}
