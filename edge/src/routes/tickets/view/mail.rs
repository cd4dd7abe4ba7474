//! What a mail looked like: its words in pieces, and its page.

use schema::mail::bodies::Body;
use serde::Serialize;
use utoipa::ToSchema;

/// A mail whose quote and signature can be folded. Every line of its text stands in exactly one of the pieces.
#[derive(Serialize, ToSchema)]
#[schema(as = TicketMail)]
pub struct MailView {
    /// What the writer says.
    reply: String,
    /// Earlier mails, to be shown folded.
    quoted: String,
    signature: String,
    /// The page down to its quote, free of scripts, forms and whatever loads from elsewhere; null of a mail in plain text.
    html: Option<String>,
    html_quoted: Option<String>,
    /// Pictures of other servers wait in `data-blocked-src` until somebody asks for them.
    has_blocked_pictures: bool,
}

impl From<Body> for MailView {
    fn from(body: Body) -> Self {
        let Body { reply, quoted, signature, html, html_quoted, has_blocked_pictures } = body;
        Self { reply, quoted, signature, html, html_quoted, has_blocked_pictures }
    }
}
