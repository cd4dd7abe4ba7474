//! What a field's broken rule is called, for `garde`.

use super::Language;
use garde::i18n::{I18n, InvalidCreditCard, InvalidEmail, InvalidPhoneNumber, InvalidUrl, IpKind};
use std::borrow::Cow;
use std::fmt::Display;

/// The rules' sentences in a language.
#[derive(Clone, Copy, Debug)]
pub struct Words(pub Language);

impl Words {
    pub const REQUIRED: super::Text = super::Text::new("Bu alan zorunlu.", "This field is required.");
    pub const BLANK: super::Text =
        super::Text::new("Bu alan boş bırakılmamalı.", "This field may not be blank.");
    pub const WRONG_TYPE: super::Text = super::Text::new("Geçersiz değer.", "Not a valid value.");
    pub const NUL: super::Text =
        super::Text::new("Boş karakterlere izin verilmiyor.", "Null characters are not allowed.");
    pub const EMAIL: super::Text =
        super::Text::new("Geçerli bir e-posta adresi girin.", "Enter a valid email address.");
    const MALFORMED: super::Text = super::Text::new("Geçersiz değer.", "Not a valid value.");

    fn say(self, tr: String, en: String) -> Cow<'static, str> {
        Cow::Owned(if self.0 == Language::Tr { tr } else { en })
    }

    fn malformed(self) -> Cow<'static, str> {
        Cow::Borrowed(Self::MALFORMED.of(self.0))
    }
}

impl I18n for Words {
    fn length_lower_than(&self, min: usize) -> Cow<'static, str> {
        if min == 1 {
            return Cow::Borrowed(Self::BLANK.of(self.0));
        }
        self.say(format!("En az {min} uzunlukta olmalı."), format!("Must be at least {min} long."))
    }

    fn length_greater_than(&self, max: usize) -> Cow<'static, str> {
        self.say(format!("En fazla {max} uzunlukta olabilir."), format!("Must be at most {max} long."))
    }

    fn range_lower_than(&self, min: &dyn Display) -> Cow<'static, str> {
        self.say(format!("En az {min} olmalı."), format!("Must be at least {min}."))
    }

    fn range_greater_than(&self, max: &dyn Display) -> Cow<'static, str> {
        self.say(format!("En fazla {max} olabilir."), format!("Must be at most {max}."))
    }

    fn credit_card_invalid(&self, _: InvalidCreditCard) -> Cow<'static, str> {
        self.malformed()
    }

    fn pattern_no_match(&self, _: &dyn Display) -> Cow<'static, str> {
        self.malformed()
    }

    fn contains_missing(&self, _: &dyn Display) -> Cow<'static, str> {
        self.malformed()
    }

    fn url_invalid(&self, _: InvalidUrl) -> Cow<'static, str> {
        self.say("Geçerli bir adres (URL) girin.".into(), "Enter a valid URL.".into())
    }

    fn prefix_missing(&self, _: &dyn Display) -> Cow<'static, str> {
        self.malformed()
    }

    fn suffix_missing(&self, _: &dyn Display) -> Cow<'static, str> {
        self.malformed()
    }

    fn phone_number_invalid(&self, _: InvalidPhoneNumber) -> Cow<'static, str> {
        self.say("Geçerli bir telefon numarası girin.".into(), "Enter a valid phone number.".into())
    }

    fn ip_invalid(&self, _: IpKind) -> Cow<'static, str> {
        self.malformed()
    }

    fn matches_field_mismatch(&self, field: &dyn Display) -> Cow<'static, str> {
        self.say(format!("{field} ile aynı olmalı."), format!("Must be the same as {field}."))
    }

    fn email_invalid(&self, _: InvalidEmail) -> Cow<'static, str> {
        Cow::Borrowed(Self::EMAIL.of(self.0))
    }

    fn ascii_invalid(&self) -> Cow<'static, str> {
        self.malformed()
    }

    fn alphanumeric_invalid(&self) -> Cow<'static, str> {
        self.malformed()
    }

    fn required_not_set(&self) -> Cow<'static, str> {
        Cow::Borrowed(Self::REQUIRED.of(self.0))
    }
}
