//! A deleted site goes with everything in it but its log; its neighbour keeps everything.

use crate::desk::Desk;
use chrono::Utc;
use jobs::{SiteId, UserId};
use object_store::path::Path;
use object_store::{ObjectStoreExt, PutPayload};
use schema::sites::tenants;
use schema::testing::TestSite;
use schema::tickets::status::By;
use serde_json::Value;
use uuid::Uuid;

/// Something in every table of a site that could hold it back, and files under every family.
async fn furnish(desk: &Desk, site: &TestSite) {
    let (id, user) = (site.id, UserId(Uuid::now_v7()));
    let (ticket, reply, form, submission, mail) =
        (Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7());
    desk.run(&format!(
        "insert into departments (site_id, name) values ('{id}', 'Satış');
         insert into users (id, site_id, email, password_hash, name, role, department_id)
             select '{user}', '{id}', '{user}@deneme.test', '!', 'Ece', 'agent', d.id from departments d
             where d.site_id = '{id}';
         insert into sessions (id, user_id, expires_at) values (gen_random_uuid(), '{user}', now() + interval '1 day');
         insert into teams (site_id, name) values ('{id}', 'Gece');
         insert into team_members (site_id, team_id, user_id) select '{id}', t.id, '{user}' from teams t
             where t.site_id = '{id}';
         insert into canned_responses (site_id, title, body, created_by) values ('{id}', 'a', 'b', '{user}');
         insert into chat_tags (site_id, name, color) values ('{id}', 'a', '#000000');
         insert into admin_settings (site_id, key, value) values ('{id}', 'default_language', '\"en\"');
         insert into visitors (site_id, name) values ('{id}', 'Kim');
         insert into ticket_categories (site_id, name) values ('{id}', 'İade');
         insert into dynamic_forms (id, site_id, name, fields) values ('{form}', '{id}', 'Form', '[]');
         insert into form_submissions (id, site_id, form_id, data) values ('{submission}', '{id}', '{form}', '{{}}');
         insert into tickets (id, site_id, ticket_number, reference, subject, message, visitor_name, source, agent_id,
                              visitor_id, form_submission_id)
             select '{ticket}', '{id}', 1, 'SUP-2026-000001', 'a', 'b', 'c', 'api', '{user}', v.id, '{submission}'
             from visitors v where v.site_id = '{id}';
         insert into ticket_replies (id, site_id, ticket_id, author, user_id, body)
             values ('{reply}', '{id}', '{ticket}', 'agent', '{user}', 'b');
         insert into ticket_participants (site_id, ticket_id, email) values ('{id}', '{ticket}', 'a@b.test');
         insert into ticket_attachments (id, site_id, ticket_id, reply_id, file_name, content_type, size_bytes, storage_key)
             values (gen_random_uuid(), '{id}', '{ticket}', '{reply}', 'a', 'b', 1, 'tickets/{simple}/a.pdf');
         insert into mail_outbox (id, site_id, ticket_id, reply_id, template, to_address)
             values (gen_random_uuid(), '{id}', '{ticket}', '{reply}', 'reply', 'a@b.test');
         insert into notifications (site_id, user_id, type, text) values ('{id}', '{user}', 'a', 'b');
         insert into idempotency_keys (site_id, route, key, request_hash, status, answer)
             values ('{id}', 'a', 'b', '', 201, '{{}}');
         insert into mailboxes (site_id, host, port, username, password_sealed)
             values ('{id}', 'localhost', 993, '{id}', ''::bytea);
         insert into mail_messages (id, mailbox_id, site_id, uid_validity, uid, content_hash, size_bytes, raw_key,
                                    outcome, ticket_id, reply_id)
             select '{mail}', m.id, '{id}', 1, 1, sha256('{mail}'), 1, 'mail/shared/{mail}.eml', 'ticket', '{ticket}',
                    '{reply}' from mailboxes m where m.site_id is null;
         insert into mail_messages (id, mailbox_id, uid_validity, uid, content_hash, size_bytes, raw, outcome)
             select gen_random_uuid(), m.id, 1, 1, sha256('{id}'), 1, '', 'quarantine' from mailboxes m
             where m.site_id = '{id}';
         insert into jobs (id, kind, queue, site_id, payload, attempts_max)
             values (gen_random_uuid(), 'sla.watch', 'sla', '{id}', '{{}}', 5);
         insert into audit_logs (id, site_id, actor_id, action) values (gen_random_uuid(), '{id}', '{user}', 'LOGIN')",
        simple = id.0.simple()
    ))
    .await;
    for key in files(id, mail) {
        desk.env.files.put(&Path::from(key), PutPayload::from_static(b"x")).await.unwrap();
    }
}

