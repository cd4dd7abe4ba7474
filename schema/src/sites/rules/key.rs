//! A site's API key: 256 random bits, spelt so that a person can tell what it is.

/// How many of a key's last letters are kept to tell it from others.
const HINT_CHARS: usize = 4;

/// `wk_` and 64 hexadecimal digits.
#[must_use]
pub fn spell(bits: &[u8; 32]) -> String {
    let digits: String = bits.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("wk_{digits}")
}

/// The end of a key.
#[must_use]
pub fn hint(key: &str) -> &str {
    let from = key.char_indices().rev().nth(HINT_CHARS - 1).map_or(0, |(at, _)| at);
    &key[from..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_holds_all_its_bits_and_its_hint_is_its_end() {
        let mut bits = [0; 32];
        bits[31] = 0xA5;
        let key = spell(&bits);
        assert_eq!((key.len(), hint(&key)), (67, "00a5"));
        assert_eq!(hint("abc"), "abc");
    }
}
