use crate::desk::{Desk, at};
use diesel_async::SimpleAsyncConnection;
use schema::tickets::autoclose::{CHUNK, close_due};
#[tokio::test(flavor = "multi_thread")]
async fn measure() {
    let desk = Desk::new().await;
    let mut tx = desk.system().await;
    tx.conn().batch_execute(&format!("insert into tickets (id, site_id, ticket_number, reference, subject, message, visitor_name, visitor_email, status, source, resolved_at, sla_due_date)
        select gen_random_uuid(), '{}', n, 'SUP-' || n, 'k', repeat('mesaj ', 40), 'Ad', 'a' || n || '@ornek.test', 'resolved', 'email', '2026-01-10T10:07:00Z'::timestamptz + n * interval '1 second' / 1000, '2026-01-10T12:00:00Z' from generate_series(1, 100000) n", desk.site.id)).await.unwrap();
    tx.commit().await.unwrap();
    let started = std::time::Instant::now();
    loop {
        let s = std::time::Instant::now();
        let mut tx = desk.system().await;
        let n = close_due(&mut tx, CHUNK, at("2026-02-12T10:07:00Z")).await.unwrap();
        tx.commit().await.unwrap();
        eprintln!("{n} {:?}", s.elapsed());
        if n < CHUNK { break }
    }
    eprintln!("all {:?}", started.elapsed());
}
