//! What handlers take out of a request: typed bodies, queries, pages and ids, each bounded, each refusal naming its
//! field.

mod body;
pub mod fields;
mod form;
mod id;
mod if_match;
mod page;
mod query;
mod typed;
pub mod words;

pub use body::{Body, EMPTY, Spare, changed};
pub use form::{Form, flag};
pub use id::Id;
pub use if_match::IfMatch;
pub use page::{List, Page, PageQuery};
pub use query::Query;
pub use typed::not_blank;
