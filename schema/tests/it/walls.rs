//! Row-level security: the wall behind the queries.

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Text};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use schema::pool::{Db, Scope};
use schema::sql::sql;
use schema::testing::{TestDb, TestSite};

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

async fn keys_seen(db: &Db, scope: Scope) -> i64 {
    let mut tx = db.begin(scope).await.unwrap();
    let row: Count = sql("select count(*) as count from api_keys").get_result(tx.conn()).await.unwrap();
    tx.rollback().await;
    row.count
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_that_forgets_its_site_sees_nothing_and_no_site_sees_anothers_rows() {
    let test = TestDb::new().await;
    let (one, _two) = (TestSite::new(test.db()).await, TestSite::new(test.db()).await);
    let mut conn = test.db().conn().await.unwrap();
    let row: Count = sql("select count(*) as count from api_keys").get_result(&mut **conn).await.unwrap();
    assert_eq!(row.count, 0);
    assert_eq!(keys_seen(test.db(), Scope::Site(one.id)).await, 1);
    assert_eq!(keys_seen(test.db(), Scope::System).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_can_be_written_into_another_site() {
    let test = TestDb::new().await;
    let (one, two) = (TestSite::new(test.db()).await, TestSite::new(test.db()).await);
    let mut tx = test.db().begin(Scope::Site(one.id)).await.unwrap();
    let foreign = format!("insert into departments (site_id, name) values ('{}', 'Satış')", two.id);
    assert!(tx.conn().batch_execute(&foreign).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_table_that_names_a_site_stands_behind_the_wall_even_for_its_owner() {
    let test = TestDb::new().await;
    let mut tx = test.db().begin(Scope::System).await.unwrap();
    let open: Vec<Name> = sql("select c.relname::text as name from pg_class c
         join pg_attribute a on a.attrelid = c.oid and a.attname = 'site_id' and not a.attisdropped
         where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
           and not (c.relrowsecurity and c.relforcerowsecurity
                    and exists (select from pg_policies p where p.tablename = c.relname))")
    .get_results(tx.conn())
    .await
    .unwrap();
    let open: Vec<String> = open.into_iter().map(|row| row.name).collect();
    assert!(open.is_empty(), "without a wall: {open:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_programs_work_as_a_role_that_row_level_security_binds() {
    let test = TestDb::new().await;
    let mut tx = test.db().begin(Scope::System).await.unwrap();
    let row: Name = sql(
        "select (r.rolname || case when r.rolsuper or r.rolbypassrls then ' bypasses' else '' end)::text as name
         from pg_roles r where r.rolname = current_user",
    )
    .get_result(tx.conn())
    .await
    .unwrap();
    assert_eq!(row.name, "asisttr_app");
}
