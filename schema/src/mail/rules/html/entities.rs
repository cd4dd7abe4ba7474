//! Character references of HTML: `&uuml;`, `&#351;`, `&#x15F;`, also without their semicolon.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Signs of the longest name, its semicolon included.
const NAME_BYTES_MAX: usize = 12;

/// Writes the text with its references replaced; what is none stays.
pub(super) fn push_decoded(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'&', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let (letter, length) = reference(rest).unwrap_or(('&', 1));
        out.push(letter);
        rest = &rest[length..];
    }
    out.push_str(rest);
}

/// The letter a reference stands for, and the reference's length.
fn reference(text: &str) -> Option<(char, usize)> {
    let inner = &text[1..];
    if let Some(number) = inner.strip_prefix('#') {
        return by_number(number).map(|(letter, length)| (letter, length + 2));
    }
    let length = inner.bytes().take(NAME_BYTES_MAX).take_while(u8::is_ascii_alphanumeric).count();
    let is_closed = inner.as_bytes().get(length) == Some(&b';');
    let letter = NAMES.get(&inner[..length])?;
    // Without its semicolon only what old pages wrote so; `&copy=1` in an address is none.
    let is_old =
        !is_closed && length > 1 && *letter <= '\u{FF}' && inner.as_bytes().get(length) != Some(&b'=');
    (is_closed || is_old).then_some((*letter, 1 + length + usize::from(is_closed)))
}

/// Numbers from 128 to 159 mean windows-1252, as in every browser.
fn by_number(text: &str) -> Option<(char, usize)> {
    let (digits, base, prefix) = match text.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16, 1),
        None => (text, 10, 0),
    };
    let length = digits.chars().take(8).take_while(|sign| sign.is_digit(base)).count();
    let code = u32::from_str_radix(&digits[..length], base).ok()?;
    let letter = match u8::try_from(code) {
        Ok(byte @ 0x80..=0x9F) => {
            encoding_rs::WINDOWS_1252.decode_without_bom_handling(&[byte]).0.chars().next().unwrap_or(' ')
        }
        Ok(0) => '\u{FFFD}',
        _ => char::from_u32(code).unwrap_or('\u{FFFD}'),
    };
    let is_closed = digits.as_bytes().get(length) == Some(&b';');
    Some((letter, prefix + length + usize::from(is_closed)))
}

static NAMES: LazyLock<HashMap<&str, char>> = LazyLock::new(|| {
    let pairs = LIST.split(';').filter_map(|pair| pair.split_once(' '));
    pairs.filter_map(|(name, letter)| letter.chars().next().map(|letter| (name, letter))).collect()
});

