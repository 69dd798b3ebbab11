//! Marks, as they are read.

use std::collections::BTreeMap;

use egnatia_matching::serial::{Confidence, Query, Serial, SerialError};
use serde::{Deserialize, Serialize};

use crate::kind::words;
use crate::text::{fits, says};

/// The most places of a mark that are doubted.
const DOUBTS_MAX: usize = 40;
/// How sure a place of an altered mark is that nobody has said anything of. Ours: one other character
/// is then still possible, and two are not.
const ALTERED_PERCENT: u8 = 70;
/// The longest import or deactivation mark: names and towns stand in it.
const LONG_MAX: usize = 120;

words! {
    /// Where a mark stands. The frame or receiver carries the unique mark of the weapon (Directive
    /// (EU) 2021/555 Art. 4(1) and (2)); the other essential components carry their own.
    MarkPlace {
        /// Frame of a pistol or revolver: the unique mark.
        Frame = "frame",
        /// Receiver of a long weapon: the unique mark.
        Receiver = "receiver",
        /// Slide.
        Slide = "slide",
        /// Barrel.
        Barrel = "barrel",
        /// Cylinder.
        Cylinder = "cylinder",
        /// Bolt, breech block.
        Bolt = "bolt",
        /// Mark of the importing state.
        Import = "import",
        /// Mark of the deactivation (Implementing Regulation (EU) 2015/2403).
        Deactivation = "deactivation",
    }
}

words! {
    /// In what state a mark is.
    MarkState {
        /// Plain to see.
        Readable = "readable",
        /// Read, but not sure.
        Doubted = "doubted",
        /// Struck or engraved over.
        Altered = "altered",
        /// Filed off, wholly or in part; `?` and `*` stand for what is gone.
        Obliterated = "obliterated",
        /// There never was one, or the component lacks.
        Missing = "missing",
    }
}

/// One mark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// On which component.
    pub place: MarkPlace,
    /// As it is read; `?` is one place that cannot be read, `*` any number of them. Empty where
    /// nothing can be read.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// In what state it is.
    pub state: MarkState,
    /// Places that are less sure.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doubts: Vec<Doubt>,
}

/// A place of a mark that is less sure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Doubt {
    /// Which, from 1; separators do not count.
    pub place: u8,
    /// How sure, 0 to 100.
    pub percent: u8,
    /// What else it may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub perhaps: Option<char>,
}

/// Why a mark cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MarkRefused {
    /// It says that nothing is there, and what.
    #[error("a missing mark has no text; leave it out, or choose another state")]
    MissingWithText,
    /// It says that it can be read, and not what.
    #[error("type the {0} mark as it is read, `?` for each place that cannot be read")]
    Empty(MarkPlace),
    /// It is plain to see, with places that are not.
    #[error("a readable mark has no `?` and no `*`; choose `doubted`, `altered` or `obliterated`")]
    NotReadable,
    /// The text is no number.
    #[error(transparent)]
    Number(#[from] SerialError),
    /// Too long.
    #[error("the {0} mark is too long: at most {LONG_MAX} characters")]
    TooLong(MarkPlace),
    /// Too many doubts, or more than wholly sure.
    #[error("a place is sure from 0 to 100 percent, and at most {DOUBTS_MAX} places are doubted")]
    Doubt,
}

impl MarkRefused {
    /// Its name: it does not change, and words of other languages stand under it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::MissingWithText => "mark-missing-with-text",
            Self::Empty(_) => "mark-empty",
            Self::NotReadable => "mark-not-readable",
            Self::Number(_) => "mark-number",
            Self::TooLong(_) => "mark-too-long",
            Self::Doubt => "mark-doubt",
        }
    }
}

impl MarkPlace {
    /// Whether it is the unique mark of the weapon.
    pub const fn is_unique(self) -> bool {
        matches!(self, Self::Frame | Self::Receiver)
    }

    /// Whether a serial number stands there; import and deactivation marks name states and bodies.
    pub const fn has_number(self) -> bool {
        !matches!(self, Self::Import | Self::Deactivation)
    }
}

/// A line that is no mark, or a list that is no doubts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMark {
    /// The line is no mark.
    #[error("write a mark as `slide: AB 123`, or `barrel: AB ?23 (altered)`")]
    Mark,
    /// The list is no doubts.
    #[error("write places in doubt as `4=60` or `4=60/8`: place, how sure in percent, what else")]
    Doubts,
}

