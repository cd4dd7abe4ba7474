//! Lists of tickets: filtered, searched, in an order, a page at a time.
//!
//! Every list goes along one index, chosen by its filters ([`Driver`]), from where the page begins: its cost is that of
//! its page, whatever the number of tickets. The remaining filters judge each row on the way. A total is counted up to
//! a bound; past it the answer says that there are more.

mod count;
mod cursor;
mod driver;
mod filter;
mod page;
mod search;
mod text;

pub use count::TOTAL_MAX;
pub use cursor::Cursor;
pub use filter::{AgentIs, Filter, Order, Slice};
pub use page::{Listed, list};
