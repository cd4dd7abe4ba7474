//! What a site's fields may hold. Pure.

mod domain;
mod key;
mod sender;
mod setting;
mod zone;

pub use domain::domain;
pub use key::{hint, spell};
pub use sender::{address, sender};
pub use setting::{DEFAULT_LANGUAGE, Setting, Wrong};
pub use zone::{zone, zones};

pub const NAME_CHARS_MAX: usize = 255;
/// Of «support_team_name».
pub const TEAM_NAME_CHARS_MAX: usize = 100;
/// Addresses at which a site receives mail.
pub const ADDRESSES_MAX: usize = 20;
/// A site's own browser origins.
pub const ORIGINS_MAX: usize = 50;
