//! Texts of rules that only dynamic forms have; the others are shared with the support form.

pub(super) const NUMBER: &str = "Geçerli bir sayı girin.";
pub(super) const DATE: &str = "Geçerli bir tarih girin (YYYY-AA-GG).";
pub(super) const PATTERN: &str = "Bu alanın biçimi geçersiz.";
pub(super) const LIST: &str = "Geçerli bir liste değil.";
pub(super) const CHECKBOX: &str = "Bu alan evet ya da hayır olmalıdır.";

pub(super) fn at_least(min: f64) -> String {
    format!("Bu değer en az {min} olmalıdır.")
}

pub(super) fn at_most(max: f64) -> String {
    format!("Bu değer en fazla {max} olmalıdır.")
}
