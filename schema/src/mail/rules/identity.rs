//! When two messages are the same message.
//!
//! The identity is the Message-ID *and* a digest of the content: a stranger who re-uses a known Message-ID
//! with other words does not make his mail vanish, and a mail without any Message-ID still has an identity.
//! Without a Message-ID the digest is over the raw bytes. With one it leaves out what a mail collects on its
//! way (`Received`, `Delivered-To`, …), so that a mail that reached one mailbox through two addresses is one.

use sha2::{Digest, Sha256};

use super::header::Headers;

/// Bytes of a Message-ID that are kept; a longer one is cut, and the digest still tells messages apart.
const MESSAGE_ID_BYTES_MAX: usize = 500;
/// The fields the sender wrote; all others may be added or changed in transit.
const OWN_FIELDS: [&str; 9] = [
    "From",
    "Sender",
    "Date",
    "Subject",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Content-Type",
    "Content-Transfer-Encoding",
];

/// What is unique together with the mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Identity {
    /// Without its angle brackets; `None` when the message has none.
    pub message_id: Option<String>,
    pub content_sha256: [u8; 32],
}

/// Works on any bytes, also on those that cannot be read as mail.
pub fn identity(raw: &[u8]) -> Identity {
    let headers = Headers::of(raw);
    let message_id = headers.raw("Message-ID").and_then(clean_message_id);
    let content_sha256 = match message_id {
        Some(_) => content_digest(raw, &headers),
        None => Sha256::digest(raw).into(),
    };
    Identity { message_id, content_sha256 }
}

/// The first `<…>` of a field, or its first word, without spaces, controls and brackets.
pub fn clean_message_id(raw: &[u8]) -> Option<String> {
    message_ids(raw).into_iter().next()
}

/// All ids of an `In-Reply-To` or `References` field, in their order.
///
/// Folds inside an id are taken out, a last id that was cut off is kept, and long ids that some servers hide in
/// encoded words are read.
pub(super) fn message_ids(raw: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(raw);
    let text = super::header::words::decode(&text);
    let bracketed: Vec<String> =
        text.split('<').skip(1).filter_map(|rest| clean(rest.split('>').next()?)).collect();
    if !bracketed.is_empty() {
        return bracketed;
    }
    let words: Vec<&str> = text.split([' ', '\t', '\r', '\n', ',']).filter(|word| !word.is_empty()).collect();
    // Words of a sentence are no ids, unless there is nothing else.
    let with_host: Vec<String> =
        words.iter().filter(|word| word.contains('@')).filter_map(|word| clean(word)).collect();
    if !with_host.is_empty() {
        return with_host;
    }
    words.iter().filter_map(|word| clean(word)).take(1).collect()
}

fn clean(id: &str) -> Option<String> {
    let kept: String = id.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
    let kept = kept.trim_matches(['<', '>']);
    let cut = kept.floor_char_boundary(MESSAGE_ID_BYTES_MAX);
    (cut > 0).then(|| kept[..cut].to_owned())
}

fn content_digest(raw: &[u8], headers: &Headers<'_>) -> [u8; 32] {
    let mut digest = Sha256::new();
    for name in OWN_FIELDS {
        for value in headers.raw_all(name) {
            digest.update(name);
            value.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).for_each(|word| {
                digest.update(b" ");
                digest.update(word);
            });
            digest.update(b"\n");
        }
    }
    // Servers differ in line ends and in the last empty lines, not in what stands between them.
    body(raw).trim_ascii_end().split(|byte| *byte == b'\r').for_each(|piece| digest.update(piece));
    digest.finalize().into()
}

/// What follows the first empty line.
fn body(raw: &[u8]) -> &[u8] {
    let mut from = 0;
    for line in raw.split_inclusive(|byte| *byte == b'\n') {
        from += line.len();
        if matches!(line, b"\n" | b"\r\n") {
            break;
        }
    }
    &raw[from..]
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIL: &[u8] = b"Received: by a\r\nMessage-ID: < a b@c >\r\nSubject: x\r\n\r\nbody\r\n";

    #[test]
    fn a_message_id_loses_its_brackets_and_spaces() {
        assert_eq!(identity(MAIL).message_id.as_deref(), Some("ab@c"));
        assert_eq!(clean_message_id(b"  plain@id "), Some("plain@id".into()));
        assert_eq!(clean_message_id(b"<>"), None);
        assert_eq!(clean_message_id(b"   "), None);
    }

    #[test]
    fn references_are_read_however_they_were_folded_or_cut() {
        let cases: [(&[u8], &[&str]); 7] = [
            (b"<a@b> <c@d>\r\n <e@f>", &["a@b", "c@d", "e@f"]),
            (b"<a@b>,<c@d>", &["a@b", "c@d"]),
            (b"<a@\r\n b> <c@d", &["a@b", "c@d"]),
            (b"@b> <c@d> <>", &["c@d"]),
            (b"a@b, c@d", &["a@b", "c@d"]),
            (b"Your message of Friday", &["Your"]),
            (b"=?utf-8?q?=3Ca=40b=3E?= =?utf-8?q?=3Cc=40d=3E?=", &["a@b", "c@d"]),
        ];
        for (raw, ids) in cases {
            assert_eq!(message_ids(raw), ids, "{}", String::from_utf8_lossy(raw));
        }
    }

    #[test]
    fn the_way_a_mail_took_does_not_change_what_it_is() {
        let other = b"Received: by b\nDelivered-To: x@y\nMessage-ID: < a b@c >\nSubject:  x\n\nbody\n\n";
        assert_eq!(identity(MAIL), identity(other));
    }

    #[test]
    fn the_same_message_id_with_other_words_is_another_message() {
        let other = b"Message-ID: <ab@c>\r\nSubject: x\r\n\r\nother\r\n";
        assert_ne!(identity(MAIL), identity(other));
    }

    #[test]
    fn a_mail_without_message_id_is_known_by_its_raw_bytes() {
        let one = identity(b"Subject: x\r\n\r\nbody");
        let two = identity(b"Subject: x\r\n\r\nbody2");
        assert_eq!(one.message_id, None);
        assert_ne!(one, two);
        assert_eq!(one, identity(b"Subject: x\r\n\r\nbody"));
    }

    #[test]
    fn a_very_long_message_id_is_cut() {
        let raw = format!("Message-ID: <{}@x>\n\n", "ş".repeat(5000));
        assert!(identity(raw.as_bytes()).message_id.unwrap().len() <= MESSAGE_ID_BYTES_MAX);
    }
}
