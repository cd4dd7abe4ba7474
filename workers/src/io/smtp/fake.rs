//! A sender for tests: it remembers what it was given and fails when told to.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::future::BoxFuture;

use super::{MailSender, OutgoingMail, SendError};

/// Cloning shares what was remembered.
#[derive(Clone, Debug, Default)]
pub struct FakeSender(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    sent: Vec<OutgoingMail>,
    failures: Vec<SendError>,
}

impl FakeSender {
    /// The next call fails like this; several calls queue several failures, the first first.
    pub fn fail_with(&self, error: SendError) {
        self.state().failures.push(error);
    }

    /// All mails that were accepted, in their order.
    pub fn sent(&self) -> Vec<OutgoingMail> {
        self.state().sent.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, mail: &OutgoingMail) -> Result<(), SendError> {
        let mut state = self.state();
        if !state.failures.is_empty() {
            return Err(state.failures.remove(0));
        }
        state.sent.push(mail.clone());
        Ok(())
    }
}

impl MailSender for FakeSender {
    fn send<'a>(&'a self, mail: &'a OutgoingMail) -> BoxFuture<'a, Result<(), SendError>> {
        Box::pin(std::future::ready(self.take(mail)))
    }
}
