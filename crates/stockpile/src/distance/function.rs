//! A function of quantity in pieces.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Deserialize;

use super::{Edges, InvalidTables};

/// Below this share of itself a result counts as the whole number that it almost is: 8·1000^⅓ is
/// 80, not 81.
const ALMOST: f64 = 1e-9;

/// A function, and in how many transcriptions it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Function {
    /// Its name, such as `BD31`.
    pub name: String,
    /// The table of AASTP-1 that holds it.
    pub table: String,
    /// In how many transcriptions its numbers were seen.
    pub read_in: u8,
    /// What was corrected.
    pub note: Option<String>,
    pieces: Vec<Piece>,
}

/// A result of a function.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    /// Of which function.
    pub function: String,
    /// Metres, rounded up.
    pub metres: u32,
    /// Before it was rounded.
    pub exact_m: f64,
    /// The piece that gave it, with its numbers: `1.5 × 1000^(2/3)`.
    pub formula: String,
    /// What was corrected in the transcription.
    pub note: Option<String>,
    /// In how many transcriptions its numbers were seen.
    pub read_in: u8,
}

#[derive(Debug, Clone, PartialEq)]
struct Piece {
    low: f64,
    has_low: bool,
    high: f64,
    has_high: bool,
    form: Form,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Form {
    /// `metres + k * (Q - at) ^ power`.
    Power {
        metres: f64,
        k: f64,
        at: f64,
        power: Fraction,
    },
    /// `scale * (log2 * ln(Q)^2 + log1 * ln(Q) + log0)`.
    Logarithm {
        scale: Fraction,
        log2: f64,
        log1: f64,
        log0: f64,
    },
}

/// A number that is written as a fraction or a decimal.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Fraction {
    above: f64,
    below: f64,
}

impl Fraction {
    const ONE: Self = Self {
        above: 1.0,
        below: 1.0,
    };

    fn parse(text: &str) -> Option<Self> {
        let (above, below) = text.split_once('/').unwrap_or((text, "1"));
        let (above, below): (f64, f64) = (above.parse().ok()?, below.parse().ok()?);
        (above > 0.0 && below >= 1.0).then_some(Self { above, below })
    }

    fn value(self) -> f64 {
        self.above / self.below
    }
}

impl std::fmt::Display for Fraction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let whole = self.below <= 1.0;
        match whole {
            true => write!(f, "{}", self.above),
            false => write!(f, "({}/{})", self.above, self.below),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    edition: String,
    function: Vec<FunctionRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FunctionRow {
    id: String,
    table: String,
    read_in: u8,
    note: Option<String>,
    pieces: Vec<PieceRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PieceRow {
    from: Option<f64>,
    above: Option<f64>,
    to: Option<f64>,
    below: Option<f64>,
    #[serde(default)]
    metres: f64,
    #[serde(default)]
    k: f64,
    #[serde(default)]
    at: f64,
    power: Option<String>,
    scale: Option<String>,
    log2: Option<f64>,
    log1: Option<f64>,
    log0: Option<f64>,
}

/// The edition, and the functions by name.
pub(super) fn parse(text: &str) -> Result<(String, BTreeMap<String, Function>), InvalidTables> {
    let file: File = toml::from_str(text).map_err(|error| InvalidTables(error.to_string()))?;
    let mut functions = BTreeMap::new();
    for row in file.function {
        let wrong = |what: &str| InvalidTables(format!("{}: {what}", row.id));
        let pieces: Option<Vec<Piece>> = row.pieces.iter().map(Piece::read).collect();
        let pieces = pieces.ok_or_else(|| wrong("a piece has no form or no limits"))?;
        let joined = pieces.iter().zip(pieces.iter().skip(1));
        let has_gap = |(a, b): (&Piece, &Piece)| (a.high - b.low).abs() > f64::EPSILON;
        if pieces.is_empty() || joined.into_iter().any(has_gap) {
            return Err(wrong("its pieces do not follow each other"));
        }
        let function = Function {
            name: row.id.clone(),
            table: row.table,
            read_in: row.read_in,
            note: row.note,
            pieces,
        };
        if functions.insert(row.id.clone(), function).is_some() {
            return Err(InvalidTables(format!("{} stands there twice", row.id)));
        }
    }
    Ok((file.edition, functions))
}

impl Piece {
    fn read(row: &PieceRow) -> Option<Self> {
        let (low, has_low) = match (row.from, row.above) {
            (Some(low), None) => (low, true),
            (None, Some(low)) => (low, false),
            _ => return None,
        };
        let (high, has_high) = match (row.to, row.below) {
            (Some(high), None) => (high, true),
            (None, Some(high)) => (high, false),
            _ => return None,
        };
        let fraction = |text: &Option<String>| match text {
            None => Some(Fraction::ONE),
            Some(text) => Fraction::parse(text),
        };
        let form = match row.log1 {
            Some(log1) => Form::Logarithm {
                scale: fraction(&row.scale)?,
                log2: row.log2.unwrap_or(0.0),
                log1,
                log0: row.log0.unwrap_or(0.0),
            },
            None => Form::Power {
                metres: row.metres,
                k: row.k,
                at: row.at,
                power: fraction(&row.power)?,
            },
        };
        (low <= high && low >= 1.0).then_some(Self {
            low,
            has_low,
            high,
            has_high,
            form,
        })
    }

    fn holds(&self, kilograms: f64) -> bool {
        let above = if self.has_low {
            kilograms >= self.low
        } else {
            kilograms > self.low
        };
        above
            && if self.has_high {
                kilograms <= self.high
            } else {
                kilograms < self.high
            }
    }

    fn exact(&self, kilograms: f64) -> f64 {
        match self.form {
            Form::Power {
                metres,
                k,
                at,
                power,
            } => metres + k * raised((kilograms - at).max(0.0), power),
            Form::Logarithm {
                scale,
                log2,
                log1,
                log0,
            } => {
                let log = kilograms.ln();
                scale.value() * (log2 * log * log + log1 * log + log0)
            }
        }
    }

    fn formula(&self, kilograms: f64) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = match self.form {
            Form::Power { metres, k, .. } if k <= 0.0 => write!(text, "{metres}"),
            Form::Power {
                metres,
                k,
                at,
                power,
            } => {
                if metres > 0.0 {
                    let _ = write!(text, "{metres} + ");
                }
                let base = if at > 0.0 {
                    format!("({kilograms} − {at})")
                } else {
                    kilograms.to_string()
                };
                match power == Fraction::ONE {
                    true => write!(text, "{k} × {base}"),
                    false => write!(text, "{k} × {base}^{power}"),
                }
            }
            Form::Logarithm {
                scale,
                log2,
                log1,
                log0,
            } => {
                let square = if log2.abs() > 0.0 {
                    format!("{log2} × ln({kilograms})² + ")
                } else {
                    String::new()
                };
                let inner = format!("{square}{log1} × ln({kilograms}) + {log0}");
                match scale == Fraction::ONE {
                    true => write!(text, "{inner}"),
                    false => write!(text, "{scale} × ({inner})"),
                }
            }
        };
        text.replace("+ -", "− ")
    }
}

/// Roots as such: a power of 0.333… of 1000 is not quite 10.
fn raised(base: f64, power: Fraction) -> f64 {
    let third = (power.below - 3.0).abs() < f64::EPSILON;
    let half = (power.below - 2.0).abs() < f64::EPSILON;
    if third {
        base.cbrt().powf(power.above)
    } else if half {
        base.sqrt().powf(power.above)
    } else {
        base.powf(power.value())
    }
}

/// Whole metres, rounded up once.
fn round_up(metres: f64) -> u32 {
    let whole = (metres - metres.abs() * ALMOST).ceil().max(0.0);
    // A distance is far below the limit; a wrong number would be the greatest.
    #[expect(
        clippy::as_conversions,
        reason = "floats have no other conversion; this one keeps to the limits of the target"
    )]
    let whole = whole as u32;
    whole
}

