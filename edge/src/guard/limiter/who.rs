//! Whom a limit counts. Names of people never stand in Redis, only hashes of them.

use super::Rule;
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::net::IpAddr;

/// A client under one of its names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who(String);

impl Who {
    /// Everybody at an address. An IPv6 customer owns at least a /64: its addresses count as one.
    #[must_use]
    pub fn address(address: IpAddr) -> Self {
        Self(household(address).to_string())
    }

    /// One visitor of one site at an address, by what the request says of both.
    #[must_use]
    pub fn visitor(key: &[u8], visitor: &[u8], address: IpAddr) -> Self {
        Self(format!("{}:{}", hash(&[key, visitor]), household(address)))
    }

    /// An account, by what is typed in to name it; spellings that differ in case or outer spaces are one.
    #[must_use]
    pub fn account(secret: &[u8], email: &str) -> Self {
        Self(hash(&[secret, email.trim().to_lowercase().as_bytes()]))
    }

    pub(super) fn key(&self, rule: Rule) -> String {
        format!("asisttr:rate:{}:{}", rule.name, self.0)
    }
}

impl From<IpAddr> for Who {
    fn from(address: IpAddr) -> Self {
        Self::address(address)
    }
}

fn household(client: IpAddr) -> IpAddr {
    match client {
        IpAddr::V4(_) => client,
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() & (u128::MAX << 64)).into()),
    }
}

/// Lengths between the parts keep ("a", "bc") and ("ab", "c") apart.
fn hash(parts: &[&[u8]]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    let mut text = String::with_capacity(32);
    for byte in &digest.finalize()[..16] {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_has_one_name_however_it_is_spelt_and_it_cannot_be_read() {
        let name = |email| Who::account(b"secret", email);
        assert_eq!(name("ayse@ornek.com"), name(" Ayse@Ornek.com "));
        assert_ne!(name("ayse@ornek.com"), name("ali@ornek.com"));
        assert_ne!(name("ayse@ornek.com"), Who::account(b"other", "ayse@ornek.com"));
        assert!(!name("ayse@ornek.com").0.contains("ayse"));
    }

    #[test]
    fn visitors_of_one_address_are_told_apart_by_site_and_id() {
        let address = "10.0.0.1".parse().unwrap();
        let who = |key: &str, visitor: &str| Who::visitor(key.as_bytes(), visitor.as_bytes(), address);
        assert_eq!(who("k", "v"), who("k", "v"));
        assert_ne!(who("k", "v"), who("k", "w"));
        assert_ne!(who("k", "v"), who("kv", ""));
        assert_ne!(who("k", "v"), Who::visitor(b"k", b"v", "10.0.0.2".parse().unwrap()));
    }

    #[test]
    fn addresses_of_one_ipv6_customer_are_one() {
        let who = |address: &str| Who::address(address.parse().unwrap());
        assert_eq!(who("2001:db8::1"), who("2001:db8::ffff"));
        assert_ne!(who("2001:db8::1"), who("2001:db8:0:1::1"));
        assert_ne!(who("10.0.0.1"), who("10.0.0.2"));
    }
}
