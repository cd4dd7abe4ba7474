//! What the SMTP sink does instead of taking a mail, at each step at which a server can fail a sender.

use crate::intents::named_in;
use rand::RngExt;
use rand::rngs::StdRng;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use uuid::Uuid;

/// Longer than a sender waits for a command, in a drill.
pub const HANG: Duration = Duration::from_secs(3);

/// One thing that goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// 550: of an address that does not exist, however often it is asked.
    NoSuchAddress,
    /// 451 to the recipient.
    Busy,
    /// 450, a greylist.
    Greylisted,
    /// No answer to the recipient.
    HangsAtRecipient,
    /// Closed when the content is asked for.
    DropsAtData,
    /// 452 after the content.
    Full,
    /// Closed after the content, which is lost.
    DropsContent,
    /// Closed after the content, which is taken: the gap that no sender can close.
    DropsAfterTaking,
}

impl Fault {
    /// How many of a thousand tries.
    const PER_MILLE: [(Fault, u32); 7] = [
        (Fault::Busy, 40),
        (Fault::Greylisted, 20),
        (Fault::HangsAtRecipient, 5),
        (Fault::DropsAtData, 15),
        (Fault::Full, 20),
        (Fault::DropsContent, 15),
        (Fault::DropsAfterTaking, 25),
    ];

    const fn name(self) -> &'static str {
        match self {
            Fault::NoSuchAddress => "no_such_address",
            Fault::Busy => "busy",
            Fault::Greylisted => "greylisted",
            Fault::HangsAtRecipient => "hangs_at_recipient",
            Fault::DropsAtData => "drops_at_data",
            Fault::Full => "full",
            Fault::DropsContent => "drops_content",
            Fault::DropsAfterTaking => "drops_after_taking",
        }
    }
}

/// Switched off unless a drill switches it on; cloning shares it.
#[derive(Clone, Default)]
pub struct Faults(Arc<State>);

#[derive(Default)]
struct State {
    on: AtomicBool,
    seen: Mutex<BTreeMap<&'static str, usize>>,
}

/// One of fifty addresses does not exist, always the same ones.
pub fn is_nowhere(intent: Uuid) -> bool {
    intent.as_u128() % 50 == 7
}

impl Faults {
    pub fn switch(&self, on: bool) {
        self.0.on.store(on, Ordering::Relaxed);
    }

    /// What goes wrong with the next mail to a recipient, if anything.
    pub fn draw(&self, recipient: &str, random: &mut StdRng) -> Option<Fault> {
        if !self.0.on.load(Ordering::Relaxed) {
            return None;
        }
        let fault = match named_in(recipient).is_some_and(is_nowhere) {
            true => Some(Fault::NoSuchAddress),
            false => pick(random.random_range(0..1000)),
        };
        if let Some(fault) = fault {
            *self.seen().entry(fault.name()).or_default() += 1;
        }
        fault
    }

    /// How often each went wrong.
    pub fn counts(&self) -> BTreeMap<&'static str, usize> {
        self.seen().clone()
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, BTreeMap<&'static str, usize>> {
        self.0.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn pick(number: u32) -> Option<Fault> {
    let mut below = 0;
    Fault::PER_MILLE.into_iter().find_map(|(fault, share)| {
        below += share;
        (number < below).then_some(fault)
    })
}
