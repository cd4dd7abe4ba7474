//! The description tried out by schemathesis, a program that makes requests of it: good ones, bad ones and odd ones.
//! Nothing may be answered with a fault of ours, and every answer must be one that is described.
//!
//! Each pass has an edge, a database and a caller of its own, limits set high, and a fixed seed. `SCHEMATHESIS` names
//! the directory that schemathesis is installed in; `scripts/test` installs it. `SCHEMATHESIS_EXAMPLES` asks for more
//! than a quick look.

use crate::desk::Desk;
use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::time::Duration;
use tokio::process::Command;

/// What ends the pass itself: the caller's own sign-out.
const LEFT_OUT: [&str; 1] = ["/api/auth/logout"];

/// What is not asked, and why.
///
/// - `positive_data_acceptance`: that a password is right, a cursor ours or a transition possible is nothing that a
///   schema can say.
/// - `ignored_auth`: the matrix tries every operation with every kind of caller; here it would take a token that is
///   sent along with each request for none.
const CHECKS_LEFT_OUT: &str = "positive_data_acceptance,ignored_auth";

const PATIENCE: Duration = Duration::from_secs(240);

/// How much is tried: by one caller every boundary of every value, by the others a sample of everything.
#[derive(Clone, Copy, PartialEq)]
enum Depth {
    Boundaries,
    Sample,
}

/// Where schemathesis is. Without it the pass is left out, unless nothing may be missing.
fn installed() -> Option<PathBuf> {
    let found = std::env::var_os("SCHEMATHESIS").map(PathBuf::from).filter(|path| path.exists());
    let must = std::env::var("CI").is_ok_and(|ci| ci == "true");
    assert!(found.is_some() || !must, "SCHEMATHESIS names no schemathesis; scripts/test installs it");
    if found.is_none() {
        eprintln!("left out: SCHEMATHESIS names no schemathesis");
    }
    found
}

async fn run(packages: PathBuf, desk: &Desk, depth: Depth, headers: &[(&str, String)]) -> Output {
    let asked = std::env::var("SCHEMATHESIS_EXAMPLES").ok();
    let patience = if asked.is_some() { PATIENCE * 20 } else { PATIENCE };
    let is_deep = asked.is_some() || depth == Depth::Boundaries;
    let examples = asked.unwrap_or_else(|| "4".to_owned());
    let phases = if is_deep { "examples,coverage,fuzzing" } else { "fuzzing" };
    let mut command = Command::new("python3");
    command.args(["-B", "-c", "from schemathesis.cli import schemathesis; schemathesis()", "run"]);
    command.arg(format!("http://{}/api/docs/openapi.json", desk.address));
    command.args(["--checks", "all", "--exclude-checks", CHECKS_LEFT_OUT]);
    command.args(["--phases", phases, "--max-examples", &examples]);
    command.args(["--seed", "1", "--generation-deterministic"]);
    command.args(["--continue-on-failure", "--no-shrink", "--request-timeout", "20"]);
    command.args(["--warnings", "off", "--no-color", "--output-sanitize", "false"]);
    for path in LEFT_OUT {
        command.args(["--exclude-path", path]);
    }
    for (name, value) in headers {
        command.args(["--header", &format!("{name}: {value}")]);
    }
    let folder = std::env::temp_dir().join(format!("schemathesis-{}", uuid::Uuid::new_v4().simple()));
    std::fs::create_dir(&folder).unwrap();
    command.current_dir(&folder).env("PYTHONPATH", packages).env("HOME", &folder);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let output = tokio::time::timeout(patience, command.output()).await;
    std::fs::remove_dir_all(&folder).unwrap();
    output.expect("schemathesis did not come to an end").unwrap()
}

/// A site with something in it, and a pass over everything in the name of somebody.
async fn pass(depth: Depth, headers: impl AsyncFnOnce(&Desk) -> Vec<(&'static str, String)>) {
    let Some(packages) = installed() else { return };
    let desk = Desk::new().await;
    assert_eq!(desk.post_form().form(&crate::desk::FORM).send().await.status, 201);
    let headers = headers(&desk).await;
    let output = run(packages, &desk, depth, &headers).await;
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("No issues found"), "{said}");
}

async fn by(desk: &Desk, role: &str) -> Vec<(&'static str, String)> {
    let site = (role != "superadmin").then_some(desk.site.id);
    let person = desk.person_of(site, role).await;
    vec![("Authorization", format!("Bearer {}", person.token)), ("X-Site-ID", desk.site.id.to_string())]
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_meets_nothing_but_what_is_described() {
    pass(Depth::Boundaries, async |desk| by(desk, "admin").await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_meets_nothing_but_what_is_described() {
    pass(Depth::Sample, async |desk| by(desk, "agent").await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_super_admin_meets_nothing_but_what_is_described() {
    pass(Depth::Sample, async |desk| by(desk, "superadmin").await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_meets_nothing_but_what_is_described() {
    pass(Depth::Sample, async |_| Vec::new()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_widget_meets_nothing_but_what_is_described() {
    pass(Depth::Sample, async |desk| vec![("X-API-Key", desk.site.key.clone())]).await;
}
