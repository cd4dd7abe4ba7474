//! Every mail of the corpus, broken in every way: it is read or refused, never lost and never larger than it was.

use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::Index;
use regex::Regex;

use super::super::{Incoming, identity, read};
use super::corpus;

static MAILS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(corpus::mails);

/// A picture that is loaded from elsewhere.
static LOADS: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#"<img[^>]* src="http"#).unwrap());

/// One way to break a mail.
#[derive(Clone, Debug)]
enum Damage {
    Set(Index, u8),
    Cut(Index),
    Drop(Index, usize),
    Repeat(Index, usize),
    Insert(Index, &'static [u8]),
    /// The rest of another mail.
    Graft(Index, Index, Index),
}

fn damage() -> impl Strategy<Value = Damage> {
    let pieces: [&[u8]; 16] = [
        b"\0",
        b"\r",
        b"\n\n",
        b"\r\n",
        b"=?",
        b"?=",
        b"\"",
        b"=",
        b"--",
        b"<",
        b"&",
        b"\xff\xfe",
        b"\x1b$B",
        b"> ",
        b"<div class=gmail_quote>",
        b"Content-Type: multipart/mixed; boundary=b\n",
    ];
    prop_oneof![
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Damage::Set(at, byte)),
        any::<Index>().prop_map(Damage::Cut),
        (any::<Index>(), 1_usize..200).prop_map(|(at, length)| Damage::Drop(at, length)),
        (any::<Index>(), 1_usize..200).prop_map(|(at, length)| Damage::Repeat(at, length)),
        (any::<Index>(), proptest::sample::select(pieces.to_vec()))
            .prop_map(|(at, piece)| Damage::Insert(at, piece)),
        (any::<Index>(), any::<Index>(), any::<Index>())
            .prop_map(|(at, other, from)| Damage::Graft(at, other, from)),
    ]
}

fn broken(mut raw: Vec<u8>, damage: &Damage) -> Vec<u8> {
    let place = |at: &Index| at.index(raw.len() + 1);
    match damage {
        Damage::Set(at, byte) => {
            let at = place(at);
            raw[at..].iter_mut().take(1).for_each(|place| *place = *byte);
        }
        Damage::Cut(at) => raw.truncate(place(at)),
        Damage::Drop(at, length) => {
            let at = place(at);
            let end = (at + length).min(raw.len());
            raw.drain(at..end);
        }
        Damage::Repeat(at, length) => {
            let at = place(at);
            let piece = raw[at..(at + length).min(raw.len())].to_vec();
            raw.splice(at..at, piece);
        }
        Damage::Insert(at, piece) => {
            let at = place(at);
            raw.splice(at..at, piece.iter().copied());
        }
        Damage::Graft(at, other, from) => {
            let other = other.get(&MAILS);
            raw.truncate(place(at));
            raw.extend_from_slice(&other[from.index(other.len() + 1)..]);
        }
    }
    raw
}

fn lines(text: &str) -> Vec<String> {
    let mut lines: Vec<String> =
        text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect();
    lines.sort();
    lines
}

fn check(raw: &[u8], mail: &Incoming) -> Result<(), TestCaseError> {
    let pieces = format!("{}\n{}\n{}", mail.sections.reply, mail.sections.quoted, mail.sections.signature);
    prop_assert_eq!(lines(&pieces), lines(&mail.text), "no line is lost");
    prop_assert!(!mail.sections.reply.is_empty() || mail.text.trim().is_empty(), "a reply is never empty");
    prop_assert!(mail.text.len() <= raw.len() * 12 + 1_000, "the text is bounded");
    prop_assert!(mail.subject.chars().count() <= 500);
    let files: usize = mail.attachments.iter().map(|file| file.content.len()).sum();
    prop_assert!(files <= raw.len() * 2, "{} bytes of files in {}", files, raw.len());
    prop_assert!(
        mail.attachments
            .iter()
            .all(|file| !file.file_name.is_empty() && !file.file_name.contains(['/', '\0']))
    );
    let shown = mail.page.as_ref().map(|page| page.clean()).unwrap_or_default();
    for half in [&shown.reply, &shown.quoted] {
        prop_assert!(!half.contains("<script") && !LOADS.is_match(half), "{}", half);
    }
    let mut bare = mail.clone();
    bare.attachments.iter_mut().for_each(|file| file.content.clear());
    bare.page = None;
    prop_assert!(!format!("{bare:?}").contains("\\0"), "no NUL is left");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn a_broken_mail_is_read_or_refused_and_loses_nothing(
        mail in any::<Index>(),
        damages in proptest::collection::vec(damage(), 0..6),
    ) {
        let raw = damages.iter().fold(mail.get(&MAILS).clone(), broken);
        identity(&raw);
        if let Ok(mail) = read(&raw) {
            check(&raw, &mail)?;
        }
    }
}

#[test]
fn every_mail_of_the_corpus_keeps_all_its_lines() {
    for raw in MAILS.iter() {
        if let Ok(mail) = read(raw) {
            check(raw, &mail).unwrap();
        }
    }
}
