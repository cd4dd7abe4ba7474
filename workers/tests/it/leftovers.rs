//! Files that no row names go after a day; every file that a row names stays, and so does what is not ours.

use super::desk::Desk;
use chrono::Utc;
use jobs::NewJob;
use jobs::upkeep::SweepFiles;
use object_store::path::Path;
use object_store::{ObjectStoreExt, PutPayload};
use schema::pool::Scope;
use std::time::{Duration, SystemTime};

const DAY: Duration = Duration::from_secs(24 * 3600);

/// A stored file that was last written so long ago.
async fn file(desk: &Desk, key: &str, age: Duration) {
    desk.env.files.put(&Path::from(key), PutPayload::from_static(b"x")).await.unwrap();
    let file = std::fs::File::options().write(true).open(desk.files().join(key)).unwrap();
    file.set_modified(SystemTime::now() - age).unwrap();
}

async fn sweep(desk: &Desk) {
    let mut tx = desk.env.db.begin(Scope::System).await.unwrap();
    tx.enqueue(NewJob::of(&SweepFiles { tick: Utc::now() }));
    tx.commit().await.unwrap();
    desk.work().await;
}

async fn left(desk: &Desk, keys: &[&'static str]) -> Vec<&'static str> {
    let mut left = Vec::new();
    for key in keys {
        if desk.env.files.head(&Path::from(*key)).await.is_ok() {
            left.push(*key);
        }
    }
    left
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_no_row_names_goes_after_a_day_and_a_named_one_never() {
    let desk = Desk::new().await;
    let site = desk.site.id;
    desk.run(&format!(
        "insert into tickets (id, site_id, ticket_number, reference, subject, message, visitor_name, source)
             values ('{site}', '{site}', 1, 'SUP-1', 'k', 'm', 'a', 'api');
         insert into ticket_attachments (id, site_id, ticket_id, file_name, content_type, size_bytes, storage_key)
             values (gen_random_uuid(), '{site}', '{site}', 'a.pdf', 'application/pdf', 1, 'support_tickets/s/named.pdf');
         insert into dynamic_forms (id, site_id, name, fields) values ('{site}', '{site}', 'f', '[]');
         insert into form_submissions (id, site_id, form_id, data, files)
             values (gen_random_uuid(), '{site}', '{site}', '{{}}', '[{{\"storage_key\": \"forms/s/named.pdf\"}}]');
         insert into mail_messages (id, mailbox_id, uid_validity, uid, content_hash, size_bytes, raw_key)
             select gen_random_uuid(), id, 1, 1, sha256('x'::bytea), 1, 'mail/m/named.eml' from mailboxes"
    ))
    .await;
    let named = ["support_tickets/s/named.pdf", "forms/s/named.pdf", "mail/m/named.eml"];
    let loose = [
        "support_tickets/s/loose.pdf",
        "forms/s/loose.pdf",
        "mail/m/loose.eml",
        "incoming/loose",
        "tickets/s/loose.pdf",
        "mail_attachments/s/1/loose.pdf",
    ];
    for key in named.iter().chain(&loose) {
        file(&desk, key, DAY + Duration::from_secs(60)).await;
    }
    let fresh = "support_tickets/s/fresh.pdf";
    file(&desk, fresh, DAY - Duration::from_secs(60)).await;
    file(&desk, "somebody/elses.pdf", 30 * DAY).await;
    sweep(&desk).await;
    assert_eq!(left(&desk, &loose).await, [""; 0]);
    assert_eq!(left(&desk, &named).await, named);
    assert_eq!(left(&desk, &[fresh, "somebody/elses.pdf"]).await, [fresh, "somebody/elses.pdf"]);
    assert_eq!(desk.rows("select * from jobs").await.len(), 0);
}
