//! What is wrong with hours, in words.

use crate::error::{ApiError, Missing};
use crate::text::{Language, Text};
use axum::http::StatusCode;
use schema::hours::rules::HoursError;
use schema::hours::{holidays, settings};

pub const CLOCK: Text =
    Text::new("Saat SS:DD biçiminde olmalı (00:00–24:00).", "Times are written HH:MM (00:00–24:00).");
pub const ZONE: Text = Text::new("Bilinmeyen saat dilimi.", "Unknown time zone.");
pub const DATE: Text = Text::new("Tarih YYYY-AA-GG biçiminde olmalı.", "Dates are written YYYY-MM-DD.");
pub const WHEN: Text = Text::new(
    "Zaman RFC 3339 biçiminde ya da sitenin yerel saatiyle yazılmalı.",
    "Times are written as RFC 3339 or as the site's local time.",
);
const DAY: Text = Text::new("Gün 0–6 arasında ve bir kez olmalı.", "Days run from 0 to 6, each once.");
const TAKEN: Text = Text::new("Bu tarihte bir tatil var", "There is a holiday on this date");
const TWICE: Text = Text::new("Bu tarih listede iki kez var.", "This date stands twice.");
const TOO_MANY: Text = Text::new("Çok fazla tatil (en fazla 2500)", "Too many holidays (at most 2500)");
pub const TARGET: Text = Text::new(
    "Süre tam dakika olmalı, 1 dakika ile 366 gün arasında.",
    "Targets are whole minutes, from 1 minute to 366 days.",
);
const STATUS: Text =
    Text::new("Süre bu durumda durdurulamaz.", "The clock cannot be stopped in this status.");
const SITE: ApiError = ApiError::NotFound(Missing::Site);

/// The sentence of a rule.
pub const fn rule(error: HoursError) -> Text {
    match error {
        HoursError::NotAClockTime => CLOCK,
        HoursError::PastMidnight => Text::new("Gün 24:00'te biter.", "The day ends at 24:00."),
        HoursError::EndNotAfterStart => {
            Text::new("Bitiş, başlangıçtan sonra olmalı.", "The end must be later than the start.")
        }
        HoursError::Overlap => Text::new("Aralıklar çakışmamalı.", "Intervals must not overlap."),
        HoursError::HalfABreak => {
            Text::new("Molanın başlangıcı ve bitişi birlikte verilmeli.", "A break needs both its ends.")
        }
        HoursError::BreakOutsideHours => {
            Text::new("Mola çalışma saatlerinin içinde olmalı.", "A break must lie inside the hours.")
        }
        HoursError::DateTwice => TWICE,
        HoursError::HoursMissing => Text::new(
            "Çalışma gününün başlangıcı ve bitişi gerekli.",
            "A working day needs a start and an end.",
        ),
        HoursError::Contradiction => {
            Text::new("Saatler ile aralıklar birbirini tutmuyor.", "Times and intervals disagree.")
        }
    }
}

/// A refused change, each fault with its field.
pub fn settings(refused: settings::Refused, language: Language) -> ApiError {
    use settings::Refused;
    let field = |name: String, text: Text| ApiError::field(name, text.of(language));
    match refused {
        Refused::NotFound => SITE,
        Refused::Day { row, cause } => field(format!("days.{row}"), rule(cause)),
        Refused::NoSuchDay(_) => field("days".to_owned(), DAY),
        Refused::DateTwice(index) => field(format!("holidays.{index}.date"), TWICE),
        Refused::TooManyHolidays => ApiError::Said(StatusCode::BAD_REQUEST, TOO_MANY),
        Refused::Target(target) => field(format!("slaHours.{}", target.0), TARGET),
        Refused::Status(_) => field("pauseStatuses".to_owned(), STATUS),
        Refused::Stored(cause) => ApiError::Fault(anyhow::anyhow!(cause)),
        Refused::Database(error) => error.into(),
    }
}

impl From<holidays::Refused> for ApiError {
    fn from(refused: holidays::Refused) -> Self {
        match refused {
            holidays::Refused::NotFound => ApiError::NotFound(Missing::Record),
            holidays::Refused::Taken => ApiError::Said(StatusCode::CONFLICT, TAKEN),
            holidays::Refused::TooMany => ApiError::Said(StatusCode::BAD_REQUEST, TOO_MANY),
            holidays::Refused::Database(error) => error.into(),
        }
    }
}
