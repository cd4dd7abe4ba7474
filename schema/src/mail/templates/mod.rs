//! The mails AsistTR writes: subject, text and HTML of each, filled with facts.
//!
//! The Turkish texts are files beside this one; a site may replace them (`render_own`). Values are escaped in
//! the HTML part by the template engine. Confirmations repeat nothing of what a stranger wrote but his name
//! and subject, both shortened: otherwise anyone could send his own words through us to anyone.
//!
//! ```ignore
//! let mail = render(Template::Reply, &facts)?;
//! ```

mod engine;
mod facts;
mod source;

pub use super::outbound::Template;
pub use engine::RenderError;
pub use facts::{Facts, ReplyFacts, TEAM_NAME, TicketFacts};
pub use source::{Source, built_in};

/// A finished mail body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// A template that a site wrote itself.
#[derive(Clone, Copy, Debug)]
pub struct OwnTemplate<'a> {
    pub subject: &'a str,
    pub text: &'a str,
    pub html: &'a str,
}

/// Fills a built-in mail.
///
/// # Errors
/// [`RenderError`] when a fact that the mail needs is missing, as an agent's reply in `Reply`.
pub fn render(template: Template, facts: &Facts) -> Result<Rendered, RenderError> {
    let facts = if template.is_confirmation() { facts.for_strangers() } else { facts.clone() };
    engine::built_in(template, &facts)
}

/// Fills the mail that brings a reset token; `url` is where it is redeemed. It greets nobody by name: anybody can
/// make an account under a stranger's address, with a name of his choice.
///
/// # Errors
/// None in practice: it needs no other fact.
pub fn render_password_reset(url: &str) -> Result<Rendered, RenderError> {
    engine::account("password_reset", "Şifre sıfırlama / Password reset", url)
}

/// Fills the mail that shows an admin that his site's mails leave.
///
/// # Errors
/// None in practice: it needs no other fact.
pub fn render_delivery_test(url: &str) -> Result<Rendered, RenderError> {
    engine::account("delivery_test", "AsistTR deneme e-postası / test mail", url)
}

/// Fills a site's own version of a mail.
///
/// # Errors
/// [`RenderError`] also when the template names what it must not; saving it should have refused that.
pub fn render_own(template: Template, own: OwnTemplate<'_>, facts: &Facts) -> Result<Rendered, RenderError> {
    let facts = if template.is_confirmation() { facts.for_strangers() } else { facts.clone() };
    engine::own(own, &facts)
}

#[cfg(test)]
mod tests;
