//! Tickets and what is done with them, for tests.

use crate::client::{Answer, Call};
use crate::desk::Desk;
use crate::people::Person;
use serde_json::{Value, json};
use uuid::Uuid;

/// The six that every site has.
pub const STATUSES: [&str; 6] = ["new", "open", "waiting_reply", "pending", "resolved", "closed"];

impl Desk {
    /// A widget's ticket; its id.
    pub async fn ticket(&self) -> Uuid {
        self.ticket_with(json!({})).await
    }

    /// A widget's ticket with some fields set otherwise.
    pub async fn ticket_with(&self, fields: Value) -> Uuid {
        self.ticket_of(&self.site.key, fields).await
    }

    /// A ticket of the second site.
    pub async fn foreign_ticket(&self) -> Uuid {
        self.ticket_of(&self.other.key, json!({})).await
    }

    async fn ticket_of(&self, key: &str, fields: Value) -> Uuid {
        let mut draft = json!({ "subject": "Yazıcı", "message": "Çalışmıyor.", "visitor_name": "Şükrü Iğdır",
            "visitor_email": "sukru@ornek.test" });
        fields.as_object().unwrap().iter().for_each(|(name, value)| draft[name] = value.clone());
        let answer = self.call("POST", "/api/tickets").header("x-api-key", key).json(&draft).send().await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        answer.json()["id"].as_str().unwrap().parse().unwrap()
    }

    /// A ticket whose columns are set past all rules.
    pub async fn ticket_at(&self, columns: &str) -> Uuid {
        let id = self.ticket().await;
        self.db.run(&format!("update tickets set {columns} where id = '{id}'")).await;
        id
    }

    /// A call about a ticket: `path` is what follows its id.
    pub fn on(&self, method: &str, ticket: Uuid, path: &str) -> Call {
        self.call(method, &format!("/api/tickets/{ticket}{path}"))
    }

    pub async fn put(&self, person: &Person, ticket: Uuid, path: &str, body: Value) -> Answer {
        self.on("PUT", ticket, path).by(person).json(&body).send().await
    }

    pub async fn post(&self, person: &Person, ticket: Uuid, path: &str, body: Value) -> Answer {
        self.on("POST", ticket, path).by(person).json(&body).send().await
    }

    /// A ticket as somebody reads it.
    pub async fn read(&self, person: &Person, ticket: Uuid) -> Value {
        let answer = self.on("GET", ticket, "").by(person).send().await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()
    }

    /// The row of a ticket.
    pub async fn row(&self, ticket: Uuid) -> Value {
        self.db.ask(&format!("select * from tickets where id = '{ticket}'")).await[0].clone()
    }

    /// The audit log's actions about a record, in order.
    pub async fn audited(&self, target: Uuid) -> Vec<String> {
        let rows = self
            .db
            .ask(&format!("select action from audit_logs where target_id = '{target}' order by id"))
            .await;
        rows.as_array().unwrap().iter().map(|row| row["action"].as_str().unwrap().to_owned()).collect()
    }

    /// Templates of the mails to be sent about a ticket, in order.
    pub async fn mailed(&self, ticket: Uuid) -> Vec<String> {
        let rows = self
            .db
            .ask(&format!("select template from mail_outbox where ticket_id = '{ticket}' order by id"))
            .await;
        rows.as_array().unwrap().iter().map(|row| row["template"].as_str().unwrap().to_owned()).collect()
    }

    /// Everything of the second site that may not move.
    pub async fn others_rows(&self) -> Value {
        let mut all = json!({});
        for table in [
            "tickets",
            "ticket_replies",
            "ticket_attachments",
            "ticket_tags",
            "ticket_locks",
            "ticket_templates",
            "ticket_categories",
            "ticket_merges",
            "statuses",
            "status_transitions",
            "audit_logs",
            "mail_outbox",
            "jobs",
        ] {
            let query =
                format!("select * from {table} t where site_id = '{}' order by t::text", self.other.id);
            all[table] = self.db.ask(&query).await;
        }
        all
    }
}

/// The ids of a list, in order.
pub fn ids(list: &Value) -> Vec<Uuid> {
    list["data"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().parse().unwrap()).collect()
}
