//! The contract between the edge and the workers: what can be asked for, under which name, on which queue.
//!
//! A [`Job`] is a small serialisable value holding ids and plain facts, never rows. Whoever commits a cause
//! writes a [`NewJob`] beside it in the same transaction; a worker that has been handed its id reads the
//! payload back as the type registered for its kind. Nothing here does any input or output.
//!
//! One file per family of jobs; `tests/wire.rs` pins every payload as it stands in the ledger.

pub mod accounts;
pub mod autoclose;
pub mod forms;
pub mod ids;
pub mod job;
pub mod mail_in;
pub mod mail_out;
pub mod mailbox;
pub mod queue;
pub mod routing;
pub mod sites;
pub mod sla;
pub mod tickets;
pub mod upkeep;

pub use ids::*;
pub use job::{Job, NewJob};
pub use queue::Queue;
