//! Lists of tickets: filtered, searched, in an order, a page at a time.
//!
//! Every list goes along one index, chosen by its filters (`driver`), from where the page begins: its cost is that of
//! its page, whatever the number of tickets. The remaining filters judge each row on the way. A total is counted up to
//! a bound; past it the answer says that there are more. An order other than that of ages is made in memory where the
//! bound is not reached, and is otherwise that of an index of its own (`walk`).

mod count;
mod cursor;
mod driver;
mod filter;
mod page;
mod search;
mod text;
mod totals;
mod walk;

pub use count::TOTAL_MAX;
pub use cursor::Cursor;
pub use filter::{AgentIs, Filter, Order, Slice};
pub use page::{Listed, Lists};
