//! Seizures, finds, surrenders: what came into the hands of an authority, where, on which way.

mod lines;
mod proceedings;

use egnatia_record::{CaseReference, RecordId};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::kind::words;
use crate::text::{TEXT_MAX, WORD_MAX, fits, says};
use crate::{Country, Particulars, ParticularsRefused};
pub use lines::{InvalidItem, read_position};
pub use proceedings::Proceedings;

/// The most items of one kind.
const ITEMS_MAX: usize = 2_000;
/// The most countries of a route.
const ROUTE_MAX: usize = 24;

words! {
    /// How weapons came into the hands of an authority: the three groups of the UNODC Illicit Arms
    /// Flows Questionnaire.
    IncidentKind {
        /// They were taken.
        Seizure = "seizure",
        /// They were found.
        Find = "find",
        /// They were handed in.
        Surrender = "surrender",
    }
}

words! {
    /// What led to it. The words are ours: the codebook of the UNODC was not at hand.
    Context {
        /// A control at a border or in a port.
        BorderControl = "border-control",
        /// A control of traffic, or of somebody on the way.
        Patrol = "patrol",
        /// A search of a building or a place.
        Search = "search",
        /// An investigation that looked for them.
        Investigation = "investigation",
        /// A campaign or an amnesty.
        Campaign = "campaign",
        /// Chance.
        Chance = "chance",
        /// Anything else.
        Other = "other",
    }
}

words! {
    /// By which means they were carried. The words are ours.
    Transport {
        /// On the road.
        Road = "road",
        /// By rail.
        Rail = "rail",
        /// On water.
        Water = "water",
        /// By air.
        Air = "air",
        /// By post or courier.
        Post = "post",
        /// On a person.
        Person = "person",
        /// They were not carried.
        Stored = "stored",
        /// By anything else.
        Other = "other",
    }
}

words! {
    /// For which offence they were taken. The first three are those of the Firearms Protocol Art. 5; the
    /// others are ours.
    Offence {
        /// Illicit manufacturing.
        Manufacturing = "manufacturing",
        /// Illicit trafficking.
        Trafficking = "trafficking",
        /// Falsifying, altering or removing marks.
        Marking = "marking",
        /// Illicit possession or carrying.
        Possession = "possession",
        /// Trafficking in drugs.
        Drugs = "drugs",
        /// Participation in an organised group.
        OrganisedGroup = "organised-group",
        /// Terrorism.
        Terrorism = "terrorism",
        /// Violence against persons.
        Violence = "violence",
        /// Anything else.
        Other = "other",
    }
}

/// The body of a record of kind `incident`. Persons are in it by the reference of their file only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Incident {
    /// How they came.
    pub kind: IncidentKind,
    /// When.
    pub on: Date,
    /// In which country.
    pub country: Country,
    /// Town or crossing point.
    pub place: String,
    /// Latitude and longitude in thousandths of a degree, about 100 m; absent where not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<(i32, i32)>,
    /// Whether it was at a border, and not inland.
    pub at_border: bool,
    /// The way that they came and were to go.
    #[serde(default, skip_serializing_if = "Route::is_empty")]
    pub route: Route,
    /// How they were hidden.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub concealment: String,
    /// What led to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<Context>,
    /// By which means they were carried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transport: Option<Transport>,
    /// For which offence they were taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offence: Option<Offence>,
    /// Weapons.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weapons: Vec<SeizedWeapon>,
    /// Parts and components.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
    /// Ammunition.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ammunition: Vec<Ammunition>,
    /// Explosives.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub explosives: Vec<Explosive>,
    /// Persons, by the references of their files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub persons: Vec<InvolvedPerson>,
    /// What became of persons, by number only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proceedings: Option<Proceedings>,
    /// What else is to be said. No names.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// Countries on the way, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// From where to where, over where; one at least where anything is known.
    pub countries: Vec<Country>,
}

impl Route {
    /// Whether nothing is known of it.
    pub fn is_empty(&self) -> bool {
        self.countries.is_empty()
    }

    /// `BA > ME > AL`.
    pub fn text(&self) -> String {
        let codes: Vec<&str> = self.countries.iter().map(Country::as_str).collect();
        codes.join(" > ")
    }
}

/// A weapon of an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeizedWeapon {
    /// What it is.
    pub particulars: Particulars,
    /// Its record in the register.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub firearm: Option<RecordId>,
}

/// Parts of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// What they are: barrels, bolts, magazines.
    pub what: String,
    /// How many.
    pub count: u32,
}

/// Ammunition of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ammunition {
    /// Calibre, as it is marked.
    pub calibre: String,
    /// How many rounds.
    pub rounds: u32,
    /// Who made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub make: Option<String>,
    /// Lot, as it is marked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lot: Option<String>,
}

/// Explosives of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Explosive {
    /// What it is: TNT, hand grenades, detonators.
    pub what: String,
    /// Grams; 0 where they are counted.
    pub mass_g: u64,
    /// How many; 0 where they are weighed.
    pub count: u32,
}

/// A person, by the reference of their file in the system that keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InvolvedPerson {
    /// The file.
    pub file: CaseReference,
}

