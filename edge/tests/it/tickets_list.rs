//! The list: filters, order, pages (A8-42).

use crate::desk::Desk;
use crate::people::Person;
use crate::ticketing::ids;
use serde_json::{Value, json};
use uuid::Uuid;

impl Desk {
    pub async fn list(&self, person: &Person, query: &str) -> Value {
        let answer = self.get(&format!("/api/tickets?{query}")).by(person).send().await;
        assert_eq!(answer.status, 200, "{query}: {}", answer.body);
        answer.json()
    }

    /// Tickets by their numbers, as a query lists them.
    async fn numbers(&self, person: &Person, query: &str) -> Vec<i64> {
        let list = self.list(person, query).await;
        list["data"].as_array().unwrap().iter().map(|row| row["ticket_number"].as_i64().unwrap()).collect()
    }

    /// Many tickets at once from a number on, made past all rules; one a minute, the last one now.
    pub async fn many_tickets(&self, from: i64, many: i64) {
        let site = self.site.id;
        self.db.run(&format!(
            "insert into tickets (id, site_id, ticket_number, reference, subject, message, visitor_name, source, created_at, updated_at)
             select gen_random_uuid(), '{site}', n, 'SUP-2026-' || lpad(n::text, 6, '0'), 'Konu ' || n, 'Mesaj', 'Ad', 'api',
                 now() - ({from} + {many} - 1 - n) * interval '1 minute', now()
             from generate_series({from}, {from} + {many} - 1) n")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_comes_first_and_a_row_says_everything_it_shows() {
    let desk = Desk::new().await;
    let agent = desk.person("agent").await;
    let first = desk.ticket().await;
    let second = desk.ticket_with(json!({ "message": "ş".repeat(300) })).await;
    desk.foreign_ticket().await;
    desk.put(&agent, second, "/assign", json!({ "agent_id": agent.id })).await;
    desk.put(&agent, second, "", json!({ "tags": ["iade"] })).await;
    desk.on("POST", second, "/lock").by(&agent).send().await;
    let list = desk.list(&agent, "").await;
    assert_eq!(ids(&list), [second, first]);
    assert_eq!(
        json!([list["total"], list["total_is_exact"], list["page"], list["limit"], list["next_cursor"]]),
        json!([2, true, 1, 50, null])
    );
    let row = &list["data"][0];
    assert_eq!(
        (&row["status_label"], &row["status_color"], &row["agent_name"]),
        (&json!("Açık"), &json!("blue"), &json!("Deniz Ergün"))
    );
    assert_eq!((&row["tags"], &row["locked_by"]), (&json!(["iade"]), &json!("Deniz Ergün")));
    assert_eq!(row["excerpt"], "ş".repeat(200));
    assert!(row.get("notes").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn each_filter_lets_through_what_it_names_alone_and_together() {
    let desk = Desk::new().await;
    let (agent, other) = (desk.person("agent").await, desk.person("agent").await);
    let (department, category) = (Uuid::new_v4(), Uuid::new_v4());
    desk.db
        .run(&format!(
            "insert into departments (id, site_id, name) values ('{department}', '{0}', 'Satış');
        insert into ticket_categories (id, site_id, name) values ('{category}', '{0}', 'Arıza')",
            desk.site.id
        ))
        .await;
    for columns in [
        "status = 'open', priority = 'urgent', created_at = '2026-01-01T10:00:00Z'".to_owned(),
        format!("status = 'pending', agent_id = '{}', created_at = '2026-01-02T10:00:00Z'", agent.id),
        format!(
            "status = 'open', agent_id = '{}', sla_breached = true, created_at = '2026-01-02T20:59:59Z'",
            other.id
        ),
        format!("status = 'closed', department_id = '{department}', created_at = '2026-01-02T21:00:00Z'"),
        format!(
            "status = 'new', category_id = '{category}', source = 'email', created_at = '2026-01-03T10:00:00Z'"
        ),
    ] {
        desk.ticket_at(&columns).await;
    }
    desk.foreign_ticket().await;
    let (me, they) = (agent.id, other.id);
    for (query, numbers) in [
        ("status=open", vec![3, 1]),
        ("status=open,closed", vec![4, 3, 1]),
        ("status=yok", vec![]),
        ("priority=urgent", vec![1]),
        ("agent_id=me", vec![2]),
        ("agent_id=none", vec![5, 4, 1]),
        (&format!("agent_id={they}"), vec![3]),
        (&format!("agent_id={me}&status=open"), vec![]),
        ("agent_id=none&status=open", vec![1]),
        ("sla_breached=true", vec![3]),
        ("sla_breached=false", vec![5, 4, 2, 1]),
        (&format!("department_id={department}"), vec![4]),
        (&format!("category_id={category}&source=email"), vec![5]),
        (&format!("category_id={category}&source=widget"), vec![]),
        ("source=widget", vec![4, 3, 2, 1]),
        ("created_from=2026-01-02T10:00:00Z&created_to=2026-01-03T10:00:00Z", vec![4, 3, 2]),
        // The second of January by the site's clock ends at 21:00 UTC.
        ("created_from=2026-01-02&created_to=2026-01-02", vec![3, 2]),
        ("status=open&created_to=2026-01-02T00:00:00Z&priority=urgent", vec![1]),
        ("sort=oldest", vec![1, 2, 3, 4, 5]),
        ("status=open&sort=oldest", vec![1, 3]),
    ] {
        assert_eq!(desk.numbers(&agent, query).await, numbers, "{query}");
        assert_eq!(desk.list(&agent, query).await["total"], json!(numbers.len()), "{query}");
    }
    for bad in [
        "status=Kapalı",
        "priority=acil",
        "agent_id=ben",
        "department_id=7",
        "page=0",
        "limit=101",
        "limit=x",
        "created_from=dün",
        "sort=price",
        "cursor=abc",
        "page=1000&limit=100",
    ] {
        let answer = desk
            .get(&format!("/api/tickets?{}", bad.replace('ı', "%C4%B1").replace('ü', "%C3%BC")))
            .by(&agent)
            .send()
            .await;
        assert_eq!(answer.status, 400, "{bad}: {}", answer.body);
        let field = bad.split('=').next().unwrap();
        assert!(answer.json()["errors"].get(field).is_some(), "{bad}: {}", answer.body);
    }
    assert_eq!(desk.numbers(&agent, "yok=1&status=open").await, [3, 1], "unknown parameters mean nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_and_other_orders() {
    let desk = Desk::new().await;
    let agent = desk.person("agent").await;
    let (one, two, three) = (desk.ticket().await, desk.ticket().await, desk.ticket().await);
    for (ticket, tags) in [(one, json!(["iade", "acil"])), (three, json!(["iade"]))] {
        desk.put(&agent, ticket, "", json!({ "tags": tags })).await;
    }
    assert_eq!(desk.numbers(&agent, "tag=iade").await, [3, 1]);
    assert_eq!(desk.numbers(&agent, "tag=acil").await, [1]);
    assert_eq!(desk.numbers(&agent, "tag=iade&status=new").await, [3, 1]);
    assert!(desk.numbers(&agent, "tag=yok").await.is_empty());
    desk.db
        .run(&format!(
            "update tickets set sla_due_date = '2026-02-01', updated_at = '2026-03-01' where id = '{one}';
        update tickets set sla_due_date = null, updated_at = '2026-03-03' where id = '{two}';
        update tickets set sla_due_date = '2026-01-01', updated_at = '2026-03-02' where id = '{three}'"
        ))
        .await;
    assert_eq!(desk.numbers(&agent, "sort=due").await, [3, 1, 2], "without a due date last");
    assert_eq!(desk.numbers(&agent, "sort=updated").await, [2, 3, 1]);
    for order in ["due", "updated", "oldest", "newest"] {
        let mut seen = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = desk.list(&agent, &format!("sort={order}&limit=1{cursor}")).await;
            seen.extend(ids(&page));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(seen, ids(&desk.list(&agent, &format!("sort={order}")).await), "{order}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_by_number_and_by_cursor_show_every_ticket_once() {
    let desk = Desk::new().await;
    let agent = desk.person("agent").await;
    desk.many_tickets(1, 237).await;
    // Many of one instant: the id tells them apart.
    desk.db.run("update tickets set created_at = '2026-01-01' where ticket_number <= 60").await;
    for query in ["limit=50", "limit=50&status=new", "limit=50&agent_id=none", "limit=50&priority=normal"] {
        let (mut by_number, mut by_cursor) = (Vec::new(), Vec::new());
        for page in 1..=5 {
            let list = desk.list(&agent, &format!("{query}&page={page}")).await;
            assert_eq!((&list["total"], &list["page"]), (&json!(237), &json!(page)));
            by_number.extend(ids(&list));
        }
        let mut next = Some(String::new());
        while let Some(cursor) = next {
            let list = desk.list(&agent, &format!("{query}{cursor}")).await;
            by_cursor.extend(ids(&list));
            next = list["next_cursor"].as_str().map(|cursor| format!("&cursor={cursor}"));
        }
        assert_eq!(by_number, by_cursor, "{query}");
        by_number.sort();
        by_number.dedup();
        assert_eq!(by_number.len(), 237, "{query}");
    }
    assert!(ids(&desk.list(&agent, "page=6&limit=50").await).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_total_is_exact_up_to_its_bound_and_says_so_beyond() {
    let desk = Desk::new().await;
    let agent = desk.person("agent").await;
    desk.many_tickets(1, 2_000).await;
    let list = desk.list(&agent, "limit=1").await;
    assert_eq!(json!([list["total"], list["total_is_exact"]]), json!([2000, true]));
    desk.many_tickets(2_001, 1).await;
    let list = desk.list(&agent, "limit=1").await;
    assert_eq!(json!([list["total"], list["total_is_exact"]]), json!([2000, false]));
    let list = desk.list(&agent, "limit=100&page=21").await;
    assert_eq!((ids(&list).len(), &list["total"]), (1, &json!(2001)), "what is seen is counted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_list_by_change_or_due_date_is_in_order_across_its_pages() {
    let desk = Desk::new().await;
    let agent = desk.person("agent").await;
    desk.many_tickets(1, 2_100).await;
    // Of many instants, of one instant, and never changed; due, due no more, and without a due date.
    desk.db
        .run(
            "update tickets set updated_at = case ticket_number % 3 when 0 then created_at
                when 1 then created_at + interval '3 hours' else date_trunc('day', created_at) end,
            status = case when ticket_number % 4 = 0 then 'closed' else 'open' end,
            sla_due_date = case when ticket_number % 5 > 0 then date_trunc('hour', created_at) + interval '8 hours' end",
        )
        .await;
    let owed = "(sla_due_date is not null and status <> 'closed')";
    for (query, order) in [
        ("sort=updated", "updated_at desc, id desc".to_owned()),
        ("sort=updated&priority=normal&status=open,closed", "updated_at desc, id desc".to_owned()),
        (
            "sort=due",
            format!(
                "({owed}) desc, case when {owed} then sla_due_date end, case when not {owed} then created_at end desc, id desc"
            ),
        ),
    ] {
        let expected = desk.db.ask(&format!("select id from tickets order by {order}")).await;
        let expected: Vec<&str> =
            expected.as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()).collect();
        let (mut seen, mut next) = (Vec::new(), Some(String::new()));
        while let Some(cursor) = next {
            let list = desk.list(&agent, &format!("{query}&limit=100{cursor}")).await;
            assert_eq!(list["total_is_exact"], json!(false), "{query}");
            seen.extend(ids(&list));
            next = list["next_cursor"].as_str().map(|cursor| format!("&cursor={cursor}"));
        }
        let seen: Vec<String> = seen.iter().map(ToString::to_string).collect();
        assert_eq!(seen, expected, "{query}");
        let eighth = desk.list(&agent, &format!("{query}&limit=100&page=8")).await;
        let eighth: Vec<String> = ids(&eighth).iter().map(ToString::to_string).collect();
        assert_eq!(eighth, expected[700..800], "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_by_change_reads_long_lists_as_short_ones() {
    let desk = Desk::new().await;
    let agent = desk.person("agent").await;
    desk.many_tickets(1, 1_200).await;
    desk.db.run("update tickets set updated_at = created_at + ticket_number * interval '1 second'").await;
    desk.index().await;
    for _ in 0..2 {
        let list = desk.list(&agent, "search=mesaj&sort=updated&limit=3").await;
        let numbers: Vec<i64> =
            list["data"].as_array().unwrap().iter().filter_map(|row| row["ticket_number"].as_i64()).collect();
        assert_eq!((numbers, &list["total_is_exact"]), (vec![1_200, 1_199, 1_198], &json!(false)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_super_admin_lists_every_site_or_the_one_he_names() {
    let desk = Desk::new().await;
    let above = desk.person_of(None, "superadmin").await;
    let (own, foreign) = (desk.ticket().await, desk.foreign_ticket().await);
    assert_eq!(ids(&desk.list(&above, "").await), [foreign, own]);
    assert_eq!(ids(&desk.list(&above, "status=new&limit=1").await), [foreign]);
    assert_eq!(ids(&desk.list(&above, "search=yaz%C4%B1c%C4%B1").await).len(), 2);
    let one = desk
        .get("/api/tickets")
        .by(&above)
        .header("x-site-id", &desk.site.id.to_string())
        .send()
        .await
        .json();
    assert_eq!((ids(&one), &one["total"]), (vec![own], &json!(1)));
}
