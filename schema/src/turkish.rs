//! Comparing text the Turkish way.
//!
//! Turkish has two letters where others have one: dotted `i`/`İ` and dotless `ı`/`I`. Lower-casing by the
//! common rule turns `I` into `i`, so «IĞDIR» and «ığdır» would never meet. [`fold`] is the same rule the
//! database applies, `lower(translate(x, 'Iİ', 'ıi'))`, and the two must stay alike. Addresses are no
//! Turkish text: they have [`lower_email`].

/// Folds a text for comparing without regard to case. It keeps `ı` and `i` apart, as Turkish does.
pub fn fold(text: &str) -> String {
    text.chars().flat_map(|letter| dotted(letter).to_lowercase()).collect()
}

/// Lower-cases an e-mail address: ASCII letters only, `I` to `i`, whatever the language of the site.
pub fn lower_email(address: &str) -> String {
    address.to_ascii_lowercase()
}

fn dotted(letter: char) -> char {
    match letter {
        'I' => 'ı',
        'İ' => 'i',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capital_and_small_letters_of_each_i_meet() {
        assert_eq!(fold("IĞDIR"), "ığdır");
        assert_eq!(fold("İSTANBUL"), "istanbul");
        assert_eq!(fold("DİYARBAKIR"), fold("diyarbakır"));
        assert_eq!(fold("ŞÇĞÜÖ"), "şçğüö");
    }

    #[test]
    fn the_dotted_and_the_dotless_i_stay_apart() {
        assert_ne!(fold("kırk"), fold("kirk"));
        assert_ne!(fold("I"), fold("i"));
    }

    #[test]
    fn folding_twice_changes_nothing() {
        for text in ["IİıiÂÎÛ ẞ Σ ǅ", "", "Ürün HAKKINDA Soru 42"] {
            assert_eq!(fold(&fold(text)), fold(text));
        }
    }

    #[test]
    fn an_address_is_lowered_letter_by_ascii_letter() {
        assert_eq!(lower_email("BILGI@Ornek.COM.TR"), "bilgi@ornek.com.tr");
        assert_eq!(lower_email("İLETİŞİM@ornek.com"), "İletİŞİm@ornek.com");
    }
}
