//! For tests: a database of their own and sites to act in.

mod ask;
mod builders;
pub mod crowd;
mod database;
mod redis;

pub use ask::Held;
pub use builders::{Agent, TestSite};
pub use database::TestDb;
pub use redis::redis_url;

use std::sync::atomic::{AtomicU32, Ordering};

/// What tests of this process have made so far, for names that never meet.
pub(crate) fn next() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
