//! Sender and recipients of a mail.
//!
//! The grammar of address lists is the parser's; what it takes wrongly is hidden from it. Encoded words may hold
//! commas, brackets and quotes, so each run of them is given to the parser as one letter and put back after.

use mailparse::{MailAddr, MailAddrList, addrparse};

use super::address::{clean_address, clean_name, local_part};
use super::charset;
use super::header::{Headers, words};

/// Addresses taken from one field; a mail to more people is a mail to these.
const ADDRESSES_MAX: usize = 500;
/// Characters of a display name that are kept.
const NAME_CHARS_MAX: usize = 200;
/// The letters that stand for encoded words: private ones, which no mail uses.
const FIRST_LETTER: u32 = 0xF_0000;
const LETTERS_MAX: usize = 5_000;

/// An address and the name to call its owner by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub address: String,
    /// The display name, or the local part of the address where there is none (B10-14).
    pub name: String,
}

impl Person {
    /// A mail system that gives no address of its own. Nothing can be sent to this one.
    pub(super) fn mail_system() -> Person {
        Person { address: "mailer-daemon@invalid".to_owned(), name: "MAILER-DAEMON".to_owned() }
    }
}

/// Who wrote the mail: From, and where that is broken Sender, Reply-To or the envelope's Return-Path.
pub(super) fn sender(headers: &Headers<'_>) -> Option<Person> {
    ["From", "Sender", "Reply-To", "Return-Path"]
        .iter()
        .find_map(|name| people(headers, name).into_iter().next())
}

/// The addresses of all fields of these names, each once.
pub(super) fn addresses(headers: &Headers<'_>, names: &[&str]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for person in names.iter().flat_map(|name| people(headers, name)) {
        if !found.contains(&person.address) {
            found.push(person.address);
        }
    }
    found
}

/// The people of all fields of that name.
pub(super) fn people(headers: &Headers<'_>, name: &str) -> Vec<Person> {
    headers.raw_all(name).flat_map(|raw| people_in(&headers.plain(raw))).take(ADDRESSES_MAX).collect()
}

fn people_in(text: &str) -> Vec<Person> {
    let masked = Masked::of(text);
    let parsed = addrparse(&masked.text).ok();
    let found = |list: MailAddrList| -> Vec<Person> {
        list.into_inner().into_iter().flat_map(singles).filter_map(|one| masked.person(one)).collect()
    };
    let people = parsed.map(found).unwrap_or_default();
    let is_sound = !people.is_empty() && !people.iter().any(|person| person.address.contains('('));
    if is_sound || !text.contains('@') {
        return people;
    }
    let bare = addrparse(&without_comments(&masked.text)).map(found).unwrap_or_default();
    if bare.is_empty() { masked.scraped() } else { bare }
}

/// Comments may stand anywhere, even inside an address; the parser knows them between words only.
fn without_comments(text: &str) -> String {
    let (mut out, mut depth, mut is_quoted, mut is_escaped) = (String::new(), 0_usize, false, false);
    for sign in text.chars() {
        match sign {
            _ if std::mem::take(&mut is_escaped) => {}
            '\\' => is_escaped = true,
            '"' if depth == 0 => is_quoted = !is_quoted,
            '(' if !is_quoted => depth += 1,
            ')' if depth > 0 => {
                depth -= 1;
                continue;
            }
            _ => {}
        }
        if depth == 0 {
            out.push(sign);
        }
    }
    out
}

fn singles(entry: MailAddr) -> Vec<(Option<String>, String)> {
    match entry {
        MailAddr::Single(one) => vec![(one.display_name, one.addr)],
        MailAddr::Group(group) => group.addrs.into_iter().map(|one| (one.display_name, one.addr)).collect(),
    }
}

/// A field with one letter for each run of encoded words, and comments that may name somebody.
struct Masked {
    text: String,
    runs: Vec<String>,
    comment: Option<String>,
}

impl Masked {
    fn of(text: &str) -> Masked {
        let mut masked = Masked { text: String::with_capacity(text.len()), runs: Vec::new(), comment: None };
        let mut rest = text;
        while let Some(at) = rest.find("=?").filter(|_| masked.runs.len() < LETTERS_MAX) {
            masked.text.push_str(&rest[..at]);
            rest = &rest[at..];
            match words::run_at(rest) {
                Some((run, length)) => {
                    masked.push_run(run);
                    rest = &rest[length..];
                }
                None => {
                    masked.text.push_str("=?");
                    rest = &rest[2..];
                }
            }
        }
        masked.text.push_str(rest);
        // Some programs put the address itself into a word; beside a plain one it would be a forgery.
        if !masked.text.contains('@') {
            masked.text = masked.unmasked(&masked.text);
        }
        masked.text.retain(|sign| !sign.is_control() || sign == '\t');
        masked.unquote_locals();
        // The parser stops at a comma behind a group.
        masked.text = masked.text.replace(";,", ";");
        masked.comment = comment(&masked.text);
        masked
    }

