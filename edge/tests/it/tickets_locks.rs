//! Who is writing in a ticket (A8-31…38).

use crate::client::Answer;
use crate::desk::Desk;
use crate::people::Person;
use serde_json::{Value, json};
use uuid::Uuid;

impl Desk {
    async fn take(&self, person: &Person, ticket: Uuid) -> Answer {
        self.on("POST", ticket, "/lock").by(person).send().await
    }
}

fn held(answer: &Answer) -> (u16, Value) {
    (answer.status.as_u16(), answer.json()["owner"].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn a8_v9_who_comes_second_hears_who_holds_it_and_since_when() {
    let desk = Desk::new().await;
    let (one, two, ticket) = (desk.person("agent").await, desk.person("agent").await, desk.ticket().await);
    desk.db.run(&format!("update users set name = 'Ayşe Yılmaz' where id = '{}'", one.id)).await;
    let taken = desk.on("GET", ticket, "/lock").by(&one).send().await;
    assert_eq!(taken.status, 200, "{}", taken.body);
    assert_eq!(taken.header("cache-control"), Some("no-store"));
    let lock = taken.json();
    assert_eq!((&lock["owner"], &lock["ownerId"]), (&json!("Ayşe Yılmaz"), &json!(one.id)));
    let refused = desk.on("GET", ticket, "/lock").by(&two).send().await;
    let said = json!({ "error": "Ticket şu anda başka bir agent tarafından düzenleniyor", "owner": "Ayşe Yılmaz",
        "since": lock["since"] });
    assert_eq!((refused.status.as_u16(), refused.json()), (423, said));
    assert_eq!(desk.read(&two, ticket).await["lock"]["owner"], "Ayşe Yılmaz", "reading works, and says so");
}

#[tokio::test(flavor = "multi_thread")]
async fn a8_v10_taking_it_again_keeps_since() {
    let desk = Desk::new().await;
    let (one, ticket) = (desk.person("agent").await, desk.ticket().await);
    let first = desk.take(&one, ticket).await.json();
    let again = desk.take(&one, ticket).await.json();
    assert_eq!(first["since"], again["since"]);
    assert!(first["expiresAt"].as_str() < again["expiresAt"].as_str());
}

#[tokio::test(flavor = "multi_thread")]
async fn a8_v11_locks_go_with_their_holder() {
    let desk = Desk::new().await;
    let (one, two) = (desk.person("agent").await, desk.person("agent").await);
    let (ticket, second) = (desk.ticket().await, desk.ticket().await);
    assert_eq!(
        (desk.take(&one, ticket).await.status.as_u16(), desk.take(&one, second).await.status.as_u16()),
        (200, 200)
    );
    let released = schema::tickets::locks::release_all(&desk.state.db, one.id).await.unwrap();
    let mut tickets: Vec<Uuid> = released.iter().map(|lock| lock.ticket_id).collect();
    tickets.sort();
    assert_eq!(tickets, [ticket.min(second), ticket.max(second)]);
    assert!(released.iter().all(|lock| lock.site_id == desk.site.id.0));
    assert_eq!(desk.take(&two, ticket).await.status, 200);
    // Logging out does the same, once no other session is left.
    let other_session = Uuid::new_v4();
    desk.db.run(&format!("insert into sessions (id, user_id, expires_at) values ('{other_session}', '{}', now() + interval '1 day')", two.id)).await;
    let end = |session: Uuid| {
        format!("update sessions set ended_at = now(), ended_because = 'logout' where id = '{session}'")
    };
    desk.db.run(&end(other_session)).await;
    assert_eq!(desk.take(&one, ticket).await.status, 423);
    desk.db.run(&end(two.session)).await;
    assert_eq!(desk.take(&one, ticket).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a8_v12_while_one_holds_it_another_changes_nothing() {
    let desk = Desk::new().await;
    let (one, two, ticket) = (desk.person("agent").await, desk.person("admin").await, desk.ticket().await);
    let target = desk.ticket().await;
    desk.take(&one, ticket).await;
    let row = desk.row(ticket).await;
    let calls = [
        ("POST", "/reply", json!({ "body": "Merhaba" })),
        ("POST", "/reply", json!({ "body": "Not", "internal": true })),
        ("PUT", "", json!({ "subject": "Başka" })),
        ("PUT", "/status", json!({ "status": "open" })),
        ("PUT", "/assign", json!({ "agent_id": two.id })),
        ("PUT", "/position", json!({ "status": "open" })),
        ("POST", "/merge", json!({ "into": target })),
        ("DELETE", "", json!({})),
    ];
    for (method, path, body) in calls {
        let answer = desk.on(method, ticket, path).by(&two).json(&body).send().await;
        assert_eq!(held(&answer), (423, json!("Deniz Ergün")), "{method} {path}");
    }
    let merged = desk.post(&two, target, "/merge", json!({ "into": ticket })).await;
    assert_eq!(merged.status, 423, "the target is locked as well as the source would be");
    let bulk = json!({ "ids": [ticket], "action": "close" });
    let bulk = desk.call("POST", "/api/tickets/bulk").by(&two).json(&bulk).send().await.json();
    assert_eq!(
        (&bulk["updated"], bulk["failed"][0]["id"].as_str()),
        (&json!(0), Some(ticket.to_string().as_str()))
    );
    assert_eq!(desk.row(ticket).await, row);
    assert_eq!(desk.put(&one, ticket, "", json!({ "subject": "Başka" })).await.status, 200, "the holder may");
}

#[tokio::test(flavor = "multi_thread")]
async fn a8_v13_of_twenty_who_take_it_at_once_one_gets_it() {
    let desk = Desk::new().await;
    let ticket = desk.ticket().await;
    let mut people = Vec::new();
    for _ in 0..20 {
        people.push(desk.person("agent").await);
    }
    let answers = futures::future::join_all(people.iter().map(|person| desk.take(person, ticket))).await;
    let mut seen: Vec<u16> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    seen.sort_unstable();
    assert_eq!((seen[0], &seen[1..]), (200, [423; 19].as_slice()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a8_36_it_is_given_back_by_its_holder_or_an_admin() {
    let desk = Desk::new().await;
    let (one, two, admin) =
        (desk.person("agent").await, desk.person("agent").await, desk.person("admin").await);
    let ticket = desk.ticket().await;
    let release = |person| desk.on("DELETE", ticket, "/lock").by(person);
    assert_eq!(release(&one).send().await.status, 204, "one that nobody holds");
    desk.take(&one, ticket).await;
    assert_eq!(release(&two).send().await.seen(), r#"403 {"error":"Yetkiniz yok"}"#);
    assert_eq!(release(&admin).send().await.status, 204);
    assert_eq!(desk.take(&two, ticket).await.status, 200);
    assert_eq!(release(&two).send().await.status, 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn a8_37_a_lock_that_is_not_renewed_for_15_minutes_is_none() {
    let desk = Desk::new().await;
    let (one, two, ticket) = (desk.person("agent").await, desk.person("agent").await, desk.ticket().await);
    let lock = desk.take(&one, ticket).await.json();
    let instant = |name: &str| lock[name].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    assert_eq!(instant("expiresAt") - instant("since"), chrono::TimeDelta::minutes(15));
    desk.db.run("update ticket_locks set expires_at = now() - interval '1 millisecond'").await;
    assert_eq!(desk.put(&two, ticket, "", json!({ "subject": "Başka" })).await.status, 200);
    let taken = desk.take(&two, ticket).await.json();
    assert_eq!(taken["ownerId"], json!(two.id));
    desk.db.run("update ticket_locks set expires_at = now() - interval '1 millisecond', since = now() - interval '1 hour'").await;
    let renewed = desk.take(&two, ticket).await.json();
    assert_ne!(renewed["since"], taken["since"], "one that ran out begins anew");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_is_taken_by_a_click_and_not_by_a_guess() {
    let desk = Desk::new().await;
    let (one, ticket) = (desk.person("agent").await, desk.ticket().await);
    let guess =
        desk.on("GET", ticket, "/lock").by(&one).header("sec-purpose", "prefetch;prerender").send().await;
    assert_eq!(guess.status, 403);
    assert_eq!(desk.on("HEAD", ticket, "/lock").by(&one).send().await.status, 405);
    assert_eq!(desk.db.count("select count(*) from ticket_locks").await, 0);
    let stranger = desk.person_of(Some(desk.other.id), "agent").await;
    assert_eq!(desk.take(&stranger, ticket).await.status, 404);
}
