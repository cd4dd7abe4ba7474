//! The statements of lists. There are as many as drivers and orders, whatever is filtered for: their pieces are fixed,
//! and what a caller says is only ever bound.

use super::driver::Driver;
use super::filter::{AgentIs, Filter, Order};
use crate::sql::{Binds, Statement, sql};
use crate::tickets::rules::search::pattern;
use crate::tickets::rules::{Priority, Source};
use crate::tickets::view::{CARD, JOINS};
use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use std::collections::HashMap;
use std::sync::LazyLock;
use uuid::Uuid;

/// Gives every parameter its number and type; the statements name them by number from here on.
pub(super) const GIVEN: &str = "given as (select ?::uuid[] as sites, ?::text[] as statuses, ?::text as priority,
    ?::uuid as department, ?::uuid as category, ?::uuid as agent, ?::boolean as nobodys, ?::boolean as breached,
    ?::text as source, ?::text as tag, ?::uuid as customer, ?::timestamptz as created_from, ?::timestamptz as created_to,
    ?::text[] as subject, ?::text[] as search, ?::timestamptz as at, ?::uuid as id, ?::bigint as reach,
    ?::bigint as skipped, ?::bigint as taken, ?::text as whole_subject)";

/// What every row is judged by besides the index. A parameter that is null asks for nothing. Where `exists` would do,
/// `limit 1` keeps the planner from reading a whole table once instead of one row at a time.
pub(super) const JUDGED: &str = "($2 is null or t.status = any($2)) and ($3 is null or t.priority = $3)
    and ($4 is null or t.department_id = $4) and ($5 is null or t.category_id = $5) and ($6 is null or t.agent_id = $6)
    and ($7 is null or t.agent_id is null) and ($8 is null or t.sla_breached = $8) and ($9 is null or t.source = $9)
    and ($10 is null or (select true from ticket_tags j where j.ticket_id = t.id and j.tag = $10 limit 1))
    and ($11 is null or t.user_id = $11)
    and ($21 is null or t.subject = $21) and ($14 is null or lower(translate(t.subject, 'Iİ', 'ıi')) like all ($14))
    and ($15 is null or coalesce((select d.doc from ticket_search d where d.ticket_id = t.id),
        ticket_doc(t.ticket_number, t.reference, t.subject, t.visitor_name, t.visitor_email, t.visitor_phone, t.message))
        like all ($15))";

/// The cards of a page, found by a statement whose rows are `page(id, at)`.
pub(super) fn cards(page: &str, order: Order) -> String {
    let by = order.by("page.at", "page.id");
    format!(
        "with {GIVEN}, page as ({page})
         select {CARD}, page.at as ordered_at from page join tickets t on t.id = page.id and t.site_id = any($1) {JOINS}
         order by {by}"
    )
}

/// One page of a list, from its beginning on or some way into it.
pub(super) fn page(driver: Driver, judged: bool, order: Order, is_deep: bool) -> &'static str {
    static TEXTS: LazyLock<HashMap<(Driver, bool, Order, bool), String>> = LazyLock::new(|| {
        let mut texts = HashMap::new();
        for driver in Driver::ALL {
            for judged in [false, true] {
                for order in Order::ALL {
                    texts.insert((driver, judged, order, false), first(driver, judged, order));
                    texts.insert((driver, judged, order, true), deep(driver, judged, order));
                }
            }
        }
        texts
    });
    &TEXTS[&(driver, judged, order, is_deep)]
}

/// What is skipped is read in the index alone, as far as it suffices.
fn deep(driver: Driver, judged: bool, order: Order) -> String {
    let (age, id) = driver.age();
    let at = order.at(age);
    let rows = rows(driver, judged, order, &format!("{id} as id, {at} as at"));
    let by = order.by("x.at", "x.id");
    cards(&format!("select x.id, x.at from {rows} order by {by} offset $19 limit $20"), order)
}

