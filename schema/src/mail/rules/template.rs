//! Mail templates that a site wrote itself: placeholders and nothing else.
//!
//! A template is checked when it is saved, so that sending can rely on it (B10-59). Only `{{ name }}` with a
//! known name is a placeholder; statements, filters and calculations of the template language are refused.

/// All that a site's template may name.
pub const PLACEHOLDERS: [&str; 7] = [
    "ticket.ticket_number",
    "ticket.subject",
    "ticket.visitor_name",
    "ticket.status_label",
    "reply.agent_name",
    "reply.body",
    "reply_url",
];
/// Bytes of one template text.
pub const SOURCE_BYTES_MAX: usize = 64 * 1024;

/// What is wrong with a template's text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    #[error("unknown placeholder: {0}")]
    UnknownPlaceholder(String),
    #[error("a placeholder is not closed with }}}}")]
    Unclosed,
    #[error("statements and comments of the template language are not allowed")]
    Statement,
    #[error("a template has at most {SOURCE_BYTES_MAX} bytes")]
    TooLong,
}

/// # Errors
/// The first thing that is wrong.
pub fn check(source: &str) -> Result<(), TemplateError> {
    if source.len() > SOURCE_BYTES_MAX {
        return Err(TemplateError::TooLong);
    }
    if source.contains("{%") || source.contains("{#") {
        return Err(TemplateError::Statement);
    }
    for piece in source.split("{{").skip(1) {
        let (name, _) = piece.split_once("}}").ok_or(TemplateError::Unclosed)?;
        if !PLACEHOLDERS.contains(&name.trim()) {
            return Err(TemplateError::UnknownPlaceholder(name.trim().chars().take(80).collect()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_placeholder_passes() {
        for name in PLACEHOLDERS {
            assert_eq!(check(&format!("Sayın {{{{ {name} }}}}, {{{{{name}}}}}")), Ok(()));
        }
        assert_eq!(check("{ tek } }} %}"), Ok(()));
    }

    #[test]
    fn everything_else_is_refused_with_its_name() {
        assert_eq!(
            check("{{ ticket.secret }}"),
            Err(TemplateError::UnknownPlaceholder("ticket.secret".into()))
        );
        assert_eq!(
            check("{{ reply.body|safe }}"),
            Err(TemplateError::UnknownPlaceholder("reply.body|safe".into()))
        );
        assert_eq!(check("{{{ reply_url }}}"), Err(TemplateError::UnknownPlaceholder("{ reply_url".into())));
        assert_eq!(check("{{ reply_url"), Err(TemplateError::Unclosed));
        assert_eq!(check("{% for i in range(9) %}"), Err(TemplateError::Statement));
        assert_eq!(check(&"a".repeat(SOURCE_BYTES_MAX)), Ok(()));
        assert_eq!(check(&"a".repeat(SOURCE_BYTES_MAX + 1)), Err(TemplateError::TooLong));
    }
}
