//! Signing in, and staying signed in.
//!
//! ```text
//! log-in ─▶ a session ─▶ a token (signed: user, session)     asked of the database at every call
//!                    └─▶ a refresh token (random, hashed)    good once: the next one takes its place
//!
//! log-out · ending a device · a new password · a refresh token that comes back ─▶ the session has ended, and with
//! it, from the next call on, every token of it on every edge
//! ```
//!
//! Whoever signs in is of no site before he is known. So these acts take the system's scope, and find what they change
//! by the id of a user or by the hash of a secret. Secrets are 256 random bits and stored hashed; what must be readable
//! again (a second factor's secret, a token on its way into a mail) is sealed.
//!
//! Hashing a password takes tens of milliseconds and megabytes of memory, so it never happens in a transaction:
//! callers read the stored hash, [`verify`], and hand in what they verified. An act that finds another hash then
//! refuses.

mod account;
mod devices;
mod factor;
mod first_admin;
mod hash;
mod password;
mod profile;
mod refresh;
mod register;
mod resets;
pub mod rules;
mod secret;
mod sign_in;
mod upkeep;

pub use account::{Account, find_account, find_account_by_id};
pub use devices::{Because, Device, devices, end_device, end_sessions, sign_out};
pub use factor::{NoFactor, begin_factor, confirm_factor, remove_factor};
pub use first_admin::{FirstAdmin, NoAdmin, first_admin};
pub use hash::{Match, hash, verify};
pub use password::{NotChanged, change_password};
pub use profile::{Profile, find_profile};
pub use refresh::{NotRefreshed, Refreshed, refresh};
pub use register::{NewCustomer, NotRegistered, register};
pub use resets::{NotReset, ask_for_reset, begin_reset, find_reset, redeem_reset};
pub use secret::Secret;
pub use sign_in::{NotSignedIn, SignIn, SignedIn, note_failure, sign_in};
pub(crate) use upkeep::tidy;
