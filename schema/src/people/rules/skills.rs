//! Lists of words that belong to a person.

use crate::turkish::fold;

/// Words without blanks around them, each once: of two that differ in case alone the first stays.
#[must_use]
pub fn distinct(words: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for word in words {
        let word = word.trim();
        if !word.is_empty() && !kept.iter().any(|known| fold(known) == fold(word)) {
            kept.push(word.to_owned());
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_skill_stands_once_whatever_its_case() {
        let skills = [" İade ", "iade", "IADE", "", "Kargo"].map(str::to_owned);
        assert_eq!(distinct(skills), ["İade", "IADE", "Kargo"]);
    }
}
