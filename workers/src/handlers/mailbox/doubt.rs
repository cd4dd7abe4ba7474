//! What to think of a server that breaks off, lies about sizes or says what is no IMAP while it is fetched from.
//!
//! At first such a round is done again with every mail alone and in pieces, which needs no word of the server about
//! sizes. A mail on which that fails again and again is given up, so that those behind it come through.

use crate::io::imap::ImapError;
use std::collections::BTreeSet;

/// How often one mail may break a round.
const FAILURES_MAX: u8 = 3;

#[derive(Debug, Default)]
pub struct Doubt {
    is_careful: bool,
    /// The mail that is being fetched, and how often that failed.
    tried: Option<(u32, u8)>,
    given_up: BTreeSet<u32>,
}

impl Doubt {
    pub fn is_careful(&self) -> bool {
        self.is_careful
    }

    pub fn has_given_up(&self, uid: u32) -> bool {
        self.given_up.contains(&uid)
    }

    /// A mail is about to be fetched.
    pub fn try_out(&mut self, uid: u32) {
        let failures = self.tried.filter(|(tried, _)| *tried == uid).map_or(0, |(_, failures)| failures);
        self.tried = Some((uid, failures));
    }

    /// It came.
    pub fn trust(&mut self) {
        self.tried = None;
    }

    /// All there was has come.
    pub fn forget(&mut self) {
        *self = Self::default();
    }

    /// A round ended in trouble.
    pub fn learn(&mut self, error: &anyhow::Error) {
        let is_strange = error.chain().any(|cause| {
            matches!(
                cause.downcast_ref(),
                Some(ImapError::TooLarge | ImapError::Protocol(_) | ImapError::Timeout("fetching"))
            )
        });
        if !is_strange {
            return;
        }
        self.is_careful = true;
        if let Some((uid, failures)) = self.tried.take() {
            match failures + 1 >= FAILURES_MAX {
                true => drop(self.given_up.insert(uid)),
                false => self.tried = Some((uid, failures + 1)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_that_breaks_three_rounds_is_given_up_and_an_absent_server_is_nobodys_fault() {
        let mut doubt = Doubt::default();
        doubt.learn(&ImapError::Unreachable("x".into()).into());
        assert!(!doubt.is_careful());
        doubt.learn(&ImapError::TooLarge.into());
        assert!(doubt.is_careful());
        for round in 0..3 {
            assert!(!doubt.has_given_up(7), "{round}");
            doubt.try_out(7);
            doubt.learn(&ImapError::Protocol("x".into()).into());
        }
        assert!(doubt.has_given_up(7) && !doubt.has_given_up(8));
    }
}
