//! Temperature and humidity of a store: readings, and what of them is out of its limits.
//!
//! What is out stays in the list of what needs a person until somebody says what was done.

use std::fmt;
use std::str::FromStr;

use egnatia_record::{RecordId, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{AccountId, Remark};

/// Readings that are entered at once.
const READINGS_MAX: usize = 100_000;

/// A temperature, in tenths of a degree Celsius: -60.0 to 100.0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Temperature {
    tenths: i16,
}

/// A relative humidity, in tenths of a percent: 0.0 to 100.0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Humidity {
    tenths: i16,
}

/// A number that is no temperature or humidity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidReading {
    /// No temperature.
    #[error("a temperature is -60 to 100 °C with at most one decimal, such as 21.5")]
    Temperature,
    /// No humidity.
    #[error("a humidity is 0 to 100 % with at most one decimal, such as 55")]
    Humidity,
    /// Neither of them.
    #[error("state the temperature, the humidity, or both")]
    Nothing,
    /// No readings, or too many.
    #[error("1 to {READINGS_MAX} readings are entered at once")]
    Count,
    /// It lies ahead.
    #[error("a reading cannot lie ahead")]
    Ahead,
    /// Limits the wrong way round, or none.
    #[error("state at least one limit, and the least below the most")]
    Limits,
}

impl InvalidReading {
    /// The field that is wrong, as forms and the API name it.
    pub const fn field(&self) -> &'static str {
        match self {
            Self::Temperature => "temperature",
            Self::Humidity => "humidity",
            Self::Nothing | Self::Count => "readings",
            Self::Ahead => "at",
            Self::Limits => "limits",
        }
    }
}

/// Reads tenths, with a point or a comma.
fn tenths(text: &str) -> Option<i16> {
    let text = text.trim().replace(',', ".");
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(&text)),
    };
    let (whole, decimal) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !is_number(whole) || !is_number(decimal) || decimal.len() > 1 {
        return None;
    }
    let whole: i16 = whole.parse().ok()?;
    let decimal: i16 = decimal.parse().ok()?;
    whole
        .checked_mul(10)?
        .checked_add(decimal)?
        .checked_mul(sign)
}

fn written(tenths: i16, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let sign = if tenths < 0 { "-" } else { "" };
    let of = tenths.unsigned_abs();
    write!(f, "{sign}{}.{}", of / 10, of % 10)
}

macro_rules! measured {
    ($name:ident, $least:literal, $most:literal, $wrong:expr) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                written(self.tenths, f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidReading;

            fn from_str(text: &str) -> Result<Self, InvalidReading> {
                let tenths = tenths(text).filter(|tenths| ($least..=$most).contains(tenths));
                tenths.map(|tenths| Self { tenths }).ok_or($wrong)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidReading;

            fn try_from(text: String) -> Result<Self, InvalidReading> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(measured: $name) -> Self {
                measured.to_string()
            }
        }
    };
}

measured!(Temperature, -600, 1_000, InvalidReading::Temperature);
measured!(Humidity, 0, 1_000, InvalidReading::Humidity);

/// What was read in a store at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// When.
    pub at: Timestamp,
    /// °C.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature: Option<Temperature>,
    /// Relative, %.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub humidity: Option<Humidity>,
}

/// The body of a record of kind `stock-readings`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Readings {
    /// The store.
    pub store: AccountId,
    /// Readings, oldest first.
    pub readings: Vec<Reading>,
    /// Who entered them.
    pub by: UserId,
}

impl Readings {
    /// Checks readings before they are kept, and puts them in the order of time.
    ///
    /// # Errors
    /// [`InvalidReading`], by the first thing that is wrong.
    pub fn ordered(mut self, now: Timestamp) -> Result<Self, InvalidReading> {
        if !(1..=READINGS_MAX).contains(&self.readings.len()) {
            return Err(InvalidReading::Count);
        }
        for reading in &self.readings {
            if reading.temperature.is_none() && reading.humidity.is_none() {
                return Err(InvalidReading::Nothing);
            }
            if reading.at > now {
                return Err(InvalidReading::Ahead);
            }
        }
        self.readings.sort_by_key(|reading| reading.at);
        Ok(self)
    }
}

