//! The bounds of one route's bodies.

use std::time::Duration;

use schema::files::rules::Policy;

/// What to do with a file past its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Oversize {
    /// Refuse the request at once, the rest unread (B19-05).
    Refuse,
    /// Keep nothing of the file, but read on for the other fields, so that all of them can be judged (B12-26).
    Skip,
}

/// How slow a client may be. A body must bring something every `idle`, and on the whole `bytes_per_second_min`
/// after a first `grace`; otherwise a client that sends a byte now and then would hold its request for days.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    pub idle: Duration,
    pub grace: Duration,
    pub bytes_per_second_min: u32,
}

/// Bounds and wishes of one route. Start from a constructor and change what differs.
#[derive(Debug, Clone, Copy)]
pub struct Options<'a> {
    /// A JSON or URL-encoded body, and all texts of a multipart body together (B22-28).
    pub body_bytes_max: usize,
    /// One text.
    pub text_bytes_max: usize,
    /// Keys of an object, pairs of a form, or parts of a multipart body.
    pub fields_max: usize,
    pub files_max: usize,
    pub json_depth_max: usize,
    /// Names that keep all their values, as a list; all others keep the last one.
    pub lists: &'a [&'a str],
    /// Which files the route takes; its size limit is applied while the file streams.
    pub policy: Policy,
    pub oversize: Oversize,
    pub pace: Pace,
}

impl Options<'_> {
    /// The support form: 5 MB, every failing field reported at once.
    pub const fn support_form() -> Self {
        Self { oversize: Oversize::Skip, ..Self::native(Policy::support_form()) }
    }

    /// A native route with files of `policy`; a file too large ends the request with 413.
    pub const fn native(policy: Policy) -> Self {
        Self {
            body_bytes_max: 1 << 20,
            text_bytes_max: 64 << 10,
            fields_max: 100,
            files_max: 10,
            json_depth_max: 32,
            lists: &[],
            policy,
            oversize: Oversize::Refuse,
            pace: Pace {
                idle: Duration::from_secs(30),
                grace: Duration::from_secs(30),
                bytes_per_second_min: 1024,
            },
        }
    }

    pub(super) fn is_list(&self, name: &str) -> bool {
        self.lists.contains(&name)
    }
}
