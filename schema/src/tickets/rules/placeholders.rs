//! Fills a ready-made answer with what is known of a ticket (A8-39).

/// What a template may name.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// With its leading hash.
    pub ticket_number: &'a str,
    pub visitor_name: &'a str,
    pub agent_name: &'a str,
    pub subject: &'a str,
}

/// Puts the facts in the place of `{{ticket_number}}`, `{{visitor_name}}`, `{{agent_name}}` and `{{subject}}`; spaces
/// inside the braces do not matter. Other names stay as they are, and what a fact says is never filled again.
pub fn fill(template: &str, facts: Facts<'_>) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(start) = rest.find("{{") {
        let (before, from) = rest.split_at(start);
        filled.push_str(before);
        let Some(end) = from.find("}}") else {
            rest = from;
            break;
        };
        match facts.get(from[2..end].trim()) {
            Some(fact) => {
                filled.push_str(fact);
                rest = &from[end + 2..];
            }
            None => {
                filled.push_str("{{");
                rest = &from[2..];
            }
        }
    }
    filled.push_str(rest);
    filled
}

impl<'a> Facts<'a> {
    fn get(&self, name: &str) -> Option<&'a str> {
        match name {
            "ticket_number" => Some(self.ticket_number),
            "visitor_name" => Some(self.visitor_name),
            "agent_name" => Some(self.agent_name),
            "subject" => Some(self.subject),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(template: &str) -> String {
        fill(
            template,
            Facts {
                ticket_number: "#7",
                visitor_name: "Şükrü",
                agent_name: "Ayşe",
                subject: "{{agent_name}}",
            },
        )
    }

    #[test]
    fn known_names_are_filled_and_unknown_ones_stay_as_they_are() {
        assert_eq!(
            filled("Sayın {{visitor_name}}, {{ ticket_number }} için {{agent_name}}"),
            "Sayın Şükrü, #7 için Ayşe"
        );
        for untouched in ["{{yok}} {{Subject}}", "{{", "}} {{visitor_name", "{ {subject} }", "", "{{}}"] {
            assert_eq!(filled(untouched), untouched);
        }
        assert_eq!(filled("{{{{subject}}}}"), "{{{{agent_name}}}}", "a fact is not filled again");
        assert_eq!(filled("{{yok {{visitor_name}}"), "{{yok Şükrü");
    }
}