/// Within what a store is to stay. The ends are still within.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClimateLimits {
    /// Not colder than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature_min: Option<Temperature>,
    /// Not warmer than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature_max: Option<Temperature>,
    /// Not drier than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub humidity_min: Option<Humidity>,
    /// Not damper than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub humidity_max: Option<Humidity>,
}

impl ClimateLimits {
    /// Checks limits before they are kept.
    ///
    /// # Errors
    /// [`InvalidReading::Limits`].
    pub fn validate(&self) -> Result<(), InvalidReading> {
        let crossed = |least: Option<i16>, most: Option<i16>| {
            least.zip(most).is_some_and(|(least, most)| least > most)
        };
        let temperature = (
            self.temperature_min.map(|t| t.tenths),
            self.temperature_max.map(|t| t.tenths),
        );
        let humidity = (
            self.humidity_min.map(|h| h.tenths),
            self.humidity_max.map(|h| h.tenths),
        );
        let says_nothing = *self == Self::default();
        match says_nothing
            || crossed(temperature.0, temperature.1)
            || crossed(humidity.0, humidity.1)
        {
            true => Err(InvalidReading::Limits),
            false => Ok(()),
        }
    }

    /// Whether a reading is out of them.
    pub fn is_out(&self, reading: &Reading) -> bool {
        self.is_temperature_out(reading) || self.is_humidity_out(reading)
    }

    /// Whether it is too cold or too warm.
    pub fn is_temperature_out(&self, reading: &Reading) -> bool {
        reading.temperature.is_some_and(|is| {
            self.temperature_min.is_some_and(|least| is < least)
                || self.temperature_max.is_some_and(|most| is > most)
        })
    }

    /// Whether it is too dry or too damp.
    pub fn is_humidity_out(&self, reading: &Reading) -> bool {
        reading.humidity.is_some_and(|is| {
            self.humidity_min.is_some_and(|least| is < least)
                || self.humidity_max.is_some_and(|most| is > most)
        })
    }
}

/// The body of a record of kind `stock-climate`: the limits of a store, and how it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Climate {
    /// The site.
    pub site: RecordId,
    /// The store.
    pub store: AccountId,
    /// Within what it is to stay.
    pub limits: ClimateLimits,
    /// The newest reading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Reading>,
    /// What was out of the limits, and nobody has settled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub out: Option<OutOfLimits>,
    /// What was done the last time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled: Option<Settled>,
}

/// Readings out of the limits that nobody has settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutOfLimits {
    /// The first of them.
    pub first: Reading,
    /// The newest of them.
    pub last: Reading,
    /// How many there are.
    pub count: u64,
}

/// What was done about readings out of the limits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settled {
    /// What it was about.
    pub out: OutOfLimits,
    /// What was done.
    pub done: Remark,
    /// By whom.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
}

/// Why a climate is not settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClimateRefused {
    /// Nothing is out.
    #[error("nothing is out of the limits")]
    NothingOut,
}

impl Climate {
    /// Takes readings in the order of time. What is out of the limits is added up until it is settled,
    /// also where it came late.
    pub fn read(mut self, readings: &[Reading]) -> Self {
        for reading in readings {
            if self.last.is_none_or(|last| last.at <= reading.at) {
                self.last = Some(*reading);
            }
            if !self.limits.is_out(reading) {
                continue;
            }
            let out = self.out.get_or_insert(OutOfLimits {
                first: *reading,
                last: *reading,
                count: 0,
            });
            out.count = out.count.saturating_add(1);
            if reading.at < out.first.at {
                out.first = *reading;
            }
            if reading.at >= out.last.at {
                out.last = *reading;
            }
        }
        self
    }

