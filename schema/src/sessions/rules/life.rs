//! How long things are good, and how many of them there may be.

use chrono::TimeDelta;

/// A session lasts as long as its newest refresh token (A2-12, A2-15); each refresh begins the span anew.
pub const SESSION_LIVES: TimeDelta = TimeDelta::days(30);

/// A session that nobody uses for so long has ended, whatever its refresh token says (A2-15).
pub const IDLE_DAYS: i32 = 30;

/// How long a mailed token sets a new password (A2-16).
pub const RESET_LIVES: TimeDelta = TimeDelta::minutes(60);

/// Reset mails that one account gets within an hour: anybody may ask for them in its name.
pub const RESETS_PER_HOUR: i64 = 3;

/// Devices that one user is signed in on. One more ends the one that was used least recently.
pub const SESSIONS_MAX: i64 = 50;
