//! Lists of many tickets by their last change or due date, along an index that is in that order.
//!
//! What was never changed since it was asked, as all new tickets, stands in no index of changes: taking a ticket in must
//! not cost one more. Such a ticket's change is its age, so the newest of them are put between the changed ones. It is the
//! same with what owes nothing: it comes after all that does, newest first.
//!
//! `offset 0` keeps what judges a row away from what brings it up: the planner takes the former to leave so few that it
//! would rather sort them all than go along the index.

use super::driver::Driver;
use super::filter::Order;
use super::text::{JUDGED, cards};
use std::collections::HashMap;
use std::sync::LazyLock;

/// One page in order of changes or due dates; none for an order that every index of ages has.
pub(super) fn walk(driver: Driver, order: Order) -> Option<&'static str> {
    static TEXTS: LazyLock<HashMap<(Driver, Order), String>> = LazyLock::new(|| {
        let both = |driver| [((driver, Order::Updated), changes()), ((driver, Order::Due), dues(driver))];
        Driver::ALL.into_iter().flat_map(both).collect()
    });
    TEXTS.get(&(driver, order)).map(String::as_str)
}

/// As many changed tickets as the page reaches; then those never changed that are not older than the last of them.
fn changes() -> String {
    let page = format!(
        "with changed as materialized (
             select x.id, x.at from unnest($1::uuid[]) as p(site_id) cross join lateral (
                 select t.id, t.updated_at as at from (
                     select t.* from tickets t
                     where t.site_id = p.site_id and t.updated_at <> t.created_at and (t.updated_at, t.id) < ($16, $17)
                     order by t.updated_at desc, t.id desc offset 0) as t
                 where t.created_at >= $12 and t.created_at < $13 and {JUDGED} limit $18) as x
             order by x.at desc, x.id desc limit $18
         ), reach as materialized (
             select case when count(*) < $18 then timestamptz '-infinity' else min(c.at) end as at from changed c
         ), fresh as (
             select x.id, x.at from unnest($1::uuid[]) as p(site_id) cross join lateral (
                 select t.id, t.created_at as at from tickets t
                 where t.site_id = p.site_id and t.updated_at = t.created_at and (t.created_at, t.id) < ($16, $17)
                   and t.created_at >= (select greatest(r.at, $12) from reach r) and t.created_at < $13 and {JUDGED}
                 order by t.created_at desc, t.id desc limit $18) as x
         )
         select x.id, x.at from (select * from changed union all select * from fresh) as x
         order by x.at desc, x.id desc offset $19 limit $20"
    );
    cards(&page, Order::Updated)
}

/// What is due, then the rest along the narrowest index, as far as the page is not full.
fn dues(driver: Driver) -> String {
    let (age, id) = driver.age();
    let (parts, tables, condition) = (driver.parts(), driver.tables(), driver.condition());
    let page = format!(
        "with owed as materialized (
             select x.id, x.at from unnest($1::uuid[]) as p(site_id) cross join unnest(array[true, false]) as b(breached)
             cross join lateral (
                 select t.id, t.sla_due_date as at from (
                     select t.* from tickets t
                     where t.site_id = p.site_id and t.sla_breached = b.breached and t.sla_due_date is not null
                       and t.status_kind not in ('resolved', 'closed')
                       and t.sla_due_date >= $16 and (t.sla_due_date > $16 or t.id < $17)
                     order by t.sla_due_date, t.id desc offset 0) as t
                 where t.created_at >= $12 and t.created_at < $13 and {JUDGED} limit $18) as x
             order by x.at, x.id desc limit $18
         ), rest as (
             select x.id, x.at from {parts} cross join lateral (
                 select {id} as id, timestamptz '4000-01-01+00' + (timestamptz '4000-01-01+00' - {age}) as at
                 from {tables}
                 where {condition} and (t.sla_due_date is null or t.status_kind in ('resolved', 'closed'))
                   and {age} >= $12 and {age} < $13
                   and ({age}, {id}) < (timestamptz '4000-01-01+00'
                       + (timestamptz '4000-01-01+00' - least($16, timestamptz '6100-01-01+00')), $17)
                   and {JUDGED}
                 order by {age} desc, {id} desc limit (select greatest(0, $18 - count(*)) from owed)) as x
         )
         select x.id, x.at from (select * from owed union all select * from rest) as x
         order by x.at, x.id desc offset $19 limit $20"
    );
    cards(&page, Order::Due)
}
