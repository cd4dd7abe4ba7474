//! Sites, the tenants: who a caller acts for, and what of a site others need to know.
//!
//! [`Directory`] finds a site by widget key, id or mail address and keeps its [`Settings`]. What it keeps may be
//! old; acts therefore name the version they were computed with, and the database refuses an old one.

mod directory;
mod home;
pub mod keys;
pub mod origins;
pub mod removal;
pub mod rules;
mod settings;
pub mod tenants;

pub use directory::{Directory, key_hash};
pub use home::{Home, home};
pub use settings::Settings;
