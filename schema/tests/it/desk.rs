//! Two sites for a test: one to act in, and one that looks the same and must not move.

use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Json, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::{SiteId, TicketId, UserId};
use schema::pool::{Db, Scope, Tx};
use schema::sql::sql;
use schema::testing::{TestDb, TestSite};
use serde_json::{Value, json};
use uuid::Uuid;

pub struct Desk {
    pub test: TestDb,
    pub site: TestSite,
    pub other: TestSite,
}

#[derive(QueryableByName)]
struct Document {
    #[diesel(sql_type = Json)]
    document: Value,
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

pub fn at(instant: &str) -> DateTime<Utc> {
    instant.parse().unwrap()
}

/// An instant as it stands in a row's JSON.
pub fn instant(value: &Value) -> DateTime<Utc> {
    at(value.as_str().unwrap_or_else(|| panic!("no instant: {value}")))
}

impl Desk {
    pub async fn new() -> Self {
        let test = TestDb::new().await;
        let (site, other) = (TestSite::new(test.db()).await, TestSite::new(test.db()).await);
        Self { test, site, other }
    }

    pub fn db(&self) -> &Db {
        self.test.db()
    }

    pub async fn begin(&self) -> Tx {
        self.db().begin(Scope::Site(self.site.id)).await.unwrap()
    }

    pub async fn system(&self) -> Tx {
        self.db().begin(Scope::System).await.unwrap()
    }

    /// An open ticket with these columns set otherwise, in both sites.
    pub async fn ticket(&self, columns: Value) -> TicketId {
        // The twin knows none of the site's people.
        let mut twin = columns.clone();
        twin["agent_id"] = Value::Null;
        twin["visitor_id"] = Value::Null;
        self.ticket_of(self.other.id, twin).await;
        self.ticket_of(self.site.id, columns).await
    }

    /// An open ticket of one site, with these columns set otherwise.
    pub async fn ticket_of(&self, site: SiteId, columns: Value) -> TicketId {
        let id = TicketId::fresh();
        let mut row = json!({
            "id": id, "site_id": site, "subject": "Yazıcı", "message": "Çalışmıyor.", "visitor_name": "Şükrü Iğdır",
            "visitor_email": "sukru@ornek.test", "status": "open", "priority": "normal", "source": "email",
            "custom_fields": {}, "sla_breach_notified": false, "sla_breached": false, "sla_paused_seconds": 0,
            "created_at": "2026-01-09T08:00:00Z", "updated_at": "2026-01-09T08:00:00Z",
        });
        columns.as_object().unwrap().iter().for_each(|(name, value)| row[name] = value.clone());
        let mut tx = self.system().await;
        let numbered = "with n as (select count(*) + 1 as n from tickets where site_id = ?)
             insert into tickets select (json_populate_record(json_populate_record(null::tickets, ?),
                 json_build_object('ticket_number', n, 'reference', 'SUP-2026-' || lpad(n::text, 6, '0')))).* from n";
        let insert = sql(numbered).bind::<SqlUuid, _>(site.0).bind::<Json, _>(row);
        insert.execute(tx.conn()).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// A person of the site, with these columns set otherwise than an active, free agent's.
    pub async fn person(&self, columns: Value) -> UserId {
        self.person_of(self.site.id, columns).await
    }

    pub async fn person_of(&self, site: SiteId, columns: Value) -> UserId {
        let id = UserId(Uuid::now_v7());
        let mut row = json!({
            "id": id, "site_id": site, "email": format!("{}@deneme.test", id.0.simple()), "password_hash": "!",
            "must_change_password": false, "name": "Ayşe Yılmaz", "role": "agent", "skills": [], "languages": [],
            "max_chats": 5, "current_chats": 0, "open_tickets": 0, "priority_level": 1, "status": "online",
            "state": "Müsait", "accept_calls": true, "is_active": true, "is_vip": false, "is_banned": false,
            "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z",
        });
        columns.as_object().unwrap().iter().for_each(|(name, value)| row[name] = value.clone());
        let mut tx = self.system().await;
        sql("insert into users select (json_populate_record(null::users, ?)).*")
            .bind::<Json, _>(row)
            .execute(tx.conn())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// The row of a ticket.
    pub async fn row(&self, ticket: TicketId) -> Value {
        let rows = self.rows("select to_json(t) as document from tickets t where id = ?", ticket.0).await;
        rows.into_iter().next().unwrap()
    }

    pub async fn audits(&self, ticket: TicketId) -> Vec<Value> {
        let text = "select to_json(a) as document from audit_logs a where target_id = ? order by id";
        self.rows(text, ticket.0).await
    }

    pub async fn mails(&self, ticket: TicketId) -> Vec<Value> {
        let text = "select to_json(m) as document from mail_outbox m where ticket_id = ? order by id";
        self.rows(text, ticket.0).await
    }

    /// Who heard what about a ticket.
    pub async fn notices(&self, ticket: TicketId) -> Vec<Value> {
        let text = "select to_json(n) as document from notifications n where ticket_id = ? order by created_at, user_id";
        self.rows(text, ticket.0).await
    }

    /// The unfinished jobs of one kind about a ticket: when they may start.
    pub async fn jobs(&self, kind: &str, ticket: TicketId) -> Vec<DateTime<Utc>> {
        let text =
            "select to_json(j) as document from jobs j where payload->>'ticket_id' = ?::text order by run_at";
        let rows = self.rows(text, ticket.0).await;
        rows.iter().filter(|row| row["kind"] == kind).map(|row| instant(&row["run_at"])).collect()
    }

    pub async fn rows(&self, text: &'static str, id: Uuid) -> Vec<Value> {
        let mut tx = self.system().await;
        let rows: Vec<Document> = sql(text).bind::<SqlUuid, _>(id).get_results(tx.conn()).await.unwrap();
        tx.rollback().await;
        rows.into_iter().map(|row| row.document).collect()
    }

    /// Everything that stands under the other site's name.
    pub async fn others_rows(&self) -> Vec<(String, String)> {
        let mut tx = self.system().await;
        let tables: Vec<Name> = sql("select c.relname::text as name from pg_class c
             join pg_attribute a on a.attrelid = c.oid and a.attname = 'site_id' and not a.attisdropped
             where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace order by 1")
        .get_results(tx.conn())
        .await
        .unwrap();
        let mut rows = Vec::new();
        for Name { name: table } in tables {
            let text = format!(
                "select coalesce(string_agg(t::text, E'\\n' order by t::text), '') as name
                 from {table} t where site_id = '{}'",
                self.other.id
            );
            let all: Name = diesel::sql_query(text).get_result(tx.conn()).await.unwrap();
            rows.push((table, all.name));
        }
        tx.rollback().await;
        rows
    }
}
