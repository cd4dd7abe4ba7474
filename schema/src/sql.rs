//! A statement with its binds, prepared once per connection.
//!
//! Not a query builder: the text stands in the code as Postgres reads it, with `?` for each bind in order.
//! Diesel's own `sql_query` is parsed and planned anew at every call; this one is cached by its text.

use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{HasSqlType, Untyped};
use diesel::{QueryResult, RunQueryDsl};
use std::marker::PhantomData;
use std::str::Split;

/// A statement and its binds so far.
pub struct Statement<B> {
    text: &'static str,
    binds: B,
}

/// One bound value of SQL type `ST`.
pub struct Bind<Rest, ST, V> {
    rest: Rest,
    value: V,
    sql_type: PhantomData<ST>,
}

/// Begins a statement; every `?` in it must be bound, in order.
#[must_use]
pub fn sql(text: &'static str) -> Statement<()> {
    Statement { text, binds: () }
}

impl<B> Statement<B> {
    /// Binds the next `?`.
    #[must_use]
    pub fn bind<ST, V>(self, value: V) -> Statement<Bind<B, ST, V>> {
        let Statement { text, binds } = self;
        Statement { text, binds: Bind { rest: binds, value, sql_type: PhantomData } }
    }
}

/// Writes the pieces of the text and the binds between them.
pub trait Binds {
    #[doc(hidden)]
    fn walk<'b>(&'b self, pieces: &mut Split<'static, char>, out: AstPass<'_, 'b, Pg>) -> QueryResult<()>;
}

impl Binds for () {
    fn walk<'b>(
        &'b self,
        pieces: &mut Split<'static, char>,
        mut out: AstPass<'_, 'b, Pg>,
    ) -> QueryResult<()> {
        out.push_sql(pieces.next().unwrap_or_default());
        Ok(())
    }
}

impl<Rest, ST, V> Binds for Bind<Rest, ST, V>
where
    Rest: Binds,
    V: ToSql<ST, Pg>,
    Pg: HasSqlType<ST>,
{
    fn walk<'b>(
        &'b self,
        pieces: &mut Split<'static, char>,
        mut out: AstPass<'_, 'b, Pg>,
    ) -> QueryResult<()> {
        self.rest.walk(pieces, out.reborrow())?;
        out.push_bind_param::<ST, V>(&self.value)?;
        out.push_sql(pieces.next().unwrap_or_default());
        Ok(())
    }
}

impl<B: Binds> QueryFragment<Pg> for Statement<B> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.binds.walk(&mut self.text.split('?'), out)
    }
}

impl<B> QueryId for Statement<B> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<B> Query for Statement<B> {
    type SqlType = Untyped;
}

impl<B, Conn> RunQueryDsl<Conn> for Statement<B> {}
