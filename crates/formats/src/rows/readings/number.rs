//! Numbers of loggers: decimal comma or point, units, more decimals than a store needs.

use egnatia_stockpile::{Humidity, Temperature};

/// What stands in a cell where nothing was measured.
const NOTHING: &[&str] = &["", "-", "--", "---", "nan", "n/a", "null"];
/// Units, longest first.
const CELSIUS: &[&str] = &["° c", "°c", "℃", "c"];
const FAHRENHEIT: &[&str] = &["° f", "°f", "℉", "f"];
const PERCENT: &[&str] = &["% rh", "%rh", "%", "rh"];
/// One unit of what is counted in.
const MILLION: i64 = 1_000_000;

/// What a cell says; nothing where nothing was measured.
pub(super) type Cell<T> = Result<Option<T>, ()>;

/// A temperature, in °C, or in °F where the heading or the cell says so.
pub(super) fn temperature(text: &str, is_fahrenheit: bool) -> Cell<Temperature> {
    let folded = text.trim().to_lowercase();
    if NOTHING.contains(&folded.as_str()) {
        return Ok(None);
    }
    let in_fahrenheit = without(&folded, FAHRENHEIT);
    let number = in_fahrenheit.or_else(|| without(&folded, CELSIUS));
    let is_celsius = in_fahrenheit.is_none() && number.is_some();
    let millionths = millionths(number.unwrap_or(&folded)).ok_or(())?;
    let celsius = match in_fahrenheit.is_some() || (is_fahrenheit && !is_celsius) {
        true => (millionths - 32 * MILLION) * 5 / 9,
        false => millionths,
    };
    tenths(celsius).parse().map(Some).map_err(|_| ())
}

/// A relative humidity, in %.
pub(super) fn humidity(text: &str) -> Cell<Humidity> {
    let folded = text.trim().to_lowercase();
    if NOTHING.contains(&folded.as_str()) {
        return Ok(None);
    }
    let number = without(&folded, PERCENT).unwrap_or(&folded);
    let millionths = millionths(number).ok_or(())?;
    tenths(millionths).parse().map(Some).map_err(|_| ())
}

fn without<'a>(text: &'a str, units: &[&str]) -> Option<&'a str> {
    let found = units.iter().find_map(|unit| text.strip_suffix(unit));
    found.map(str::trim_end)
}

/// Reads a number of at most four digits before the decimal sign.
fn millionths(text: &str) -> Option<i64> {
    let text = text.replace('−', "-").replace(',', ".");
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(&text)),
    };
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !(1..=4).contains(&whole.len()) || !is_digits(whole) || !is_digits(decimals) {
        return None;
    }
    let whole: i64 = whole.parse().ok()?;
    let decimals: String = decimals.chars().chain("000000".chars()).take(6).collect();
    let decimals: i64 = decimals.parse().ok()?;
    Some(sign * (whole * MILLION + decimals))
}

/// Tenths, rounded, as a text.
fn tenths(millionths: i64) -> String {
    let sign = if millionths < 0 { "-" } else { "" };
    let tenth = MILLION.unsigned_abs() / 10;
    let tenths = (millionths.unsigned_abs() + tenth / 2) / tenth;
    format!("{sign}{}.{}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_with_their_units_and_rounded_to_tenths() {
        let read = |text: &str, is_fahrenheit| {
            temperature(text, is_fahrenheit).map(|read| read.map(|t| t.to_string()))
        };
        for (text, celsius) in [
            ("21,5", "21.5"),
            ("21.549 °C", "21.5"),
            ("21.55", "21.6"),
            ("−4", "-4.0"),
            ("+3 C", "3.0"),
            ("70.7 °F", "21.5"),
            ("-40 F", "-40.0"),
        ] {
            assert_eq!(read(text, false), Ok(Some(celsius.to_owned())), "{text}");
        }
        assert_eq!(read("70.7", true), Ok(Some("21.5".to_owned())));
        assert_eq!(read("21.5 °C", true), Ok(Some("21.5".to_owned())));
        for nothing in ["", " - ", "NaN", "N/A"] {
            assert_eq!(read(nothing, false), Ok(None), "{nothing}");
        }
        for wrong in ["warm", "1e3", "12345", "140", "-61", "2 1", "1.2.3"] {
            assert_eq!(read(wrong, false), Err(()), "{wrong}");
        }
        let read = |text: &str| humidity(text).map(|read| read.map(|h| h.to_string()));
        assert_eq!(read("55,04 % RH"), Ok(Some("55.0".to_owned())));
        assert_eq!(read("100"), Ok(Some("100.0".to_owned())));
        assert_eq!(read("100.1"), Err(()));
        assert_eq!(read("-1"), Err(()));
    }
}
