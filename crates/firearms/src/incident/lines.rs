//! Parts, ammunition and explosives as they are typed, one a line; positions.

use std::str::FromStr;

use super::{Ammunition, Explosive, Part};

/// A line that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidItem {
    /// It does not say how many.
    #[error("begin with how many: 12 barrels")]
    Count,
    /// It does not say how much.
    #[error("begin with how much: 500 g TNT, or 4 hand grenades")]
    Amount,
}

fn counted(line: &str) -> Option<(u32, &str)> {
    let (count, what) = line.trim().split_once(' ')?;
    Some((count.parse().ok()?, what.trim()))
}

/// `12 barrels`.
impl FromStr for Part {
    type Err = InvalidItem;

    fn from_str(line: &str) -> Result<Self, Self::Err> {
        let (count, what) = counted(line).ok_or(InvalidItem::Count)?;
        Ok(Self {
            what: what.to_owned(),
            count,
        })
    }
}

/// `120 7.62x39; maker; lot`: maker and lot may be left out.
impl FromStr for Ammunition {
    type Err = InvalidItem;

    fn from_str(line: &str) -> Result<Self, Self::Err> {
        let (rounds, text) = counted(line).ok_or(InvalidItem::Count)?;
        let mut parts = text.split(';').map(|part| part.trim().to_owned());
        let calibre = parts.next().unwrap_or_default();
        let said = |text: Option<String>| text.filter(|text| !text.is_empty());
        Ok(Self {
            calibre,
            rounds,
            make: said(parts.next()),
            lot: said(parts.next()),
        })
    }
}

/// `500 g TNT`, or `4 hand grenades`.
impl FromStr for Explosive {
    type Err = InvalidItem;

    fn from_str(line: &str) -> Result<Self, Self::Err> {
        let (amount, rest) = line.trim().split_once(' ').ok_or(InvalidItem::Amount)?;
        let rest = rest.trim();
        let (mass, count, what) = match rest.strip_prefix("g ") {
            Some(what) => (amount, "0", what.trim()),
            None => ("0", amount, rest),
        };
        Ok(Self {
            what: what.to_owned(),
            mass_g: mass.parse().map_err(|_| InvalidItem::Amount)?,
            count: count.parse().map_err(|_| InvalidItem::Amount)?,
        })
    }
}

/// Latitude and longitude in degrees, `42.137, 21.431` or `42,137; 21,431`, in thousandths of a degree;
/// none where it is no such text. Whether it lies on the Earth, the incident checks.
pub fn read_position(text: &str) -> Option<(i32, i32)> {
    let (latitude, longitude) = match text.split_once(';') {
        Some(parts) => parts,
        None => text.split_once(", ").or_else(|| text.split_once(','))?,
    };
    Some((thousandths(latitude)?, thousandths(longitude)?))
}

fn thousandths(text: &str) -> Option<i32> {
    let text = text.trim().replace(',', ".");
    let (is_minus, text) = match text.strip_prefix('-') {
        Some(text) => (true, text),
        None => (false, text.as_str()),
    };
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 3 || part.len() > 12 || !digits(whole) || !digits(part) {
        return None;
    }
    let part: String = part.chars().chain("000".chars()).take(3).collect();
    let value = whole.parse::<i32>().ok()? * 1_000 + part.parse::<i32>().ok()?;
    Some(if is_minus { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_read_as_people_write_them() {
        for text in [
            "42.137, 21.431",
            "42.1379,21.4312",
            "42,137; 21,431",
            "42.137 , 21.431",
        ] {
            assert_eq!(read_position(text), Some((42_137, 21_431)), "{text}");
        }
        assert_eq!(read_position("-1.5, 0"), Some((-1_500, 0)));
        for text in ["42", "north, east", "42.1.1, 2", "+1, 2", ", 3"] {
            assert_eq!(read_position(text), None, "{text}");
        }
    }

    #[test]
    fn items_are_read_line_by_line() {
        let part: Part = "12 barrels".parse().unwrap();
        assert_eq!((part.count, part.what.as_str()), (12, "barrels"));
        assert_eq!("many barrels".parse::<Part>(), Err(InvalidItem::Count));
        let rounds: Ammunition = "120 7.62x39; PPU; 84-12".parse().unwrap();
        assert_eq!(
            (rounds.make.as_deref(), rounds.lot.as_deref()),
            (Some("PPU"), Some("84-12"))
        );
        assert_eq!("5 9 mm".parse::<Ammunition>().unwrap().lot, None);
        assert_eq!("500 g TNT".parse::<Explosive>().unwrap().mass_g, 500);
        assert_eq!("4 hand grenades".parse::<Explosive>().unwrap().count, 4);
        assert_eq!("TNT".parse::<Explosive>(), Err(InvalidItem::Amount));
        assert_eq!("much g TNT".parse::<Explosive>(), Err(InvalidItem::Amount));
    }
}
