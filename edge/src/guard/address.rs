//! Who a request comes from. A header says what its sender likes, so X-Forwarded-For counts only as far as it was
//! written by proxies we were told to trust.

use axum::http::HeaderMap;
pub use schema::net::Network;
use std::net::{IpAddr, SocketAddr};

const FORWARDED_FOR: &str = "x-forwarded-for";

/// The other end of the connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

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
}
