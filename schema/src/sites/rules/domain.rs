//! A site's domain, for people to know it by.

const CHARS_MAX: usize = 253;
const LABEL_CHARS_MAX: usize = 63;

/// The name in small letters, letters beyond ASCII included; none of what is no host's name.
#[must_use]
pub fn domain(text: &str) -> Option<String> {
    let name = text.trim().trim_end_matches('.').to_lowercase();
    let is_label = |label: &str| {
        (1..=LABEL_CHARS_MAX).contains(&label.chars().count())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|letter| letter.is_alphanumeric() || letter == '-')
    };
    (name.chars().count() <= CHARS_MAX && name.split('.').all(is_label)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_a_hosts_name() {
        for (given, kept) in [
            ("Ornek.COM", "ornek.com"),
            ("localhost", "localhost"),
            ("çiçek.com.tr.", "çiçek.com.tr"),
            ("xn--iek-2lac.com", "xn--iek-2lac.com"),
            (" 10.0.0.1 ", "10.0.0.1"),
        ] {
            assert_eq!(domain(given).as_deref(), Some(kept), "{given}");
        }
        for wrong in
            ["", " ", "https://ornek.com", "ornek.com/a", "ornek..com", "-a.com", "a-.com", "a b.com", "a:80"]
        {
            assert_eq!(domain(wrong), None, "{wrong}");
        }
        assert_eq!(domain(&"a".repeat(64)), None);
        assert_eq!(domain(&vec!["a".repeat(63); 4].join(".")), None);
    }
}
