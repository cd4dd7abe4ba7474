//! People who sign in: users with a role, what their role permits, and who is calling.
//!
//! Visitors and those who write mails are no users; they have no password and no role.

mod caller;
pub mod departments;
pub mod rules;

pub use caller::{Caller, find_caller};
