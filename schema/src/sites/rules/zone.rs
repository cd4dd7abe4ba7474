//! Time zones by their IANA names.

use chrono_tz::{TZ_VARIANTS, Tz};

/// The names there are.
pub fn zones() -> impl Iterator<Item = &'static str> {
    TZ_VARIANTS.iter().map(|zone| zone.name())
}

/// The zone's name as the zone database spells it; none of what it does not know.
#[must_use]
pub fn zone(name: &str) -> Option<&'static str> {
    name.trim().parse().ok().map(Tz::name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_one_the_database_knows() {
        assert_eq!(zone(" Europe/Istanbul "), Some("Europe/Istanbul"));
        assert_eq!(zone("UTC"), Some("UTC"));
        for wrong in ["", "GMT+3", "+03:00", "Istanbul", "Europe/İstanbul", "europe/istanbul", "TRT"] {
            assert_eq!(zone(wrong), None, "{wrong}");
        }
    }
}
