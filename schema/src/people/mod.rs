//! People who sign in: users with a role, what their role permits, and who is calling.
//!
//! Visitors and those who write mails are no users; they have no password and no role.

mod caller;
pub mod departments;
pub mod permissions;
pub mod rules;
pub mod skills;
pub mod teams;
pub mod users;

pub use caller::{Caller, find_caller};