/// The rows that the index brings up are those of the page: no ticket is looked up twice.
fn first(driver: Driver, judged: bool, order: Order) -> String {
    let at = order.at(driver.age().0);
    let rows = rows(driver, judged, order, &format!("t.*, {at} as ordered_at"));
    let (by, cards_by) = (order.by("x.ordered_at", "x.id"), order.by("t.ordered_at", "t.id"));
    format!(
        "with {GIVEN}, page as (select x.* from {rows} order by {by} offset $19 limit $20)
         select {CARD}, t.ordered_at from page t {JOINS} order by {cards_by}"
    )
}

/// Columns of as many of an index's rows as a page reaches, as `x`.
fn rows(driver: Driver, judged: bool, order: Order, columns: &str) -> String {
    let (age, id) = driver.age();
    let at = order.at(age);
    let (after, by) = (order.after(at, id), order.by(at, id));
    let judged = if judged { JUDGED } else { "true" };
    let (parts, tables, condition) = (driver.parts(), driver.tables(), driver.condition());
    format!(
        "{parts} cross join lateral (
             select {columns} from {tables}
             where {condition} and {age} >= $12 and {age} < $13 and {after} and {judged}
             order by {by} limit $18) as x"
    )
}

/// What the parameters of a list are bound to.
pub(super) struct Given<'a> {
    pub sites: &'a [Uuid],
    pub filter: &'a Filter,
    /// Words that the doc must have; none if something else has seen to it.
    pub search: &'a [String],
    pub at: DateTime<Utc>,
    pub id: Uuid,
    pub skipped: i64,
    pub taken: i64,
}

impl Given<'_> {
    /// Binds [`GIVEN`].
    pub fn bind(&self, text: &'static str) -> Statement<impl Binds + use<>> {
        let filter = self.filter;
        let statuses = filter.statuses.as_ref();
        let statuses =
            statuses.map(|keys| keys.iter().map(|key| key.as_str().to_owned()).collect::<Vec<_>>());
        let agent = match filter.agent {
            Some(AgentIs::Somebody(id)) => Some(id),
            _ => None,
        };
        sql(text)
            .bind::<Array<SqlUuid>, _>(self.sites.to_vec())
            .bind::<Nullable<Array<Text>>, _>(statuses)
            .bind::<Nullable<Text>, _>(filter.priority.map(Priority::as_str))
            .bind::<Nullable<SqlUuid>, _>(filter.department_id)
            .bind::<Nullable<SqlUuid>, _>(filter.category_id)
            .bind::<Nullable<SqlUuid>, _>(agent)
            .bind::<Nullable<Bool>, _>((filter.agent == Some(AgentIs::Nobody)).then_some(true))
            .bind::<Nullable<Bool>, _>(filter.sla_breached)
            .bind::<Nullable<Text>, _>(filter.source.map(Source::as_str))
            .bind::<Nullable<Text>, _>(filter.tag.clone())
            .bind::<Nullable<SqlUuid>, _>(filter.user_id)
            .bind::<Timestamptz, _>(filter.created_from.unwrap_or(DateTime::UNIX_EPOCH))
            .bind::<Timestamptz, _>(filter.created_to.unwrap_or(DateTime::<Utc>::MAX_UTC))
            .bind::<Nullable<Array<Text>>, _>(patterns(&filter.subject))
            .bind::<Nullable<Array<Text>>, _>(patterns(self.search))
            .bind::<Timestamptz, _>(self.at)
            .bind::<SqlUuid, _>(self.id)
            .bind::<BigInt, _>(self.skipped.saturating_add(self.taken))
            .bind::<BigInt, _>(self.skipped)
            .bind::<BigInt, _>(self.taken)
            .bind::<Nullable<Text>, _>(filter.whole_subject.clone())
    }
}

fn patterns(words: &[String]) -> Option<Vec<String>> {
    (!words.is_empty()).then(|| words.iter().map(|word| pattern(word)).collect())
}
