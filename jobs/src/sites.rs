//! What happens to whole sites.

use crate::{Job, Queue, SiteId};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Takes away what belonged to a deleted site: rows, files, and the site itself. Its audit log stays.
///
/// The system's job, not the site's: those go as well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remove {
    pub site_id: SiteId,
}

impl Job for Remove {
    const KIND: &'static str = "site.remove";
    const QUEUE: Queue = Queue::Maintenance;
    /// A file store may be away for a day.
    const ATTEMPTS_MAX: i16 = 100;
    const TIMEOUT: Duration = Duration::from_secs(15 * 60);
    const ABOUT: &'static str = "Takes away the rows and files of a deleted site.";

    fn site(&self) -> SiteId {
        SiteId::SYSTEM
    }
}
