//! People who are signed in, for tests of what they may do.

use crate::client::Call;
use crate::desk::Desk;
use chrono::Utc;
use jobs::{SiteId, UserId};
use uuid::Uuid;

/// Somebody with a token.
#[derive(Clone, Debug)]
pub struct Person {
    pub id: UserId,
    pub session: Uuid,
    pub email: String,
    pub token: String,
}

impl Desk {
    /// A new person of the desk's first site, signed in.
    pub async fn person(&self, role: &str) -> Person {
        self.person_of(Some(self.site.id), role).await
    }

    /// A new person of any site, or of none, signed in.
    pub async fn person_of(&self, site: Option<SiteId>, role: &str) -> Person {
        let (id, session) = (UserId(Uuid::new_v4()), Uuid::new_v4());
        let email = format!("{}@deneme.test", id.0.simple());
        let site = site.map_or("null".to_owned(), |site| format!("'{site}'"));
        self.db
            .run(&format!(
                "insert into users (id, site_id, email, password_hash, name, role) \
                     values ('{id}', {site}, '{email}', '!', 'Deniz Ergün', '{role}'); \
                 insert into sessions (id, user_id, expires_at) \
                     values ('{session}', '{id}', now() + interval '30 days')"
            ))
            .await;
        let token = self.state.tokens.sign(id, session, Utc::now()).unwrap();
        Person { id, session, email, token }
    }
}

impl Call {
    /// In the name of a person.
    pub fn by(self, person: &Person) -> Self {
        self.bearer(&person.token)
    }

    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }
}