fn files(site: SiteId, mail: Uuid) -> [String; 5] {
    let simple = site.0.simple();
    [
        format!("tickets/{simple}/a.pdf"),
        format!("support_tickets/{simple}/b.pdf"),
        format!("forms/{simple}/c.png"),
        format!("mail_attachments/{site}/1/d.txt"),
        format!("mail/shared/{mail}.eml"),
    ]
}

/// Rows of a site, by table.
async fn rows(desk: &Desk, site: SiteId) -> Vec<(String, i64)> {
    let tables = desk
        .rows(
            "select c.relname as name from pg_class c
             join pg_attribute a on a.attrelid = c.oid and a.attname = 'site_id' and not a.attisdropped
             where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace order by 1",
        )
        .await;
    let mut counted = Vec::new();
    for table in tables {
        let name = table["name"].as_str().unwrap().to_owned();
        let row = desk.row(&format!("select count(*) as n from {name} where site_id = '{site}'")).await;
        counted.push((name, row["n"].as_i64().unwrap()));
    }
    counted
}

async fn stored(desk: &Desk, site: SiteId) -> usize {
    use futures::TryStreamExt;
    let all: Vec<_> = desk.env.files.list(None).try_collect().await.unwrap();
    let (simple, spelt) = (site.0.simple().to_string(), site.0.to_string());
    let of_site = |path: &str| path.contains(&simple) || path.contains(&spelt);
    all.iter().filter(|file| of_site(file.location.as_ref())).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_site_goes_with_its_rows_and_files_and_only_its_log_stays() {
    let desk = Desk::new().await;
    furnish(&desk, &desk.site).await;
    furnish(&desk, &desk.other).await;
    let others = (rows(&desk, desk.other.id).await, stored(&desk, desk.other.id).await);
    assert!(rows(&desk, desk.site.id).await.iter().filter(|(_, count)| *count > 0).count() > 20);
    tenants::delete(&desk.env.db, desk.site.id, &By::default(), Utc::now()).await.unwrap();
    desk.work().await;
    let left: Vec<_> = rows(&desk, desk.site.id).await.into_iter().filter(|(_, count)| *count > 0).collect();
    assert_eq!(left, [("audit_logs".to_owned(), 2)]);
    assert_eq!(
        desk.rows(&format!("select 1 from sites where id = '{}'", desk.site.id)).await,
        [] as [Value; 0]
    );
    assert_eq!(stored(&desk, desk.site.id).await, 0);
    assert_eq!(desk.rows("select 1 from sessions").await.len(), 1);
    assert_eq!((rows(&desk, desk.other.id).await, stored(&desk, desk.other.id).await), others);
    let mails = desk.rows("select raw_key from mail_messages where raw_key is not null").await;
    assert_eq!(mails.len(), 1, "of the other site: {mails:?}");
    let kept = desk.env.files.head(&Path::from(mails[0]["raw_key"].as_str().unwrap())).await;
    assert!(kept.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_that_was_not_deleted_is_never_taken_away() {
    let desk = Desk::new().await;
    furnish(&desk, &desk.site).await;
    let before = rows(&desk, desk.site.id).await;
    let mut tx = desk.env.db.begin(schema::pool::Scope::System).await.unwrap();
    tx.enqueue(jobs::NewJob::of(&jobs::sites::Remove { site_id: desk.site.id }));
    tx.commit().await.unwrap();
    desk.work().await;
    let after = rows(&desk, desk.site.id).await;
    let but_jobs =
        |all: &[(String, i64)]| all.iter().filter(|(name, _)| name != "jobs").cloned().collect::<Vec<_>>();
    assert_eq!(but_jobs(&after), but_jobs(&before));
    let dead = desk.rows("select last_error from jobs where state = 'dead' and kind = 'site.remove'").await;
    assert_eq!(dead.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_one_transaction_takes_away_is_taken_in_several() {
    let desk = Desk::new().await;
    desk.run(&format!(
        "insert into visitors (site_id, name) select '{}', 'Kim ' || n from generate_series(1, 2500) n;
         insert into users (site_id, email, password_hash, name, role)
             select '{}', n || '@deneme.test', '!', 'Müşteri', 'customer' from generate_series(1, 45) n",
        desk.site.id, desk.site.id
    ))
    .await;
    tenants::delete(&desk.env.db, desk.site.id, &By::default(), Utc::now()).await.unwrap();
    desk.work().await;
    let left =
        desk.row(&format!("select count(*) as n from visitors where site_id = '{}'", desk.site.id)).await;
    assert_eq!((left["n"].as_i64(), desk.rows("select 1 from users").await.len()), (Some(0), 0));
}
