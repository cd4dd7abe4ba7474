//! A quarantined mail as JSON.

use crate::time::instant;
use schema::mail::quarantine::Kept;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Serialize, ToSchema)]
#[schema(as = QuarantinedMail)]
pub struct View {
    id: Uuid,
    mailbox_id: Uuid,
    /// Null while nobody knows whose it is.
    site_id: Option<Uuid>,
    /// `no_site`, `no_sender`, `empty`, `malformed`, `too_large`, `too_deep`, `too_many_parts`, `headers_too_large`,
    /// `too_slow`, `panicked`, `failed`, `gave_up`, `own_mail`, `delivery_report`, `read_receipt` or `feedback_report`.
    cause: String,
    /// Who wrote it, to whom and about what, as far as it could be read.
    sender: Option<String>,
    recipients: Vec<String>,
    subject: Option<String>,
    message_id: Option<String>,
    size_bytes: i64,
    /// False of a mail that was too large to be fetched: it lies on its server.
    has_raw: bool,
    #[schema(format = DateTime)]
    received_at: String,
}

impl From<Kept> for View {
    fn from(kept: Kept) -> Self {
        Self {
            id: kept.id,
            mailbox_id: kept.mailbox_id,
            site_id: kept.site_id,
            cause: kept.cause,
            sender: kept.sender,
            recipients: kept.recipients,
            subject: kept.subject,
            message_id: kept.message_id,
            size_bytes: kept.size_bytes,
            has_raw: kept.has_raw,
            received_at: instant(kept.received_at),
        }
    }
}
