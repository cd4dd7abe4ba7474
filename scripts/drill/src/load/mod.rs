//! Steady load from the outside: forms by HTTP, mails by SMTP, and deadlines that fall into the drill.
//!
//! Open loop: intents are begun at a fixed rate whatever becomes of them, so a desk that stands still shows. A
//! client repeats its request under the same Idempotency-Key until it hears an answer or loses patience.

mod deadline;
mod forms;
mod http;
mod mail;

use crate::facts::Facts;
use crate::intents::{Deadline, Heard, Intent, Kind, Log};
use crate::stage::Desk;
use http::Heard as Answer;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};

/// How long a client repeats itself.
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(100);
/// Clients at once; past it the load waits, which the figures show as a lower rate.
const CLIENTS_MAX: usize = 512;

/// Running load; ends with [`Load::stop`].
pub struct Load {
    client: Client,
    stop: watch::Sender<bool>,
    steady: JoinHandle<()>,
    bursts: Mutex<JoinSet<()>>,
    pub began: Instant,
}

#[derive(Clone)]
struct Client {
    desk: Desk,
    facts: Facts,
    log: Arc<Log>,
}

impl Load {
    /// Starts `rate` intents a second. Of five three are support forms, one is a form of the site, one a mail; at
    /// every third support form something falls due.
    pub fn start(desk: Desk, facts: Facts, log: Arc<Log>, rate: f64) -> Self {
        let (stop, stopped) = watch::channel(false);
        let client = Client { desk, facts, log };
        let steady = tokio::spawn(run(client.clone(), rate, stopped));
        Self { client, stop, steady, bursts: Mutex::default(), began: Instant::now() }
    }

    /// Begins so many intents at once, beside the steady ones.
    pub fn burst(&self, kind: Kind, deadline: Option<Deadline>, amount: usize) {
        let mut bursts = self.bursts.lock().unwrap_or_else(PoisonError::into_inner);
        while bursts.try_join_next().is_some() {}
        for _ in 0..amount {
            let client = self.client.clone();
            bursts.spawn(async move { client.one(kind, deadline).await });
        }
    }

    /// Begins no more, and waits until every client has heard its answer.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        let _ = self.steady.await;
        let bursts = self.bursts.into_inner().unwrap_or_else(PoisonError::into_inner);
        bursts.join_all().await;
    }
}

/// Whether the edge says that it can work.
pub async fn is_ready(edge_port: u16) -> bool {
    matches!(http::get(edge_port, "/health/ready").await, Some(Answer { status: 200 }))
}

async fn run(client: Client, rate: f64, mut stopped: watch::Receiver<bool>) {
    let (mut clients, places) = (JoinSet::new(), Arc::new(Semaphore::new(CLIENTS_MAX)));
    let mut tick = tokio::time::interval(Duration::from_secs_f64(1.0 / rate));
    for number in 0_u64.. {
        tokio::select! {
            _ = tick.tick() => {}
            _ = stopped.changed() => break,
        }
        let Ok(place) = places.clone().acquire_owned().await else { break };
        let client = client.clone();
        clients.spawn(async move {
            let kind = match number % 5 {
                1 => Kind::Form,
                3 => Kind::Mail,
                _ => Kind::Support,
            };
            client.one(kind, number.is_multiple_of(3).then(|| deadline::of_number(number / 3))).await;
            drop(place);
        });
        while clients.try_join_next().is_some() {}
    }
    clients.join_all().await;
}

impl Client {
    /// One intent from its first byte to the last answer; only a support form's ticket is sure to be there then.
    async fn one(&self, kind: Kind, deadline: Option<Deadline>) {
        let (index, intent) = self.log.invoke(kind);
        let heard = match kind {
            Kind::Mail => mail::send(&self.desk, &intent).await,
            Kind::Support => self.insist(&intent, forms::support(&intent), "/api/support/tickets/").await,
            Kind::Form => {
                let path = format!("/api/forms/{}/submit", self.desk.form_id);
                self.insist(&intent, forms::own(&intent), &path).await
            }
        };
        self.log.heard(index, heard);
        if let (Kind::Support, Heard::Ok, Some(deadline)) = (kind, heard, deadline) {
            deadline::arrange(&self.facts, &self.log, index, &intent, deadline).await;
        }
    }

    /// Repeats one request until it is answered for good.
    async fn insist(&self, intent: &Intent, body: String, path: &str) -> Heard {
        let (key, since) = (intent.id.simple().to_string(), Instant::now());
        while since.elapsed() < PATIENCE {
            if let Some(answer) = http::post(&self.desk, path, &key, &body).await {
                self.log.answered(answer.status);
                match answer.status {
                    200..=299 => return Heard::Ok,
                    400..=499 if answer.status != 429 => return Heard::Refused,
                    _ => {}
                }
            }
            tokio::time::sleep(PAUSE).await;
        }
        Heard::Unknown
    }
}
