//! Sender and recipients of a mail.

use mailparse::{MailAddr, addrparse_header};

use super::address::{clean_address, clean_name, local_part};
use super::charset;
use super::header::{Headers, field, with_parsed};

/// Addresses taken from one field; a mail to more people is a mail to these.
const ADDRESSES_MAX: usize = 500;
/// Characters of a display name that are kept.
const NAME_CHARS_MAX: usize = 200;

/// An address and the name to call its owner by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub address: String,
    /// The display name, or the local part of the address where there is none (B10-14).
    pub name: String,
}

/// Who wrote the mail: From, and where that is broken Sender, Reply-To or the envelope's Return-Path.
pub(super) fn sender(headers: &Headers<'_>) -> Option<Person> {
    ["From", "Sender", "Reply-To", "Return-Path"]
        .iter()
        .find_map(|name| people(headers, name).into_iter().next())
}

/// The addresses of all fields of that name.
pub(super) fn addresses(headers: &Headers<'_>, name: &str) -> Vec<String> {
    people(headers, name).into_iter().map(|person| person.address).collect()
}

fn people(headers: &Headers<'_>, name: &str) -> Vec<Person> {
    headers.raw_all(name).flat_map(people_in).take(ADDRESSES_MAX).collect()
}

fn people_in(raw: &[u8]) -> Vec<Person> {
    let text = charset::guess(raw);
    let parsed =
        field(&text).and_then(|line| with_parsed(&line, |header| addrparse_header(header).ok())).flatten();
    let found: Vec<Person> = match parsed {
        Some(list) => list.into_inner().into_iter().flat_map(singles).filter_map(person).collect(),
        None => Vec::new(),
    };
    if found.is_empty() { scraped(&text) } else { found }
}

fn singles(entry: MailAddr) -> Vec<(Option<String>, String)> {
    match entry {
        MailAddr::Single(one) => vec![(one.display_name, one.addr)],
        MailAddr::Group(group) => group.addrs.into_iter().map(|one| (one.display_name, one.addr)).collect(),
    }
}

fn person((name, address): (Option<String>, String)) -> Option<Person> {
    let address = clean_address(&address)?;
    let name: String = clean_name(name.as_deref().unwrap_or_default()).chars().take(NAME_CHARS_MAX).collect();
    let name = if name.is_empty() { clean_name(local_part(&address)) } else { name };
    Some(Person { address, name })
}

/// A field too broken to be parsed still tells its addresses: every word with an `@` in it.
fn scraped(text: &str) -> Vec<Person> {
    text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '<' | '>' | '"' | '(' | ')'))
        .filter(|word| word.contains('@'))
        .filter_map(|word| person((None, word.to_owned())))
        .collect()
}
