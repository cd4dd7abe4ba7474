//! Another site's records, one for every kind of id that a path can hold, and the proof that they stayed as they were.

use crate::desk::Desk;
use jobs::SiteId;
use serde_json::Value;
use uuid::Uuid;

/// Where the ids of a path's collection stand, and how another site comes to have one.
/// `{site}` and `{id}` are filled in; `{other}` is some user of that site.
const RECORDS: &[(&str, &str)] = &[
    (
        "/api/api-keys",
        "insert into api_keys (id, site_id, name, key_hash) values ('{id}', '{site}', 'Yabancı', sha256('{id}'))",
    ),
    (
        "/api/canned-responses",
        "insert into canned_responses (id, site_id, title, body) values ('{id}', '{site}', '{id}', 'x')",
    ),
    (
        "/api/email/outbound",
        "insert into mail_outbox (id, site_id, user_id, template, to_address, state) \
        values ('{id}', '{site}', '{other}', 'delivery_test', 'a@yabanci.test', 'failed')",
    ),
    ("/api/departments", "insert into departments (id, site_id, name) values ('{id}', '{site}', '{id}')"),
    (
        "/api/email/mailboxes",
        "insert into mailboxes (id, site_id, host, port, username, password_sealed) \
        values ('{id}', '{site}', 'posta.test', 993, '{id}', '')",
    ),
    (
        "/api/email/quarantine",
        "with box as (insert into mailboxes (site_id, host, port, username, password_sealed) \
        values ('{site}', 'posta.test', 993, '{id}', '') returning id) \
        insert into mail_messages (id, mailbox_id, site_id, uid_validity, uid, content_hash, size_bytes, raw, outcome, cause) \
        select '{id}', id, '{site}', 1, 1, sha256('{id}'), 3, 'abc', 'quarantine', 'no_sender' from box",
    ),
    (
        "/api/forms",
        "insert into dynamic_forms (id, site_id, name, fields) values ('{id}', '{site}', 'Yabancı', '[]')",
    ),
    (
        "/api/settings/holidays",
        "insert into holidays (id, site_id, date, name) values ('{id}', '{site}', \
        date '2030-01-01' + (random() * 60000)::int, 'Yabancı')",
    ),
    (
        "/api/statuses",
        "insert into statuses (id, site_id, key, label, position, kind) values ('{id}', '{site}', \
        translate('{id}', '-0123456789', '_ghijklmnop'), 'Yabancı', 99, 'open')",
    ),
    (
        "/api/status-transitions",
        "insert into status_transitions (id, site_id, from_key, to_key) values ('{id}', '{site}', 'closed', 'new') \
        on conflict (site_id, from_key, to_key) do update set id = excluded.id",
    ),
    (
        "/api/tags",
        "insert into chat_tags (id, site_id, name, color) values ('{id}', '{site}', '{id}', '#000000')",
    ),
    ("/api/teams", "insert into teams (id, site_id, name) values ('{id}', '{site}', '{id}')"),
    (
        "/api/tickets/categories",
        "insert into ticket_categories (id, site_id, name) values ('{id}', '{site}', '{id}')",
    ),
    (
        "/api/tickets/templates",
        "insert into ticket_templates (id, site_id, name, body) values ('{id}', '{site}', '{id}', 'x')",
    ),
    (
        "/api/users",
        "insert into users (id, site_id, email, password_hash, name, role) \
        values ('{id}', '{site}', '{id}@yabanci.test', '!', 'Yabancı', 'agent')",
    ),
    (
        "/api/support/attachments",
        "insert into ticket_attachments (id, site_id, ticket_id, file_name, content_type, size_bytes, \
        storage_key) select '{id}', '{site}', id, 'a.pdf', 'application/pdf', 1, 'yok' from tickets where site_id = '{site}' limit 1",
    ),
    ("/api/support/tickets", TICKET),
    ("/api/tickets", TICKET),
];

const TICKET: &str = "insert into tickets (id, site_id, ticket_number, reference, subject, message, visitor_name, source) \
    values ('{id}', '{site}', 1000000 + (random() * 800000000)::int, \
    left('{id}', 20), 'Yabancı', 'Yabancı', 'Yabancı', 'api')";

/// The id of a fresh record of the desk's other site, of the kind that a path names.
pub async fn record(desk: &Desk, path: &str) -> Option<Uuid> {
    record_of(desk, desk.other.id, path).await
}

/// The same of any site.
pub async fn record_of(desk: &Desk, site: SiteId, path: &str) -> Option<Uuid> {
    if path.starts_with("/api/sites/") {
        return Some(site.0);
    }
    let best =
        RECORDS.iter().filter(|(prefix, _)| path.starts_with(prefix)).max_by_key(|(prefix, _)| prefix.len());
    let (_, insert) = best?;
    let id = Uuid::new_v4();
    let other = desk.person_of(Some(site), "agent").await;
    let insert = insert.replace("{id}", &id.to_string()).replace("{site}", &site.to_string());
    desk.db.run(&insert.replace("{other}", &other.id.to_string())).await;
    Some(id)
}

/// All rows of the other site, table by table.
pub async fn rows(desk: &Desk) -> Value {
    let tables = desk
        .db
        .ask("select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'site_id' \
            and not a.attisdropped where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace order by 1")
        .await;
    let mut all = serde_json::Map::new();
    for table in tables.as_array().unwrap() {
        let name = table["name"].as_str().unwrap();
        let ask = format!(
            "select coalesce(json_agg(t::text order by t::text), '[]') as rows from {name} t where site_id = '{}'",
            desk.other.id
        );
        all.insert(name.to_owned(), desk.db.ask(&ask).await[0]["rows"].clone());
    }
    Value::Object(all)
}