impl std::str::FromStr for Mark {
    type Err = InvalidMark;

    /// `slide: AB 123`, or with a state: `barrel: AB ?23 (altered)`.
    fn from_str(line: &str) -> Result<Self, InvalidMark> {
        let read = || {
            let (place, rest) = line.split_once(':')?;
            let place = MarkPlace::parse(&place.trim().to_lowercase())?;
            let rest = rest.trim();
            let stated = rest
                .strip_suffix(')')
                .and_then(|rest| rest.rsplit_once('('));
            let (text, state) = match stated {
                Some((text, state)) => {
                    (text.trim(), MarkState::parse(&state.trim().to_lowercase())?)
                }
                None => (rest, MarkState::Readable),
            };
            Some(Self {
                place,
                text: text.to_owned(),
                state,
                doubts: Vec::new(),
            })
        };
        read().ok_or(InvalidMark::Mark)
    }
}

impl Doubt {
    /// `4=60, 5=30/8`: each place from 1, how sure in percent, and what else it may be.
    ///
    /// # Errors
    /// [`InvalidMark::Doubts`].
    pub fn read_all(text: &str) -> Result<Vec<Self>, InvalidMark> {
        let parts = text.split([',', ';', ' ']).filter(|part| !part.is_empty());
        let read = |part: &str| {
            let (place, rest) = part.split_once('=')?;
            let (percent, perhaps) = match rest.split_once('/') {
                Some((percent, perhaps)) => (percent, perhaps.chars().next()),
                None => (rest, None),
            };
            Some(Self {
                place: place.parse().ok()?,
                percent: percent.trim_end_matches('%').parse().ok()?,
                perhaps,
            })
        };
        parts
            .map(|part| read(part).ok_or(InvalidMark::Doubts))
            .collect()
    }

    /// As it is written: `4=60/8`.
    pub fn text(&self) -> String {
        let Self { place, percent, .. } = self;
        match self.perhaps {
            Some(perhaps) => format!("{place}={percent}/{perhaps}"),
            None => format!("{place}={percent}"),
        }
    }
}

impl Mark {
    /// A mark that is plain to see.
    pub fn readable(place: MarkPlace, text: &str) -> Self {
        Self {
            place,
            text: text.to_owned(),
            state: MarkState::Readable,
            doubts: Vec::new(),
        }
    }

    /// As it is written in a line: `barrel: AB ?23 (altered)`.
    pub fn line(&self) -> String {
        match self.state {
            MarkState::Readable => format!("{}: {}", self.place, self.text),
            state if self.text.is_empty() => format!("{}: ({state})", self.place),
            state => format!("{}: {} ({state})", self.place, self.text),
        }
    }

    /// Checks that it can be.
    ///
    /// # Errors
    /// [`MarkRefused`], which says what to change.
    pub fn validate(&self) -> Result<(), MarkRefused> {
        if self.state == MarkState::Missing {
            return match self.text.is_empty() && self.doubts.is_empty() {
                true => Ok(()),
                false => Err(MarkRefused::MissingWithText),
            };
        }
        if !fits(&self.text, LONG_MAX) {
            return Err(MarkRefused::TooLong(self.place));
        }
        let nothing = !says(&self.text);
        if nothing && self.state != MarkState::Obliterated {
            return Err(MarkRefused::Empty(self.place));
        }
        let masked = self.text.contains(['?', '*']);
        if self.state == MarkState::Readable && (masked || !self.doubts.is_empty()) {
            return Err(MarkRefused::NotReadable);
        }
        if self.doubts.len() > DOUBTS_MAX || self.doubts.iter().any(|doubt| doubt.percent > 100) {
            return Err(MarkRefused::Doubt);
        }
        if self.place.has_number() && !nothing {
            self.query()?;
        }
        Ok(())
    }

    /// The whole number, where all of it was read.
    pub fn serial(&self) -> Option<Serial> {
        let number = self.place.has_number() && self.state != MarkState::Missing;
        Serial::new(&self.text).ok().filter(|_| number)
    }

