//! A site's mail settings: secrets stay secret, private networks stay private, and what another site has stays its own.

use crate::client::Answer;
use crate::desk::Desk;
use crate::people::Person;
use serde_json::{Value, json};

const PATH: &str = "/api/settings/email";
const LOCAL: [&str; 2] = ["--mail-private-networks", "127.0.0.0/8"];
const ED25519: &str = "-----BEGIN PRIVATE KEY-----\n\
    MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n";

async fn put(desk: &Desk, by: &Person, body: Value) -> Answer {
    desk.call("PUT", PATH).by(by).json(&body).send().await
}

fn servers() -> Value {
    json!({
        "imap": { "host": "127.0.0.1", "user": "destek@ornek.test", "password": "imap-gizli" },
        "smtp": { "host": "127.0.0.1", "port": 465, "user": "gonderen", "password": "smtp-gizli" },
        "dkim": { "domain": "ornek.test", "selector": "s1", "private_key": ED25519 },
        "from": "Örnek <destek@ornek.test>",
        "support_addresses": ["Destek@Ornek.test", "yardim@ornek.test"],
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_admin_sets_is_shown_without_its_secrets_and_sealed_where_it_lies() {
    let desk = Desk::with(&LOCAL).await;
    let (admin, agent) = (desk.person("admin").await, desk.person("agent").await);
    let empty = desk.get(PATH).by(&agent).send().await.json();
    assert_eq!((&empty["imap"], &empty["smtp"], &empty["dkim"]), (&Value::Null, &Value::Null, &Value::Null));
    assert_eq!(put(&desk, &agent, servers()).await.status, 403);
    let set = put(&desk, &admin, servers()).await;
    assert_eq!(set.status, 200, "{}", set.body);
    let shown = desk.get(PATH).by(&agent).send().await;
    assert_eq!(
        shown.json(),
        json!({
            "imap": { "host": "127.0.0.1", "port": 993, "tls": true, "security": "tls", "user": "destek@ornek.test",
                "password": "********", "checked_at": null, "trouble": null },
            "smtp": { "host": "127.0.0.1", "port": 465, "tls": true, "security": "tls", "user": "gonderen",
                "password": "********" },
            "dkim": { "domain": "ornek.test", "selector": "s1", "private_key": "********" },
            "from": "Örnek <destek@ornek.test>",
            "support_addresses": ["destek@ornek.test", "yardim@ornek.test"],
        })
    );
    let rows = desk
        .db
        .ask(
            "select m::text || d::text || coalesce((select string_agg(a::text, '') from audit_logs a), '') \
              || coalesce((select string_agg(j::text, '') from jobs j), '') as stored \
              from mailboxes m, email_settings d",
        )
        .await;
    let stored = rows[0]["stored"].as_str().unwrap();
    assert!(stored.contains("email_settings") && stored.contains("mailbox.watch"), "{stored}");
    for secret in ["gizli", "PRIVATE KEY", &hex("imap-gizli"), &hex("smtp-gizli")] {
        assert!(!stored.contains(secret), "{secret} stands in clear");
    }
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mask_keeps_the_secret_and_only_for_the_server_it_belongs_to() {
    let desk = Desk::with(&LOCAL).await;
    let admin = desk.person("admin").await;
    assert_eq!(put(&desk, &admin, servers()).await.status, 200);
    let sealed = || async {
        let ask = "select encode(password_sealed, 'hex') as imap, encode(smtp_password_sealed, 'hex') as smtp, \
            encode(dkim_key_sealed, 'hex') as dkim from mailboxes, email_settings where is_active";
        desk.db.ask(ask).await
    };
    let before = sealed().await;
    let shown = desk.get(PATH).by(&admin).send().await.json();
    assert_eq!(put(&desk, &admin, shown.clone()).await.json(), shown, "what is read can be written back");
    assert_eq!(sealed().await, before);
    for (field, value) in [
        ("imap", json!({ "host": "127.0.0.2", "user": "destek@ornek.test", "password": "********" })),
        ("imap", json!({ "host": "127.0.0.1", "user": "baska@ornek.test" })),
        (
            "imap",
            json!({ "host": "127.0.0.1", "port": 994, "user": "destek@ornek.test", "password": "********" }),
        ),
        ("smtp", json!({ "host": "127.0.0.2", "port": 465, "user": "gonderen", "password": "********" })),
        ("dkim", json!({ "domain": "baska.test", "selector": "s1", "private_key": "********" })),
    ] {
        let refused = put(&desk, &admin, json!({ field: value })).await;
        assert_eq!(refused.status, 400, "{field}: {}", refused.body);
        assert!(refused.body.contains("parola yeniden girilmeli"), "{}", refused.body);
    }
    assert_eq!(sealed().await, before);
    let cleared = put(&desk, &admin, json!({ "imap": null, "smtp": null, "dkim": null, "from": null })).await;
    let cleared = cleared.json();
    assert!(["imap", "smtp", "dkim", "from"].iter().all(|name| cleared[name].is_null()), "{cleared}");
    assert_eq!(cleared["support_addresses"][1], "yardim@ornek.test");
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_in_private_networks_are_refused_unless_the_operator_allows_them() {
    let strict = Desk::new().await;
    let admin = strict.person("admin").await;
    for host in ["127.0.0.1", "localhost", "10.0.0.5", "169.254.169.254", "::1", "::ffff:192.168.0.1"] {
        for field in ["imap", "smtp"] {
            let body = json!({ field: { "host": host, "user": "u", "password": "p" } });
            let refused = put(&strict, &admin, body).await;
            assert_eq!(refused.status, 400, "{host}: {}", refused.body);
            assert!(refused.body.contains("Özel ağlardaki"), "{host}: {}", refused.body);
        }
    }
    let public = json!({ "smtp": { "host": "8.8.8.8" } });
    assert_eq!(put(&strict, &admin, public).await.json()["smtp"]["security"], "starttls");
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_values_are_told_by_their_fields() {
    let desk = Desk::with(&LOCAL).await;
    let admin = desk.person("admin").await;
    let good = |name: &str, value: Value| {
        let mut server = json!({ "host": "127.0.0.1", "user": "u", "password": "p" });
        server[name] = value;
        server
    };
    for (field, body) in [
        ("imap.host", json!({ "imap": good("host", json!("a b")) })),
        ("imap.host", json!({ "imap": good("host", json!("http://x/")) })),
        ("imap.port", json!({ "imap": good("port", json!(0)) })),
        ("imap.port", json!({ "imap": good("port", json!(65536)) })),
        ("imap.user", json!({ "imap": good("user", json!("")) })),
        ("imap.security", json!({ "imap": good("security", json!("ssl")) })),
        ("smtp.host", json!({ "smtp": {} })),
        ("from", json!({ "from": "A\r\nBcc: b@c.test <a@b.test>" })),
        ("support_addresses[0]", json!({ "support_addresses": ["adres"] })),
        ("dkim.private_key", json!({ "dkim": { "domain": "a.test", "selector": "s", "private_key": "x" } })),
        (
            "dkim.selector",
            json!({ "dkim": { "domain": "a.test", "selector": "a b", "private_key": ED25519 } }),
        ),
    ] {
        let refused = put(&desk, &admin, body.clone()).await;
        assert_eq!(refused.status, 400, "{body}: {}", refused.body);
        assert!(refused.body.contains(&format!("\"{field}\"")), "{field}: {}", refused.body);
    }
    assert_eq!(desk.db.count("select count(*) from mailboxes").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_is_read_once_and_another_address_of_it_is_another_mailbox() {
    let desk = Desk::with(&LOCAL).await;
    let admin = desk.person("admin").await;
    let stranger = desk.person_of(Some(desk.other.id), "admin").await;
    assert_eq!(put(&desk, &admin, json!({ "imap": servers()["imap"] })).await.status, 200);
    let taken = put(&desk, &stranger, json!({ "imap": servers()["imap"] })).await;
    assert_eq!(taken.seen(), r#"409 {"error":"Bu posta kutusu zaten okunuyor"}"#);
    let taken = put(&desk, &stranger, json!({ "support_addresses": [desk.site.support_address] })).await;
    assert_eq!(taken.status, 409);
    assert_eq!(desk.get(PATH).by(&stranger).send().await.json()["imap"], Value::Null);
    let moved =
        json!({ "imap": { "host": "127.0.0.1", "user": "yeni@ornek.test", "password": "x", "tls": false } });
    assert_eq!(put(&desk, &admin, moved).await.json()["imap"]["security"], "none");
    let rows =
        desk.db.ask("select username, is_active, by_site from mailboxes order by created_at, username").await;
    assert_eq!(
        rows,
        json!([{ "username": "destek@ornek.test", "is_active": false, "by_site": true },
               { "username": "yeni@ornek.test", "is_active": true, "by_site": true }])
    );
    assert_eq!(desk.call("POST", "/api/settings/email/check").by(&admin).send().await.status, 202);
    let kinds = desk.db.ask("select distinct kind from jobs order by 1").await;
    assert_eq!(kinds, json!([{ "kind": "mailbox.check" }, { "kind": "mailbox.watch" }]));
    let none = desk.call("POST", "/api/settings/email/check").by(&stranger).send().await;
    assert_eq!(none.status, 409, "{}", none.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_mail_goes_to_the_caller_and_its_fate_can_be_read() {
    let desk = Desk::new().await;
    let admin = desk.person("admin").await;
    let posted = desk.call("POST", "/api/settings/email/test").by(&admin).send().await;
    assert_eq!(posted.status, 202, "{}", posted.body);
    let path = format!("/api/email/outbound/{}", posted.json()["id"].as_str().unwrap());
    let found = desk.get(&path).by(&admin).send().await.json();
    assert_eq!((&found["template"], &found["state"]), (&json!("delivery_test"), &json!("pending")));
    assert_eq!(found["to_address"], posted.json()["to_address"]);
    assert_eq!(desk.db.count("select count(*) from jobs where kind = 'mail.deliver'").await, 1);
}
