//! Hashing and verifying passwords beside the requests, not among them: each takes about 20 MB and tens of
//! milliseconds of a processor. So many run at once, so many wait, and whoever comes then hears 503.

use crate::error::ApiError;
use schema::sessions::{Match, hash, verify};
use std::num::NonZero;
use std::sync::Arc;
use std::thread::available_parallelism;
use tokio::sync::Semaphore;

/// At most 160 MB of hashing in one process, however many processors there are.
const RUNNING_MAX: usize = 8;
const WAITING_MAX: usize = 64;

/// Turns at hashing.
pub struct Passwords {
    /// Who runs or waits.
    places: Arc<Semaphore>,
    running: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        let processors = available_parallelism().map_or(1, NonZero::get);
        Self::new(processors.min(RUNNING_MAX), WAITING_MAX)
    }
}

impl Passwords {
    fn new(running_max: usize, waiting_max: usize) -> Self {
        Self {
            places: Arc::new(Semaphore::new(running_max + waiting_max)),
            running: Arc::new(Semaphore::new(running_max)),
        }
    }

    /// Compares a password with what is stored; none for nobody's, which takes as long.
    ///
    /// # Errors
    /// Too many are waiting.
    pub async fn verify(&self, password: &str, stored: Option<&str>) -> Result<Match, ApiError> {
        let (password, stored) = (password.to_owned(), stored.map(str::to_owned));
        self.run(move || verify(&password, stored.as_deref())).await
    }

    /// The password as it is stored.
    ///
    /// # Errors
    /// Too many are waiting.
    pub async fn hash(&self, password: &str) -> Result<String, ApiError> {
        let password = password.to_owned();
        Ok(self.run(move || hash(&password)).await??)
    }

    /// The turn goes with the work: a client that leaves does not make room for another while its work still runs.
    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, ApiError> {
        let place = self.places.clone().try_acquire_owned().map_err(|_| ApiError::Busy)?;
        let turn = self.running.clone().acquire_owned().await.map_err(|_| ApiError::Busy)?;
        let worked = tokio::task::spawn_blocking(move || {
            let _held = (place, turn);
            work()
        });
        worked.await.map_err(|cause| ApiError::Fault(cause.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;
    use tokio::task::yield_now;

    #[tokio::test]
    async fn so_many_run_so_many_wait_and_the_next_one_is_refused() {
        let passwords = Arc::new(Passwords::new(1, 1));
        let (finish, finished) = mpsc::channel::<()>();
        let (ours, first) = (passwords.clone(), move || finished.recv().is_ok());
        let first = tokio::spawn(async move { ours.run(first).await });
        while passwords.running.available_permits() > 0 {
            yield_now().await;
        }
        let ours = passwords.clone();
        let second = tokio::spawn(async move { ours.run(|| "second").await });
        while passwords.places.available_permits() > 0 {
            yield_now().await;
        }
        assert!(matches!(passwords.run(|| "third").await, Err(ApiError::Busy)));
        finish.send(()).unwrap();
        assert!(first.await.unwrap().unwrap());
        assert_eq!(second.await.unwrap().unwrap(), "second");
        assert_eq!(passwords.run(|| "fourth").await.unwrap(), "fourth");
    }

    #[tokio::test]
    async fn whoever_leaves_while_hashing_keeps_the_turn_until_the_work_is_done() {
        let passwords = Arc::new(Passwords::new(1, 0));
        let (finish, finished) = mpsc::channel::<()>();
        let ours = passwords.clone();
        let first = tokio::spawn(async move { ours.run(move || finished.recv().is_ok()).await });
        while passwords.running.available_permits() > 0 {
            yield_now().await;
        }
        first.abort();
        assert!(first.await.unwrap_err().is_cancelled());
        assert!(matches!(passwords.run(|| ()).await, Err(ApiError::Busy)));
        finish.send(()).unwrap();
        while passwords.places.available_permits() == 0 {
            yield_now().await;
        }
        assert!(passwords.run(|| ()).await.is_ok());
    }
}
