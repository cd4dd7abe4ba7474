//! Every sentence a person reads exists in Turkish and in English, Turkish first; here is how one is chosen.

mod fields;
pub mod negotiate;

pub use fields::Words;
pub use schema::tickets::support_form::Language;
use std::fmt::Display;

/// A sentence in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text {
    pub tr: &'static str,
    pub en: &'static str,
}

impl Text {
    #[must_use]
    pub const fn new(tr: &'static str, en: &'static str) -> Self {
        Self { tr, en }
    }

    /// What a rule says that does not know to whom.
    #[must_use]
    pub fn rule(self) -> garde::Error {
        garde::Error::new(String::from(self))
    }

    /// The sentence in a language.
    #[must_use]
    pub const fn of(self, language: Language) -> &'static str {
        match language {
            Language::Tr => self.tr,
            Language::En => self.en,
        }
    }
}

/// Both sentences, for [`spoken`] to choose from.
impl From<Text> for String {
    fn from(text: Text) -> String {
        both(text.tr, text.en)
    }
}

/// Both sentences of a text that is made of parts, for [`spoken`] to choose from.
#[must_use]
pub fn both(tr: impl Display, en: impl Display) -> String {
    format!("{tr}{BETWEEN}{en}")
}

/// Stands in no sentence of ours.
const BETWEEN: char = '\u{1f}';

/// What a rule said, in a language.
#[must_use]
pub fn spoken(said: &str, language: Language) -> String {
    let (tr, en) = said.split_once(BETWEEN).unwrap_or((said, said));
    if language == Language::Tr { tr.to_owned() } else { en.to_owned() }
}