    fn push_run(&mut self, run: String) {
        let place = u32::try_from(self.runs.len()).unwrap_or_default();
        self.text.extend(char::from_u32(FIRST_LETTER + place));
        self.runs.push(run);
    }

    /// `"ayse.yilmaz"@ornek.test`: quotes that the address does not need and the parser does not take.
    fn unquote_locals(&mut self) {
        let mut from = 0;
        for _ in 0..ADDRESSES_MAX {
            let Some(end) = self.text[from..].find("\"@").map(|at| from + at) else { return };
            from = end + 1;
            let Some(start) = self.text[..end].rfind('"') else { continue };
            let local = &self.text[start + 1..end];
            let is_plain = |c: char| c.is_alphanumeric() || ".!#$%&'*+-/=?^_`{|}~".contains(c);
            if !local.is_empty() && local.len() <= 64 && local.chars().all(is_plain) {
                self.text.remove(end);
                self.text.remove(start);
                from = end - 1;
            }
        }
    }

    fn unmasked(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        for letter in text.chars() {
            let run = u32::from(letter).checked_sub(FIRST_LETTER).and_then(|at| self.runs.get(at as usize));
            match run {
                Some(run) => out.push_str(run),
                None => out.push(letter),
            }
        }
        out
    }

    fn person(&self, (name, address): (Option<String>, String)) -> Option<Person> {
        let address = clean_address(&bare(&self.unmasked(&address)))?;
        let name =
            name.filter(|name| !name.trim().is_empty()).or_else(|| self.comment.clone()).unwrap_or_default();
        let name = clean_name(&charset::repair(self.unmasked(&name)));
        let name: String = name.trim_matches(['\'', ' ', ',', ';']).chars().take(NAME_CHARS_MAX).collect();
        let name = if name.is_empty() { clean_name(local_part(&address)) } else { name };
        Some(Person { address, name })
    }

    /// A field too broken to be parsed still tells its addresses: every word with an `@` in it, and the words before
    /// a bracketed one are a name.
    fn scraped(&self) -> Vec<Person> {
        let mut people = Vec::new();
        let mut from = 0;
        let is_edge =
            |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '<' | '>' | '"' | '(' | ')' | '[' | ']');
        for word in self.text.split(is_edge).filter(|word| word.contains('@')) {
            let at = word.as_ptr() as usize - self.text.as_ptr() as usize;
            let before = self.text.get(from..at).unwrap_or_default();
            let name = before.trim_end().strip_suffix('<').map(|name| name.trim_matches(is_edge).to_owned());
            people.extend(self.person((name, word.to_owned())));
            from = at + word.len();
        }
        people
    }
}

/// Without `mailto:`, the route of old days (`@relay:ayse@ornek.test`), spaces around signs, and what nothing
/// needs around it: `'ayse@ornek.test'`, `[ayse@ornek.test]`.
fn bare(address: &str) -> String {
    let address = address.trim().trim_start_matches("mailto:");
    let within = |open: char, close: char| address.strip_prefix(open)?.strip_suffix(close);
    let address = within('\'', '\'').or_else(|| within('[', ']')).unwrap_or(address).trim_end_matches('.');
    let address = match address.rsplit_once(':') {
        Some((route, last)) if route.starts_with('@') => last,
        _ => address,
    };
    let mut out = String::with_capacity(address.len());
    let mut gap = false;
    for sign in address.chars() {
        if sign.is_whitespace() {
            gap = true;
            continue;
        }
        let is_joint = |sign: char| matches!(sign, '.' | '@');
        if std::mem::take(&mut gap) && !is_joint(sign) && !out.ends_with(is_joint) {
            out.push(' ');
        }
        out.push(sign);
    }
    out
}

