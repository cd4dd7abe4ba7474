//! Mails that did not leave: admins see why and try them again.

use crate::desk::Desk;
use serde_json::json;
use uuid::Uuid;

const LIST: &str = "/api/email/outbound";

/// A mail of the site in a state, with the job that ended over it.
async fn mail(desk: &Desk, state: &str, cause: &str, job: &str) -> Uuid {
    let (id, site, ticket) = (Uuid::now_v7(), desk.site.id, Uuid::now_v7());
    desk.db
        .run(&format!(
            "insert into tickets (id, site_id, ticket_number, reference, subject, message, visitor_name, source)
             values ('{ticket}', '{site}', (select coalesce(max(ticket_number), 0) + 1 from tickets), left('{ticket}', 20),
                 'k', 'm', 'Ayşe', 'api');
             insert into mail_outbox (id, site_id, ticket_id, template, to_address, state, cause, failures, last_error)
             values ('{id}', '{site}', '{ticket}', 'reply', 'ayse@ornek.test', '{state}', nullif('{cause}', ''), 5, 'olmadı');
             insert into jobs (id, kind, queue, site_id, payload, state, attempts_max, run_at)
             select '{id}', 'mail.deliver', 'notices', '{site}',
                 json_build_object('site_id', '{site}', 'outbound_id', '{id}'), '{job}', 20, now() + interval '1 hour'
             where '{job}' <> ''"
        ))
        .await;
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn admins_see_what_did_not_leave_and_why() {
    let desk = Desk::new().await;
    let admin = desk.person("admin").await;
    let failed = mail(&desk, "failed", "refused", "dead").await;
    let unknown = mail(&desk, "unknown", "unheard", "ready").await;
    mail(&desk, "sent", "", "").await;
    mail(&desk, "pending", "", "ready").await;
    let all = desk.get(LIST).by(&admin).send().await.json();
    assert_eq!(
        (&all["total"], &all["data"][0]["id"], &all["data"][1]["id"]),
        (&json!(2), &json!(unknown), &json!(failed))
    );
    let one = &all["data"][1];
    assert_eq!(
        (&one["state"], &one["cause"], &one["last_error"], &one["to_address"]),
        (&json!("failed"), &json!("refused"), &json!("olmadı"), &json!("ayse@ornek.test"))
    );
    let some = desk.get(&format!("{LIST}?state=unknown")).by(&admin).send().await.json();
    assert_eq!((&some["total"], &some["data"][0]["cause"]), (&json!(1), &json!("unheard")));
    let of_ticket = format!("{LIST}?ticket_id={}", one["ticket_id"].as_str().unwrap());
    assert_eq!(desk.get(&of_ticket).by(&admin).send().await.json()["total"], 1);
    assert_eq!(desk.get(&format!("{LIST}?state=x")).by(&admin).send().await.status, 400);
    let agent = desk.person("agent").await;
    assert_eq!(desk.get(LIST).by(&agent).send().await.status, 403);
    let stranger = desk.person_of(Some(desk.other.id), "admin").await;
    assert_eq!(desk.get(LIST).by(&stranger).send().await.json()["total"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parked_mail_is_tried_again_with_all_its_tries_and_a_sent_one_never() {
    let desk = Desk::new().await;
    let admin = desk.person("admin").await;
    let retry = async |id: Uuid| desk.call("POST", &format!("{LIST}/{id}/retry")).by(&admin).send().await;
    for (state, job) in [("failed", "dead"), ("failed", ""), ("unknown", "dead"), ("pending", "ready")] {
        let id = mail(&desk, state, "", job).await;
        let tried = retry(id).await;
        assert_eq!(tried.status, 202, "{state} {job}: {}", tried.body);
        let now = desk.db.ask(&format!("select state, failures from mail_outbox where id = '{id}'")).await;
        // An unheard answer stays one: the next try is a repeat.
        let state = if state == "unknown" { "unknown" } else { "pending" };
        assert_eq!(now, json!([{ "state": state, "failures": 0 }]));
        let job =
            desk.db.ask(&format!("select state, run_at <= now() as due from jobs where id = '{id}'")).await;
        assert_eq!(job, json!([{ "state": "ready", "due": true }]), "one job, due at once");
    }
    let sent = mail(&desk, "sent", "", "").await;
    assert_eq!(retry(sent).await.seen(), r#"409 {"error":"Bu e-posta gönderildi"}"#);
    let under_way = mail(&desk, "sending", "", "running").await;
    assert_eq!(retry(under_way).await.status, 409);
    assert_eq!(retry(Uuid::new_v4()).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_an_outage_all_parked_mails_are_tried_again_but_those_that_were_refused() {
    let desk = Desk::new().await;
    let admin = desk.person("admin").await;
    for cause in ["unavailable", "unavailable", "abandoned", "refused", "dead_address", "capped"] {
        mail(&desk, "failed", cause, "dead").await;
    }
    mail(&desk, "unknown", "unheard", "ready").await;
    let retried = desk.call("POST", &format!("{LIST}/retry")).by(&admin).send().await;
    assert_eq!(retried.seen(), r#"202 {"mails":3}"#);
    assert_eq!(desk.db.count("select count(*) from jobs where state = 'ready' and run_at <= now()").await, 3);
    let again = desk.call("POST", &format!("{LIST}/retry")).by(&admin).send().await;
    assert_eq!(again.json()["mails"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_address_is_shown_with_its_reason_and_an_agent_clears_it() {
    let desk = Desk::new().await;
    let agent = desk.person("agent").await;
    let stranger = desk.person_of(Some(desk.other.id), "agent").await;
    let mut tx = desk.db.db().begin(schema::pool::Scope::Site(desk.site.id)).await.unwrap();
    for reason in ["550 5.1.1 yok", "sonraki"] {
        schema::mail::dead::mark(&mut tx, desk.site.id, "Ayse@Ornek.test", reason, chrono::Utc::now())
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    let list = "/api/email/dead-addresses";
    let all = desk.get(list).by(&agent).send().await.json();
    assert_eq!(
        (&all["total"], &all["data"][0]["address"], &all["data"][0]["reason"]),
        (&json!(1), &json!("ayse@ornek.test"), &json!("550 5.1.1 yok"))
    );
    let path = format!("{list}/ayse@ornek.test");
    assert_eq!(desk.call("DELETE", &path).by(&stranger).send().await.status, 404);
    assert_eq!(desk.call("DELETE", &path).by(&agent).send().await.status, 204);
    assert_eq!(desk.call("DELETE", &path).by(&agent).send().await.status, 404);
    assert_eq!(desk.call("DELETE", &format!("{list}/%00")).by(&agent).send().await.status, 404);
}