/// The names of HTML 4 and the Turkish letters among those of HTML 5.
const LIST: &str = "\
AElig Æ;Aacute Á;Abreve Ă;Acirc Â;Agrave À;Alpha Α;Aring Å;Atilde Ã;Auml Ä;Beta Β;COPY ©;Ccedil Ç;\
Chi Χ;Dagger ‡;Delta Δ;ETH Ð;Eacute É;Ecirc Ê;Egrave È;Epsilon Ε;Eta Η;Euml Ë;Gamma Γ;Gbreve Ğ;Hat ^;\
Iacute Í;Icirc Î;Idot İ;Igrave Ì;Iota Ι;Iuml Ï;Kappa Κ;Lambda Λ;Mu Μ;Ntilde Ñ;Nu Ν;OElig Œ;Oacute Ó;\
Ocirc Ô;Ograve Ò;Omega Ω;Omicron Ο;Oslash Ø;Otilde Õ;Ouml Ö;Phi Φ;Pi Π;Prime ″;Psi Ψ;REG ®;Rho Ρ;\
Scaron Š;Scedil Ş;Sigma Σ;THORN Þ;TRADE ™;Tau Τ;Tcedil Ţ;Theta Θ;Uacute Ú;Ucirc Û;Ugrave Ù;Upsilon Υ;\
Uuml Ü;Xi Ξ;Yacute Ý;Yuml Ÿ;Zeta Ζ;aacute á;abreve ă;acirc â;acute ´;aelig æ;agrave à;alefsym ℵ;\
alpha α;amp &;and ∧;ang ∠;apos ';aring å;ast *;asymp ≈;atilde ã;auml ä;bdquo „;beta β;brvbar ¦;\
bsol \\;bull •;bullet •;cap ∩;ccedil ç;cedil ¸;cent ¢;check ✓;chi χ;circ ˆ;clubs ♣;colon :;comma ,;\
commat @;cong ≅;copy ©;crarr ↵;cross ✗;cup ∪;curren ¤;dArr ⇓;dagger †;darr ↓;dash ‐;deg °;delta δ;\
diams ♦;divide ÷;dollar $;eacute é;ecirc ê;egrave è;empty ∅;emsp \u{2003};ensp \u{2002};epsilon ε;\
equals =;equiv ≡;eta η;eth ð;euml ë;euro €;excl !;exist ∃;fnof ƒ;forall ∀;frac12 ½;frac14 ¼;frac34 ¾;\
frasl ⁄;gamma γ;gbreve ğ;ge ≥;grave `;gt >;hArr ⇔;harr ↔;hearts ♥;hellip …;hyphen ‐;iacute í;icirc î;\
iexcl ¡;igrave ì;image ℑ;imath ı;infin ∞;inodot ı;int ∫;iota ι;iquest ¿;isin ∈;iuml ï;kappa κ;lArr ⇐;\
lambda λ;lang 〈;laquo «;larr ←;lbrace {;lceil ⌈;lcub {;ldquo “;le ≤;lfloor ⌊;lowast ∗;lowbar _;loz ◊;\
lpar (;lrm \u{200E};lsaquo ‹;lsqb [;lsquo ‘;lt <;macr ¯;mdash —;micro µ;middot ·;minus −;mu μ;nabla ∇;\
nbsp \u{A0};ncedil ņ;ndash –;ne ≠;ni ∋;not ¬;notin ∉;nsub ⊄;ntilde ñ;nu ν;num #;oacute ó;ocirc ô;\
oelig œ;ograve ò;oline ‾;omega ω;omicron ο;oplus ⊕;or ∨;ordf ª;ordm º;oslash ø;otilde õ;otimes ⊗;\
ouml ö;para ¶;part ∂;percnt %;period .;permil ‰;perp ⊥;phi φ;phone ☎;pi π;piv ϖ;plus +;plusmn ±;\
pound £;prime ′;prod ∏;prop ∝;psi ψ;quest ?;quot \";rArr ⇒;radic √;rang 〉;raquo »;rarr →;rbrace };\
rceil ⌉;rcub };rdquo ”;real ℜ;reg ®;rfloor ⌋;rho ρ;rlm \u{200F};rpar );rsaquo ›;rsqb ];rsquo ’;\
sbquo ‚;scaron š;scedil ş;sdot ⋅;sect §;shy \u{AD};sigma σ;sigmaf ς;sim ∼;sol /;spades ♠;\
star ☆;sub ⊂;sube ⊆;sum ∑;sup ⊃;sup1 ¹;sup2 ²;sup3 ³;supe ⊇;szlig ß;tau τ;tcedil ţ;there4 ∴;theta θ;\
thetasym ϑ;thinsp \u{2009};thorn þ;tilde ˜;times ×;trade ™;uArr ⇑;uacute ú;uarr ↑;ucirc û;ugrave ù;\
uml ¨;upsih ϒ;upsilon υ;uuml ü;verbar |;vert |;weierp ℘;xi ξ;yacute ý;yen ¥;yuml ÿ;zeta ζ;\
zwj \u{200D};zwnj \u{200C}";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_read_as_browsers_do() {
        let cases = [
            ("sipari&#351;im &amp; &#x15F;i&#X15f;e", "siparişim & şişe"),
            ("&scedil;&gbreve;&imath;&uuml;&Idot;", "şğıüİ"),
            ("&nbsp;|&nbsp|&lt;b&gt;", "\u{A0}|\u{A0}|<b>"),
            ("&#146;&#128;", "’€"),
            ("a & b &; &yok; &#; &#x; ?a=1&copy=2", "a & b &; &yok; &#; &#x; ?a=1&copy=2"),
            ("&#0;&#1114112;&#99999999999;", "\u{FFFD}\u{FFFD}\u{FFFD}999;"),
            ("&", "&"),
            ("&apos;", "'"),
        ];
        for (text, plain) in cases {
            let mut out = String::new();
            push_decoded(&mut out, text);
            assert_eq!(out, plain, "{text}");
        }
    }
}
