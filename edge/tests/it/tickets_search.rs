//! Searching tickets (A8-42, B12-70), with and without the index.

use crate::desk::Desk;
use crate::people::Person;
use schema::pool::Scope;
use schema::tickets::search::index_site;
use serde_json::json;

impl Desk {
    async fn found(&self, person: &Person, search: &str) -> Vec<i64> {
        let query = serde_urlencoded::to_string([("search", search)]).unwrap();
        self.found_by(person, &query).await
    }

    async fn found_by(&self, person: &Person, query: &str) -> Vec<i64> {
        let list = self.list(person, query).await;
        let rows = list["data"].as_array().unwrap().iter();
        let numbers: Vec<i64> = rows.map(|row| row["ticket_number"].as_i64().unwrap()).collect();
        assert_eq!(
            (list["total"].as_u64(), &list["total_is_exact"]),
            (Some(numbers.len() as u64), &json!(true)),
            "{query}"
        );
        numbers
    }

    /// Indexes what is there.
    pub async fn index(&self) {
        let mut tx = self.state.db.begin(Scope::Site(self.site.id)).await.unwrap();
        while index_site(&mut tx, self.site.id, 1000).await.unwrap() {}
        tx.commit().await.unwrap();
    }
}

async fn stock(desk: &Desk) {
    for (subject, message, name, email, phone) in [
        (
            "Yazıcı bozuk",
            "LÜTFEN yardım edin, %100 bozuk",
            "Şükrü Iğdır",
            "sukru@ornek.test",
            "0555 123 45 67",
        ),
        (
            "İADE talebi",
            "Ürün hasarlı geldi\nikinci satır",
            "İsmail Çelik",
            "ismail.celik@ornek.test",
            "0532 000 11 22",
        ),
        ("Fatura", "IĞDIR şubesinden aldım", "Ayşe Öz", "ayse_oz@baska.test", "+90 212 555 44 33"),
    ] {
        desk.ticket_with(
            json!({ "subject": subject, "message": message, "visitor_name": name, "visitor_email": email,
            "visitor_phone": phone }),
        )
        .await;
    }
    desk.foreign_ticket().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b12_70_words_are_found_in_every_field_the_turkish_way_indexed_or_not() {
    let desk = Desk::new().await;
    let agent = desk.person("agent").await;
    stock(&desk).await;
    for round in ["not indexed", "indexed"] {
        for (search, numbers) in [
            ("yazıcı", vec![1]),
            ("YAZICI", vec![1]),
            ("azıc", vec![1]),
            ("iade", vec![2]),
            ("İADE", vec![2]),
            ("IADE", vec![]),
            ("iğdır", vec![]),
            ("ığdır", vec![3, 1]),
            ("IĞDIR", vec![3, 1]),
            ("lütfen YARDIM", vec![1]),
            ("yardım lütfen", vec![1]),
            ("lütfen fatura", vec![]),
            ("ismail.celik@", vec![2]),
            ("ISMAIL.CELIK@ORNEK.TEST", vec![2]),
            ("@ornek", vec![2, 1]),
            ("555 44", vec![3]),
            ("0532", vec![2]),
            ("#2", vec![2]),
            ("000003", vec![3]),
            ("sup-2026", vec![3, 2, 1]),
            ("%100", vec![1]),
            ("ayse_oz", vec![3]),
            ("ayse%oz", vec![]),
            ("ayse\\_oz", vec![]),
            ("satır", vec![2]),
            ("geldi ikinci", vec![2]),
            ("öz", vec![3]),
            ("ü ş", vec![1]),
            ("", vec![3, 2, 1]),
        ] {
            let search = search.replace("2026", &year());
            if search.is_empty() {
                assert_eq!(desk.found_by(&agent, "").await, numbers);
            } else {
                assert_eq!(desk.found(&agent, &search).await, numbers, "{search}, {round}");
            }
        }
        desk.index().await;
    }
    assert_eq!(desk.db.count("select count(*) from ticket_search").await, 3);
}

/// The year in which the tickets of this test are numbered.
fn year() -> String {
    use chrono::Datelike;
    (chrono::Utc::now() + chrono::TimeDelta::hours(3)).year().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn words_and_filters_hold_together_and_the_subject_has_words_of_its_own() {
    let desk = Desk::new().await;
    let agent = desk.person("agent").await;
    stock(&desk).await;
    desk.db.run("update tickets set status = 'open' where ticket_number = 3").await;
    for _ in 0..2 {
        for (query, numbers) in [
            ("search=ornek&status=new", vec![2, 1]),
            ("search=ornek&status=open", vec![]),
            ("search=ornek&sort=oldest", vec![1, 2]),
            ("search=test&limit=2&page=2&sort=newest", vec![]),
            ("subject=bozuk", vec![1]),
            ("subject=hasarl%C4%B1", vec![]),
            ("subject=talebi&search=ismail", vec![2]),
            ("subject=talebi&search=ay%C5%9Fe", vec![]),
            ("search=test&agent_id=none&priority=normal", vec![3, 2, 1]),
        ] {
            if query.contains("page=2") {
                let list = desk.list(&agent, query).await;
                assert_eq!((list["data"][0]["ticket_number"].as_i64(), &list["total"]), (Some(1), &json!(3)));
            } else {
                assert_eq!(desk.found_by(&agent, query).await, numbers, "{query}");
            }
        }
        desk.index().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_ticket_is_found_by_what_it_says_now() {
    let desk = Desk::new().await;
    let agent = desk.person("agent").await;
    let ticket = desk.ticket().await;
    let second = desk.ticket_with(json!({ "subject": "Modem" })).await;
    for round in 0..2 {
        let (subject, name) = (format!("Klavye{round}"), format!("Kadriye{round}"));
        desk.put(&agent, ticket, "", json!({ "subject": subject, "visitor_name": name })).await;
        assert_eq!(
            desk.found(&agent, &subject).await,
            [1],
            "once, though it may stand in the index and before it"
        );
        assert_eq!(desk.found(&agent, &name).await, [1]);
        assert!(desk.found(&agent, "yazıcı").await.is_empty());
        desk.index().await;
    }
    desk.on("DELETE", second, "").by(&agent).send().await;
    assert!(desk.found(&agent, "modem").await.is_empty());
    assert_eq!(desk.db.count("select count(*) from ticket_grams").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_that_very_many_have_is_listed_newest_first_by_pages_too() {
    let desk = Desk::new().await;
    let agent = desk.person("agent").await;
    desk.many_tickets(1, 1_500).await;
    desk.db.run("update tickets set subject = 'Eski' where ticket_number <= 400").await;
    desk.index().await;
    let list = desk.list(&agent, "search=mesaj&limit=100").await;
    assert_eq!(json!([list["total"], list["total_is_exact"]]), json!([1000, false]));
    let mut seen: Vec<i64> = Vec::new();
    let mut next = Some(String::new());
    while let Some(cursor) = next {
        let list = desk.list(&agent, &format!("search=mesaj&limit=100{cursor}")).await;
        seen.extend(
            list["data"].as_array().unwrap().iter().map(|row| row["ticket_number"].as_i64().unwrap()),
        );
        next = list["next_cursor"].as_str().map(|cursor| format!("&cursor={cursor}"));
    }
    assert_eq!(seen, (1..=1500).rev().collect::<Vec<_>>());
    assert_eq!(desk.list(&agent, "search=konu%201234").await["data"][0]["ticket_number"], 1234);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_through_many_new_tickets_asks_for_them_to_be_indexed_once() {
    let desk = Desk::new().await;
    let agent = desk.person("agent").await;
    desk.many_tickets(1, 100).await;
    let asked = || desk.db.count("select count(*) from jobs where kind = 'tickets.index'");
    desk.list(&agent, "search=mesaj").await;
    assert_eq!(asked().await, 0);
    desk.db.run("update tickets set ticket_number = 101 where ticket_number = 100").await;
    desk.list(&agent, "search=mesaj").await;
    desk.list(&agent, "search=mesaj").await;
    assert_eq!(asked().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_long_to_be_a_search_is_refused() {
    let desk = Desk::new().await;
    let agent = desk.person("agent").await;
    let long = "x".repeat(201);
    assert_eq!(desk.get(&format!("/api/tickets?search={long}")).by(&agent).send().await.status, 400);
    assert_eq!(desk.get("/api/tickets?search=a%00b").by(&agent).send().await.status, 400);
    assert_eq!(desk.list(&agent, "search=%20").await["total"], 0);
}
