//! Where moon and sun stand, to about a hundredth of a degree, and when the crescent can first be seen.
//!
//! Series after Jean Meeus, *Astronomical Algorithms* (2nd edition, chapters 25 and 47), shortened to their largest
//! terms. Angles in degrees unless a name says otherwise.

use chrono::{DateTime, TimeDelta, Utc};

/// Criterion of Istanbul (1978), kept in 2016: apart by so much, and so high when the sun sets.
const ELONGATION_MIN: f64 = 8.0;
const ALTITUDE_MIN: f64 = 5.0;
/// The sun's middle stands so high when its upper rim sets.
const SUNSET: f64 = -0.833;
/// Seconds by which the clocks of astronomy are ahead of UTC in these years.
const DELTA_T: f64 = 70.0;

/// The first instant, in steps of ten minutes, at which the sun sets somewhere between 60° south and north over a
/// crescent that can be seen. After the date of `from` has ended in UTC only the Americas count: there the
/// evening is still the same.
pub(super) fn first_crescent(from: DateTime<Utc>, to: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let midnight = from + TimeDelta::days(1);
    let steps = (to - from).num_minutes() / 10;
    (0..=steps).map(|step| from + TimeDelta::minutes(10 * step)).find(|at| {
        let sky = Sky::at(*at);
        let waxing = Sky::at(*at + TimeDelta::minutes(15)).elongation > sky.elongation;
        let on_land = |latitude: f64, longitude: f64| *at <= midnight || in_the_americas(latitude, longitude);
        let seen_from = |latitude: f64| {
            let sunset = sky.sunset_longitude(latitude);
            sunset.is_some_and(|east| {
                on_land(latitude, east) && sky.moon_altitude(latitude, east) >= ALTITUDE_MIN
            })
        };
        waxing && sky.elongation >= ELONGATION_MIN && (-30..=30).any(|step| seen_from(f64::from(2 * step)))
    })
}

/// Moon and sun at an instant: right ascension and declination in radians, and the turn of the earth.
struct Sky {
    elongation: f64,
    moon: (f64, f64),
    sun: (f64, f64),
    sidereal: f64,
}

/// Multiples of the moon's elongation D, the sun's anomaly M, the moon's anomaly M' and the distance from its node F;
/// then millionths of a degree of longitude.
const LONGITUDE: [([f64; 4], f64); 24] = [
    ([0.0, 0.0, 1.0, 0.0], 6_288_774.0),
    ([2.0, 0.0, -1.0, 0.0], 1_274_027.0),
    ([2.0, 0.0, 0.0, 0.0], 658_314.0),
    ([0.0, 0.0, 2.0, 0.0], 213_618.0),
    ([0.0, 1.0, 0.0, 0.0], -185_116.0),
    ([0.0, 0.0, 0.0, 2.0], -114_332.0),
    ([2.0, 0.0, -2.0, 0.0], 58_793.0),
    ([2.0, -1.0, -1.0, 0.0], 57_066.0),
    ([2.0, 0.0, 1.0, 0.0], 53_322.0),
    ([2.0, -1.0, 0.0, 0.0], 45_758.0),
    ([0.0, 1.0, -1.0, 0.0], -40_923.0),
    ([1.0, 0.0, 0.0, 0.0], -34_720.0),
    ([0.0, 1.0, 1.0, 0.0], -30_383.0),
    ([2.0, 0.0, 0.0, -2.0], 15_327.0),
    ([0.0, 0.0, 1.0, 2.0], -12_528.0),
    ([0.0, 0.0, 1.0, -2.0], 10_980.0),
    ([4.0, 0.0, -1.0, 0.0], 10_675.0),
    ([0.0, 0.0, 3.0, 0.0], 10_034.0),
    ([4.0, 0.0, -2.0, 0.0], 8_548.0),
    ([2.0, 1.0, -1.0, 0.0], -7_888.0),
    ([2.0, 1.0, 0.0, 0.0], -6_766.0),
    ([1.0, 0.0, -1.0, 0.0], -5_163.0),
    ([1.0, 1.0, 0.0, 0.0], 4_987.0),
    ([2.0, -1.0, 1.0, 0.0], 4_036.0),
];

/// The same for latitude.
const LATITUDE: [([f64; 4], f64); 13] = [
    ([0.0, 0.0, 0.0, 1.0], 5_128_122.0),
    ([0.0, 0.0, 1.0, 1.0], 280_602.0),
    ([0.0, 0.0, 1.0, -1.0], 277_693.0),
    ([2.0, 0.0, 0.0, -1.0], 173_237.0),
    ([2.0, 0.0, -1.0, 1.0], 55_413.0),
    ([2.0, 0.0, -1.0, -1.0], 46_271.0),
    ([2.0, 0.0, 0.0, 1.0], 32_573.0),
    ([0.0, 0.0, 2.0, 1.0], 17_198.0),
    ([2.0, 0.0, 1.0, -1.0], 9_266.0),
    ([0.0, 0.0, 2.0, -1.0], 8_822.0),
    ([2.0, -1.0, 0.0, -1.0], 8_216.0),
    ([2.0, 0.0, -2.0, -1.0], 4_324.0),
    ([2.0, 0.0, 1.0, 1.0], 4_200.0),
];

