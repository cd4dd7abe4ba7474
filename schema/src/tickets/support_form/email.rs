//! Whether a text is an e-mail address, by the rules the support form has always had.
//!
//! The local part is a dot-atom of ASCII or a quoted string without blanks. The domain is `localhost`, an address
//! literal, or at least two labels of which the last is a name or punycode. Letters beyond ASCII are allowed in the
//! domain only. Two quirks of the founding rule are left out on purpose: control characters in a quoted local part,
//! and non-ASCII letters that merely fold to ASCII (`ı`).

use std::net::{Ipv4Addr, Ipv6Addr};

/// RFC 3696, section 3.
const CHARS_MAX: usize = 320;
const LABEL_CHARS_MAX: usize = 63;

/// Judges a text from which blanks around it are already removed.
pub fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    text.chars().count() <= CHARS_MAX && is_local(local) && is_domain(domain)
}

fn is_local(local: &str) -> bool {
    local.split('.').all(is_atom) || is_quoted(local)
}

fn is_atom(atom: &str) -> bool {
    !atom.is_empty() && atom.chars().all(|c| c.is_ascii_alphanumeric() || "-!#$%&'*+/=?^_`{}|~".contains(c))
}

fn is_quoted(local: &str) -> bool {
    let Some(inner) = local.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else { return false };
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        let fine = match c {
            '\\' => chars.next().is_some_and(|escaped| escaped.is_ascii_graphic()),
            '"' => false,
            _ => c.is_ascii_graphic(),
        };
        if !fine {
            return false;
        }
    }
    true
}

fn is_domain(domain: &str) -> bool {
    if domain.eq_ignore_ascii_case("localhost") || is_literal(domain) {
        return true;
    }
    let Some((hosts, top)) = domain.rsplit_once('.') else { return false };
    hosts.split('.').all(is_label) && is_top(top)
}

fn is_literal(domain: &str) -> bool {
    let inner = domain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    inner.is_some_and(|ip| ip.parse::<Ipv4Addr>().is_ok() || ip.parse::<Ipv6Addr>().is_ok())
}

fn is_label(label: &str) -> bool {
    is_dashed(label)
        && !label.is_empty()
        && label.chars().all(|c| is_letter(c) || c.is_ascii_digit() || c == '-')
}

fn is_top(top: &str) -> bool {
    let punycode = top.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("xn--"));
    let named = top.chars().count() >= 2 && top.chars().all(|c| is_letter(c) || c == '-');
    is_dashed(top)
        && (named || (punycode && top.len() > 4 && top[4..].chars().all(|c| c.is_ascii_alphanumeric())))
}

/// At most 63 characters, with no dash at either end.
fn is_dashed(label: &str) -> bool {
    label.chars().count() <= LABEL_CHARS_MAX && !label.starts_with('-') && !label.ends_with('-')
}

fn is_letter(c: char) -> bool {
    c.is_ascii_alphabetic() || ('\u{a1}'..='\u{ffff}').contains(&c)
}
