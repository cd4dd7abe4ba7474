//! What is kept of sites, and for how long it is believed.

use jobs::SiteId;
use schema::sites::Directory;
use schema::sites::origins;
use schema::testing::{TestDb, TestSite};

async fn name(directory: &Directory, site: SiteId) -> Option<String> {
    directory.current(site).await.unwrap().map(|site| site.name.clone())
}

#[tokio::test]
async fn a_site_as_it_stands_now_is_never_an_older_one() {
    let db = TestDb::new().await;
    let (site, other) = (TestSite::new(db.db()).await, TestSite::new(db.db()).await);
    let directory = Directory::new(db.db().clone());
    let (first, kept) =
        (directory.current(site.id).await.unwrap(), directory.current(site.id).await.unwrap());
    assert!(std::sync::Arc::ptr_eq(&first.unwrap(), &kept.unwrap()));
    let before = name(&directory, other.id).await;
    db.run(&format!("update sites set name = 'Yeni ad' where id = '{}'", site.id)).await;
    // What is only kept may be old for a while; what is asked for as of now is not.
    assert_ne!(directory.by_id(site.id).await.unwrap().unwrap().name, "Yeni ad");
    assert_eq!(name(&directory, site.id).await.as_deref(), Some("Yeni ad"));
    assert_eq!(directory.by_id(site.id).await.unwrap().unwrap().name, "Yeni ad");
    db.run(&format!("update sites set is_active = false where id = '{}'", site.id)).await;
    assert_eq!(name(&directory, site.id).await, None);
    assert_eq!(name(&directory, SiteId(uuid::Uuid::new_v4())).await, None);
    assert_eq!(name(&directory, other.id).await, before);
}

#[tokio::test]
async fn origins_are_those_of_active_sites_each_with_its_site() {
    let db = TestDb::new().await;
    let (site, other) = (TestSite::new(db.db()).await, TestSite::new(db.db()).await);
    db.run("alter table sites add column if not exists origins text[] not null default '{}'").await;
    let register =
        |id: SiteId, origins: &str| format!("update sites set origins = '{origins}' where id = '{id}'");
    db.run(&register(site.id, "{https://a.example,https://b.example}")).await;
    db.run(&register(other.id, "{https://a.example}")).await;
    let mut found = origins::list(db.db()).await.unwrap();
    found.sort_by_key(|(site, origin)| (origin.clone(), site.0));
    let mut expected = vec![(site.id, "a"), (other.id, "a"), (site.id, "b")];
    expected.sort_by_key(|(site, letter)| (*letter, site.0));
    let expected: Vec<_> =
        expected.into_iter().map(|(site, letter)| (site, format!("https://{letter}.example"))).collect();
    assert_eq!(found, expected);
    db.run(&format!("update sites set is_active = false where id = '{}'", site.id)).await;
    assert_eq!(origins::list(db.db()).await.unwrap(), [(other.id, "https://a.example".to_owned())]);
}
