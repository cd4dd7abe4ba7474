//! Everybody who may knock at a door, good and bad.

use crate::client::Call;
use crate::desk::Desk;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::{TimeDelta, Utc};

/// Tokens that must never open anything, each with its name.
pub async fn bad_tokens(desk: &Desk) -> Vec<(&'static str, String)> {
    let admin = desk.person("admin").await;
    let ended = desk.person("admin").await;
    desk.db.run(&format!("update sessions set ended_at = now() where id = '{}'", ended.session)).await;
    let idle = desk.person("admin").await;
    let long_ago = "update sessions set last_seen_at = now() - interval '31 days' where id =";
    desk.db.run(&format!("{long_ago} '{}'", idle.session)).await;
    let off = desk.person("admin").await;
    desk.db.run(&format!("update users set is_active = false where id = '{}'", off.id)).await;
    let gone = desk.person("admin").await;
    desk.db.run(&format!("delete from users where id = '{}'", gone.id)).await;
    let past = Utc::now() - TimeDelta::days(8);
    let expired = desk.state.tokens.sign(admin.id, admin.session, past).unwrap();
    let parts: Vec<&str> = admin.token.split('.').collect();
    let claims = parts[1];
    let unsigned = BASE64.encode(r#"{"typ":"JWT","alg":"none"}"#);
    let other = BASE64.encode(r#"{"typ":"JWT","alg":"HS512"}"#);
    let asymmetric = BASE64.encode(r#"{"typ":"JWT","alg":"RS256"}"#);
    let other_site = desk.person_of(Some(desk.other.id), "admin").await;
    desk.db.run(&format!("update sites set is_active = false where id = '{}'", desk.other.id)).await;
    let mut tampered = BASE64.decode(claims).unwrap();
    let at = tampered.len() / 2;
    tampered[at] ^= 1;
    vec![
        ("garbage", "a.b.c".to_owned()),
        ("no token at all", "-".to_owned()),
        ("expired", expired),
        ("unsigned", format!("{unsigned}.{claims}.")),
        ("another algorithm", format!("{other}.{claims}.{}", parts[2])),
        ("an asymmetric algorithm", format!("{asymmetric}.{claims}.{}", parts[2])),
        ("of a site that was switched off", other_site.token),
        ("tampered", format!("{}.{}.{}", parts[0], BASE64.encode(tampered), parts[2])),
        ("of an ended session", ended.token),
        ("of a session long unused", idle.token),
        ("of somebody switched off", off.token),
        ("of somebody gone", gone.token),
    ]
}

/// Everybody who is somebody.
pub const ROLES: [&str; 4] = ["customer", "agent", "admin", "superadmin"];

impl Desk {
    /// A call in the name of a fresh person of a role: what the call does to him disturbs no other.
    pub async fn call_by(&self, role: &str, method: &str, path: &str) -> Call {
        let site = (role != "superadmin").then_some(self.site.id);
        let person = self.person_of(site, role).await;
        self.call(method, path).by(&person)
    }
}
