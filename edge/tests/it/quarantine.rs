//! Mails that were given to nobody, and the state of mailboxes.

use crate::desk::Desk;
use serde_json::{Value, json};
use uuid::Uuid;

/// A quarantined mail of a site, or of nobody.
async fn kept(desk: &Desk, site: Option<Uuid>, cause: &str) -> Uuid {
    let (id, mailbox) = (Uuid::now_v7(), Uuid::new_v4());
    let site = site.map_or("null".to_owned(), |site| format!("'{site}'"));
    desk.db
        .run(&format!(
            "insert into mailboxes (id, site_id, host, port, username, password_sealed)
             values ('{mailbox}', {site}, 'posta.test', 993, '{mailbox}', '');
             insert into mail_messages (id, mailbox_id, site_id, uid_validity, uid, content_hash, size_bytes, raw,
                 outcome, cause, sender, subject, recipients)
             values ('{id}', '{mailbox}', {site}, 1, 1, sha256('{id}'), 9, decode('4b6f6e753a20780d0a', 'hex'), 'quarantine', '{cause}',
                 'ayse@ornek.test', 'Kayıp', array['yok@ornek.test'])"
        ))
        .await;
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_super_admin_sees_a_lost_mail_reads_it_and_gives_it_to_a_site() {
    let desk = Desk::new().await;
    let above = desk.person_of(None, "superadmin").await;
    let id = kept(&desk, None, "no_site").await;
    let list = desk.get("/api/email/quarantine").by(&above).send().await.json();
    assert_eq!((&list["total"], &list["data"][0]["id"]), (&json!(1), &json!(id)));
    let path = format!("/api/email/quarantine/{id}");
    let one = desk.get(&path).by(&above).send().await.json();
    assert_eq!(
        (&one["cause"], &one["sender"], &one["recipients"], &one["site_id"]),
        (&json!("no_site"), &json!("ayse@ornek.test"), &json!(["yok@ornek.test"]), &Value::Null)
    );
    let raw = desk.get(&format!("{path}/raw")).by(&above).send().await;
    assert_eq!((raw.status.as_u16(), raw.body.as_str()), (200, "Konu: x\r\n"));
    let assign = |site: Uuid| {
        desk.call("POST", &format!("{path}/assign")).by(&above).json(&json!({ "site_id": site }))
    };
    assert_eq!(assign(Uuid::new_v4()).send().await.seen(), r#"404 {"error":"Site bulunamadı"}"#);
    let given = assign(desk.site.id.0).send().await;
    assert_eq!(given.status, 200, "{}", given.body);
    assert_eq!(desk.get(&path).by(&above).send().await.status, 404, "it is on its way");
    let job = desk.db.ask("select kind, payload->>'mail_id' as mail from jobs").await;
    assert_eq!(job[0], json!({ "kind": "mail.read", "mail": id }));
    assert_eq!(desk.db.count("select count(*) from audit_logs where action = 'MAIL_ASSIGN'").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_sees_what_is_known_to_be_his_sites_and_nothing_else() {
    let desk = Desk::new().await;
    let (admin, agent) = (desk.person("admin").await, desk.person("agent").await);
    let mine = kept(&desk, Some(desk.site.id.0), "delivery_report").await;
    let lost = kept(&desk, None, "no_site").await;
    let other = kept(&desk, Some(desk.other.id.0), "own_mail").await;
    let list = desk.get("/api/email/quarantine").by(&admin).send().await.json();
    assert_eq!((&list["total"], &list["data"][0]["id"]), (&json!(1), &json!(mine)));
    for hidden in [lost, other] {
        for (method, rest) in [("GET", ""), ("GET", "/raw"), ("POST", "/replay"), ("DELETE", "")] {
            let answer =
                desk.call(method, &format!("/api/email/quarantine/{hidden}{rest}")).by(&admin).send().await;
            assert_eq!(answer.status, 404, "{method} {rest}");
        }
    }
    assert_eq!(desk.get("/api/email/quarantine").by(&agent).send().await.status, 403);
    let replayed = desk.call("POST", &format!("/api/email/quarantine/{mine}/replay")).by(&admin).send().await;
    assert_eq!(replayed.status, 200);
    let assign = desk.call("POST", &format!("/api/email/quarantine/{mine}/assign")).by(&admin);
    assert_eq!(assign.json(&json!({ "site_id": desk.site.id })).send().await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_was_never_fetched_cannot_be_read_again_but_put_aside() {
    let desk = Desk::new().await;
    let admin = desk.person("admin").await;
    let id = kept(&desk, Some(desk.site.id.0), "too_large").await;
    desk.db.run(&format!("update mail_messages set raw = '' where id = '{id}'")).await;
    let path = format!("/api/email/quarantine/{id}");
    assert_eq!(desk.get(&path).by(&admin).send().await.json()["has_raw"], false);
    assert_eq!(desk.get(&format!("{path}/raw")).by(&admin).send().await.status, 404);
    assert_eq!(desk.call("POST", &format!("{path}/replay")).by(&admin).send().await.status, 409);
    assert_eq!(desk.call("DELETE", &path).by(&admin).send().await.status, 204);
    assert_eq!(desk.get("/api/email/quarantine").by(&admin).send().await.json()["total"], 0);
    assert_eq!(desk.db.count("select count(*) from mail_messages where outcome = 'dismissed'").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_sees_that_his_mailbox_wants_a_new_grant_and_gives_it() {
    let desk = Desk::new().await;
    let (admin, stranger) = (desk.person("admin").await, desk.person_of(Some(desk.other.id), "admin").await);
    let id = Uuid::new_v4();
    desk.db
        .run(&format!(
            "insert into mailboxes (id, site_id, host, port, username, password_sealed, trouble, needs_reauthorisation)
             values ('{id}', '{}', 'imap.posta.test', 993, 'destek@ornek.test', 'x', 'izin geri alındı', true)",
            desk.site.id
        ))
        .await;
    let list = desk.get("/api/email/mailboxes").by(&admin).send().await;
    let seen = &list.json()["data"][0];
    assert_eq!(
        (&seen["needs_reauthorisation"], &seen["trouble"], &seen["auth"]),
        (&json!(true), &json!("izin geri alındı"), &json!("password"))
    );
    assert_eq!(desk.get("/api/email/mailboxes").by(&stranger).send().await.json()["total"], 0);
    let grant = json!({ "provider": "google", "client": "uygulama", "client_secret": "gizli", "refresh_token": "jeton" });
    let path = format!("/api/email/mailboxes/{id}/oauth");
    assert_eq!(desk.call("PUT", &path).by(&stranger).json(&grant).send().await.status, 404);
    let answer = desk.call("PUT", &path).by(&admin).json(&grant).send().await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(
        (&answer.json()["auth"], &answer.json()["needs_reauthorisation"]),
        (&json!("xoauth2"), &json!(false))
    );
    assert!(!answer.body.contains("jeton") && !answer.body.contains("gizli"));
    let bare = "select count(*) from mailboxes where refresh_token_sealed = 'jeton' or client_secret_sealed = 'gizli'";
    assert_eq!(desk.db.count(bare).await, 0, "secrets are sealed");
    let wrong = json!({ "provider": "yok", "client": "a", "refresh_token": "b" });
    assert_eq!(desk.call("PUT", &path).by(&admin).json(&wrong).send().await.status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_ends_a_log_in_by_token_and_nothing_of_the_grant_stays() {
    let desk = Desk::with(&["--mail-private-networks", "127.0.0.0/8"]).await;
    let (admin, stranger) = (desk.person("admin").await, desk.person_of(Some(desk.other.id), "admin").await);
    let imap = json!({ "host": "127.0.0.1", "user": "destek@ornek.test", "password": "ilk" });
    let settings = || json!({ "imap": imap });
    assert_eq!(desk.call("PUT", "/api/settings/email").by(&admin).json(&settings()).send().await.status, 200);
    let mailbox = desk.get("/api/email/mailboxes").by(&admin).send().await.json()["data"][0].clone();
    let path = format!("/api/email/mailboxes/{}", mailbox["id"].as_str().unwrap());
    let grant = json!({ "provider": "microsoft", "client": "uygulama", "client_secret": "gizli", "refresh_token": "jeton" });
    let password = json!({ "password": "yeni parola" });
    let to_password = format!("{path}/password");
    assert_eq!(desk.call("PUT", &to_password).by(&stranger).json(&password).send().await.status, 404);
    let held = "select count(*) from mailboxes where auth = 'xoauth2' or token_url is not null or client_id is not null
        or client_secret_sealed is not null or refresh_token_sealed is not null or needs_reauthorisation";
    for way in ["its own", "the site's settings"] {
        assert_eq!(
            desk.call("PUT", &format!("{path}/oauth")).by(&admin).json(&grant).send().await.status,
            200
        );
        desk.db.run("update mailboxes set needs_reauthorisation = true, trouble = 'izin geri alındı'").await;
        let masked =
            json!({ "imap": { "host": "127.0.0.1", "user": "destek@ornek.test", "password": "********" } });
        assert_eq!(desk.call("PUT", "/api/settings/email").by(&admin).json(&masked).send().await.status, 200);
        assert_eq!(desk.db.count(held).await, 1, "a mask is no password");
        let answer = match way {
            "its own" => desk.call("PUT", &to_password).by(&admin).json(&password).send().await,
            _ => desk.call("PUT", "/api/settings/email").by(&admin).json(&settings()).send().await,
        };
        assert_eq!(answer.status, 200, "{way}: {}", answer.body);
        assert!(!answer.body.contains("parola"), "{}", answer.body);
        let seen = desk.get("/api/email/mailboxes").by(&admin).send().await.json()["data"][0].clone();
        assert_eq!(
            (&seen["auth"], &seen["needs_reauthorisation"], &seen["trouble"]),
            (&json!("password"), &json!(false), &json!(null)),
            "{way}"
        );
        assert_eq!(desk.db.count(held).await, 0, "{way}: the grant is forgotten");
    }
    let told = desk.db.ask("select action, changes::text as changes from audit_logs where changes::text like '%xoauth2%' order by 1").await;
    assert_eq!(told.as_array().unwrap().len(), 2, "each way back is told: {told}");
    assert_eq!(told[0]["action"], "MAILBOX_PASSWORD");
    assert_eq!(
        desk.call("PUT", &to_password).by(&admin).json(&json!({ "password": " " })).send().await.status,
        400
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_of_a_mail_shows_its_page_and_the_agents_own_address() {
    let desk = Desk::new().await;
    let (agent, other) = (desk.person("agent").await, desk.person("agent").await);
    let (ticket, reply) = (Uuid::new_v4(), Uuid::new_v4());
    let site = desk.site.id;
    desk.db
        .run(&format!(
            "insert into tickets (id, site_id, ticket_number, reference, subject, message, visitor_name, source)
             values ('{ticket}', '{site}', 7, 'SUP-2026-000007', 'Konu', 'Metin', 'Ayşe', 'email');
             insert into ticket_replies (id, site_id, ticket_id, author, sender_email, body)
             values ('{reply}', '{site}', '{ticket}', 'visitor', 'ayse@ornek.test', 'Yanıt');
             insert into mail_bodies (said_id, site_id, ticket_id, reply, quoted, signature, html, has_blocked_pictures)
             values ('{ticket}', '{site}', '{ticket}', 'Metin', '> eski', 'Ayşe', '<p>Metin</p>', true),
                 ('{reply}', '{site}', '{ticket}', 'Yanıt', '> daha eski', '', null, false)"
        ))
        .await;
    let path = format!("/api/tickets/{ticket}");
    let detail = desk.get(&path).by(&agent).send().await.json();
    assert_eq!(
        detail["mail"],
        json!({ "reply": "Metin", "quoted": "> eski", "signature": "Ayşe", "html": "<p>Metin</p>",
            "html_quoted": null, "has_blocked_pictures": true })
    );
    assert_eq!(detail["replies"][0]["mail"]["quoted"], "> daha eski");
    let page = desk.get(&format!("{path}/replies")).by(&agent).send().await.json();
    assert_eq!(page["data"][0]["mail"]["quoted"], "> daha eski");
    let address = detail["reply_address"].as_str().unwrap();
    let (local, domain) = desk.site.support_address.split_once('@').unwrap();
    assert!(address.starts_with(&format!("{local}+t7-")) && address.ends_with(domain), "{address}");
    let others = desk.get(&path).by(&other).send().await.json();
    assert_ne!(others["reply_address"], detail["reply_address"], "each has his own");
}
