//! Languages by their ISO 639-1 codes (A1-15).

/// Every code of ISO 639-1.
const CODES: &str = "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de \
    dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io \
    is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt \
    my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn \
    so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

/// The codes there are.
pub fn languages() -> impl Iterator<Item = &'static str> {
    CODES.split_whitespace()
}

/// The code in small letters; none of what is no language.
#[must_use]
pub fn language(code: &str) -> Option<String> {
    let code = code.trim().to_ascii_lowercase();
    let known = code.len() == 2 && languages().any(|known| known == code);
    known.then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_two_letters_that_the_standard_knows() {
        assert_eq!(language(" TR "), Some("tr".to_owned()));
        assert_eq!(language("de"), Some("de".to_owned()));
        for wrong in ["", "t", "tur", "xx", "türkçe", "t r", "e\u{131}", "aa ab"] {
            assert_eq!(language(wrong), None, "{wrong}");
        }
        assert_eq!(languages().count(), 184);
    }
}
