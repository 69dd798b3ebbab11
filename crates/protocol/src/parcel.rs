//! Parcels: many statements from one authority to one other, signed once more by the sender.
//!
//! The signature binds sender, recipient and numbers. A recipient who seals a parcel anew to
//! somebody else does not get it accepted there.

use egnatia_record::AuthorityId;
use jiff::Timestamp;

use crate::wire::{Reader, authority, put_long, put_short};
use crate::{Signed, SignedError, SigningKey};

/// The payload type of a parcel.
pub const PARCEL_TYPE: &str = "application/vnd.egnatia.parcel; v=1";
/// The largest parcel, in bytes of its payload: 4 MiB.
pub const PARCEL_BYTES_MAX: usize = 4 * 1024 * 1024;
/// So many statements go into one parcel.
pub const ITEMS_MAX: usize = 256;

/// Statements from one authority to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// Who sends.
    pub from: AuthorityId,
    /// Who is meant.
    pub to: AuthorityId,
    /// When it was sent; whole microseconds travel.
    pub sent_at: Timestamp,
    /// 1 to [`ITEMS_MAX`], by ascending number.
    pub items: Vec<Item>,
}

/// A statement and its place in the queue from this sender to this recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Counts the statements from this sender to this recipient. The same number is the same
    /// statement, however often it comes.
    pub number: u64,
    /// The statement, signed by whoever says it. That need not be the sender.
    pub statement: Signed,
}

/// Why something is not a parcel.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParcelError {
    /// Signed, but something else.
    #[error("this is not a parcel of version 1: send `{PARCEL_TYPE}`")]
    NotAParcel,
    /// The bytes end before the last field.
    #[error("the parcel ends too early: make it anew")]
    Truncated,
    /// There is more than the last item.
    #[error("bytes follow the last item of the parcel: make it anew")]
    TrailingBytes,
    /// Sender or recipient is no authority.
    #[error("sender and recipient of a parcel are ids of authorities")]
    Authority,
    /// The time is none that can be.
    #[error("the time of sending is out of range: microseconds since 1970, UTC")]
    Time,
    /// None, or too many.
    #[error("a parcel has 1 to {ITEMS_MAX} items, this one has {found}: divide it")]
    ItemCount {
        /// How many it has.
        found: usize,
    },
    /// A number that is not greater than the one before.
    #[error("the item with number {number} does not follow the one before: sort them, each once")]
    Order {
        /// The number.
        number: u64,
    },
    /// A parcel in a parcel.
    #[error("the item with number {number} is itself a parcel: a parcel holds statements only")]
    Nested {
        /// The number.
        number: u64,
    },
    /// An item is not a signed payload.
    #[error("the item with number {number}: {error}")]
    Item {
        /// The number.
        number: u64,
        /// What is wrong with it.
        error: SignedError,
    },
    /// The parcel as a whole is not a signed payload.
    #[error(transparent)]
    Signed(#[from] SignedError),
}

impl Parcel {
    /// The parcel's bytes: length of the sender (1 byte), sender; length of the recipient (1),
    /// recipient; microseconds since 1970 (8, signed); number of items (2); and for each item its
    /// number (8), its length (4) and the binary encoding of [`Signed`].
    fn to_payload(&self) -> Result<Vec<u8>, ParcelError> {
        self.check()?;
        let mut out = Vec::new();
        put_short(&mut out, self.from.as_str());
        put_short(&mut out, self.to.as_str());
        out.extend_from_slice(&self.sent_at.as_microsecond().to_be_bytes());
        let count = u16::try_from(self.items.len()).unwrap_or(u16::MAX);
        out.extend_from_slice(&count.to_be_bytes());
        for item in &self.items {
            out.extend_from_slice(&item.number.to_be_bytes());
            put_long(&mut out, &item.statement.to_bytes());
        }
        Ok(out)
    }

    /// What goes into an envelope: the parcel, signed by `keys` of the sender.
    ///
    /// # Errors
    /// [`ParcelError::ItemCount`], [`ParcelError::Order`], [`ParcelError::Nested`], or
    /// [`ParcelError::Signed`] where it is too large.
    pub fn sign(&self, keys: &[&SigningKey]) -> Result<Signed, ParcelError> {
        Ok(Signed::sign(PARCEL_TYPE, self.to_payload()?, keys)?)
    }

    /// The parcel in a signed payload. Verifies no signature: [`crate::open_parcel`] does.
    ///
    /// # Errors
    /// [`ParcelError`] where the bytes are not those of a parcel.
    pub fn read(signed: &Signed) -> Result<Self, ParcelError> {
        if signed.payload_type() != PARCEL_TYPE {
            return Err(ParcelError::NotAParcel);
        }
        let mut reader = Reader::new(signed.payload());
        let from = authority(&mut reader).ok_or(ParcelError::Truncated)?;
        let to = authority(&mut reader).ok_or(ParcelError::Truncated)?;
        let sent_at = reader.i64().ok_or(ParcelError::Truncated)?;
        let count = usize::from(reader.u16().ok_or(ParcelError::Truncated)?);
        check_count(count)?;
        let items = (0..count)
            .map(|_| read_item(&mut reader))
            .collect::<Result<_, _>>()?;
        if !reader.rest().is_empty() {
            return Err(ParcelError::TrailingBytes);
        }
        let parcel = Self {
            from: from.ok_or(ParcelError::Authority)?,
            to: to.ok_or(ParcelError::Authority)?,
            sent_at: Timestamp::from_microsecond(sent_at).map_err(|_| ParcelError::Time)?,
            items,
        };
        parcel.check()?;
        Ok(parcel)
    }

    fn check(&self) -> Result<(), ParcelError> {
        check_count(self.items.len())?;
        let mut before = None;
        for Item { number, statement } in &self.items {
            let number = *number;
            if before.is_some_and(|before| before >= number) {
                return Err(ParcelError::Order { number });
            }
            if statement.payload_type() == PARCEL_TYPE {
                return Err(ParcelError::Nested { number });
            }
            before = Some(number);
        }
        Ok(())
    }
}

fn check_count(found: usize) -> Result<(), ParcelError> {
    if (1..=ITEMS_MAX).contains(&found) {
        Ok(())
    } else {
        Err(ParcelError::ItemCount { found })
    }
}

fn read_item(reader: &mut Reader<'_>) -> Result<Item, ParcelError> {
    let number = reader.u64().ok_or(ParcelError::Truncated)?;
    let length = reader.length().ok_or(ParcelError::Truncated)?;
    let bytes = reader.take(length).ok_or(ParcelError::Truncated)?;
    let statement = Signed::parse(bytes).map_err(|error| ParcelError::Item { number, error })?;
    Ok(Item { number, statement })
}
