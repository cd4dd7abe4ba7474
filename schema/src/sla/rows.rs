//! A ticket as its deadline sees it.

use super::rules::Watched;
use crate::tickets::rules::Status;
use chrono::{DateTime, Utc};
use diesel::prelude::QueryableByName;
use diesel::sql_types::{BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use uuid::Uuid;

/// A ticket locked by the open transaction.
#[derive(Clone, Debug, QueryableByName)]
pub(super) struct Row {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub site_id: Uuid,
    #[diesel(sql_type = BigInt)]
    pub ticket_number: i64,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub agent_id: Option<Uuid>,
    #[diesel(sql_type = Text)]
    pub status: String,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub sla_due_date: Option<DateTime<Utc>>,
    #[diesel(sql_type = Bool)]
    pub sla_paused: bool,
    #[diesel(sql_type = Bool)]
    pub sla_breach_notified: bool,
    #[diesel(sql_type = Bool)]
    pub sla_breached: bool,
}

impl Row {
    /// What the rule needs. A status of a site's own making counts as open: its deadline runs.
    pub fn watched(&self) -> Watched {
        Watched {
            status: Status::parse(&self.status).unwrap_or(Status::Open),
            due: self.sla_due_date,
            stands: self.sla_paused,
            warned: self.sla_breach_notified,
            breached: self.sla_breached,
        }
    }
}
