//! What keeps deletions short: an index behind every site column and every reference.

use diesel::QueryableByName;
use diesel::sql_types::Text;
use diesel_async::RunQueryDsl;
use schema::pool::Scope;
use schema::sql::sql;
use schema::testing::TestDb;

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

async fn names(query: &'static str) -> Vec<String> {
    let test = TestDb::new().await;
    let mut tx = test.db().begin(Scope::System).await.unwrap();
    let rows: Vec<Name> = sql(query).get_results(tx.conn()).await.unwrap();
    rows.into_iter().map(|row| row.name).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_table_that_names_a_site_has_an_index_that_begins_with_it() {
    let without = names(
        "select c.relname::text as name from pg_class c
         join pg_attribute a on a.attrelid = c.oid and a.attname = 'site_id' and not a.attisdropped
         where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and c.relname <> 'jobs'
           and not exists (select from pg_index i where i.indrelid = c.oid and i.indkey[0] = a.attnum)
         order by 1",
    )
    .await;
    assert!(without.is_empty(), "read from end to end to find a site: {without:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_reference_has_an_index_that_finds_it_when_what_it_names_is_deleted() {
    let without = names(
        "select k.conrelid::regclass::text || '.' || a.attname as name from pg_constraint k
         join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
         where k.contype = 'f' and not exists (
             select from pg_index i where i.indrelid = k.conrelid and i.indkey[0] = k.conkey[1])
         order by 1",
    )
    .await;
    assert!(without.is_empty(), "read from end to end at a deletion: {without:?}");
}
