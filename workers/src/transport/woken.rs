//! Decides when apalis-redis looks for work: when a batch was announced, and every quarter of a second.
//!
//! The library is not woken by what is sent, and it loses a wake-up that comes while it is asking already. So a
//! ring is heard several times: at once, after 2 ms, and three times more in the 12 ms that follow.

use super::outage::Outage;
use apalis_core::backend::ext::poll_strategy::{PollSnapshot, PollStrategy};
use futures::StreamExt;
use jobs::Queue;
use schema::ledger::wire::apalis::bell;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, Interval, Sleep};
use tokio_util::task::AbortOnDropHandle;

const FLOOR: Duration = Duration::from_millis(250);
const FIRST_ECHO: Duration = Duration::from_millis(2);
const NEXT_ECHO: Duration = Duration::from_millis(4);
const ECHOES: u8 = 4;

/// Wakes one worker, until it is dropped.
pub(super) struct Woken {
    rings: mpsc::Receiver<()>,
    floor: Interval,
    echo: Pin<Box<Sleep>>,
    echoes_left: u8,
    _listening: AbortOnDropHandle<()>,
}

impl Woken {
    /// # Errors
    /// The URL cannot be read.
    pub(super) fn new(redis_url: &str, queue: Queue) -> redis::RedisResult<Self> {
        let client = redis::Client::open(redis_url)?;
        let (ring, rings) = mpsc::channel(1);
        Ok(Self {
            rings,
            floor: tokio::time::interval(FLOOR),
            echo: Box::pin(tokio::time::sleep(Duration::ZERO)),
            echoes_left: 0,
            _listening: AbortOnDropHandle::new(tokio::spawn(listen(client, queue, ring))),
        })
    }

    fn echo_after(&mut self, pause: Duration) {
        self.echo.as_mut().reset(Instant::now() + pause);
    }
}

impl PollStrategy for Woken {
    /// Each timer is polled until it is pending, or it would not wake the worker again.
    fn poll_drive(&mut self, cx: &mut Context<'_>, _: &PollSnapshot) -> Poll<Option<()>> {
        let mut woken = false;
        while let Poll::Ready(Some(())) = self.rings.poll_recv(cx) {
            woken = true;
            self.echoes_left = ECHOES;
            self.echo_after(FIRST_ECHO);
        }
        while self.floor.poll_tick(cx).is_ready() {
            woken = true;
        }
        while self.echoes_left > 0 && self.echo.as_mut().poll(cx).is_ready() {
            woken = true;
            self.echoes_left -= 1;
            self.echo_after(NEXT_ECHO);
        }
        if woken { Poll::Ready(Some(())) } else { Poll::Pending }
    }
}

/// Passes rings on. A line that breaks costs latency, never a job: the floor stays.
async fn listen(client: redis::Client, queue: Queue, ring: mpsc::Sender<()>) {
    let mut outage = Outage::unheard("bell", queue);
    loop {
        let error = match subscribe(&client, queue).await {
            Ok(mut rings) => {
                outage.over();
                // Somebody may have rung before the line stood.
                let _ = ring.try_send(());
                while rings.on_message().next().await.is_some() {
                    let _ = ring.try_send(());
                }
                "the line broke".to_owned()
            }
            Err(error) => error.to_string(),
        };
        outage.endure(&error).await;
    }
}

async fn subscribe(client: &redis::Client, queue: Queue) -> redis::RedisResult<redis::aio::PubSub> {
    let mut rings = client.get_async_pubsub().await?;
    rings.subscribe(bell(queue)).await?;
    Ok(rings)
}
