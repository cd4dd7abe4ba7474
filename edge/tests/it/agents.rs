//! What agents say of themselves, and how many could take a chat.

use crate::client::Answer;
use crate::desk::Desk;
use crate::people::Person;
use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};

async fn say(desk: &Desk, who: &Person, body: Value) -> Answer {
    desk.call("PUT", "/api/agents/me/state").by(who).json(&body).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_goes_for_lunch_and_is_available_again_when_it_is_over() {
    let desk = Desk::new().await;
    let agent = desk.person("agent").await;
    let until = Utc::now() + TimeDelta::hours(1);
    let lunch = json!({ "state": "Molada", "state_message": "Öğle yemeğinde", "state_until": until });
    let said = say(&desk, &agent, lunch).await;
    assert_eq!(said.status, 200, "{}", said.body);
    let seen = said.json();
    assert_eq!((&seen["state"], &seen["state_message"]), (&json!("Molada"), &json!("Öğle yemeğinde")));
    assert!(seen["state_until"].as_str().unwrap().ends_with('Z'));
    desk.db
        .run(&format!("update users set state_until = now() - interval '1 second' where id = '{}'", agent.id))
        .await;
    let back = desk.get(&format!("/api/users/{}", agent.id)).by(&agent).send().await.json();
    assert_eq!(
        (&back["state"], &back["state_until"], &back["state_message"]),
        (&json!("Müsait"), &Value::Null, &Value::Null)
    );
    let busy = say(&desk, &agent, json!({ "state": "Meşgul", "state_until": until })).await.json();
    assert_eq!((&busy["state"], &busy["state_until"]), (&json!("Meşgul"), &Value::Null));
    let log = desk.db.ask("select action, changes from audit_logs order by id").await;
    assert_eq!(log[0]["changes"]["state"], json!({ "old": "Müsait", "new": "Molada" }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_is_one_of_five_and_its_end_is_to_come() {
    let desk = Desk::new().await;
    let (agent, customer) = (desk.person("agent").await, desk.person("customer").await);
    for state in ["Müsait", "Meşgul", "Molada", "Uzakta", "Rahatsız Etmeyin"] {
        assert_eq!(say(&desk, &agent, json!({ "state": state })).await.json()["state"], state);
    }
    for bad in [
        json!({}),
        json!({ "state": "Tatilde" }),
        json!({ "state": "Uzakta", "state_until": Utc::now() - TimeDelta::seconds(1) }),
        json!({ "state": "Uzakta", "state_until": Utc::now() + TimeDelta::days(400) }),
        json!({ "state": "Uzakta", "state_until": "yarın" }),
        json!({ "state": "Uzakta", "state_message": "x".repeat(201) }),
    ] {
        assert_eq!(say(&desk, &agent, bad.clone()).await.status, 400, "{bad}");
    }
    assert_eq!(say(&desk, &customer, json!({ "state": "Müsait" })).await.status, 403);
    let above = desk.person_of(None, "superadmin").await;
    assert_eq!(say(&desk, &above, json!({ "state": "Uzakta" })).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_widget_learns_how_many_agents_of_its_own_site_could_take_a_chat() {
    let desk = Desk::new().await;
    let count = async || {
        let answer = desk.get("/api/agents/available").header("x-api-key", &desk.site.key).send().await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        (answer.json()["count"].as_i64().unwrap(), answer.json()["online"].as_i64().unwrap())
    };
    assert_eq!(count().await, (0, 0));
    desk.other.agent().await;
    let (one, two) = (desk.site.agent().await, desk.site.agent().await);
    assert_eq!(count().await, (2, 2));
    let set = async |what: &str, who: &schema::testing::Agent| {
        desk.db.run(&format!("update users set {what} where id = '{}'", who.id)).await;
    };
    set("current_chats = 5", &one).await;
    assert_eq!(count().await, (1, 2));
    set("current_chats = 4, state = 'Meşgul'", &one).await;
    assert_eq!(count().await, (2, 2));
    set("state = 'Molada', state_until = now() + interval '1 minute'", &two).await;
    assert_eq!(count().await, (1, 2));
    set("state_until = now() - interval '1 second'", &two).await;
    assert_eq!(count().await, (2, 2));
    set("is_banned = true", &two).await;
    assert_eq!(count().await, (1, 1));
    set("status = 'offline'", &one).await;
    assert_eq!(count().await, (0, 0));
    assert_eq!(desk.get("/api/agents/available").send().await.status, 401);
    let signed_in = desk.person("agent").await;
    assert_eq!(desk.get("/api/agents/available").by(&signed_in).send().await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn agents_see_their_colleagues_and_the_skills_there_are() {
    let desk = Desk::new().await;
    let (agent, customer) = (desk.person("agent").await, desk.person("customer").await);
    let foreign = desk.person_of(Some(desk.other.id), "agent").await;
    let set =
        |skills: &str, who: &Person| format!("update users set skills = '{skills}' where id = '{}';", who.id);
    desk.db.run(&(set("{kargo,iade}", &agent) + &set("{gizli}", &foreign))).await;
    let seen = desk.get("/api/agents").by(&agent).send().await.json();
    assert_eq!((seen["total"].as_i64(), &seen["data"][0]["id"]), (Some(1), &json!(agent.id)));
    assert!(seen["data"][0].get("ban_reason").is_none());
    let skills = desk.get("/api/skills").by(&agent).send().await.json();
    assert_eq!(skills["data"], json!([{ "skill": "iade", "agents": 1 }, { "skill": "kargo", "agents": 1 }]));
    for path in ["/api/agents", "/api/skills"] {
        assert_eq!(desk.get(path).by(&customer).send().await.status, 403);
    }
}
