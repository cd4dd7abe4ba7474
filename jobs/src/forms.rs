//! Submitted forms.

use crate::{Job, Queue, SiteId, SubmissionId};
use serde::{Deserialize, Serialize};

/// Makes the ticket of a stored submission, under the id that its sender was told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Convert {
    pub site_id: SiteId,
    pub submission_id: SubmissionId,
}

impl Job for Convert {
    const KIND: &'static str = "form.convert";
    const QUEUE: Queue = Queue::Forms;
    const ABOUT: &'static str = "Turns one stored form submission into its ticket.";

    fn site(&self) -> SiteId {
        self.site_id
    }
}
