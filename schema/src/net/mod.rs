//! Networks, and which servers may be spoken to in somebody else's name.
//!
//! A site's people name mail servers, and our programs stand inside a network that those people cannot see. So a name is
//! resolved first, only public addresses are kept, and the connection goes to one of these: a name that points
//! elsewhere a moment later changes nothing.

mod network;
mod public;

pub use network::{Network, NotANetwork};
pub use public::is_public;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

const RESOLVING_MAX: Duration = Duration::from_secs(5);
/// Addresses of one name that are tried.
const ADDRESSES_MAX: usize = 8;

/// Where a connection may go.
#[derive(Clone, Debug)]
pub enum Reach {
    /// The operator named the server.
    Anywhere,
    /// Somebody else did: public addresses, and what the operator allows besides.
    Public(Arc<[Network]>),
}

/// Why a server is not spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreachable {
    #[error("the server's name is not known")]
    Unknown,
    #[error("the server stands in a private network (MAIL_PRIVATE_NETWORKS allows some)")]
    Private,
}

impl Reach {
    #[must_use]
    pub fn allows(&self, address: IpAddr) -> bool {
        match self {
            Reach::Anywhere => true,
            Reach::Public(allowed) => {
                is_public(address) || allowed.iter().any(|network| network.contains(address))
            }
        }
    }

    /// The addresses of a server that may be spoken to, at least one. Waits five seconds at most.
    ///
    /// # Errors
    /// See [`Unreachable`].
    pub async fn resolve(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, Unreachable> {
        let bare = host.trim().trim_start_matches('[').trim_end_matches(']');
        let found = tokio::time::timeout(RESOLVING_MAX, tokio::net::lookup_host((bare, port))).await;
        let Ok(Ok(found)) = found else { return Err(Unreachable::Unknown) };
        let found: Vec<SocketAddr> = found.take(ADDRESSES_MAX).collect();
        if found.is_empty() {
            return Err(Unreachable::Unknown);
        }
        let kept: Vec<SocketAddr> = found.into_iter().filter(|one| self.allows(one.ip())).collect();
        if kept.is_empty() { Err(Unreachable::Private) } else { Ok(kept) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_private_server_is_refused_however_it_is_written_unless_the_operator_allows_it() {
        let strict = Reach::Public(Arc::default());
        for host in
            ["127.0.0.1", "localhost", "[::1]", "10.0.0.7", "169.254.169.254", "::ffff:127.0.0.1", "0"]
        {
            assert_eq!(strict.resolve(host, 25).await, Err(Unreachable::Private), "{host}");
        }
        let allowed = Reach::Public(Arc::from(["127.0.0.0/8".parse().unwrap()]));
        assert_eq!(allowed.resolve("127.0.0.1", 25).await, Ok(vec!["127.0.0.1:25".parse().unwrap()]));
        assert_eq!(allowed.resolve("10.0.0.7", 25).await, Err(Unreachable::Private));
        assert!(Reach::Anywhere.resolve("10.0.0.7", 25).await.is_ok());
        assert_eq!(strict.resolve("8.8.8.8", 25).await, Ok(vec!["8.8.8.8:25".parse().unwrap()]));
        assert_eq!(strict.resolve("a b", 25).await, Err(Unreachable::Unknown));
    }
}
