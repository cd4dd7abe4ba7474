//! The tests' Redis.

/// `REDIS_URL` with a numbered database of its own, so that ids of test jobs do not meet running workers.
///
/// # Panics
/// Without `REDIS_URL`: `scripts/test` starts a server and sets it.
#[must_use]
pub fn redis_url(database: u8) -> String {
    let url = std::env::var("REDIS_URL").expect("REDIS_URL is unset: run scripts/test, which starts Redis");
    numbered(&url, database)
}

/// A socket's URL names its database in `db=`, an address in its path.
fn numbered(url: &str, database: u8) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("redis", url));
    if scheme.contains("unix") {
        let (socket, asked) = rest.split_once('?').unwrap_or((rest, ""));
        let kept = asked.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("db="));
        let pairs: Vec<String> = kept.map(str::to_owned).chain([format!("db={database}")]).collect();
        return format!("{scheme}://{socket}?{}", pairs.join("&"));
    }
    let host = rest.split('/').next().unwrap_or(rest);
    format!("{scheme}://{host}/{database}")
}

#[cfg(test)]
mod tests {
    use super::numbered;

    #[test]
    fn a_database_is_named_as_its_url_names_it() {
        assert_eq!(numbered("redis://default:pw@127.0.0.1:6379/0", 9), "redis://default:pw@127.0.0.1:6379/9");
        assert_eq!(numbered("redis://127.0.0.1", 3), "redis://127.0.0.1/3");
        assert_eq!(numbered("redis+unix:///a/b.sock?pass=x&db=0", 12), "redis+unix:///a/b.sock?pass=x&db=12");
        assert_eq!(numbered("unix:///a/b.sock", 1), "unix:///a/b.sock?db=1");
    }
}