impl Sky {
    fn at(instant: DateTime<Utc>) -> Sky {
        /// 2000-01-01T12:00:00Z.
        const EPOCH: f64 = 946_728_000.0;
        let seconds = instant.timestamp() as f64 - EPOCH;
        let days = seconds / 86_400.0;
        let t = (seconds + DELTA_T) / 86_400.0 / 36_525.0;
        let mean = |start: f64, per_century: f64| (start + per_century * t).to_radians();
        let sun_anomaly = mean(357.529_109_2, 35_999.050_290_9);
        let arguments = [
            mean(297.850_192_1, 445_267.111_403_4),
            sun_anomaly,
            mean(134.963_396_4, 477_198.867_505_5),
            mean(93.272_095_0, 483_202.017_523_3),
        ];
        let shrink = 1.0 - 0.002_516 * t;
        let sum = |terms: &[([f64; 4], f64)]| -> f64 {
            let term = |(multiples, size): &([f64; 4], f64)| {
                let angle: f64 =
                    multiples.iter().zip(arguments).map(|(times, argument)| times * argument).sum();
                size * shrink.powf(multiples[1].abs()) * angle.sin()
            };
            terms.iter().map(term).sum::<f64>() / 1e6
        };
        let longitude = 218.316_447_7 + 481_267.881_234_21 * t + sum(&LONGITUDE);
        let latitude = sum(&LATITUDE);
        let centre = (1.914_602 - 0.004_817 * t) * sun_anomaly.sin()
            + 0.019_993 * (2.0 * sun_anomaly).sin()
            + 0.000_289 * (3.0 * sun_anomaly).sin();
        let sun = 280.466_46 + 36_000.769_83 * t + centre;
        let tilt = (23.439_291 - 0.013_004_2 * t).to_radians();
        let apart = latitude.to_radians().cos() * (longitude - sun).to_radians().cos();
        Sky {
            elongation: apart.acos().to_degrees(),
            moon: equatorial(longitude, latitude, tilt),
            sun: equatorial(sun, 0.0, tilt),
            sidereal: (280.460_618_37 + 360.985_647_366_29 * days).to_radians(),
        }
    }

    /// The longitude (east positive) at which the sun sets now on a circle of latitude; none where it does not set.
    fn sunset_longitude(&self, latitude: f64) -> Option<f64> {
        let (latitude, declination) = (latitude.to_radians(), self.sun.1);
        let cosine = (SUNSET.to_radians().sin() - latitude.sin() * declination.sin())
            / (latitude.cos() * declination.cos());
        let east = (cosine.acos() - self.sidereal + self.sun.0).to_degrees();
        (cosine.abs() <= 1.0).then(|| (east + 180.0).rem_euclid(360.0) - 180.0)
    }

    fn moon_altitude(&self, latitude: f64, longitude: f64) -> f64 {
        let latitude = latitude.to_radians();
        let hour_angle = self.sidereal + longitude.to_radians() - self.moon.0;
        let sine = latitude.sin() * self.moon.1.sin() + latitude.cos() * self.moon.1.cos() * hour_angle.cos();
        sine.asin().to_degrees()
    }
}

fn equatorial(longitude: f64, latitude: f64, tilt: f64) -> (f64, f64) {
    let (longitude, latitude) = (longitude.to_radians(), latitude.to_radians());
    let ascension = (longitude.sin() * tilt.cos() - latitude.tan() * tilt.sin()).atan2(longitude.cos());
    let sine = latitude.sin() * tilt.cos() + latitude.cos() * tilt.sin() * longitude.sin();
    (ascension, sine.asin())
}

/// Latitude, western and eastern shore, drawn with a broad pen.
const SHORES: [(f64, f64, f64); 13] = [
    (60.0, -152.0, -60.0),
    (50.0, -127.0, -55.0),
    (40.0, -124.0, -74.0),
    (30.0, -115.0, -82.0),
    (20.0, -105.0, -88.0),
    (15.0, -93.0, -84.0),
    (10.0, -85.0, -62.0),
    (0.0, -80.0, -50.0),
    (-10.0, -78.0, -36.0),
    (-20.0, -70.0, -40.0),
    (-30.0, -71.0, -51.0),
    (-40.0, -73.0, -62.0),
    (-55.0, -72.0, -66.0),
];

fn in_the_americas(latitude: f64, longitude: f64) -> bool {
    let Some(stretch) = SHORES.windows(2).find(|pair| (pair[1].0..=pair[0].0).contains(&latitude)) else {
        return false;
    };
    let [(north, west, east), (south, west_next, east_next)] = [stretch[0], stretch[1]];
    let down = (north - latitude) / (north - south);
    (west + down * (west_next - west)..=east + down * (east_next - east)).contains(&longitude)
}
