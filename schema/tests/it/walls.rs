//! Row-level security: the wall behind the queries.

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Text};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use jobs::SiteId;
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
async fn what_only_reads_stands_behind_the_same_wall_from_its_first_question_to_its_end() {
    let test = TestDb::new().await;
    let (one, _two) = (TestSite::new(test.db()).await, TestSite::new(test.db()).await);
    let keys = "select count(*) as count from api_keys";
    // One connection for all: each reading finds it as the last one left it.
    let db = Db::connect(&test.url, 1).await.unwrap();
    for (scope, seen) in [(Scope::Site(one.id), 1), (Scope::System, 2), (Scope::Site(one.id), 1)] {
        let reading = db.read(scope).await.unwrap();
        let questions = async {
            let (first, second) = (&mut reading.conn(), &mut reading.conn());
            let first = sql(keys).get_result::<Count>(first);
            let both = tokio::try_join!(first, sql(keys).get_result::<Count>(second));
            both.map(|(first, second)| [first.count, second.count]).map_err(Into::into)
        };
        assert_eq!(reading.ask(questions).await.unwrap(), [seen; 2]);
        reading.end();
        let mut conn = db.conn().await.unwrap();
        let row: Count = sql(keys).get_result(&mut **conn).await.unwrap();
        assert_eq!(row.count, 0, "the scope ends with the reading");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_reads_writes_nothing_and_gives_up_its_connection_when_it_fails() {
    let test = TestDb::new().await;
    let site = TestSite::new(test.db()).await;
    let db = Db::connect(&test.url, 1).await.unwrap();
    let reading = db.read(Scope::Site(site.id)).await.unwrap();
    let insert = async {
        let write = sql("insert into departments (site_id, name) values (?, 'Satış')");
        let write = write.bind::<diesel::sql_types::Uuid, _>(site.id.0);
        write.execute(&mut reading.conn()).await.map_err(Into::into)
    };
    let refused = reading.ask(insert).await.unwrap_err();
    assert!(refused.to_string().contains("read-only"), "{refused}");
    drop(reading);
    assert_eq!(keys_seen(&db, Scope::Site(site.id)).await, 1, "the next one has a connection");
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

/// Every table with a row of each of two sites, whatever its rules: constraints are taken away, walls stay.
async fn filled(test: &TestDb, sites: [SiteId; 2]) -> Vec<String> {
    test.run(
        "do $$ declare t record; begin
             for t in select conrelid::regclass as name, conname from pg_constraint
                      where connamespace = 'public'::regnamespace and contype in ('c', 'f', 'p', 'u', 'x', 'n')
                        and conrelid <> 0 and conrelid::regclass::text not in ('sites', '__diesel_schema_migrations')
                      order by array_position(array['f', 'c', 'x', 'u', 'p', 'n'], contype::text) loop
                 execute format('alter table %s drop constraint if exists %I cascade', t.name, t.conname);
             end loop;
             for t in select attrelid::regclass as name, attname from pg_attribute a join pg_class c on c.oid = attrelid
                      where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and attnotnull and attnum > 0
                        and not attisdropped and attgenerated = '' and attidentity = ''
                        and c.relname not in ('sites', '__diesel_schema_migrations') loop
                 execute format('alter table %s alter column %I drop not null', t.name, t.attname);
             end loop;
             for t in select indexrelid::regclass as name from pg_index join pg_class c on c.oid = indrelid
                      where c.relnamespace = 'public'::regnamespace and indisunique
                        and c.relname not in ('sites', '__diesel_schema_migrations') loop
                 execute format('drop index if exists %s', t.name);
             end loop;
         end $$",
    )
    .await;
    let tables = test.ask(TABLES).await;
    let tables: Vec<String> =
        tables.as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect();
    for table in &tables {
        for site in sites {
            test.run(&format!(
                "set session_replication_role = replica; insert into {table} (site_id) values ('{site}')"
            ))
            .await;
        }
    }
    tables
}

const TABLES: &str = "select c.relname::text as name from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'site_id' and not a.attisdropped
    where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace order by 1";

/// How many rows a statement touched; none where it was refused outright.
async fn touched(db: &Db, scope: Scope, statement: &str) -> usize {
    let mut tx = db.begin(scope).await.unwrap();
    let touched = diesel::sql_query(statement).execute(tx.conn()).await;
    tx.rollback().await;
    touched.unwrap_or(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_that_forget_their_site_touch_no_row_of_any_table() {
    let test = TestDb::new().await;
    let (one, two) = (TestSite::new(test.db()).await.id, TestSite::new(test.db()).await.id);
    let tables = filled(&test, [one, two]).await;
    assert!(tables.len() > 20, "{tables:?}");
    let mut wrong = Vec::new();
    for table in &tables {
        let own = format!("select from {table} where site_id = '{two}'");
        if touched(test.db(), Scope::Site(two), &own).await == 0 {
            wrong.push(format!("{table}: its own site sees no row, so the test proves nothing"));
        }
        let foreign = [
            format!("select from {table} where site_id = '{two}'"),
            format!("update {table} set site_id = site_id where site_id = '{two}'"),
            format!("delete from {table} where site_id = '{two}'"),
            format!("insert into {table} (site_id) values ('{two}')"),
            format!("update {table} set site_id = '{two}'"),
        ];
        let forgotten = [
            format!("select from {table}"),
            format!("update {table} set site_id = site_id"),
            format!("delete from {table}"),
            format!("insert into {table} (site_id) values ('{two}')"),
        ];
        for statement in foreign {
            if touched(test.db(), Scope::Site(one), &statement).await > 0 {
                wrong.push(format!("in another site: {statement}"));
            }
        }
        for statement in forgotten {
            let mut conn = test.db().conn().await.unwrap();
            if diesel::sql_query(&statement).execute(&mut **conn).await.unwrap_or(0) > 0 {
                wrong.push(format!("in no site: {statement}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