    /// Says what was done.
    ///
    /// # Errors
    /// [`ClimateRefused::NothingOut`].
    pub fn settle(
        mut self,
        done: Remark,
        by: UserId,
        at: Timestamp,
    ) -> Result<Self, ClimateRefused> {
        let out = self.out.take().ok_or(ClimateRefused::NothingOut)?;
        self.settled = Some(Settled { out, done, by, at });
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(hour: i64, temperature: &str, humidity: &str) -> Reading {
        Reading {
            at: Timestamp::from_second(1_772_000_000 + hour * 3_600).unwrap(),
            temperature: temperature.parse().ok(),
            humidity: humidity.parse().ok(),
        }
    }

    fn climate() -> Climate {
        Climate {
            site: RecordId::from_bytes([1; 16]),
            store: AccountId::from_bytes([2; 16]),
            limits: ClimateLimits {
                temperature_min: Some("5".parse().unwrap()),
                temperature_max: Some("30".parse().unwrap()),
                humidity_max: Some("70".parse().unwrap()),
                ..ClimateLimits::default()
            },
            last: None,
            out: None,
            settled: None,
        }
    }

    #[test]
    fn numbers_are_read_as_people_of_the_region_write_them() {
        for (text, shown) in [
            ("21,5", "21.5"),
            ("-0.4", "-0.4"),
            ("+7", "7.0"),
            ("-60", "-60.0"),
        ] {
            assert_eq!(text.parse::<Temperature>().unwrap().to_string(), shown);
        }
        for text in [
            "", "-", "21.55", "1e2", "101", "-60.1", ".5", "5.", "--4", "99999",
        ] {
            assert!(text.parse::<Temperature>().is_err(), "{text}");
        }
        assert!("100".parse::<Humidity>().is_ok() && "-1".parse::<Humidity>().is_err());
        assert!("100.1".parse::<Humidity>().is_err());
    }

    #[test]
    fn the_limit_itself_is_within_and_a_tenth_beyond_it_is_out() {
        let limits = climate().limits;
        for (temperature, humidity, out) in [
            ("5", "70", false),
            ("30", "0", false),
            ("4.9", "50", true),
            ("30.1", "50", true),
            ("20", "70.1", true),
            ("", "70.1", true),
            ("20", "", false),
        ] {
            let reading = reading(0, temperature, humidity);
            assert_eq!(limits.is_out(&reading), out, "{temperature} {humidity}");
        }
    }

    #[test]
    fn what_is_out_waits_for_a_person_also_when_it_is_within_again() {
        let hot = [reading(1, "31", "50"), reading(2, "33", "50")];
        let after = climate().read(&hot).read(&[reading(3, "20", "50")]);
        let out = after.out.unwrap();
        assert_eq!((out.first, out.last, out.count), (hot[0], hot[1], 2));
        assert_eq!(after.last, Some(reading(3, "20", "50")));
        let done: Remark = "the fan is repaired".to_owned().try_into().unwrap();
        let at = reading(4, "", "").at;
        let settled = after
            .settle(done.clone(), "ana".parse().unwrap(), at)
            .unwrap();
        assert_eq!(
            (settled.out, settled.settled.as_ref().unwrap().out),
            (None, out)
        );
        let again = settled.settle(done, "ana".parse().unwrap(), at);
        assert_eq!(again, Err(ClimateRefused::NothingOut));
    }

    #[test]
    fn a_late_table_does_not_hide_the_newest_reading() {
        let now = climate().read(&[reading(5, "20", "50")]);
        let late = now.read(&[reading(1, "40", "50"), reading(2, "20", "50")]);
        assert_eq!(late.last, Some(reading(5, "20", "50")));
        assert_eq!(late.out.unwrap().first, reading(1, "40", "50"));
    }

    #[test]
    fn readings_are_ordered_and_none_lies_ahead() {
        let of = |readings: Vec<Reading>| Readings {
            store: AccountId::from_bytes([2; 16]),
            readings,
            by: "ana".parse().unwrap(),
        };
        let now = reading(9, "", "").at;
        let sorted = of(vec![reading(2, "1", ""), reading(1, "2", "")]).ordered(now);
        assert_eq!(sorted.unwrap().readings[0], reading(1, "2", ""));
        let wrong = |readings| of(readings).ordered(now).unwrap_err();
        assert_eq!(wrong(vec![]), InvalidReading::Count);
        assert_eq!(wrong(vec![reading(1, "", "")]), InvalidReading::Nothing);
        assert_eq!(wrong(vec![reading(10, "1", "")]), InvalidReading::Ahead);
    }

    #[test]
    fn limits_the_wrong_way_round_are_refused() {
        let mut limits = climate().limits;
        assert_eq!(limits.validate(), Ok(()));
        limits.temperature_min = Some("30.1".parse().unwrap());
        assert_eq!(limits.validate(), Err(InvalidReading::Limits));
        let none = ClimateLimits::default();
        assert_eq!(none.validate(), Err(InvalidReading::Limits));
    }
}
