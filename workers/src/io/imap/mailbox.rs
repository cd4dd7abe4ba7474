//! A mailbox that is logged in: open a folder, list it, fetch from it.
//!
//! Commands are run and their answers read here instead of through the library's streams, because those end
//! quietly when the server says NO or the connection breaks: a half-read list would look like a whole one.

use std::collections::HashMap;

use async_imap::Session;
use async_imap::imap_proto::{AttributeValue, MailboxDatum, Response, Status};

use super::connect::step;
use super::guard::Guarded;
use super::plan::{BATCH_BYTES_MAX, Listed, uid_set};
use super::{ImapError, ImapTimeouts, SIZE_BYTES_MAX};

/// Messages of one listing that are looked at. The rest is found by the next listing.
const LISTED_MAX: usize = 100_000;
/// Bytes of one piece of a large message.
const PIECE_BYTES: usize = 1024 * 1024;

/// The folder as it was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Folder {
    /// When it differs from the remembered one, all remembered UIDs mean nothing.
    pub uid_validity: u32,
    pub uid_next: Option<u32>,
    pub exists: u32,
}

/// A message as it lies on the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawMail {
    pub uid: u32,
    pub raw: Vec<u8>,
}

/// A connection that is logged in. Dropping it closes the connection.
#[derive(Debug)]
pub struct Mailbox {
    pub(super) session: Session<Guarded>,
    pub(super) timeouts: ImapTimeouts,
    pub(super) can_idle: bool,
    /// How many messages the folder held when the server last said so.
    pub(super) exists: u32,
    /// The server told of new messages that have not been listed yet.
    pub(super) has_news: bool,
}

impl Mailbox {
    pub(super) fn new(session: Session<Guarded>, timeouts: ImapTimeouts, can_idle: bool) -> Mailbox {
        Mailbox { session, timeouts, can_idle, exists: 0, has_news: false }
    }

    /// Opens a folder read-only, so that no flag changes (`EXAMINE`).
    ///
    /// # Errors
    /// [`ImapError::Protocol`] when there is no such folder, or one without lasting UIDs.
    pub async fn examine(&mut self, folder: &str) -> Result<Folder, ImapError> {
        let max = self.timeouts.command;
        let found =
            step(max, "opening the folder", async { Ok(self.session.examine(folder).await?) }).await?;
        let no_uids = || ImapError::Protocol("the folder has no UIDVALIDITY".to_owned());
        (self.exists, self.has_news) = (found.exists, false);
        Ok(Folder {
            uid_validity: found.uid_validity.ok_or_else(no_uids)?,
            uid_next: found.uid_next,
            exists: found.exists,
        })
    }

    /// All messages with a UID above `uid`, in the order of their UIDs; the first 100,000 of them.
    ///
    /// # Errors
    /// Any but `Refused`.
    pub async fn list_after(&mut self, uid: u32) -> Result<Vec<Listed>, ImapError> {
        self.has_news = false;
        let Some(first) = uid.checked_add(1) else { return Ok(Vec::new()) };
        let mut listed = Vec::new();
        let command = format!("UID FETCH {first}:* (UID RFC822.SIZE)");
        step(
            self.timeouts.command,
            "listing",
            self.run(&command, |attributes| {
                // `n:*` always names the last message, also when its UID is below n.
                if let Some(mail) =
                    listed_in(attributes).filter(|mail| mail.uid > uid && listed.len() < LISTED_MAX)
                {
                    listed.push(mail);
                }
                Ok(())
            }),
        )
        .await?;
        listed.sort_by_key(|mail| mail.uid);
        listed.dedup_by_key(|mail| mail.uid);
        Ok(listed)
    }

    /// The messages of one batch of a [`super::Plan`], as one command, in the order of the batch. A message
    /// that vanished meanwhile is not in the answer.
    ///
    /// # Errors
    /// [`ImapError::TooLarge`] when the server sends much more than it said; any but `Refused`.
    pub async fn fetch(&mut self, batch: &[Listed]) -> Result<Vec<RawMail>, ImapError> {
        match batch {
            [] => return Ok(Vec::new()),
            [large] if u64::from(large.size_bytes) > BATCH_BYTES_MAX => {
                return Ok(self.fetch_in_pieces(large.uid).await?.into_iter().collect());
            }
            _ => {}
        }
        let mut basket = Basket::of(batch);
        let command = format!("UID FETCH {} (UID BODY.PEEK[])", uid_set(batch));
        step(self.timeouts.fetch, "fetching", self.run(&command, |attributes| basket.add(attributes)))
            .await?;
        Ok(batch.iter().filter_map(|mail| basket.take(mail.uid)).collect())
    }

