//! Sites and people for tests.

use crate::pool::{Db, Scope};
use crate::sites::{Directory, Settings};
use crate::sql::sql;
use diesel::sql_types::{Binary, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::{SiteId, UserId};
use std::sync::Arc;
use uuid::Uuid;

/// A site with a widget key and a support address.
#[derive(Clone)]
pub struct TestSite {
    pub id: SiteId,
    pub key: String,
    pub support_address: String,
    db: Db,
}

/// A person of a site.
#[derive(Clone, Debug)]
pub struct Agent {
    pub id: UserId,
    pub email: String,
}

impl TestSite {
    /// A site working Monday to Friday, 09:00–18:00.
    pub async fn new(db: &Db) -> Self {
        let id = SiteId(Uuid::new_v4());
        let (key, support_address) =
            (format!("wk_{}", id.0.simple()), format!("destek@{}.test", id.0.simple()));
        let mut tx = db.begin(Scope::System).await.unwrap();
        let conn = tx.conn();
        let text = "insert into sites (id, name, domain) values (?, 'Deneme', 'deneme.test')";
        sql(text).bind::<SqlUuid, _>(id.0).execute(conn).await.unwrap();
        let text = "insert into api_keys (site_id, name, key_hash) values (?, 'widget', ?)";
        let hash = crate::sites::key_hash(&key).to_vec();
        sql(text).bind::<SqlUuid, _>(id.0).bind::<Binary, _>(hash).execute(conn).await.unwrap();
        let text = "insert into site_addresses (site_id, address) values (?, ?)";
        let insert = sql(text).bind::<SqlUuid, _>(id.0).bind::<Text, _>(&support_address);
        insert.execute(conn).await.unwrap();
        let text = "insert into business_hours (site_id, day_of_week, start_minute, end_minute) \
                    select ?, day, 540, 1080 from generate_series(1, 5) as day";
        sql(text).bind::<SqlUuid, _>(id.0).execute(conn).await.unwrap();
        tx.commit().await.unwrap();
        Self { id, key, support_address, db: db.clone() }
    }

    /// An agent who is online and free.
    pub async fn agent(&self) -> Agent {
        let agent =
            Agent { id: UserId(Uuid::new_v4()), email: format!("{}@deneme.test", Uuid::new_v4().simple()) };
        let mut tx = self.db.begin(Scope::Site(self.id)).await.unwrap();
        sql("insert into users (id, site_id, email, password_hash, name, role, status) \
             values (?, ?, ?, '!', 'Ayşe Yılmaz', 'agent', 'online')")
        .bind::<SqlUuid, _>(agent.id.0)
        .bind::<SqlUuid, _>(self.id.0)
        .bind::<Text, _>(&agent.email)
        .execute(tx.conn())
        .await
        .unwrap();
        tx.commit().await.unwrap();
        agent
    }

    pub async fn settings(&self) -> Arc<Settings> {
        Directory::new(self.db.clone()).by_id(self.id).await.unwrap().unwrap()
    }
}
