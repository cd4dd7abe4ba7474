//! The board (A8-41).

use crate::desk::Desk;
use crate::people::Person;
use crate::ticketing::STATUSES;
use serde_json::{Value, json};
use uuid::Uuid;

impl Desk {
    async fn board(&self, person: &Person, query: &str) -> Value {
        let answer = self.get(&format!("/api/tickets/board?{query}")).by(person).send().await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()["columns"].clone()
    }

    /// The numbers of a column's cards, from top to bottom.
    async fn column(&self, person: &Person, status: &str) -> Vec<i64> {
        let columns = self.board(person, "limit=100").await;
        let column =
            columns.as_array().unwrap().iter().find(|column| column["status"] == status).unwrap().clone();
        numbers(&column)
    }

    async fn place(&self, person: &Person, ticket: Uuid, body: Value) -> u16 {
        self.put(person, ticket, "/position", body).await.status.as_u16()
    }
}

fn numbers(column: &Value) -> Vec<i64> {
    column["cards"].as_array().unwrap().iter().map(|card| card["ticket_number"].as_i64().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_columns_are_the_statuses_in_order_with_counts_and_their_first_cards() {
    let desk = Desk::new().await;
    let agent = desk.person("agent").await;
    for _ in 0..5 {
        desk.ticket().await;
    }
    desk.ticket_at("status = 'closed'").await;
    desk.foreign_ticket().await;
    let columns = desk.board(&agent, "limit=2").await;
    let order: Vec<&str> =
        columns.as_array().unwrap().iter().map(|column| column["status"].as_str().unwrap()).collect();
    assert_eq!(order, STATUSES);
    assert_eq!(
        (&columns[0]["label"], &columns[0]["total"], &columns[0]["total_is_exact"]),
        (&json!("Yeni"), &json!(5), &json!(true))
    );
    assert_eq!((numbers(&columns[0]), numbers(&columns[5])), (vec![5, 4], vec![6]));
    let (mut cursor, mut seen) = (columns[0]["next_cursor"].clone(), numbers(&columns[0]));
    while let Some(after) = cursor.as_str() {
        let page = desk.board(&agent, &format!("limit=2&status=new&cursor={after}")).await;
        assert_eq!(page.as_array().unwrap().len(), 1);
        seen.extend(numbers(&page[0]));
        cursor = page[0]["next_cursor"].clone();
    }
    assert_eq!(seen, [5, 4, 3, 2, 1]);
    for bad in ["cursor=7f", "status=yok", "status=new&cursor=xyz", "limit=0"] {
        assert_eq!(
            desk.get(&format!("/api/tickets/board?{bad}")).by(&agent).send().await.status,
            400,
            "{bad}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_stays_where_it_was_dropped() {
    let desk = Desk::new().await;
    let agent = desk.person("agent").await;
    let mut cards = Vec::new();
    for _ in 0..5 {
        cards.push(desk.ticket().await);
    }
    let [one, two, three, four, five] = cards[..] else { panic!() };
    assert_eq!(desk.place(&agent, one, json!({ "after": five, "before": four })).await, 200);
    assert_eq!(desk.column(&agent, "new").await, [5, 1, 4, 3, 2]);
    assert_eq!(desk.place(&agent, four, json!({ "after": two })).await, 200);
    assert_eq!(desk.column(&agent, "new").await, [5, 1, 3, 2, 4]);
    assert_eq!(desk.place(&agent, two, json!({ "before": one })).await, 200);
    assert_eq!(desk.column(&agent, "new").await, [5, 2, 1, 3, 4]);
    assert_eq!(desk.place(&agent, three, json!({})).await, 200, "on top");
    assert_eq!(desk.column(&agent, "new").await, [3, 5, 2, 1, 4]);
    assert_eq!(desk.place(&agent, five, json!({ "after": three, "before": two })).await, 200, "where it is");
    assert_eq!(desk.column(&agent, "new").await, [3, 5, 2, 1, 4]);
    desk.ticket().await;
    let last = desk.column(&agent, "new").await;
    assert!(last.contains(&6) && last.len() == 6);
    // Page by page they stand in the same order.
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = desk.board(&agent, &format!("limit=1&status=new{cursor}")).await;
        seen.extend(numbers(&page[0]));
        match page[0]["next_cursor"].as_str() {
            Some(after) => cursor = format!("&cursor={after}"),
            None => break,
        }
    }
    assert_eq!(seen, last);
}

#[tokio::test(flavor = "multi_thread")]
async fn dragging_is_a_change_of_status_and_a_refused_card_goes_back() {
    let desk = Desk::new().await;
    let (agent, ticket) = (desk.person("agent").await, desk.ticket().await);
    let (first, second) =
        (desk.ticket_at("status = 'pending'").await, desk.ticket_at("status = 'pending'").await);
    let row = desk.row(ticket).await;
    let refused = desk.put(&agent, ticket, "/position", json!({ "status": "resolved" })).await;
    assert_eq!(refused.seen(), r#"409 {"error":"new durumundan resolved'a geçiş yapılamaz"}"#);
    assert_eq!(desk.row(ticket).await, row);
    let dropped = desk
        .put(&agent, ticket, "/position", json!({ "status": "pending", "after": second, "before": first }))
        .await;
    assert_eq!((dropped.status.as_u16(), &dropped.json()["status"]), (200, &json!("pending")));
    assert_eq!(desk.column(&agent, "pending").await, [3, 1, 2]);
    assert_eq!(desk.audited(ticket).await, ["CREATE", "TICKET_STATUS_CHANGE", "TICKET_PLACE"]);
    assert_eq!(desk.place(&agent, ticket, json!({ "status": "yok" })).await, 400);
    assert_eq!(desk.place(&agent, ticket, json!({ "after": Uuid::new_v4() })).await, 404);
    assert_eq!(desk.place(&agent, ticket, json!({ "before": desk.foreign_ticket().await })).await, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn cards_dropped_at_one_place_at_once_all_find_room() {
    let desk = Desk::new().await;
    let agent = desk.person("agent").await;
    let mut cards = Vec::new();
    for _ in 0..12 {
        cards.push(desk.ticket().await);
    }
    let (top, next) = (cards[11], cards[10]);
    let drops =
        cards[..10].iter().map(|card| desk.place(&agent, *card, json!({ "after": top, "before": next })));
    assert!(futures::future::join_all(drops).await.iter().all(|status| *status == 200));
    let column = desk.column(&agent, "new").await;
    assert_eq!((column[0], *column.last().unwrap(), column.len()), (12, 11, 12));
    // Again and again between the same two.
    for round in 0..40 {
        let card = cards[round % 10];
        assert_eq!(desk.place(&agent, card, json!({ "after": top })).await, 200);
        assert_eq!(desk.column(&agent, "new").await[1], i64::try_from(round % 10).unwrap() + 1);
    }
}
