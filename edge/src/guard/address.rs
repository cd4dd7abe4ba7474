//! Who a request comes from. A header says what its sender likes, so X-Forwarded-For counts only as far as it was
//! written by proxies we were told to trust.

use axum::http::HeaderMap;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// The other end of the connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// One address, or all that share its first bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    base: u128,
    mask: u128,
}

/// Not an address, nor an address with a prefix length.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is neither an address nor a network such as 10.0.0.0/8")]
pub struct NotANetwork(String);

impl Network {
    pub fn contains(&self, address: IpAddr) -> bool {
        bits(address) & self.mask == self.base
    }
}

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || NotANetwork(text.to_owned());
        let (address, length) =
            text.trim().split_once('/').map_or((text.trim(), None), |(a, l)| (a, Some(l)));
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let (full, offset) = if address.is_ipv4() { (32, 96) } else { (128, 0) };
        let length: u32 = length.map_or(Ok(full), |length| length.parse().map_err(|_| wrong()))?;
        if length > full {
            return Err(wrong());
        }
        let mask = u128::MAX.checked_shl(128 - (length + offset)).unwrap_or(0);
        Ok(Self { base: bits(address) & mask, mask })
    }
}

/// The client's address: from the connection backwards through trusted proxies, the first that is none of them.
pub fn client(headers: &HeaderMap, peer: IpAddr, trusted: &[Network]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut client = peer.to_canonical();
    if trusted.is_empty() || !is_trusted(client) {
        return client;
    }
    let lines: Vec<&str> =
        headers.get_all(FORWARDED_FOR).iter().filter_map(|line| line.to_str().ok()).collect();
    for hop in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
        let Some(address) = parse(hop.trim()) else { break };
        client = address;
        if !is_trusted(client) {
            break;
        }
    }
    client
}

/// Some proxies write the port as well.
fn parse(hop: &str) -> Option<IpAddr> {
    let address = hop.parse().or_else(|_| hop.parse::<SocketAddr>().map(|socket| socket.ip()));
    address.ok().map(|address: IpAddr| address.to_canonical())
}

/// IPv4 as the mapped part of IPv6, so that both compare alike.
fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn networks(texts: &[&str]) -> Vec<Network> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    fn seen(forwarded: &[&str], peer: &str, trusted: &[&str]) -> String {
        let lines = forwarded.iter().map(|line| (FORWARDED_FOR.parse().unwrap(), line.parse().unwrap()));
        client(&HeaderMap::from_iter(lines), peer.parse().unwrap(), &networks(trusted)).to_string()
    }

    #[test]
    fn a_header_from_a_stranger_is_not_believed() {
        assert_eq!(seen(&["1.2.3.4"], "9.9.9.9", &[]), "9.9.9.9");
        assert_eq!(seen(&["1.2.3.4"], "9.9.9.9", &["10.0.0.0/8"]), "9.9.9.9");
    }

    #[test]
    fn behind_trusted_proxies_the_last_untrusted_hop_is_the_client() {
        let trusted = ["10.0.0.0/8", "::1"];
        assert_eq!(seen(&["1.2.3.4"], "10.1.1.1", &trusted), "1.2.3.4");
        assert_eq!(seen(&["6.6.6.6, 1.2.3.4, 10.2.2.2"], "10.1.1.1", &trusted), "1.2.3.4");
        assert_eq!(seen(&["6.6.6.6", "1.2.3.4:5000"], "::1", &trusted), "1.2.3.4");
        assert_eq!(seen(&["2001:db8::7"], "::ffff:10.1.1.1", &trusted), "2001:db8::7");
        assert_eq!(seen(&["6.6.6.6, unknown, 10.2.2.2"], "10.1.1.1", &trusted), "10.2.2.2");
        assert_eq!(seen(&[], "10.1.1.1", &trusted), "10.1.1.1");
    }

    #[test]
    fn networks_end_where_their_prefix_says() {
        let network: Network = "192.168.4.0/22".parse().unwrap();
        let inside = |address: &str| network.contains(address.parse().unwrap());
        assert!(inside("192.168.4.0") && inside("192.168.7.255"));
        assert!(!inside("192.168.3.255") && !inside("192.168.8.0"));
        assert!("::/0".parse::<Network>().unwrap().contains("1.2.3.4".parse().unwrap()));
        assert!("0.0.0.0/0".parse::<Network>().unwrap().contains("1.2.3.4".parse().unwrap()));
        assert!(!"0.0.0.0/0".parse::<Network>().unwrap().contains("2001:db8::1".parse().unwrap()));
        for wrong in ["", "10.0.0.0/33", "10.0.0/8", "::1/129", "10.0.0.0/x", "proxy"] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
    }
}
