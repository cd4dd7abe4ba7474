//! Who calls, and what he may do.
//!
//! - [`Credentials`] — a page's widget key or site id, for routes that need nobody signed in.
//! - [`Access`] — what a route demands; [`guarded`] puts it in front of the route and into its documentation.
//! - [`Passwords`] — hashes and verifies passwords, a bounded number at once.
//! - [`SignedIn`], [`Agent`], [`Admin`], [`SuperAdmin`] — extractors that prove the rank in a handler's signature.

mod access;
mod caller;
mod credentials;
mod extract;
mod passwords;
mod token;

pub use access::{Access, Tenants, guarded};
pub use caller::Caller;
pub use credentials::{Credentials, Door};
pub use extract::{Admin, Agent, Maybe, SignedIn, SuperAdmin};
pub use passwords::Passwords;
pub use token::Tokens;
