//! Text with soft line ends (RFC 3676, `format=flowed`): a space at the end of a line means that it goes on.

/// The text with its paragraphs in one line each; quote marks stay in front.
pub(super) fn joined(text: &str, deletes_space: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut open: Option<usize> = None;
    for line in text.lines() {
        let depth = line.bytes().take_while(|byte| *byte == b'>').count();
        let said = &line[depth..];
        let said = said.strip_prefix(' ').unwrap_or(said);
        if open != Some(depth) {
            start(&mut out, depth, said);
        }
        let is_signature = said == "-- ";
        let is_soft = said.ends_with(' ') && !is_signature;
        out.push_str(if is_soft && deletes_space { &said[..said.len() - 1] } else { said });
        open = is_soft.then_some(depth);
    }
    out
}

fn start(out: &mut String, depth: usize, said: &str) {
    if !out.is_empty() {
        out.push('\n');
    }
    out.extend(std::iter::repeat_n('>', depth));
    if depth > 0 && !said.is_empty() {
        out.push(' ');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn soft_line_ends_go_and_hard_ones_stay() {
        assert_eq!(joined("bir \niki\nüç", false), "bir iki\nüç");
        assert_eq!(joined("bir \niki", true), "biriki");
        assert_eq!(joined("> alıntı \n> devam\nyanıt", false), "> alıntı devam\nyanıt");
        assert_eq!(joined("> a \n>> b\n c", false), "> a \n>> b\nc", "another depth ends a paragraph");
        assert_eq!(joined("metin\n-- \nAyşe", false), "metin\n-- \nAyşe");
        assert_eq!(joined(" >alıntı değil\n From x", false), ">alıntı değil\nFrom x");
    }
}
