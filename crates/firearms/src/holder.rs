//! Who has a weapon.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::kind::words;

/// Personal data. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Personal(String);

impl Personal {
    /// Takes a text that is personal data.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Personal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Personal(…)")
    }
}

words! {
    /// What kind of holder it is.
    HolderKind {
        /// A person with a licence.
        Person = "person",
        /// A dealer or broker.
        Dealer = "dealer",
        /// A manufacturer.
        Manufacturer = "manufacturer",
        /// A club or range.
        Club = "club",
        /// A museum or collector.
        Collector = "collector",
        /// Police, armed forces, customs, courts.
        Authority = "authority",
        /// A guarding company.
        Security = "security",
    }
}

/// A supplier, acquirer or possessor (Directive (EU) 2021/555 Art. 4(5)): name and address are
/// kept in the register, and leave it only by the last answer of a trace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holder {
    /// What kind.
    pub kind: HolderKind,
    /// The number under which the register of holders knows them. No name.
    pub reference: String,
    /// Name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Personal>,
    /// Address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Personal>,
}

impl Holder {
    /// A holder by their number alone.
    pub fn known_as(kind: HolderKind, reference: &str) -> Self {
        Self {
            kind,
            reference: reference.to_owned(),
            name: None,
            address: None,
        }
    }

    /// Whether both are the same holder: names and addresses may be written in many ways.
    pub fn is_same(&self, other: &Self) -> bool {
        self.reference == other.reference
    }

    /// Whether a person can be known from it.
    pub const fn is_personal(&self) -> bool {
        matches!(self.kind, HolderKind::Person) || self.name.is_some() || self.address.is_some()
    }

    /// The same without name and address.
    pub fn without_personal_data(&self) -> Self {
        Self {
            name: None,
            address: None,
            ..self.clone()
        }
    }
}