    /// What was read, place by place with how sure it is.
    ///
    /// # Errors
    /// [`SerialError`] where nothing was read, or a doubt is about a place that is not there.
    pub fn query(&self) -> Result<Query, SerialError> {
        let mut query = Query::new(&self.text)?;
        for doubt in &self.doubts {
            let percent = Confidence::percent(doubt.percent);
            query = query.with_confidence(usize::from(doubt.place), percent)?;
        }
        Ok(query)
    }

    /// How sure each place is, from 1, in percent; places that are not named are sure. What was struck
    /// over is sure nowhere, unless somebody says of single places how sure they are.
    pub fn sure(&self) -> BTreeMap<u8, u8> {
        if self.state == MarkState::Altered && self.doubts.is_empty() {
            let places = Query::new(&self.text).map_or(0, |query| query.places().len());
            let places = u8::try_from(places).unwrap_or(u8::MAX);
            return (1..=places).map(|place| (place, ALTERED_PERCENT)).collect();
        }
        let doubts = self.doubts.iter();
        doubts.map(|doubt| (doubt.place, doubt.percent)).collect()
    }

    /// Whether nothing of it is in doubt.
    pub fn is_sound(&self) -> bool {
        self.state == MarkState::Readable
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(text: &str, state: MarkState) -> Mark {
        Mark {
            state,
            ..Mark::readable(MarkPlace::Receiver, text)
        }
    }

    #[test]
    fn a_mark_is_kept_as_it_is_read_and_says_what_is_wrong_with_it() {
        assert_eq!(mark("M70-45123", MarkState::Readable).validate(), Ok(()));
        assert_eq!(mark("M70?4512*", MarkState::Obliterated).validate(), Ok(()));
        assert_eq!(mark("", MarkState::Obliterated).validate(), Ok(()));
        assert_eq!(mark("", MarkState::Missing).validate(), Ok(()));
        assert_eq!(
            mark("1", MarkState::Missing).validate(),
            Err(MarkRefused::MissingWithText)
        );
        assert_eq!(
            mark("M70?", MarkState::Readable).validate(),
            Err(MarkRefused::NotReadable)
        );
        assert_eq!(
            mark(" ", MarkState::Altered).validate(),
            Err(MarkRefused::Empty(MarkPlace::Receiver))
        );
    }

    #[test]
    fn a_doubt_is_about_a_place_that_is_there() {
        let doubted = |place, percent| Mark {
            doubts: vec![Doubt {
                place,
                percent,
                perhaps: Some('8'),
            }],
            ..mark("M70-3", MarkState::Doubted)
        };
        assert_eq!(doubted(4, 40).validate(), Ok(()));
        assert!(!doubted(4, 40).query().unwrap().is_whole());
        assert!(matches!(
            doubted(5, 40).validate(),
            Err(MarkRefused::Number(SerialError::NoSuchPlace { .. }))
        ));
        assert_eq!(doubted(4, 101).validate(), Err(MarkRefused::Doubt));
    }

    #[test]
    fn marks_and_doubts_are_read_as_they_are_typed() {
        let line = "barrel: AB ?23 (altered)";
        let mark: Mark = line.replace("barrel", "Barrel").parse().unwrap();
        assert_eq!(
            (mark.place, mark.state),
            (MarkPlace::Barrel, MarkState::Altered)
        );
        assert_eq!((mark.text.as_str(), mark.line().as_str()), ("AB ?23", line));
        let plain: Mark = "slide: 77".parse().unwrap();
        assert_eq!(plain.state, MarkState::Readable);
        assert_eq!("stock: 77".parse::<Mark>(), Err(InvalidMark::Mark));
        assert_eq!("77".parse::<Mark>(), Err(InvalidMark::Mark));
        let doubts = Doubt::read_all("4=60/8, 5=30%").unwrap();
        let texts: Vec<String> = doubts.iter().map(Doubt::text).collect();
        assert_eq!(texts, ["4=60/8", "5=30"]);
        assert_eq!(Doubt::read_all(""), Ok(Vec::new()));
        assert_eq!(Doubt::read_all("four"), Err(InvalidMark::Doubts));
    }

    #[test]
    fn an_import_mark_is_no_number() {
        let import = Mark::readable(
            MarkPlace::Import,
            "MADE IN YUGOSLAVIA, C.A.I. ST. ALB. VT, 1987",
        );
        assert_eq!(import.validate(), Ok(()));
        assert_eq!(import.serial(), None);
    }
}
