//! Signing in and staying so, as people and their devices meet it.

mod accounts;
mod devices;
mod first_log_in;
mod log_in;
mod password;
mod refresh;
mod register;
mod reset;
mod tokens;
mod totp;
