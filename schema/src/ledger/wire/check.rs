//! Refuses a Redis that would throw work away.

use redis::Client;
use std::collections::HashMap;
use std::time::Duration;

/// Why a Redis cannot be used; each sentence says how to mend it.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    #[error(
        "Redis cannot be reached at REDIS_URL ({0}). Start it (scripts/services up) or correct REDIS_URL."
    )]
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
