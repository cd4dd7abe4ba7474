//! Roles and permissions (CONTRACT-A 1.4), and what a user's fields may hold. Pure.

mod account;
mod language;
mod permission;
mod rank;
mod role;
mod skills;
mod state;

pub use account::{EMAIL_CHARS_MAX, PASSWORD_BYTES_MAX, PASSWORD_BYTES_MIN, account_email};
pub use language::{language, languages};
pub use permission::Permission;
pub use rank::{Standing, TooLow, may_touch};
pub use role::Role;
pub use skills::distinct;
pub use state::{BadState, Presence};
