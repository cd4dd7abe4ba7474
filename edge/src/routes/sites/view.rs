//! A site as it is shown.

use crate::time::instant;
use schema::sites::tenants::Site;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Serialize, ToSchema)]
#[schema(as = Site)]
pub struct View {
    id: Uuid,
    name: String,
    domain: String,
    /// IANA.
    timezone: String,
    /// The first of the addresses.
    support_email: Option<String>,
    support_addresses: Vec<String>,
    support_team_name: String,
    mail_from: Option<String>,
    /// The browser origins that are the site's own.
    origins: Vec<String>,
    default_language: String,
    is_active: bool,
    is_default: bool,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

impl From<Site> for View {
    fn from(row: Site) -> Self {
        Self {
            id: row.id,
            name: row.name,
            domain: row.domain,
            timezone: row.timezone,
            support_email: row.support_addresses.first().cloned(),
            support_addresses: row.support_addresses,
            support_team_name: row.support_team_name,
            mail_from: row.mail_from,
            origins: row.origins,
            default_language: row.default_language,
            is_active: row.is_active,
            is_default: row.is_default,
            created_at: instant(row.created_at),
            updated_at: instant(row.updated_at),
        }
    }
}
