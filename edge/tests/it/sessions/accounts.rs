//! People with passwords, for the tests beside this.

use crate::client::{Answer, Call};
use crate::desk::Desk;
use jobs::{SiteId, UserId};
use serde_json::{Value, json};
use std::sync::LazyLock;
use uuid::Uuid;

pub const PASSWORD: &str = "doğru at pil zımba";
pub const OTHER: &str = "yepyeni bir parola";

/// Hashing takes a while, so once for all tests.
static HASH: LazyLock<String> = LazyLock::new(|| schema::sessions::hash(PASSWORD).unwrap());

/// Somebody who is not signed in.
#[derive(Clone, Debug)]
pub struct Account {
    pub id: UserId,
    pub email: String,
}

/// A device that somebody is signed in on.
#[derive(Clone, Debug)]
pub struct Device {
    pub token: String,
    pub refresh_token: String,
    pub answer: Value,
}

impl Desk {
    /// An agent of the desk's first site with [`PASSWORD`].
    pub async fn account(&self) -> Account {
        self.account_of(Some(self.site.id), "agent", &HASH).await
    }

    pub async fn account_of(&self, site: Option<SiteId>, role: &str, hash: &str) -> Account {
        let id = UserId(Uuid::new_v4());
        let email = format!("{}@deneme.test", id.0.simple());
        let site = site.map_or("null".to_owned(), |site| format!("'{site}'"));
        let insert = "insert into users (id, site_id, email, password_hash, name, role) values";
        self.db
            .run(&format!("{insert} ('{id}', {site}, '{email}', '{hash}', 'Deniz Ergün', '{role}')"))
            .await;
        Account { id, email }
    }

    pub async fn set(&self, account: &Account, change: &str) {
        self.db.run(&format!("update users set {change} where id = '{}'", account.id)).await;
    }

    pub fn post_json(&self, path: &str, body: &Value) -> Call {
        self.call("POST", path).json(body)
    }

    pub async fn log_in(&self, email: &str, password: &str) -> Answer {
        self.post_json("/api/auth/login", &json!({ "email": email, "password": password })).send().await
    }

    pub async fn device(&self, account: &Account) -> Device {
        Device::of(&self.log_in(&account.email, PASSWORD).await)
    }

    pub async fn refresh(&self, refresh_token: &str) -> Answer {
        self.post_json("/api/auth/refresh", &json!({ "refresh_token": refresh_token })).send().await
    }

    /// What `GET /api/auth/me` says to a device.
    pub async fn me(&self, device: &Device) -> u16 {
        self.get("/api/auth/me").bearer(&device.token).send().await.status.as_u16()
    }

    /// Actions of the audit log, oldest first.
    pub async fn audit_trail(&self) -> Vec<String> {
        let rows = self.db.ask("select action from audit_logs order by created_at, id").await;
        rows.as_array().unwrap().iter().map(|row| row["action"].as_str().unwrap().to_owned()).collect()
    }
}

impl Device {
    #[track_caller]
    pub fn of(answer: &Answer) -> Self {
        assert_eq!(answer.status, 200, "{}", answer.body);
        let body = answer.json();
        let text = |name: &str| body[name].as_str().unwrap().to_owned();
        Self { token: text("token"), refresh_token: text("refresh_token"), answer: body }
    }
}
