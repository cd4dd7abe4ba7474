//! LEAST_BUSY, «En az meşgul agent»: the lowest load wins.

use std::cmp::Ordering;

use uuid::Uuid;

use super::candidate::Candidate;

/// The one with the lowest load among agents who can take something; none if there is nobody.
pub fn least_busy(candidates: &[Candidate]) -> Option<Uuid> {
    candidates.iter().min_by(|one, other| by_load(one, other)).map(|chosen| chosen.id)
}

/// Lower load first; then fewer chats, then the longest without an assignment (never comes before ever),
/// then the id, so that the order is total.
pub fn by_load(one: &Candidate, other: &Candidate) -> Ordering {
    let (one_load, one_places) = one.load_fraction();
    let (other_load, other_places) = other.load_fraction();
    (one_load * other_places)
        .cmp(&(other_load * one_places))
        .then(one.current_chats.cmp(&other.current_chats))
        .then(one.last_assigned_at.cmp(&other.last_assigned_at))
        .then(one.id.cmp(&other.id))
}
