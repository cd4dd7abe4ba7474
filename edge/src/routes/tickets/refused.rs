//! What a refused change of a ticket is answered with.

use crate::error::{ApiError, Missing};
use crate::text::{Text, both};
use crate::time::instant;
use axum::http::StatusCode;
use schema::tickets::{Conflict, Refused, What};

pub const UNKNOWN_STATUS: Text = Text::new("Geçersiz durum", "Invalid status");
const CLOSED: Text = Text::new("Kapalı ticket yanıtlanamaz", "A closed ticket cannot be answered");
const NOT_CLOSED: Text =
    Text::new("Yalnızca kapalı bir ticket'ın devamı açılabilir", "Only a closed ticket can be followed up");
const SAME: Text = Text::new("Ticket kendisiyle birleştirilemez", "A ticket cannot be merged into itself");
const MERGED: Text = Text::new("Ticket zaten birleştirilmiş", "The ticket has been merged already");
const TARGET_CLOSED: Text = Text::new(
    "Kapalı veya birleştirilmiş bir ticket ile birleştirilemez",
    "A closed or merged ticket cannot be merged into",
);
const NOT_MERGED: Text = Text::new("Geri alınacak bir birleştirme yok", "There is no merge to undo");
const TARGET_MERGED: Text = Text::new(
    "Hedef ticket de birleştirilmiş; önce o birleştirme geri alınmalı",
    "The target was merged itself; undo that merge first",
);
const TOO_LATE: Text =
    Text::new("Birleştirme 24 saat geçtikten sonra geri alınamaz", "A merge cannot be undone after 24 hours");
const CROWDED: Text = Text::new(
    "Bu konumda yer kalmadı, kartı başka bir yere bırakın",
    "No room is left here, drop the card elsewhere",
);

impl From<Refused> for ApiError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::NotFound => ApiError::NotFound(Missing::Ticket),
            Refused::Unknown(what) => ApiError::NotFound(match what {
                What::Agent => Missing::User,
                What::Department => Missing::Department,
                What::Category => Missing::Category,
                What::Ticket => Missing::Ticket,
            }),
            Refused::Locked(lock) => ApiError::Locked { owner: lock.owner, since: instant(lock.since) },
            Refused::Stale { version } => ApiError::Stale { version },
            Refused::Transition(step) => ApiError::Conflict(both(&step, step.english())),
            Refused::UnknownStatus(_) => ApiError::Said(StatusCode::BAD_REQUEST, UNKNOWN_STATUS),
            Refused::Forbidden => ApiError::Forbidden,
            Refused::Conflict(conflict) => ApiError::Said(StatusCode::CONFLICT, text(conflict)),
            Refused::StaleSettings => ApiError::Busy,
            Refused::Database(error) => error.into(),
        }
    }
}

const fn text(conflict: Conflict) -> Text {
    match conflict {
        Conflict::Closed => CLOSED,
        Conflict::NotClosed => NOT_CLOSED,
        Conflict::SameTicket => SAME,
        Conflict::Merged => MERGED,
        Conflict::TargetClosed => TARGET_CLOSED,
        Conflict::NotMerged => NOT_MERGED,
        Conflict::TargetMerged => TARGET_MERGED,
        Conflict::TooLate => TOO_LATE,
        Conflict::Crowded => CROWDED,
    }
}
