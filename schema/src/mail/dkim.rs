//! Signing mail with a site's own key (RFC 6376, RFC 8463): relaxed canonicalisation of head and body, SHA-256, with RSA
//! or Ed25519, whichever the key is.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// What is signed, when it is there. `From` is named once more than it stands, so that no second one can be added.
const SIGNED: [&str; 13] = [
    "From",
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "MIME-Version",
    "Content-Type",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
];
/// RFC 8301 asks for 1024 bits at least and advises 2048; more than 4096 fit into no DNS answer.
const RSA_BYTES: std::ops::RangeInclusive<usize> = 128..=512;
/// Characters of a folded line.
const LINE_CHARS: usize = 72;

/// A private key of a site, in PEM.
pub enum Key {
    Rsa(Box<RsaKeyPair>),
    Ed25519(Box<Ed25519KeyPair>),
}

/// What is wrong with a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadKey {
    #[error("no PEM block with a private key")]
    NotPem,
    #[error("neither an RSA nor an Ed25519 private key without a passphrase")]
    Unreadable,
    #[error("an RSA key has 1024 to 4096 bits")]
    Length,
}

impl Key {
    /// Reads PKCS#8 of either kind, or PKCS#1.
    ///
    /// # Errors
    /// See [`BadKey`].
    pub fn parse(pem: &str) -> Result<Key, BadKey> {
        let (label, der) = block(pem).ok_or(BadKey::NotPem)?;
        let rsa = match label {
            "RSA PRIVATE KEY" => RsaKeyPair::from_der(&der).ok(),
            "PRIVATE KEY" => RsaKeyPair::from_pkcs8(&der).ok(),
            _ => return Err(BadKey::NotPem),
        };
        if let Some(rsa) = rsa {
            let is_sound = RSA_BYTES.contains(&rsa.public_modulus_len());
            return is_sound.then(|| Key::Rsa(Box::new(rsa))).ok_or(BadKey::Length);
        }
        let ed25519 = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der);
        ed25519.map(|key| Key::Ed25519(Box::new(key))).map_err(|_| BadKey::Unreadable)
    }

    /// `rsa` or `ed25519`.
    #[must_use]
    pub fn algorithm(&self) -> &'static str {
        match self {
            Key::Rsa(_) => "rsa",
            Key::Ed25519(_) => "ed25519",
        }
    }

    /// What stands in DNS under `<selector>._domainkey.<domain>`.
    #[must_use]
    pub fn record(&self) -> String {
        let public = match self {
            Key::Rsa(key) => spki(key.public_key().as_ref()),
            Key::Ed25519(key) => key.public_key().as_ref().to_vec(),
        };
        format!("v=DKIM1; k={}; p={}", self.algorithm(), STANDARD.encode(public))
    }

    fn sign(&self, text: &[u8]) -> Option<Vec<u8>> {
        match self {
            Key::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text, &mut signature).ok()?;
                Some(signature)
            }
            // RFC 8463 signs the hash of what RSA signs.
            Key::Ed25519(key) => Some(key.sign(&Sha256::digest(text)).as_ref().to_vec()),
        }
    }
}

/// The `DKIM-Signature` line, with its line end, that belongs before `mail`; none if the key cannot sign.
///
/// `mail` is the whole mail with CRLF line ends, `now_unix` the time in seconds.
#[must_use]
pub fn signature(key: &Key, domain: &str, selector: &str, mail: &[u8], now_unix: u64) -> Option<String> {
    let end = mail.windows(4).position(|four| four == b"\r\n\r\n")?;
    let (head, body) = (std::str::from_utf8(&mail[..end]).ok()?, &mail[end + 4..]);
    let hash = STANDARD.encode(Sha256::digest(relaxed_body(body)));
    let headers = headers(head);
    let named = named(&headers);
    let names = named.iter().map(|(name, _)| name.to_ascii_lowercase()).collect::<Vec<_>>().join(":");
    let unsigned = format!(
        "v=1; a={}-sha256; c=relaxed/relaxed; d={domain}; s={selector};\r\n\tt={now_unix}; h={};\r\n\tbh={hash};\r\n\tb=",
        key.algorithm(),
        names.replace(":in-reply-to", ":\r\n\t in-reply-to"),
    );
    let mut text: String = named.iter().filter_map(|(name, value)| Some(relaxed(name, (*value)?))).collect();
    text.push_str(relaxed("DKIM-Signature", &unsigned).trim_end_matches("\r\n"));
    let signed = STANDARD.encode(key.sign(text.as_bytes())?);
    Some(format!("DKIM-Signature: {unsigned}{}\r\n", folded(&signed)))
}

