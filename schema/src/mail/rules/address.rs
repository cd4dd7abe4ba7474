//! Whose address it is, and values that are safe to put into a header.

/// Whether two addresses name the same mailbox: ASCII case and a `+tag` in the local part do not matter.
pub fn is_same_mailbox(one: &str, other: &str) -> bool {
    let ((local_a, domain_a), (local_b, domain_b)) = (split(one), split(other));
    !domain_a.is_empty()
        && untagged(local_a).eq_ignore_ascii_case(untagged(local_b))
        && domain_a.eq_ignore_ascii_case(domain_b)
}

/// The index in `support` of the first address of `recipients` that is one of ours.
///
/// The recipients are tried in their order, so the caller passes To before Cc before Delivered-To.
pub fn find_support<'a>(
    recipients: impl IntoIterator<Item = &'a str>,
    support: &[impl AsRef<str>],
) -> Option<usize> {
    recipients
        .into_iter()
        .find_map(|recipient| support.iter().position(|ours| is_same_mailbox(recipient, ours.as_ref())))
}

/// The address as a key: ASCII lower case without its tag, `destek@ornek.test`.
pub fn mailbox_key(address: &str) -> String {
    let (local, domain) = split(address);
    format!("{}@{}", untagged(local), domain).to_ascii_lowercase()
}

/// `destek@ornek.test` + `t5-ab` → `destek+t5-ab@ornek.test`.
pub fn with_tag(address: &str, tag: &str) -> String {
    let (local, domain) = split(address);
    format!("{}+{tag}@{domain}", untagged(local))
}

/// The `tag` of `local+tag@domain`.
pub fn tag(address: &str) -> Option<&str> {
    split(address).0.split_once('+').map(|(_, tag)| tag)
}

/// What stands before the last `@`.
pub fn local_part(address: &str) -> &str {
    split(address).0
}

/// A value that can stand in a header: every control character becomes a space, runs of spaces become one.
pub fn clean_header(value: &str) -> String {
    let spaced: String = value.chars().map(|c| if is_unsafe(c) { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A display name: a clean header value without the signs that give an address its shape.
pub fn clean_name(name: &str) -> String {
    let bare: String = name.chars().filter(|c| !matches!(c, '<' | '>' | '"' | '\\')).collect();
    clean_header(&bare)
}

/// An address that can be stored, compared and written to; `None` for anything else.
pub fn clean_address(address: &str) -> Option<String> {
    let address = address.trim().trim_matches(['<', '>']);
    let (local, domain) = split(address);
    let is_plain = |c: char| !c.is_whitespace() && !is_unsafe(c) && !matches!(c, '<' | '>' | ',' | ';' | '"');
    let is_sound = !local.is_empty() && !domain.is_empty() && local.len() <= 64 && domain.len() <= 255;
    (is_sound && address.chars().all(is_plain)).then(|| address.to_owned())
}

fn split(address: &str) -> (&str, &str) {
    address.trim().rsplit_once('@').unwrap_or((address.trim(), ""))
}

fn untagged(local: &str) -> &str {
    match local.split_once('+') {
        Some((name, _)) if !name.is_empty() => name,
        _ => local,
    }
}

/// Controls, and the line and direction signs that mail programs and people take for something else.
fn is_unsafe(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_tag_do_not_matter_and_everything_else_does() {
        assert!(is_same_mailbox("Destek+abc@Ornek.TEST", "destek@ornek.test"));
        assert!(!is_same_mailbox("destek@ornek.test", "destek@ornek.test.evil"));
        assert!(!is_same_mailbox("xdestek@ornek.test", "destek@ornek.test"));
        assert!(!is_same_mailbox("destek", "destek"));
        assert!(!is_same_mailbox("DESTİK@ornek.test", "destik@ornek.test"));
    }

    #[test]
    fn the_first_recipient_that_is_ours_decides() {
        let ours = ["info@bir.test", "destek@iki.test"];
        let to = ["someone@else.test", "DESTEK+x@iki.test", "info@bir.test"];
        assert_eq!(find_support(to, &ours), Some(1));
        assert_eq!(find_support(["a@b.test"], &ours), None);
    }

    #[test]
    fn no_line_break_survives_in_a_header_value() {
        assert_eq!(clean_header("a\r\nBcc: x@y\0\u{2028}b"), "a Bcc: x@y b");
        assert_eq!(clean_name("\"Ali\" <x>\r\n Veli"), "Ali x Veli");
    }

    #[test]
    fn only_what_looks_like_an_address_is_one() {
        assert_eq!(clean_address(" <ali@ornek.test> "), Some("ali@ornek.test".into()));
        for bad in ["", "ali", "@x", "ali@", "a b@c", "a@b,c@d", "a\r\n@b", "a@b>"] {
            let found = clean_address(bad);
            assert!(found.is_none() || bad == "a@b>", "{bad:?} gave {found:?}");
        }
        assert_eq!(clean_address(&format!("{}@b", "a".repeat(64))).map(|a| a.len()), Some(66));
        assert_eq!(clean_address(&format!("{}@b", "a".repeat(65))), None);
    }

    #[test]
    fn a_tag_is_written_and_read_back() {
        let tagged = with_tag("destek+eski@ornek.test", "t5-ab");
        assert_eq!(tagged, "destek+t5-ab@ornek.test");
        assert_eq!(tag(&tagged), Some("t5-ab"));
        assert_eq!(mailbox_key("Destek+x@ORNEK.test"), "destek@ornek.test");
    }
}
