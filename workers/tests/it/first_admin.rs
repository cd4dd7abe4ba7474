//! The first super admin, as an operator meets him.

use schema::sessions::{Match, verify};
use schema::testing::TestDb;
use serde_json::json;
use std::process::{Command, Output};

fn workers(db: &TestDb, environment: &str, args: &[&str], more: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_workers"));
    let redis = std::env::var("REDIS_URL").expect("run scripts/test, which starts Redis");
    command.args(args).env_clear().env("DATABASE_URL", &db.url).env("REDIS_URL", redis);
    command.env("SECRET_KEY", "a secret for tests, long enough to be used").env("ASISTTR_ENV", environment);
    command.envs(more.iter().copied()).output().unwrap()
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn production_prints_a_random_first_password_once() {
    let db = TestDb::new().await;
    let printed = said(&workers(&db, "production", &["migrate"], &[]));
    let (email, password) = printed.trim().split_once(' ').unwrap();
    assert_eq!((email, password.len()), ("admin@asisttr.com", 24));
    let rows = db.ask("select email, role, must_change_password, site_id, password_hash from users").await;
    let hash = rows[0]["password_hash"].as_str().unwrap().to_owned();
    assert_eq!(verify(password, Some(&hash)), Match::Right);
    assert_eq!(
        rows,
        json!([{ "email": email, "role": "superadmin", "must_change_password": true, "site_id": null,
            "password_hash": hash }])
    );
    assert_eq!(said(&workers(&db, "production", &["migrate"], &[])), "");
    assert_eq!(said(&workers(&db, "production", &["seed", "admin"], &[])), "");
    assert_eq!(
        db.ask("select action, site_id from audit_logs").await,
        json!([{ "action": "CREATE", "site_id": null }])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_is_given_is_not_printed_and_must_not_be_the_known_one() {
    let db = TestDb::new().await;
    assert_eq!(said(&workers(&db, "development", &["migrate"], &[])), "");
    assert_eq!(db.count("select count(*) from users").await, 0);
    for (password, why) in [("admin123", "known to everybody"), ("kısa", "at least 8")] {
        let refused = workers(&db, "production", &["migrate"], &[("ADMIN_PASSWORD", password)]);
        let text = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success() && text.contains(why), "{text}");
    }
    let more = [("ADMIN_EMAIL", "Ayse@Ornek.test"), ("ADMIN_PASSWORD", "benim ilk parolam")];
    let given = workers(&db, "development", &["seed", "admin"], &more);
    assert_eq!(said(&given), "");
    assert!(!String::from_utf8_lossy(&given.stderr).contains("parolam"));
    let rows = db.ask("select email, must_change_password from users").await;
    assert_eq!(rows, json!([{ "email": "ayse@ornek.test", "must_change_password": true }]));
}

#[tokio::test(flavor = "multi_thread")]
async fn production_has_no_demo() {
    let db = TestDb::new().await;
    let refused = workers(&db, "production", &["seed", "demo"], &[]);
    let text = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && text.contains("workers seed admin"), "{text}");
    assert_eq!(db.count("select count(*) from users").await, 0);
}
