//! Answers, notes and the customer's word (A8-06, A8-24…29).

use crate::client::Part;
use crate::desk::Desk;
use crate::people::Person;
use serde_json::{Value, json};
use uuid::Uuid;

impl Desk {
    /// A ticket that a customer asked for himself.
    pub async fn own_ticket(&self, customer: &Person) -> Uuid {
        let draft = json!({ "subject": "Yazıcı", "message": "Çalışmıyor." });
        let answer = self.call("POST", "/api/tickets").by(customer).json(&draft).send().await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        answer.json()["id"].as_str().unwrap().parse().unwrap()
    }

    async fn own_ticket_at(&self, customer: &Person, columns: &str) -> Uuid {
        let ticket = self.own_ticket(customer).await;
        self.db.run(&format!("update tickets set {columns} where id = '{ticket}'")).await;
        ticket
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_reply_opens_a_new_ticket_and_is_mailed_to_the_customer() {
    let desk = Desk::new().await;
    let (agent, ticket) = (desk.person("agent").await, desk.ticket().await);
    let before = desk.others_rows().await;
    let answer = desk.post(&agent, ticket, "/reply", json!({ "body": " Merhaba\nŞükrü Bey " })).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    let reply = answer.json();
    assert_eq!((&reply["author"], &reply["body"]), (&json!("agent"), &json!("Merhaba\nŞükrü Bey")));
    let seen = desk.read(&agent, ticket).await;
    assert_eq!((&seen["status"], &seen["replies"][0]["id"]), (&json!("open"), &reply["id"]));
    assert_eq!(seen["replies"][0]["author_name"], "Deniz Ergün");
    let mails =
        desk.db.ask("select template, to_address, reply_id from mail_outbox where template = 'reply'").await;
    assert_eq!(
        mails,
        json!([{ "template": "reply", "to_address": "sukru@ornek.test", "reply_id": reply["id"] }])
    );
    assert_eq!(desk.audited(ticket).await, ["CREATE", "TICKET_STATUS_CHANGE", "TICKET_REPLY"]);
    desk.post(&agent, ticket, "/reply", json!({ "body": "Bir şey daha" })).await;
    assert_eq!(
        desk.audited(ticket).await.iter().filter(|action| *action == "TICKET_STATUS_CHANGE").count(),
        1
    );
    assert_eq!(desk.others_rows().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_internal_note_changes_nothing_and_no_customer_sees_it() {
    let desk = Desk::new().await;
    let (agent, customer) = (desk.person("agent").await, desk.person("customer").await);
    let ticket = desk.own_ticket(&customer).await;
    let parts = [
        Part::Text("body", "Müşteri zor biri"),
        Part::Text("internal", "true"),
        Part::File {
            name: "attachments",
            file_name: "gizli.pdf",
            media_type: "application/pdf",
            bytes: b"%PDF-1.7 gizli",
        },
    ];
    let answer = desk.on("POST", ticket, "/reply").by(&agent).multipart(&parts).send().await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["is_internal"]),
        (201, &json!(true)),
        "{}",
        answer.body
    );
    assert_eq!(desk.row(ticket).await["status"], "new");
    assert_eq!(desk.mailed(ticket).await, ["acknowledgement"]);
    desk.put(&agent, ticket, "", json!({ "notes": "Dikkat", "tags": ["zor"] })).await;
    let seen = desk.on("GET", ticket, "").by(&customer).send().await;
    assert_eq!(seen.status, 200);
    for word in ["zor", "Dikkat", "gizli", "notes", "participants", "transitions"] {
        assert!(!seen.body.contains(word), "{word} in {}", seen.body);
    }
    let list = desk.on("GET", ticket, "/replies").by(&customer).send().await.json();
    assert_eq!(list, json!({ "data": [], "before": null }));
    let staff = desk.read(&agent, ticket).await;
    assert_eq!((&staff["notes"], &staff["tags"]), (&json!("Dikkat"), &json!(["zor"])));
    assert_eq!(
        (&staff["replies"][0]["is_internal"], &staff["attachments"][0]["file_name"]),
        (&json!(true), &json!("gizli.pdf"))
    );
    // A customer's word is never a note, whatever he sends.
    let answer = desk.post(&customer, ticket, "/reply", json!({ "body": "Ben", "internal": true })).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["is_internal"]), (201, &json!(false)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_ticket_is_not_answered() {
    let desk = Desk::new().await;
    let agent = desk.person("agent").await;
    let closed = desk.ticket_at("status = 'closed', closed_at = now()").await;
    let over = desk.ticket_at("status = 'resolved', resolved_at = now() - interval '48 hours'").await;
    for ticket in [closed, over] {
        let answer = desk.post(&agent, ticket, "/reply", json!({ "body": "Merhaba" })).await;
        assert_eq!(answer.seen(), r#"409 {"error":"Kapalı ticket yanıtlanamaz"}"#);
    }
    assert_eq!(desk.db.count("select count(*) from ticket_replies").await, 0);
    assert_eq!(desk.post(&agent, Uuid::new_v4(), "/reply", json!({ "body": "x" })).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_reply_is_refused_by_its_field() {
    let desk = Desk::new().await;
    let (agent, ticket) = (desk.person("agent").await, desk.ticket().await);
    let long = "ş".repeat(50_001);
    for bad in [
        json!({}),
        json!({ "body": " " }),
        json!({ "body": 5 }),
        json!({ "body": long }),
        json!({ "body": "x", "internal": "belki" }),
    ] {
        let answer = desk.post(&agent, ticket, "/reply", bad).await;
        assert_eq!(answer.status, 400, "{}", answer.body);
        assert!(answer.json()["errors"].is_object());
    }
    assert_eq!(desk.post(&agent, ticket, "/reply", json!({ "body": "ş".repeat(50_000) })).await.status, 201);
    let exe = [
        Part::Text("body", "Ekte"),
        Part::File { name: "attachments", file_name: "a.exe", media_type: "application/pdf", bytes: b"MZ" },
    ];
    assert_eq!(desk.on("POST", ticket, "/reply").by(&agent).multipart(&exe).send().await.status, 400);
    assert_eq!(desk.stored_files(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_a_reply_stay_with_it_and_go_with_the_ticket() {
    let desk = Desk::new().await;
    let (agent, ticket) = (desk.person("agent").await, desk.ticket().await);
    let parts = [
        Part::Text("body", "Ekte"),
        Part::File {
            name: "attachments",
            file_name: "bir.png",
            media_type: "image/png",
            bytes: b"\x89PNG\r\n\x1A\n1",
        },
        Part::File {
            name: "attachments",
            file_name: "iki.pdf",
            media_type: "application/pdf",
            bytes: b"%PDF-1.7 iki",
        },
    ];
    let answer = desk.on("POST", ticket, "/reply").by(&agent).multipart(&parts).send().await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    let made = answer.json();
    let names: Vec<&str> = made["attachments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file["file_name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["bir.png", "iki.pdf"]);
    assert_eq!(made["attachments"][0]["reply_id"], made["id"]);
    let seen = desk.read(&agent, ticket).await;
    assert_eq!((seen["attachments"].as_array().unwrap().len(), &seen["has_attachments"]), (2, &json!(true)));
    assert_eq!(desk.stored_files().len(), 2);
    desk.db.run(&format!("update tickets set status = 'closed' where id = '{ticket}'")).await;
    let refused = desk.on("POST", ticket, "/reply").by(&agent).multipart(&parts).send().await;
    assert_eq!((refused.status.as_u16(), desk.stored_files().len()), (409, 2), "files of a refused reply go");
    assert_eq!(desk.on("DELETE", ticket, "").by(&agent).send().await.status, 204);
    while !desk.stored_files().is_empty() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a8_24_a_customers_reply_ends_the_waiting_for_it_and_nothing_else() {
    let desk = Desk::new().await;
    let customer = desk.person("customer").await;
    for (status, after) in
        [("new", "new"), ("open", "open"), ("pending", "pending"), ("waiting_reply", "open")]
    {
        let ticket = desk.own_ticket_at(&customer, &format!("status = '{status}'")).await;
        let answer = desk.post(&customer, ticket, "/reply", json!({ "body": "Buyurun" })).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["author"]),
            (201, &json!("visitor")),
            "{}",
            answer.body
        );
        assert_eq!(desk.row(ticket).await["status"], after);
        assert_eq!(desk.mailed(ticket).await, ["acknowledgement"], "nobody is mailed his own words");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a8_v4_a_reply_within_48_hours_reopens_with_a_new_due_date() {
    let desk = Desk::new().await;
    let customer = desk.person("customer").await;
    let columns = "status = 'resolved', resolved_at = now() - interval '47 hours 59 minutes 50 seconds', \
        sla_due_date = '2026-01-01', sla_breach_notified = true";
    let ticket = desk.own_ticket_at(&customer, columns).await;
    assert_eq!(desk.post(&customer, ticket, "/reply", json!({ "body": "Yine bozuldu" })).await.status, 201);
    let row = desk.row(ticket).await;
    assert_eq!((&row["status"], &row["sla_breach_notified"]), (&json!("open"), &json!(false)));
    assert!(row["sla_due_date"].as_str().unwrap() > "2026-01-02");
}

async fn successor(desk: &Desk, answer: &Value) -> Value {
    let id = answer["follow_up"]["id"].as_str().unwrap();
    desk.db.ask(&format!("select * from tickets where id = '{id}'")).await[0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a8_v5_from_the_48th_hour_on_the_old_ticket_is_closed_and_a_new_one_names_it() {
    let desk = Desk::new().await;
    let (customer, agent) = (desk.person("customer").await, desk.person("agent").await);
    let ticket =
        desk.own_ticket_at(&customer, "status = 'resolved', resolved_at = now() - interval '48 hours'").await;
    let answer = desk.post(&customer, ticket, "/reply", json!({ "body": "Yine bozuldu" })).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    assert_eq!(desk.row(ticket).await["status"], "closed");
    let made = answer.json();
    let new = successor(&desk, &made).await;
    assert_eq!(
        (&new["status"], &new["message"], &new["subject"]),
        (&json!("new"), &json!("Yine bozuldu"), &json!("Yazıcı"))
    );
    assert_eq!(new["custom_fields"]["previous_ticket_number"], desk.row(ticket).await["ticket_number"]);
    assert_eq!((&made["ticket_id"], &new["user_id"]), (&new["id"], &json!(customer.id)));
    let links = desk.read(&agent, ticket).await["links"].clone();
    assert_eq!((&links[0]["kind"], &links[0]["id"]), (&json!("followed_by"), &new["id"]));
    let links = desk.read(&agent, new["id"].as_str().unwrap().parse().unwrap()).await["links"].clone();
    assert_eq!((&links[0]["kind"], &links[0]["id"]), (&json!("follows"), &json!(ticket)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a8_v8_a_reply_to_a_closed_ticket_leaves_it_as_it_is_and_makes_a_new_one() {
    let desk = Desk::new().await;
    let customer = desk.person("customer").await;
    let ticket =
        desk.own_ticket_at(&customer, "status = 'closed', closed_at = now() - interval '7 days'").await;
    let row = desk.row(ticket).await;
    let answer = desk.post(&customer, ticket, "/reply", json!({ "body": "Yine" })).await.json();
    assert_eq!(desk.row(ticket).await, row);
    assert_eq!(successor(&desk, &answer).await["status"], "new");
    assert_eq!(desk.db.count("select count(*) from ticket_replies").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_reads_and_answers_his_own_tickets_only_even_while_an_agent_writes() {
    let desk = Desk::new().await;
    let (customer, other, agent) =
        (desk.person("customer").await, desk.person("customer").await, desk.person("agent").await);
    let (own, widgets) = (desk.own_ticket(&customer).await, desk.ticket().await);
    for ticket in [widgets, desk.own_ticket(&other).await] {
        assert_eq!(desk.on("GET", ticket, "").by(&customer).send().await.status, 404);
        assert_eq!(desk.on("GET", ticket, "/replies").by(&customer).send().await.status, 404);
        assert_eq!(desk.post(&customer, ticket, "/reply", json!({ "body": "x" })).await.status, 404);
    }
    desk.on("POST", own, "/lock").by(&agent).send().await;
    assert_eq!(desk.post(&customer, own, "/reply", json!({ "body": "Ek bilgi" })).await.status, 201);
    let mine = desk.get("/api/tickets/mine").by(&customer).send().await.json();
    assert_eq!((crate::ticketing::ids(&mine), &mine["total"]), (vec![own], &json!(1)));
    assert_eq!(mine["data"][0]["locked_by"], Value::Null);
    assert_eq!(desk.get("/api/tickets").by(&customer).send().await.status, 403);
    for (method, path) in [
        ("PUT", ""),
        ("DELETE", ""),
        ("PUT", "/assign"),
        ("PUT", "/status"),
        ("POST", "/lock"),
        ("POST", "/merge"),
    ] {
        assert_eq!(
            desk.on(method, own, path).by(&customer).json(&json!({})).send().await.status,
            403,
            "{method} {path}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_conversation_is_read_from_its_end_page_by_page() {
    let desk = Desk::new().await;
    let (agent, ticket) = (desk.person("agent").await, desk.ticket().await);
    desk.db.run(&format!(
        "insert into ticket_replies (id, site_id, ticket_id, author, body, created_at)
         select gen_random_uuid(), '{}', '{ticket}', 'visitor', n::text, timestamptz '2026-01-01' + (n / 2) * interval '1 minute'
         from generate_series(1, 120) n", desk.site.id)).await;
    let detail = desk.read(&agent, ticket).await;
    let mut pages = vec![detail["replies"].clone()];
    let mut before = detail["replies_before"].clone();
    while let Some(cursor) = before.as_str() {
        let page = desk
            .on("GET", ticket, &format!("/replies?limit=40&before={cursor}"))
            .by(&agent)
            .send()
            .await
            .json();
        pages.push(page["data"].clone());
        before = page["before"].clone();
    }
    assert_eq!(pages.iter().map(|page| page.as_array().unwrap().len()).collect::<Vec<_>>(), [50, 40, 30]);
    let mut bodies: Vec<i64> = Vec::new();
    for page in pages.iter().rev() {
        bodies.extend(
            page.as_array()
                .unwrap()
                .iter()
                .map(|reply| reply["body"].as_str().unwrap().parse::<i64>().unwrap()),
        );
    }
    let mut minutes: Vec<i64> = bodies.iter().map(|n| n / 2).collect();
    assert!(minutes.is_sorted(), "in the order of speaking: {bodies:?}");
    bodies.sort_unstable();
    minutes.dedup();
    assert_eq!((bodies.len(), minutes.len()), (120, 61));
    assert_eq!(desk.on("GET", ticket, "/replies?before=yok").by(&agent).send().await.status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn going_on_from_a_closed_ticket_takes_over_whom_and_what_it_was_about() {
    let desk = Desk::new().await;
    let agent = desk.person("agent").await;
    let open = desk.ticket().await;
    assert_eq!(desk.post(&agent, open, "/follow-up", json!({})).await.status, 409);
    let closed = desk.ticket_at("status = 'closed', closed_at = now(), priority = 'high'").await;
    let answer = desk.post(&agent, closed, "/follow-up", json!({ "message": "Müşteri aradı" })).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    let new: Uuid = answer.json()["id"].as_str().unwrap().parse().unwrap();
    let row = desk.row(new).await;
    assert_eq!(
        (&row["source"], &row["priority"], &row["visitor_email"]),
        (&json!("agent"), &json!("high"), &json!("sukru@ornek.test"))
    );
    assert_eq!((&row["message"], &row["subject"]), (&json!("Müşteri aradı"), &json!("Yazıcı")));
    let actor = desk.db.ask(&format!("select actor_id from audit_logs where target_id = '{new}'")).await;
    assert_eq!(actor, json!([{ "actor_id": agent.id }]), "it was the agent who wrote it down");
}