/// Why an incident cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IncidentRefused {
    /// Nothing came.
    #[error("an incident has at least one weapon, part, round or explosive")]
    Empty,
    /// After today.
    #[error("the incident lies in the future")]
    InTheFuture,
    /// A text is missing or too long.
    #[error("`{0}` is missing or too long")]
    Text(&'static str),
    /// A count of nothing.
    #[error("state how many {0} there are, or leave them out")]
    Count(&'static str),
    /// Too many of one kind.
    #[error("too many {0}")]
    TooMany(&'static str),
    /// Not on the Earth.
    #[error("latitude is from -90 to 90 degrees, longitude from -180 to 180")]
    Position,
    /// A weapon twice.
    #[error("one weapon is in the incident twice")]
    Twice,
    /// More than there can be.
    #[error("`{more}` cannot be more than `{most}`")]
    Proceedings {
        /// What is counted.
        more: &'static str,
        /// What it is a part of.
        most: &'static str,
    },
    /// A weapon cannot be.
    #[error("weapon {number}: {refused}")]
    Weapon {
        /// Which, from 1.
        number: usize,
        /// Why.
        refused: ParticularsRefused,
    },
}

impl IncidentRefused {
    /// Its name: it does not change, and words of other languages stand under it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Empty => "incident-empty",
            Self::InTheFuture => "in-the-future",
            Self::Text(_) => "text",
            Self::Count(_) => "count",
            Self::TooMany(_) => "too-many-items",
            Self::Position => "position",
            Self::Twice => "twice",
            Self::Proceedings { .. } => "more-than-there-are",
            Self::Weapon { refused, .. } => refused.name(),
        }
    }

    /// The field that is wrong, as forms and the API name it.
    pub const fn field(&self) -> &'static str {
        match self {
            Self::Empty | Self::Twice | Self::Weapon { .. } => "weapons",
            Self::InTheFuture => "on",
            Self::Text(field) | Self::Count(field) | Self::TooMany(field) => field,
            Self::Position => "position",
            Self::Proceedings { more, .. } => more,
        }
    }
}

impl Incident {
    /// Checks that it can be, on `today`.
    ///
    /// # Errors
    /// [`IncidentRefused`], by the first thing that is wrong.
    pub fn validate(&self, today: Date) -> Result<(), IncidentRefused> {
        let nothing = self.weapons.is_empty()
            && self.parts.is_empty()
            && self.ammunition.is_empty()
            && self.explosives.is_empty();
        if nothing {
            return Err(IncidentRefused::Empty);
        }
        if self.on > today {
            return Err(IncidentRefused::InTheFuture);
        }
        if !says(&self.place) || !fits(&self.place, WORD_MAX) {
            return Err(IncidentRefused::Text("place"));
        }
        for (field, text) in [("concealment", &self.concealment), ("note", &self.note)] {
            if !fits(text, TEXT_MAX) {
                return Err(IncidentRefused::Text(field));
            }
        }
        for (what, count, most) in [
            ("weapons", self.weapons.len(), ITEMS_MAX),
            ("parts", self.parts.len(), ITEMS_MAX),
            ("ammunition", self.ammunition.len(), ITEMS_MAX),
            ("explosives", self.explosives.len(), ITEMS_MAX),
            ("persons", self.persons.len(), ITEMS_MAX),
            ("route", self.route.countries.len(), ROUTE_MAX),
        ] {
            if count > most {
                return Err(IncidentRefused::TooMany(what));
            }
        }
        let on_earth = |(latitude, longitude): (i32, i32)| {
            (-90_000..=90_000).contains(&latitude) && (-180_000..=180_000).contains(&longitude)
        };
        if !self.position.is_none_or(on_earth) {
            return Err(IncidentRefused::Position);
        }
        if let Some(proceedings) = &self.proceedings {
            proceedings.validate(today)?;
        }
        self.validate_items()
    }

    fn validate_items(&self) -> Result<(), IncidentRefused> {
        let word = |field, text: &str| match says(text) && fits(text, WORD_MAX) {
            true => Ok(()),
            false => Err(IncidentRefused::Text(field)),
        };
        for (number, weapon) in (1_usize..).zip(&self.weapons) {
            let held = weapon.particulars.validate();
            held.map_err(|refused| IncidentRefused::Weapon { number, refused })?;
        }
        let mut records: Vec<RecordId> = self.weapons.iter().filter_map(|w| w.firearm).collect();
        let all = records.len();
        records.sort_unstable();
        records.dedup();
        if records.len() != all {
            return Err(IncidentRefused::Twice);
        }
        for part in &self.parts {
            word("parts", &part.what)?;
            if part.count == 0 {
                return Err(IncidentRefused::Count("parts"));
            }
        }
        for rounds in &self.ammunition {
            word("ammunition", &rounds.calibre)?;
            for text in [&rounds.make, &rounds.lot].into_iter().flatten() {
                word("ammunition", text)?;
            }
            if rounds.rounds == 0 {
                return Err(IncidentRefused::Count("ammunition"));
            }
        }
        for explosive in &self.explosives {
            word("explosives", &explosive.what)?;
            if explosive.mass_g == 0 && explosive.count == 0 {
                return Err(IncidentRefused::Count("explosives"));
            }
        }
        Ok(())
    }
}
