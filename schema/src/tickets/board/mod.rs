//! The board: a column per status, a card per ticket (A8-41).
//!
//! A card that nobody has moved stands by its age, newest on top; a moved one by its rank
//! ([`Rank`](super::rules::Rank)). A column is therefore two rows of cards, each along an index of its own, laid
//! together here.

mod columns;
mod place;

pub use columns::{COLUMN_COUNT_MAX, Column, board, find_column};
pub use place::{Place, place};
