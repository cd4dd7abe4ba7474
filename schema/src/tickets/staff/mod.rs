//! The staff side of the support form's API (CONTRACT-B section 12): tickets in that family's eighteen columns and
//! four words of status, for programs written against it.

mod edit;
mod list;
mod rows;
mod walk;

pub use edit::{Edit, NewFile, edit, find_assignee};
pub use list::list;
pub use rows::{StaffTicket, find, find_attachment};
pub use walk::walk;

/// How many tickets an answer without pages holds at most.
pub const UNPAGED_MAX: i64 = 1000;
