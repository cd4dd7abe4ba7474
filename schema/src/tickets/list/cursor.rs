//! Where a page ended, as text that means nothing to its keeper.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeZone, Utc};
use uuid::Uuid;

const BYTES: usize = 24;

/// The last ticket of a page: the instant its order goes by, and its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub at: DateTime<Utc>,
    pub id: Uuid,
}

impl Cursor {
    /// As it is handed out.
    #[must_use]
    pub fn write(self) -> String {
        let mut bytes = [0; BYTES];
        bytes[..8].copy_from_slice(&self.at.timestamp_micros().to_be_bytes());
        bytes[8..].copy_from_slice(self.id.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// As it came back; none of anything that was not handed out.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let bytes: [u8; BYTES] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
        let (micros, id) = bytes.split_at(8);
        let at = Utc.timestamp_micros(i64::from_be_bytes(micros.try_into().ok()?)).single()?;
        let in_database = (DateTime::UNIX_EPOCH..=DateTime::<Utc>::MAX_UTC).contains(&at);
        in_database.then_some(Self { at, id: Uuid::from_slice(id).ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_was_handed_out_and_nothing_else_is_one() {
        let cursor = Cursor { at: "2026-01-10T10:07:00.000001Z".parse().unwrap(), id: Uuid::now_v7() };
        assert_eq!(Cursor::read(&cursor.write()), Some(cursor));
        let far = URL_SAFE_NO_PAD.encode([0x7f; BYTES]);
        let early = URL_SAFE_NO_PAD.encode([0xff; BYTES]);
        for stranger in ["", "a", &cursor.write()[1..], &format!("{}A", cursor.write()), &far, &early, "%%%"]
        {
            assert_eq!(Cursor::read(stranger), None, "{stranger}");
        }
    }
}
