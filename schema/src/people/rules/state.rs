//! What an agent says of himself, and until when (A6-01…07).

use crate::routing::rules::AgentState;
use chrono::{DateTime, TimeDelta, Utc};

/// Nobody is away for longer.
const AHEAD_MAX: TimeDelta = TimeDelta::days(366);

/// A state with what was added to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presence {
    pub state: AgentState,
    pub message: Option<String>,
    pub until: Option<DateTime<Utc>>,
}

/// The end lies behind, or too far ahead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadState;

impl Presence {
    /// A state as it is to be kept: «Müsait» and «Meşgul» have no end (A6-07).
    ///
    /// # Errors
    /// Any other state whose end is not to come within a year.
    pub fn new(
        state: AgentState,
        message: Option<String>,
        until: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Result<Self, BadState> {
        let until = until.filter(|_| !state.takes_chats());
        match until {
            Some(until) if until <= now || until - now > AHEAD_MAX => Err(BadState),
            _ => Ok(Self { state, message, until }),
        }
    }

    /// The state at an instant: after its end it is «Müsait» by itself, and the message went with it.
    #[must_use]
    pub fn at(self, now: DateTime<Utc>) -> Self {
        match self.until {
            Some(until) if until <= now => Self { state: AgentState::Available, message: None, until: None },
            _ => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noon() -> DateTime<Utc> {
        "2026-11-20T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn being_available_or_busy_has_no_end() {
        let soon = Some(noon() + TimeDelta::minutes(30));
        for state in [AgentState::Available, AgentState::Busy] {
            assert_eq!(Presence::new(state, None, soon, noon()).unwrap().until, None);
        }
        assert_eq!(Presence::new(AgentState::OnBreak, None, soon, noon()).unwrap().until, soon);
    }

    #[test]
    fn an_end_must_be_to_come() {
        let at = |until| Presence::new(AgentState::Away, None, Some(until), noon());
        assert_eq!(at(noon()), Err(BadState));
        assert!(at(noon() + TimeDelta::microseconds(1)).is_ok());
        assert!(at(noon() + AHEAD_MAX).is_ok());
        assert_eq!(at(noon() + AHEAD_MAX + TimeDelta::microseconds(1)), Err(BadState));
        assert!(Presence::new(AgentState::Available, None, Some(noon()), noon()).is_ok());
    }

    #[test]
    fn a_break_is_over_when_its_end_is_reached() {
        let until = Some(noon());
        let resting =
            Presence { state: AgentState::OnBreak, message: Some("Öğle yemeğinde".into()), until };
        assert_eq!(resting.clone().at(noon() - TimeDelta::microseconds(1)), resting);
        let over = resting.at(noon());
        assert_eq!((over.state, over.message, over.until), (AgentState::Available, None, None));
    }
}
