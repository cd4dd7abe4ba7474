//! The mails' texts as clients read them.

use crate::time::instant;
use schema::mail::Template;
use schema::mail::rules::template::PLACEHOLDERS;
use schema::mail::site_templates::SiteTemplate;
use schema::mail::templates::{Rendered, Source};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
#[schema(as = EmailTemplate)]
pub struct View {
    #[schema(example = "acknowledgement")]
    key: &'static str,
    subject: String,
    html: String,
    text: String,
    /// Whether the built-in text is sent.
    is_built_in: bool,
    /// What may stand between `{{` and `}}`.
    placeholders: [&'static str; PLACEHOLDERS.len()],
    /// When the site's own was written.
    #[schema(format = DateTime)]
    updated_at: Option<String>,
}

impl View {
    pub fn own(template: Template, own: SiteTemplate) -> Self {
        let SiteTemplate { subject, html, text, updated_at, .. } = own;
        let updated_at = Some(instant(updated_at));
        Self { updated_at, is_built_in: false, ..Self::built_in(template, Source { subject, html, text }) }
    }

    pub fn built_in(template: Template, source: Source) -> Self {
        let Source { subject, html, text } = source;
        let (key, placeholders) = (template.key(), PLACEHOLDERS);
        Self { key, subject, html, text, is_built_in: true, placeholders, updated_at: None }
    }
}

/// A mail as a customer would get it.
#[derive(Serialize, ToSchema)]
#[schema(as = EmailPreview)]
pub struct Shown {
    subject: String,
    html: String,
    text: String,
}

impl From<Rendered> for Shown {
    fn from(rendered: Rendered) -> Self {
        let Rendered { subject, html, text } = rendered;
        Self { subject, html, text }
    }
}
