//! Answers to public questions, kept for a moment (B21-05).
//!
//! The key holds the version of the site's settings, which every change of them raises: from that moment on the old
//! answer is under a name nobody asks for. [`Directory::current`](schema::sites::Directory::current) knows the version
//! as it stands.
//!
//! ```text
//! let site = state.sites.current(id).await?…;
//! let key = Key::new("knowledge", site.id, site.version, language, query);
//! let body = state.guard.answers.get(key, MINUTE, async { … Ok(bytes) }).await?;
//! Ok(etag::tagged(&headers, JSON, body))
//! ```
//!
//! They are kept in this process: nobody waits for another server to hear what everybody is told, and what is kept can
//! not fail (B21-06). Memory is bounded; when it is full, answers are made anew. What is made out of the settings alone,
//! as whether a site is open now, is made faster than it is found here, and is never late.

use crate::text::Language;
use bytes::Bytes;
use jobs::SiteId;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long an answer is good that nothing makes wrong before.
pub const MINUTE: Duration = Duration::from_secs(60);

const BYTES_MAX: usize = 16 << 20;
const ANSWER_BYTES_MAX: usize = 256 << 10;
/// What an entry costs beside its body and its query.
const ENTRY_BYTES: usize = 200;

/// A question, as of one version of the site's settings.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    pub route: &'static str,
    pub site: SiteId,
    pub version: i64,
    /// Whether the answer is in English.
    pub is_english: bool,
    pub query: String,
}

/// Answers by question.
#[derive(Debug, Default)]
pub struct Answers(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    answers: HashMap<Key, Answer>,
    bytes: usize,
}

#[derive(Debug)]
struct Answer {
    body: Bytes,
    good_until: Instant,
}

impl Key {
    #[must_use]
    pub fn new(route: &'static str, site: SiteId, version: i64, language: Language, query: &str) -> Self {
        Self { route, site, version, is_english: language == Language::En, query: query.to_owned() }
    }

    fn bytes(&self, body: &Bytes) -> usize {
        ENTRY_BYTES + self.query.len() + body.len()
    }
}

impl Answers {
    /// The answer that is kept, or else the one made now, which is then kept for `lives`.
    ///
    /// # Errors
    /// Those of making it; a failure is not kept.
    pub async fn get<E>(
        &self,
        key: Key,
        lives: Duration,
        make: impl Future<Output = Result<Bytes, E>>,
    ) -> Result<Bytes, E> {
        if let Some(body) = self.find(&key, Instant::now()) {
            return Ok(body);
        }
        let body = make.await?;
        self.keep(key, body.clone(), Instant::now(), lives);
        Ok(body)
    }

    fn find(&self, key: &Key, now: Instant) -> Option<Bytes> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.answers.get(key).filter(|answer| answer.good_until > now).map(|answer| answer.body.clone())
    }

    fn keep(&self, key: Key, body: Bytes, now: Instant, lives: Duration) {
        let bytes = key.bytes(&body);
        if body.len() > ANSWER_BYTES_MAX {
            return;
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.bytes + bytes > BYTES_MAX {
            kept.forget_old(now);
        }
        if kept.bytes + bytes > BYTES_MAX {
            return;
        }
        kept.forget(&key);
        kept.bytes += bytes;
        kept.answers.insert(key, Answer { body, good_until: now + lives });
    }
}

impl Kept {
    fn forget(&mut self, key: &Key) {
        if let Some(answer) = self.answers.remove(key) {
            self.bytes -= key.bytes(&answer.body);
        }
    }

    fn forget_old(&mut self, now: Instant) {
        self.answers.retain(|_, answer| answer.good_until > now);
        self.bytes = self.answers.iter().map(|(key, answer)| key.bytes(&answer.body)).sum();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    fn key(version: i64, query: &str) -> Key {
        Key::new("test", SiteId(uuid::Uuid::nil()), version, Language::Tr, query)
    }

    async fn get(answers: &Answers, key: Key, lives: Duration, made: &'static str) -> Bytes {
        let make = async { Ok::<_, Infallible>(Bytes::from(made)) };
        answers.get(key, lives, make).await.unwrap()
    }

    #[tokio::test]
    async fn an_answer_is_made_once_as_long_as_the_question_is_the_same() {
        let answers = Answers::default();
        let ask = |key, made| get(&answers, key, MINUTE, made);
        assert_eq!(ask(key(1, ""), "first").await, "first");
        assert_eq!(ask(key(1, ""), "second").await, "first");
        assert_eq!(ask(key(2, ""), "newer settings").await, "newer settings");
        assert_eq!(ask(key(1, "q=a"), "other query").await, "other query");
        let english = Key { is_english: true, ..key(1, "") };
        assert_eq!(ask(english, "english").await, "english");
        let elsewhere = Key { site: SiteId(uuid::Uuid::max()), ..key(1, "") };
        assert_eq!(ask(elsewhere, "other site").await, "other site");
    }

    #[tokio::test]
    async fn an_answer_ends_with_its_time_and_a_failure_is_not_kept() {
        let answers = Answers::default();
        assert_eq!(get(&answers, key(1, ""), Duration::ZERO, "old").await, "old");
        let failed = answers.get(key(1, ""), MINUTE, async { Err("away") }).await;
        assert_eq!(failed, Err("away"));
        assert_eq!(get(&answers, key(1, ""), MINUTE, "new").await, "new");
    }

    #[test]
    fn memory_is_bounded_and_what_is_over_makes_room() {
        let (answers, now) = (Answers::default(), Instant::now());
        let body = Bytes::from(vec![b'a'; ANSWER_BYTES_MAX]);
        let keep = |n: i64, now| answers.keep(key(n, ""), body.clone(), now, Duration::from_secs(1));
        (0..1000).for_each(|n| keep(n, now));
        let kept = |n, now| answers.find(&key(n, ""), now).is_some();
        assert!(kept(0, now) && !kept(999, now));
        assert!(answers.0.lock().unwrap().bytes <= BYTES_MAX);
        let later = now + Duration::from_secs(1);
        keep(999, later);
        assert!(kept(999, later) && !kept(0, later));
        let too_large = Bytes::from(vec![b'a'; ANSWER_BYTES_MAX + 1]);
        answers.keep(key(1, "large"), too_large, later, Duration::from_secs(1));
        assert!(answers.find(&key(1, "large"), later).is_none());
    }
}