impl Function {
    /// For which quantities it holds, in words.
    pub fn range(&self) -> String {
        let low = self.pieces.first().map_or(0.0, |piece| piece.low);
        match self.pieces.last() {
            Some(last) if !last.has_high => format!("{low} to less than {} kg", last.high),
            last => format!("{low} to {} kg", last.map_or(0.0, |piece| piece.high)),
        }
    }

    /// The result for so many kilograms; nothing above its range, nor below it where the table is read
    /// to the letter.
    pub fn value(&self, kilograms: f64, edges: Edges) -> Option<Value> {
        if edges == Edges::Safe
            && let Some(first) = self
                .pieces
                .first()
                .filter(|first| kilograms > 0.0 && kilograms < first.low)
        {
            // Less never needs more: the least quantity that the function knows stands for it.
            let exact_m = first.exact(first.low);
            let formula = first.formula(first.low);
            return Some(Value {
                function: self.name.clone(),
                metres: round_up(exact_m),
                exact_m,
                formula: format!(
                    "{formula}, the result of {} kg, the least it knows",
                    first.low
                ),
                note: self.note.clone(),
                read_in: self.read_in,
            });
        }
        let (place, piece) = self
            .pieces
            .iter()
            .enumerate()
            .find(|(_, piece)| piece.holds(kilograms))?;
        let mut exact_m = piece.exact(kilograms);
        let mut formula = piece.formula(kilograms);
        if edges == Edges::Safe {
            // Each piece grows; it is greatest at its upper end.
            for before in self.pieces.iter().take(place) {
                let at_end = before.exact(before.high);
                if at_end > exact_m {
                    exact_m = at_end;
                    let end = before.formula(before.high);
                    formula = format!(
                        "{end}, the greater result at the edge of {} kg",
                        before.high
                    );
                }
            }
        }
        Some(Value {
            function: self.name.clone(),
            metres: round_up(exact_m),
            exact_m,
            formula,
            note: self.note.clone(),
            read_in: self.read_in,
        })
    }

    /// Where its pieces meet, kg.
    pub fn edges(&self) -> impl Iterator<Item = f64> {
        let inner = self.pieces.len().saturating_sub(1);
        self.pieces.iter().take(inner).map(|piece| piece.high)
    }
}
