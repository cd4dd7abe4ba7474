//! The built-in mails as a site finds them before it writes its own: placeholders and nothing else.

use super::{Template, engine};

/// A mail's three texts, with placeholders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    pub subject: String,
    pub html: String,
    pub text: String,
}

/// The subject's template; exact texts of B10-41…43 and B12-60.
pub(super) fn subject_of(template: Template) -> &'static str {
    match template {
        Template::Acknowledgement => "[Ticket #{{ ticket.ticket_number }}] Talebiniz alındı",
        Template::Reply => "[Ticket #{{ ticket.ticket_number }}] Yeni Yanıt",
        Template::Resolved => "[Ticket #{{ ticket.ticket_number }}] Talebiniz çözüldü",
        Template::Closed => "[Ticket #{{ ticket.ticket_number }}] Talebiniz kapatıldı",
        Template::SupportForm => "Destek Talebiniz Alındı - {{ ticket.ticket_number }}",
    }
}

/// The built-in version in the words that a site's own may use: what it signs with stands in it as text, and the line
/// about the reopening is added when it is sent.
#[must_use]
pub fn built_in(template: Template, team_name: &str) -> Source {
    let source = |ending: &str, team_name: &str| {
        without_statements(engine::file(template, ending)).replace("{{ team_name }}", team_name)
    };
    Source {
        subject: subject_of(template).to_owned(),
        html: source("html", &engine::escaped(team_name)),
        text: source("txt", team_name),
    }
}

/// Without the parts that stand under a condition.
fn without_statements(source: &str) -> String {
    let mut kept = source.to_owned();
    while let Some((before, rest)) = kept.split_once("{%") {
        let after = rest.split_once("endif").and_then(|(_, rest)| rest.split_once("%}"));
        let after = after.map_or("", |(_, after)| after);
        kept = format!(
            "{}\n{}",
            before.trim_end_matches([' ', '\n']),
            if after.contains('<') { after.trim_start_matches('\n') } else { after }
        );
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::rules::template::check;

    #[test]
    fn a_site_may_save_every_built_in_mail_as_it_finds_it() {
        for template in Template::ALL {
            let Source { subject, html, text } = built_in(template, "A & B");
            for part in [&subject, &html, &text] {
                assert_eq!(check(part), Ok(()), "{template:?}: {part}");
                assert!(!part.trim().is_empty());
            }
        }
        let acknowledgement = built_in(Template::Acknowledgement, "x");
        assert!(
            acknowledgement.text.ends_with("dönüş yapılacaktır.\n\nDestek Ekibi\n"),
            "{}",
            acknowledgement.text
        );
        assert!(built_in(Template::SupportForm, "A & B").html.contains("A &amp; B"));
    }
}
