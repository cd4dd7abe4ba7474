//! The workers: processes that run the jobs of one or more queues, the relay and the clock.
//!
//! [`handler`] says what a handler is, [`handlers`] has one per kind of job, [`registry`] is their table,
//! [`run`] runs them, [`transport`] brings their ids. [`relay`] and [`clock`] only hand over and enqueue.

pub mod allocator;
pub mod cli;
pub mod clock;
pub mod config;
pub mod env;
pub mod handler;
pub mod handlers;
mod heartbeat;
pub mod io;
pub mod registry;
pub mod relay;
pub mod run;
pub mod timetable;
pub mod transport;
