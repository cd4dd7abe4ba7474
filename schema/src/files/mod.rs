//! Files people send: attachments of tickets, forms, chats and mails.
//!
//! `rules` decides, from what a client declared and from the first and last bytes that arrived, whether a file
//! may be kept and under which name. Nothing here reads or writes a byte: the edge streams a body into the object
//! store while a [`rules::Sampler`] looks on, and asks [`rules::Policy::check`] before the row is written.
//! [`leftovers`] tells which stored files no row names.

pub mod leftovers;
pub mod rules;
