//! What people ask about their accounts without being signed in.

use crate::{Job, Queue, SiteId};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// Mails a token for a new password to an address, if it is somebody's. Asked for every address alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForgotPassword {
    /// In lower case.
    pub email: String,
    /// From where it was asked, for the audit log.
    #[serde(default)]
    pub ip_address: Option<IpAddr>,
    #[serde(default)]
    pub user_agent: Option<String>,
}

impl Job for ForgotPassword {
    const KIND: &'static str = "password.forgot";
    const QUEUE: Queue = Queue::Notices;
    const ABOUT: &'static str = "Mails a token for a new password to an address, if it is somebody's.";

    fn site(&self) -> SiteId {
        SiteId::SYSTEM
    }
}
