//! Rows of the exchange and of the register of firearms.

use egnatia_app::{DeliveryRow, FirearmRow};
use jiff::Timestamp;

use super::{Stage, id, time};
use crate::backend::Argument;

impl Stage<'_> {
    pub(super) fn delivery(&mut self, position: u64, row: &DeliveryRow) {
        self.deliveries.replace(
            position.to_be_bytes().to_vec(),
            vec![
                position.into(),
                row.to.as_str().into(),
                row.kind.as_str().into(),
                Argument::Blob(row.record.map(|record| record.as_bytes().to_vec())),
                Argument::Int(row.version.map(|version| version.number().into())),
                Argument::Blob(row.payload.clone()),
                row.ground.as_str().into(),
                time(row.queued_at),
                row.state.as_str().into(),
                Argument::Int(row.done_at.map(Timestamp::as_microsecond)),
                Argument::Text(row.reason.clone()),
                Argument::Blob(row.receipt.clone()),
            ],
        );
    }

    pub(super) fn firearm(&mut self, row: &FirearmRow) {
        self.firearms.replace(
            row.record.as_bytes().to_vec(),
            vec![
                id(&row.record),
                row.identity.as_str().into(),
                row.serial.as_str().into(),
                row.make.as_str().into(),
                row.calibre.as_str().into(),
                row.kind.as_str().into(),
                row.custody.as_str().into(),
                i64::from(row.is_open).into(),
                row.name.as_str().into(),
                time(row.updated_at),
                row.model.as_str().into(),
                row.category.as_str().into(),
                Argument::Int(row.year.map(i64::from)),
            ],
        );
    }
}
