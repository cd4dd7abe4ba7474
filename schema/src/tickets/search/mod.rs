//! The index that finds tickets by what stands in them.
//!
//! A ticket's doc and grams ([`rules::search`](super::rules::search)) are written a while after the ticket: indexing
//! costs more than taking a ticket in, and must not slow that down. A site's tickets get visible in the order of their
//! numbers, so one number per site says how far the index reaches; what is newer is read through. A change of what is
//! looked for is indexed at once.
//!
//! The grams are numbers mixed with the site, in a table that names no site: an index behind row-level security is only
//! used by operators that Postgres trusts with secrets, and those of arrays are not among them. Whatever they bring up
//! is read through the wall.

mod index;

pub use index::{CHUNK, LATE_AFTER, index_site, late_sites, put};