/// `ayse@ornek.test (Ayşe Yılmaz)`: the name of the only address, where it stands nowhere else.
fn comment(text: &str) -> Option<String> {
    let open = text.find('(')?;
    let close = text.rfind(')').filter(|close| *close > open)?;
    (text.matches('@').count() == 1 && !text.contains('"')).then(|| text[open + 1..close].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        people_in(text).into_iter().map(|person| format!("{} <{}>", person.name, person.address)).collect()
    }

    #[test]
    fn names_and_addresses_are_found_in_all_the_shapes_they_come_in() {
        let cases = [
            ("ayse@ornek.test", "ayse <ayse@ornek.test>"),
            ("<ayse@ornek.test>", "ayse <ayse@ornek.test>"),
            ("Ayşe Yılmaz <ayse@ornek.test>", "Ayşe Yılmaz <ayse@ornek.test>"),
            ("\"Yılmaz, Ayşe\" <ayse@ornek.test>", "Yılmaz, Ayşe <ayse@ornek.test>"),
            ("\"Ayşe \\\"Ay\\\" Yılmaz\" <ayse@ornek.test>", "Ayşe Ay Yılmaz <ayse@ornek.test>"),
            ("ayse@ornek.test (Ayşe Yılmaz)", "Ayşe Yılmaz <ayse@ornek.test>"),
            ("=?utf-8?Q?Y=C4=B1lmaz,_Ay=C5=9Fe?= <ayse@ornek.test>", "Yılmaz, Ayşe <ayse@ornek.test>"),
            ("=?utf-8?Q?Y=C4=B1lmaz, Ay=C5=9Fe?= <ayse@ornek.test>", "Yılmaz, Ayşe <ayse@ornek.test>"),
            ("\"=?utf-8?Q?Ay=C5=9Fe?=\" <ayse@ornek.test>", "Ayşe <ayse@ornek.test>"),
            ("=?utf-8?Q?Ay=C5=9Fe_<a>?= <ayse@ornek.test>", "Ayşe a <ayse@ornek.test>"),
            ("=?utf-8?Q?Ay=C5=9Fe <ayse@ornek.test>", "Ayşe <ayse@ornek.test>"),
            ("=?utf-8?Q?Ay=C5?= =?utf-8?Q?=9Fe?= <ayse@ornek.test>", "Ayşe <ayse@ornek.test>"),
            ("=?utf-8?B?QXnFn2UgPGF5c2VAb3JuZWsudGVzdD4=?=", "Ayşe <ayse@ornek.test>"),
            ("Ayşe Yılmaz ayse@ornek.test>", "ayse <ayse@ornek.test>"),
            ("Ayşe [Satış] <ayse@ornek.test>", "Ayşe [Satış] <ayse@ornek.test>"),
            ("'Ayşe' <ayse@ornek.test>", "Ayşe <ayse@ornek.test>"),
            ("ayse@ornek.test <ayse@ornek.test>", "ayse@ornek.test <ayse@ornek.test>"),
            ("Ayşe(bir ad) <ayse(hesap)@ornek.test(sunucu)>", "Ayşe <ayse@ornek.test>"),
            ("Ayşe <@ara.test,@son.test:ayse@ornek.test>", "Ayşe <ayse@ornek.test>"),
            ("Ayşe <ayse @ ornek . test>", "Ayşe <ayse@ornek.test>"),
            ("Ayşe <mailto:ayse@ornek.test>", "Ayşe <ayse@ornek.test>"),
            ("Ayşe < ayse@ornek.test >", "Ayşe <ayse@ornek.test>"),
            ("Ayşe <<ayse@ornek.test>>", "Ayşe <ayse@ornek.test>"),
            ("\"ayse.yilmaz\"@ornek.test", "ayse.yilmaz <ayse.yilmaz@ornek.test>"),
            ("Ayşe <\"ayse\"@ornek.test>", "Ayşe <ayse@ornek.test>"),
            ("'ayse@ornek.test'", "ayse <ayse@ornek.test>"),
            ("[ayse@ornek.test]", "ayse <ayse@ornek.test>"),
            ("Ayşe <ayse@ornek.test.>", "Ayşe <ayse@ornek.test>"),
            ("Ayşe <ayse@[192.0.2.1]>", "Ayşe <ayse@[192.0.2.1]>"),
            ("Ayşe: Satış <ayse@ornek.test>", "Ayşe: Satış <ayse@ornek.test>"),
        ];
        for (text, person) in cases {
            assert_eq!(read(text), [person], "{text}");
        }
    }

    #[test]
    fn lists_are_read_to_their_end() {
        let all = ["a <a@x.test>", "B C <b@x.test>", "d <d@x.test>"];
        for text in [
            "a@x.test, \"B C\" <b@x.test>, d@x.test",
            "a@x.test; B C <b@x.test>; d@x.test;",
            "Ekip: a@x.test, B C <b@x.test>;, d@x.test",
            "a@x.test,, B C <b@x.test>,\r\n d@x.test",
        ] {
            assert_eq!(read(text), all, "{text}");
        }
        assert!(read("undisclosed-recipients:;").is_empty());
        assert!(read("").is_empty());
    }
}
