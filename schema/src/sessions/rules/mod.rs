//! What signing in goes by: passwords, addresses, spans of time, codes of a second factor. Pure.

mod email;
mod life;
mod password;
pub mod totp;

pub use email::account_email;
pub use life::{IDLE_DAYS, RESET_LIVES, RESETS_PER_HOUR, SESSION_LIVES, SESSIONS_MAX};
pub use password::{PASSWORD_BYTES_MAX, PASSWORD_BYTES_MIN, SAMPLE_PASSWORD, Unfit, check_password};
