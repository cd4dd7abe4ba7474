//! A demo site to try things with. Repeatable: run again, it prints the same site with a new widget key.

use crate::pool::{Db, Scope, Tx};
use crate::seal::Seal;
use crate::sessions::rules::SAMPLE_PASSWORD;
use crate::sites::rules;
use crate::sql::sql;
use diesel::QueryableByName;
use diesel::sql_types::{Array, Binary, Integer, Json, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

/// The demo's log-in; it must be changed at the first log-in, and only the demo has it.
pub const DEMO_EMAIL: &str = "admin@asisttr.com";

/// The mailbox the demo site reads, as IMAP_* name it.
pub struct Mailbox {
    pub host: String,
    pub port: i32,
    pub tls: String,
    pub user: String,
    pub password: SecretString,
}

/// What the demo can be tried with.
#[derive(Debug, Serialize)]
pub struct Demo {
    pub site_id: Uuid,
    pub widget_key: String,
    pub form_id: Uuid,
    pub support_address: Option<String>,
    pub login: Login,
    pub agents: Vec<&'static str>,
}

#[derive(Debug, Serialize)]
pub struct Login {
    pub email: &'static str,
    pub password: &'static str,
    pub note: &'static str,
}

#[derive(QueryableByName)]
struct IdRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

impl Mailbox {
    /// The mailbox of IMAP_HOST, IMAP_PORT, IMAP_TLS, IMAP_USER and IMAP_PASS; none without a host.
    ///
    /// # Errors
    /// IMAP_PORT is not a number.
    pub fn from_env() -> anyhow::Result<Option<Self>> {
        let var = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let Some(host) = var("IMAP_HOST") else { return Ok(None) };
        Ok(Some(Self {
            host,
            port: var("IMAP_PORT").unwrap_or_else(|| "993".into()).parse()?,
            tls: var("IMAP_TLS").unwrap_or_else(|| "tls".into()),
            user: var("IMAP_USER").unwrap_or_default(),
            password: var("IMAP_PASS").unwrap_or_default().into(),
        }))
    }
}

/// Makes the demo site, or finds it, and gives it a fresh widget key.
///
/// # Errors
/// The database refuses.
pub async fn demo(db: &Db, seal: &Seal, mailbox: &Option<Mailbox>) -> anyhow::Result<Demo> {
    let mut tx = db.begin(Scope::System).await?;
    let site_id = site(&mut tx).await?;
    people(&mut tx, site_id).await?;
    let widget_key = key(&mut tx, site_id).await?;
    let form_id = form(&mut tx, site_id).await?;
    if let Some(mailbox) = mailbox {
        read_mailbox(&mut tx, site_id, seal, mailbox).await?;
    }
    tx.commit().await?;
    Ok(Demo {
        site_id,
        widget_key,
        form_id,
        support_address: mailbox.as_ref().map(|mailbox| mailbox.user.clone()),
        login: Login {
            email: DEMO_EMAIL,
            password: SAMPLE_PASSWORD,
            note: "İlk girişte değiştirilmelidir / must be changed at the first log-in",
        },
        agents: AGENTS.map(|(_, name)| name).to_vec(),
    })
}

const AGENTS: [(&str, &str); 2] =
    [("ayse@ornek.test", "Ayşe Yılmaz"), ("mehmet@ornek.test", "Mehmet Çağlar")];

/// Found by its domain, so that a second seeding changes nothing.
async fn site(tx: &mut Tx) -> anyhow::Result<Uuid> {
    let id: IdRow = sql("with known as (select id from sites where domain = 'ornek.test'),
              made as (insert into sites (name, domain, is_default)
                       select 'Örnek Mağaza', 'ornek.test', not exists (select from sites where is_default)
                       where not exists (select from known) returning id)
         select id from known union all select id from made")
    .get_result(tx.conn())
    .await?;
    sql("insert into business_hours (site_id, day_of_week, start_minute, end_minute)
         select ?, day, start_minute, end_minute
         from generate_series(1, 5) day, (values (540, 720), (780, 1080)) h(start_minute, end_minute)
         on conflict do nothing")
    .bind::<SqlUuid, _>(id.id)
    .execute(tx.conn())
    .await?;
    Ok(id.id)
}

async fn people(tx: &mut Tx, site: Uuid) -> anyhow::Result<()> {
    let hash = crate::sessions::hash(SAMPLE_PASSWORD)?;
    sql("insert into users (email, password_hash, must_change_password, name, role)
         values (?, ?, true, 'Yönetici', 'superadmin') on conflict (email) do nothing")
    .bind::<Text, _>(DEMO_EMAIL)
    .bind::<Text, _>(&hash)
    .execute(tx.conn())
    .await?;
    let (emails, names): (Vec<&str>, Vec<&str>) = AGENTS.iter().copied().unzip();
    sql("insert into users (site_id, email, password_hash, must_change_password, name, role, status)
         select ?, email, ?, true, name, 'agent', 'online' from unnest(?, ?) as a(email, name)
         on conflict (email) do nothing")
    .bind::<SqlUuid, _>(site)
    .bind::<Text, _>(&hash)
    .bind::<Array<Text>, _>(emails)
    .bind::<Array<Text>, _>(names)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Keys are stored hashed: a lost one cannot be printed again, only replaced.
async fn key(tx: &mut Tx, site: Uuid) -> anyhow::Result<String> {
    let key = rules::spell(&rand::random());
    sql("insert into api_keys (site_id, name, key_hash, hint) values (?, 'demo', ?, ?)")
        .bind::<SqlUuid, _>(site)
        .bind::<Binary, _>(crate::sites::key_hash(&key).to_vec())
        .bind::<Text, _>(rules::hint(&key))
        .execute(tx.conn())
        .await?;
    Ok(key)
}

async fn form(tx: &mut Tx, site: Uuid) -> anyhow::Result<Uuid> {
    let fields = json!([
        {"name": "name", "label": "Ad Soyad", "type": "text", "required": true, "max_length": 100},
        {"name": "email", "label": "E-posta", "type": "email", "required": true},
        {"name": "siparis_no", "label": "Sipariş No", "type": "text", "max_length": 30},
        {"name": "sorun", "label": "Sorun", "type": "textarea", "required": true, "max_length": 2000}
    ]);
    let row: IdRow =
        sql("with known as (select id from dynamic_forms where site_id = ? and name = 'İade Talebi'),
              made as (insert into dynamic_forms (site_id, name, fields, create_ticket)
                       select ?, 'İade Talebi', ?::json::jsonb, true
                       where not exists (select from known) returning id)
         select id from known union all select id from made")
        .bind::<SqlUuid, _>(site)
        .bind::<SqlUuid, _>(site)
        .bind::<Json, _>(fields)
        .get_result(tx.conn())
        .await?;
    Ok(row.id)
}

async fn read_mailbox(tx: &mut Tx, site: Uuid, seal: &Seal, mailbox: &Mailbox) -> anyhow::Result<()> {
    sql("insert into site_addresses (site_id, address) values (?, lower(?)) on conflict do nothing")
        .bind::<SqlUuid, _>(site)
        .bind::<Text, _>(&mailbox.user)
        .execute(tx.conn())
        .await?;
    sql("update sites set mail_from = ? where id = ? and mail_from is null")
        .bind::<Text, _>(format!("Örnek Mağaza <{}>", mailbox.user))
        .bind::<SqlUuid, _>(site)
        .execute(tx.conn())
        .await?;
    // A demo's mailbox server may have moved to another port: its old address is no longer watched.
    sql("update mailboxes set is_active = false where username = ? and (host, port) <> (?, ?)")
        .bind::<Text, _>(&mailbox.user)
        .bind::<Text, _>(&mailbox.host)
        .bind::<Integer, _>(mailbox.port)
        .execute(tx.conn())
        .await?;
    sql("insert into mailboxes (site_id, host, port, tls, username, password_sealed)
         values (?, ?, ?, ?, ?, ?)
         on conflict (host, port, username, folder)
         do update set password_sealed = excluded.password_sealed, tls = excluded.tls, is_active = true")
    .bind::<SqlUuid, _>(site)
    .bind::<Text, _>(&mailbox.host)
    .bind::<Integer, _>(mailbox.port)
    .bind::<Text, _>(&mailbox.tls)
    .bind::<Text, _>(&mailbox.user)
    .bind::<Binary, _>(seal.seal(mailbox.password.expose_secret()))
    .execute(tx.conn())
    .await?;
    Ok(())
}
