//! An origin: where a page was loaded from, as a browser spells it in `Origin`.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;

const CHARS_MAX: usize = 300;

/// `http` or `https`, a host, and a port where it is not the scheme's own; in small letters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Origin(String);

/// Not an origin.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an origin such as https://example.com or http://localhost:3000")]
pub struct NotAnOrigin(String);

impl Origin {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    #[must_use]
    pub fn scheme(&self) -> &str {
        self.0.split_once("://").map_or("", |(scheme, _)| scheme)
    }
}

/// Both compare by the spelling.
impl Borrow<str> for Origin {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl FromStr for Origin {
    type Err = NotAnOrigin;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || NotAnOrigin(text.chars().take(CHARS_MAX).collect());
        let spelt = text.trim().trim_end_matches('/').to_ascii_lowercase();
        let (scheme, authority) = spelt.split_once("://").ok_or_else(wrong)?;
        let default_port = match scheme {
            "http" => ":80",
            "https" => ":443",
            _ => return Err(wrong()),
        };
        let authority = authority.strip_suffix(default_port).unwrap_or(authority);
        if spelt.len() > CHARS_MAX || !is_authority(authority) {
            return Err(wrong());
        }
        Ok(Self(format!("{scheme}://{authority}")))
    }
}

/// A name, an address, or an IPv6 address in brackets; perhaps with a port.
fn is_authority(authority: &str) -> bool {
    let (host, rest) = match authority.strip_prefix('[').and_then(|text| text.split_once(']')) {
        Some((address, rest)) => {
            if address.parse::<std::net::Ipv6Addr>().is_err() {
                return false;
            }
            ("v6", rest)
        }
        None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
    };
    let is_host = !host.is_empty()
        && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'));
    is_host && (rest.is_empty() || rest.strip_prefix(':').is_some_and(is_port))
}

fn is_port(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u16>().is_ok()
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_has_one_spelling() {
        for (given, kept) in [
            ("https://Example.com", "https://example.com"),
            ("https://example.com/", "https://example.com"),
            ("https://example.com:443", "https://example.com"),
            ("http://example.com:80", "http://example.com"),
            ("http://example.com:443", "http://example.com:443"),
            (" http://localhost:3000 ", "http://localhost:3000"),
            ("http://[::1]:3000", "http://[::1]:3000"),
            ("https://xn--ak-4ya.com", "https://xn--ak-4ya.com"),
        ] {
            assert_eq!(given.parse::<Origin>().unwrap().as_str(), kept);
        }
        assert_eq!("http://a.co:81".parse::<Origin>().unwrap().scheme(), "http");
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        for wrong in [
            "",
            "null",
            "example.com",
            "ftp://a.co",
            "https://",
            "https://a.co/path",
            "https://u@a.co",
            "https://a.co:x",
            "https://a.co:99999",
            "https://*.a.co",
            "https://a.co?b",
            "https://[::1",
            "https://ş.com",
            "https://a.co, https://b.co",
            "file://",
        ] {
            assert!(wrong.parse::<Origin>().is_err(), "{wrong}");
        }
    }
}
