//! The log: only ever added to, and outliving what it tells of.

use crate::desk::Desk;
use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::SimpleAsyncConnection;
use jobs::{SiteId, UserId};
use schema::audit::Entry;
use schema::audit::log::{Filter, Part, TOTAL_MAX, list};
use schema::pool::Scope;
use schema::tickets::status::By;
use serde_json::{Value, json};
use uuid::Uuid;

async fn note(
    desk: &Desk,
    site: SiteId,
    actor: Option<UserId>,
    action: &'static str,
    at: DateTime<Utc>,
) -> Uuid {
    let scope = if site == SiteId::SYSTEM { Scope::System } else { Scope::Site(site) };
    let mut tx = desk.db().begin(scope).await.unwrap();
    let by = By { user_id: actor, ..By::default() };
    let entry = Entry::of(site, &by, action, ("user", Uuid::now_v7()), at);
    let id = entry.id;
    tx.audit(entry);
    tx.commit().await.unwrap();
    id
}

fn first(limit: i64) -> Part {
    Part { after: None, limit, offset: 0 }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_programs_can_neither_change_nor_delete_an_entry() {
    let desk = Desk::new().await;
    note(&desk, desk.site.id, None, "LOGIN", Utc::now()).await;
    for statement in [
        "update audit_logs set action = 'X'",
        "update audit_logs set actor_id = null",
        "delete from audit_logs",
        "truncate audit_logs",
    ] {
        let mut tx = desk.system().await;
        let refused = tx.conn().batch_execute(statement).await.unwrap_err().to_string();
        assert!(refused.contains("permission denied"), "{statement}: {refused}");
        tx.rollback().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_outlives_its_actor_and_its_site() {
    let desk = Desk::new().await;
    let actor = desk.person(json!({})).await;
    let id = note(&desk, desk.site.id, Some(actor), "UPDATE", Utc::now()).await;
    let entry = async || {
        let text = "select to_json(a) as document from audit_logs a where id = ?";
        desk.rows(text, id).await.into_iter().next().unwrap()
    };
    assert_eq!(entry().await["actor_id"], json!(actor));
    let mut tx = desk.begin().await;
    tx.conn().batch_execute(&format!("delete from users where id = '{actor}'")).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!((&entry().await["actor_id"], &entry().await["action"]), (&Value::Null, &json!("UPDATE")));
    let mut tx = desk.system().await;
    tx.conn().batch_execute(&format!("delete from sites where id = '{}'", desk.site.id)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(entry().await["site_id"], json!(desk.site.id));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_belongs_to_no_site_is_seen_by_those_above_all_sites_alone() {
    let desk = Desk::new().await;
    note(&desk, SiteId::SYSTEM, None, "UPDATE", Utc::now()).await;
    let seen = async |scope| list(desk.db(), scope, &Filter::default(), first(10)).await.unwrap();
    assert_eq!(seen(Scope::System).await.lines[0].site_id, None);
    assert_eq!(seen(Scope::Site(desk.site.id)).await.total, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_read_to_its_end_in_parts_that_neither_repeat_nor_skip() {
    let desk = Desk::new().await;
    let start: DateTime<Utc> = "2026-01-01T00:00:00Z".parse().unwrap();
    let mut made = Vec::new();
    for number in 0..7 {
        // Several of one instant: then the id decides.
        made.push(note(&desk, desk.site.id, None, "UPDATE", start + TimeDelta::seconds(number / 3)).await);
        note(&desk, desk.other.id, None, "UPDATE", start).await;
    }
    made.reverse();
    let (scope, filter) = (Scope::Site(desk.site.id), Filter::default());
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let part = list(desk.db(), scope, &filter, Part { after, limit: 2, offset: 0 }).await.unwrap();
        assert_eq!(part.total, 7);
        let Some(last) = part.lines.last() else { break };
        after = Some(last.place());
        seen.extend(part.lines.iter().map(|line| line.id));
    }
    assert_eq!(seen, made);
    let skipped = list(desk.db(), scope, &filter, Part { after: None, limit: 2, offset: 3 }).await.unwrap();
    assert_eq!(skipped.lines.iter().map(|line| line.id).collect::<Vec<_>>(), made[3..5]);
    let all = list(desk.db(), Scope::System, &filter, first(100)).await.unwrap();
    assert_eq!((all.total, all.lines.len()), (14, 14));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_filter_finds_its_own_and_the_range_takes_its_beginning_and_not_its_end() {
    let desk = Desk::new().await;
    let actor = desk.person(json!({ "name": "Ece" })).await;
    let noon: DateTime<Utc> = Utc::now() - TimeDelta::hours(2);
    let login = note(&desk, desk.site.id, Some(actor), "LOGIN", noon).await;
    let later = note(&desk, desk.site.id, None, "CREATE", noon + TimeDelta::hours(1)).await;
    note(&desk, desk.other.id, None, "LOGIN", noon).await;
    let find = async |scope: Scope, filter: Filter| {
        let found = list(desk.db(), scope, &filter, first(10)).await.unwrap();
        assert_eq!(found.total, i64::try_from(found.lines.len()).unwrap());
        found.lines.iter().map(|line| line.id).collect::<Vec<_>>()
    };
    let none = Filter::default;
    for scope in [Scope::Site(desk.site.id), Scope::System] {
        let of_site = Filter { site: Some(desk.site.id), ..none() };
        assert_eq!(find(scope, Filter { action: Some("LOGIN".into()), ..of_site.clone() }).await, [login]);
        assert_eq!(find(scope, Filter { actor_id: Some(actor.0), ..none() }).await, [login]);
        assert_eq!(
            find(scope, Filter { target_type: Some("ticket".into()), ..none() }).await,
            [] as [Uuid; 0]
        );
        assert_eq!(
            find(scope, Filter { target_type: Some("user".into()), ..of_site.clone() }).await,
            [later, login]
        );
        assert_eq!(find(scope, Filter { action: Some("CREATE".into()), ..none() }).await, [later]);
        let until = |to| Filter { from: Some(noon), to: Some(to), ..of_site.clone() };
        assert_eq!(find(scope, until(noon)).await, [] as [Uuid; 0]);
        assert_eq!(find(scope, until(noon + TimeDelta::microseconds(1))).await, [login]);
        assert_eq!(find(scope, until(noon + TimeDelta::hours(1))).await, [login]);
    }
    let lines = list(desk.db(), Scope::Site(desk.site.id), &none(), first(10)).await.unwrap().lines;
    assert_eq!((lines[1].actor_name.as_deref(), lines[0].actor_name.as_deref()), (Some("Ece"), None));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_sees_the_name_of_who_is_above_it_and_not_the_address() {
    let desk = Desk::new().await;
    let above = desk.person(json!({ "site_id": null, "role": "superadmin", "name": "Üst" })).await;
    note(&desk, desk.site.id, Some(above), "UPDATE", Utc::now()).await;
    let seen =
        async |scope| list(desk.db(), scope, &Filter::default(), first(1)).await.unwrap().lines.remove(0);
    let line = seen(Scope::Site(desk.site.id)).await;
    assert_eq!((line.actor_name.as_deref(), line.actor_email), (Some("Üst"), None));
    assert!(seen(Scope::System).await.actor_email.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_total_is_not_counted_for_ever() {
    let desk = Desk::new().await;
    let fill = format!(
        "insert into audit_logs (id, site_id, action, target_type, created_at)
         select gen_random_uuid(), '{}', 'UPDATE', 'ticket', now() from generate_series(1, {})",
        desk.site.id,
        TOTAL_MAX + 5
    );
    desk.test.run(&fill).await;
    let found = list(desk.db(), Scope::Site(desk.site.id), &Filter::default(), first(1)).await.unwrap();
    assert_eq!((found.total, found.lines.len()), (TOTAL_MAX, 1));
}

#[test]
fn changes_name_each_field_that_is_otherwise_and_no_other() {
    let by = By::default();
    let entry = || Entry::of(SiteId::SYSTEM, &by, "UPDATE", ("tag", Uuid::nil()), Utc::now());
    let (old, new) =
        (json!({ "a": 1, "b": null, "updated_at": 1 }), json!({ "a": 2, "b": null, "updated_at": 2 }));
    assert_eq!(entry().changing(&old, &new).changes, json!({ "a": { "old": 1, "new": 2 } }));
    assert_eq!(entry().changing(&old, &old).changes, Value::Null);
    assert_eq!(entry().making(&new).changes, json!({ "a": { "old": null, "new": 2 } }));
    assert_eq!(entry().losing(&old).changes, json!({ "a": { "old": 1, "new": null } }));
}