/// Names and values in their order, folded lines whole.
fn headers(head: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut rest = head;
    while !rest.is_empty() {
        let lines = rest.match_indices("\r\n").map(|(at, _)| at);
        let end = lines.into_iter().find(|at| !rest[at + 2..].starts_with([' ', '\t'])).unwrap_or(rest.len());
        found.extend(rest[..end].split_once(':'));
        rest = rest.get(end + 2..).unwrap_or_default();
    }
    found
}

/// The headers that are signed; of one that stands several times the last comes first. A missing one is signed as such.
fn named<'a>(headers: &[(&'a str, &'a str)]) -> Vec<(&'static str, Option<&'a str>)> {
    let mut taken = std::collections::HashMap::<&str, usize>::new();
    let wanted = SIGNED.into_iter().filter_map(|name| {
        let place = taken.entry(name).or_default();
        let same = headers.iter().rev().filter(|(found, _)| found.trim().eq_ignore_ascii_case(name));
        let value = same.into_iter().nth(*place).map(|(_, value)| *value);
        *place += 1;
        (value.is_some() || *place > 1).then_some((name, value))
    });
    wanted.collect()
}

/// RFC 6376 section 3.4.2.
fn relaxed(name: &str, value: &str) -> String {
    let value = value.replace("\r\n", "");
    let words: Vec<&str> = value.split([' ', '\t']).filter(|word| !word.is_empty()).collect();
    format!("{}:{}\r\n", name.trim().to_ascii_lowercase(), words.join(" "))
}

/// RFC 6376 section 3.4.4.
fn relaxed_body(body: &[u8]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(body.len());
    let mut empty = 0;
    for line in body.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line)) {
        let words = line.split(|byte| matches!(byte, b' ' | b'\t'));
        let begins_blank = matches!(line.first(), Some(b' ' | b'\t'));
        let words: Vec<&[u8]> = words.filter(|word| !word.is_empty()).collect();
        if words.is_empty() {
            empty += 1;
            continue;
        }
        kept.extend(b"\r\n".repeat(std::mem::take(&mut empty)));
        if begins_blank {
            kept.push(b' ');
        }
        kept.extend(words.join(&b' '));
        kept.extend(b"\r\n");
    }
    kept
}

fn folded(signature: &str) -> String {
    let lines = signature.as_bytes().chunks(LINE_CHARS).map(|line| String::from_utf8_lossy(line));
    lines.collect::<Vec<_>>().join("\r\n\t")
}

/// The first PEM block: what it calls itself, and its bytes.
fn block(pem: &str) -> Option<(&str, Vec<u8>)> {
    let (_, rest) = pem.split_once("-----BEGIN ")?;
    let (label, rest) = rest.split_once("-----")?;
    let (body, _) = rest.split_once("-----END ")?;
    let text: String = body.split_whitespace().collect();
    Some((label, STANDARD.decode(text).ok()?))
}

/// A public RSA key as DNS has it: PKCS#1 inside SubjectPublicKeyInfo.
fn spki(pkcs1: &[u8]) -> Vec<u8> {
    const RSA_ENCRYPTION: [u8; 15] =
        [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
    let bits = der(0x03, &[&[0], pkcs1].concat());
    der(0x30, &[&RSA_ENCRYPTION, bits.as_slice()].concat())
}

fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let bytes = content.len().to_be_bytes();
    let length: Vec<u8> = bytes.into_iter().skip_while(|byte| *byte == 0).collect();
    match content.len() {
        short @ 0..0x80 => [&[tag, short as u8], content].concat(),
        _ => [&[tag, 0x80 | length.len() as u8], length.as_slice(), content].concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_and_bodies_are_relaxed_as_the_standard_shows() {
        // The example of RFC 6376 section 3.4.5.
        let head = "A: X\r\nB : Y\t\r\n\tZ  ";
        let all: String = headers(head).into_iter().map(|(name, value)| relaxed(name, value)).collect();
        assert_eq!(all, "a:X\r\nb:Y Z\r\n");
        assert_eq!(relaxed_body(b" C \r\nD \t E\r\n\r\n\r\n"), b" C\r\nD E\r\n");
        assert_eq!(relaxed_body(b""), b"");
    }

    #[test]
    fn a_second_from_is_signed_as_missing() {
        let headers = [("From", " a"), ("Subject", " b")];
        let found: Vec<_> =
            named(&headers).into_iter().map(|(name, value)| (name, value.is_some())).collect();
        assert_eq!(found, [("From", true), ("From", false), ("Subject", true)]);
    }

    #[test]
    fn what_is_no_key_is_refused_with_its_reason() {
        assert_eq!(Key::parse("x").err(), Some(BadKey::NotPem));
        let certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert_eq!(Key::parse(certificate).err(), Some(BadKey::NotPem));
        let broken = certificate.replace("CERTIFICATE", "PRIVATE KEY");
        assert_eq!(Key::parse(&broken).err(), Some(BadKey::Unreadable));
    }
}
