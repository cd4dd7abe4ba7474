//! Refuses a Redis that would throw work away.

use redis::Client;
use std::collections::HashMap;
use std::time::Duration;

/// Why a Redis cannot be used; each sentence says how to mend it.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    #[error("Redis cannot be reached at REDIS_URL ({0}). Start it (scripts/up does) or correct REDIS_URL.")]
    Away(String),
    #[error(
        "Redis evicts keys (maxmemory-policy is {0}): it would lose work. \
         Set `maxmemory-policy noeviction` in redis.conf or run `CONFIG SET maxmemory-policy noeviction`; \
         keep caches in another Redis."
    )]
    Evicts(String),
}

/// Asks the server for its eviction policy. A server that hides its configuration is taken at its word.
///
/// # Errors
/// See [`Unfit`].
pub async fn check(url: &str) -> Result<(), Unfit> {
    let away = |error: redis::RedisError| Unfit::Away(error.to_string());
    let client = Client::open(url).map_err(away)?;
    let config = redis::AsyncConnectionConfig::new()
        .set_connection_timeout(Some(Duration::from_secs(3)))
        .set_response_timeout(Some(Duration::from_secs(3)));
    let mut conn = client.get_multiplexed_async_connection_with_config(&config).await.map_err(away)?;
    redis::cmd("PING").query_async::<()>(&mut conn).await.map_err(away)?;
    let mut ask = redis::cmd("CONFIG");
    ask.arg("GET").arg("maxmemory-policy");
    let Ok(policy) = ask.query_async::<HashMap<String, String>>(&mut conn).await else { return Ok(()) };
    match policy.get("maxmemory-policy").map(String::as_str) {
        None | Some("noeviction") => Ok(()),
        Some(other) => Err(Unfit::Evicts(other.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    /// A server that answers like Redis, with this eviction policy.
    async fn server(policy: &'static str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("redis://{}/", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut asked = vec![0; 4096];
            while let Ok(bytes @ 1..) = socket.read(&mut asked).await {
                let text = String::from_utf8_lossy(&asked[..bytes]).to_ascii_uppercase();
                // Every command begins with the star of its array.
                for command in text.split('*').skip(1) {
                    let answer = match () {
                        () if command.contains("CONFIG") => {
                            format!("*2\r\n$16\r\nmaxmemory-policy\r\n${}\r\n{policy}\r\n", policy.len())
                        }
                        () if command.contains("PING") => "+PONG\r\n".to_owned(),
                        () => "+OK\r\n".to_owned(),
                    };
                    socket.write_all(answer.as_bytes()).await.unwrap();
                }
            }
        });
        url
    }

    #[tokio::test]
    async fn a_redis_that_evicts_is_refused_with_the_way_to_mend_it() {
        let refused = check(&server("allkeys-lru").await).await.unwrap_err().to_string();
        assert!(
            refused.contains("allkeys-lru") && refused.contains("maxmemory-policy noeviction"),
            "{refused}"
        );
        assert!(check(&server("noeviction").await).await.is_ok());
    }

    #[tokio::test]
    async fn a_redis_that_is_not_there_is_named_with_the_ways_on() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("redis://{}/", listener.local_addr().unwrap());
        drop(listener);
        let away = check(&url).await.unwrap_err().to_string();
        assert!(away.contains("REDIS_URL") && away.contains("scripts/up"), "{away}");
    }
}