    /// One message in pieces, so that no answer is large whatever the server said of its size. None if it vanished.
    ///
    /// # Errors
    /// [`ImapError::TooLarge`] past the limit of a message; any but `Refused`.
    pub async fn fetch_in_pieces(&mut self, uid: u32) -> Result<Option<RawMail>, ImapError> {
        let (mut raw, max): (Vec<u8>, _) = (Vec::new(), self.timeouts.fetch);
        loop {
            let command = format!("UID FETCH {uid} (UID BODY.PEEK[]<{}.{PIECE_BYTES}>)", raw.len());
            let mut piece: Option<Vec<u8>> = None;
            let taking = self.run(&command, |attributes| {
                if uid_in(attributes) == Some(uid) && piece.is_none() {
                    piece = body_in(attributes).map(<[u8]>::to_vec);
                }
                Ok(())
            });
            step(max, "fetching", taking).await?;
            let Some(piece) = piece else {
                // Gone at the first piece, cut at a later one: such a server has no more of it.
                return Ok((!raw.is_empty()).then_some(RawMail { uid, raw }));
            };
            if raw.len() + piece.len() > SIZE_BYTES_MAX as usize || piece.len() > PIECE_BYTES {
                return Err(ImapError::TooLarge);
            }
            // Room for what is there, and no more: doubling would hold the mail twice.
            raw.reserve_exact(piece.len());
            raw.extend_from_slice(&piece);
            if piece.len() < PIECE_BYTES {
                return Ok(Some(RawMail { uid, raw }));
            }
        }
    }

    /// Says good-bye; a server that does not answer is left.
    pub async fn logout(mut self) {
        let farewell = async { Ok(self.session.logout().await?) };
        // The work is done; nothing depends on how the server takes it.
        let _ = step(self.timeouts.connect, "logging out", farewell).await;
    }

    /// Runs a command and hands every FETCH answer to `take`, until the server says how it ended.
    pub(super) async fn run(
        &mut self,
        command: &str,
        mut take: impl FnMut(&[AttributeValue<'_>]) -> Result<(), ImapError>,
    ) -> Result<(), ImapError> {
        let id = self.session.run_command(command).await?;
        loop {
            let answer = self.session.read_response().await?.ok_or_else(ImapError::lost)?;
            match answer.parsed() {
                Response::Done { tag, status, .. } if *tag == id => return ended(status),
                Response::Fetch(_, attributes) => take(attributes)?,
                other => self.notice(other),
            }
        }
    }

    /// Remembers that the folder grew, whenever the server says it.
    pub(super) fn notice(&mut self, answer: &Response<'_>) {
        match answer {
            Response::MailboxData(MailboxDatum::Exists(count)) => {
                self.has_news |= *count > self.exists;
                self.exists = *count;
            }
            Response::Expunge(_) => self.exists = self.exists.saturating_sub(1),
            _ => {}
        }
    }
}

pub(super) fn ended(status: &Status) -> Result<(), ImapError> {
    match status {
        Status::Ok => Ok(()),
        other => Err(ImapError::Protocol(format!("the command ended with {other:?}"))),
    }
}

fn listed_in(attributes: &[AttributeValue<'_>]) -> Option<Listed> {
    let size_bytes = attributes.iter().find_map(|attribute| match attribute {
        AttributeValue::Rfc822Size(size) => Some(*size),
        _ => None,
    })?;
    Some(Listed { uid: uid_in(attributes)?, size_bytes })
}

fn uid_in(attributes: &[AttributeValue<'_>]) -> Option<u32> {
    attributes.iter().find_map(|attribute| match attribute {
        AttributeValue::Uid(uid) => Some(*uid),
        _ => None,
    })
}

fn body_in<'a>(attributes: &'a [AttributeValue<'_>]) -> Option<&'a [u8]> {
    attributes.iter().find_map(|attribute| match attribute {
        AttributeValue::BodySection { section: None, data: Some(data), .. } => Some(data.as_ref()),
        _ => None,
    })
}

/// Takes in only what was asked for, and not much more than was announced.
struct Basket {
    mails: HashMap<u32, Option<Vec<u8>>>,
    bytes_left: u64,
}

impl Basket {
    fn of(batch: &[Listed]) -> Basket {
        let announced: u64 = batch.iter().map(|mail| u64::from(mail.size_bytes)).sum();
        // Sizes are often counted before line ends are made whole, so a little more is ordinary.
        let bytes_left = announced + announced / 4 + 1024 * 1024;
        Basket { mails: batch.iter().map(|mail| (mail.uid, None)).collect(), bytes_left }
    }

    fn add(&mut self, attributes: &[AttributeValue<'_>]) -> Result<(), ImapError> {
        let (Some(uid), Some(raw)) = (uid_in(attributes), body_in(attributes)) else { return Ok(()) };
        let Some(place @ None) = self.mails.get_mut(&uid) else { return Ok(()) };
        self.bytes_left = self.bytes_left.checked_sub(raw.len() as u64).ok_or(ImapError::TooLarge)?;
        *place = Some(raw.to_vec());
        Ok(())
    }

    fn take(&mut self, uid: u32) -> Option<RawMail> {
        let raw = self.mails.get_mut(&uid)?.take()?;
        Some(RawMail { uid, raw })
    }
}

#[cfg(test)]
#[path = "mailbox_tests.rs"]
mod tests;
