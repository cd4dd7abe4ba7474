//! What handlers take out of a request: typed bodies, queries, pages and ids, each bounded, each refusal naming its
//! field.

mod body;
pub mod fields;
mod id;
mod page;
mod query;
mod typed;
pub mod words;

pub use body::{Body, changed};
pub use id::Id;
pub use page::{List, Page, PageQuery};
pub use query::Query;
pub use typed::not_blank;
