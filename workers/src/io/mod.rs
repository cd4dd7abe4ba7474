//! The world outside: mailboxes and mail servers, each behind types of our own.

pub mod imap;
pub mod oauth;
pub mod smtp;
