//! Ids of the ledger. All are record ids: an account, a lot and a movement are never mistaken for
//! each other.

use std::fmt;
use std::str::FromStr;

use egnatia_record::{InvalidId, RecordId};
use serde::{Deserialize, Serialize};

macro_rules! ledger_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub RecordId);

        impl $name {
            /// The id with these 16 bytes.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(RecordId::from_bytes(bytes))
            }

            /// The 16 bytes.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                text.parse().map(Self)
            }
        }
    };
}

ledger_id! {
    /// Where something can be: a store, a bay, a rack, a holder, or outside.
    AccountId
}
impl AccountId {
    /// Where everything comes from.
    pub const OUTSIDE: Self = Self::well_known(1);
    /// What was used up.
    pub const EXPENDED: Self = Self::well_known(2);
    /// What was destroyed.
    pub const DESTROYED: Self = Self::well_known(3);
    /// What is lost or stolen.
    pub const LOST: Self = Self::well_known(4);

    /// The accounts that every node has: the same ones everywhere.
    const fn well_known(number: u8) -> Self {
        Self::from_bytes([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, number])
    }
}

ledger_id! {
    /// One weapon, or one lot.
    GoodsId
}
ledger_id! {
    /// A movement. The client chooses it, so that a repeated submission is the same movement.
    MovementId
}
