//! Reads values out of rows, one after the other, and says what cannot be read.

use std::str::FromStr;

use egnatia_app::{DumpValue, StoreError};
use egnatia_audit::{Hash, Salt};
use egnatia_record::{RecordId, Version};
use jiff::Timestamp;

/// A row of an answer, read from left to right.
#[derive(Debug)]
pub struct Row(std::vec::IntoIter<DumpValue>);

/// The next value is not what the column should hold.
fn unreadable(expected: &str) -> StoreError {
    StoreError::Corrupt(format!("a column does not hold {expected}"))
}

impl Row {
    /// The row with these values.
    pub fn new(values: Vec<DumpValue>) -> Self {
        Self(values.into_iter())
    }

    /// The next value, a number.
    pub fn int(&mut self) -> Result<i64, StoreError> {
        match self.0.next() {
            Some(DumpValue::Int(number)) => Ok(number),
            _ => Err(unreadable("a number")),
        }
    }

    /// The next value, a number or nothing.
    pub fn maybe_int(&mut self) -> Result<Option<i64>, StoreError> {
        match self.0.next() {
            Some(DumpValue::Int(number)) => Ok(Some(number)),
            Some(DumpValue::Null) => Ok(None),
            _ => Err(unreadable("a number or nothing")),
        }
    }

    /// The next value, a count.
    pub fn count(&mut self) -> Result<u64, StoreError> {
        u64::try_from(self.int()?).map_err(|_| unreadable("a count"))
    }

    /// The next value, text.
    pub fn text(&mut self) -> Result<String, StoreError> {
        self.maybe_text()?.ok_or_else(|| unreadable("text"))
    }

    /// The next value, text or nothing.
    pub fn maybe_text(&mut self) -> Result<Option<String>, StoreError> {
        match self.0.next() {
            Some(DumpValue::Text(text)) => Ok(Some(text)),
            Some(DumpValue::Null) => Ok(None),
            _ => Err(unreadable("text or nothing")),
        }
    }

    /// The next value, bytes.
    pub fn blob(&mut self) -> Result<Vec<u8>, StoreError> {
        self.maybe_blob()?.ok_or_else(|| unreadable("bytes"))
    }

    /// The next value, bytes or nothing.
    pub fn maybe_blob(&mut self) -> Result<Option<Vec<u8>>, StoreError> {
        match self.0.next() {
            Some(DumpValue::Blob(bytes)) => Ok(Some(bytes)),
            Some(DumpValue::Null) => Ok(None),
            _ => Err(unreadable("bytes or nothing")),
        }
    }

    /// The next value, so many bytes.
    pub fn bytes<const N: usize>(&mut self) -> Result<[u8; N], StoreError> {
        self.blob()?
            .try_into()
            .map_err(|_| unreadable("so many bytes"))
    }

    /// The next value, so many bytes or nothing.
    pub fn maybe_bytes<const N: usize>(&mut self) -> Result<Option<[u8; N]>, StoreError> {
        let bytes = self.maybe_blob()?.map(TryInto::try_into).transpose();
        bytes.map_err(|_| unreadable("so many bytes"))
    }

    /// The next value, a hash.
    pub fn hash(&mut self) -> Result<Hash, StoreError> {
        self.bytes().map(Hash::from_bytes)
    }

    /// The next value, a salt or nothing.
    pub fn maybe_salt(&mut self) -> Result<Option<Salt>, StoreError> {
        Ok(self.maybe_bytes()?.map(Salt::from_bytes))
    }

    /// The next value, a record's id.
    pub fn id(&mut self) -> Result<RecordId, StoreError> {
        self.bytes().map(RecordId::from_bytes)
    }

    /// The next value, a version.
    pub fn version(&mut self) -> Result<Version, StoreError> {
        u32::try_from(self.int()?)
            .ok()
            .and_then(Version::new)
            .ok_or_else(|| unreadable("a version"))
    }

    /// The next value, an instant.
    pub fn time(&mut self) -> Result<Timestamp, StoreError> {
        self.maybe_time()?.ok_or_else(|| unreadable("an instant"))
    }

    /// The next value, an instant or nothing.
    pub fn maybe_time(&mut self) -> Result<Option<Timestamp>, StoreError> {
        let time = self
            .maybe_int()?
            .map(Timestamp::from_microsecond)
            .transpose();
        time.map_err(|_| unreadable("an instant"))
    }

    /// The next value, text of this form.
    pub fn parsed<T: FromStr>(&mut self) -> Result<T, StoreError> {
        self.text()?
            .parse()
            .map_err(|_| unreadable(std::any::type_name::<T>()))
    }

    /// The next value, a term that `parse` knows.
    pub fn term<T>(&mut self, parse: impl Fn(&str) -> Option<T>) -> Result<T, StoreError> {
        parse(&self.text()?).ok_or_else(|| unreadable(std::any::type_name::<T>()))
    }
}
