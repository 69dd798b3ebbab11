//! Where the next page of a list starts, as it stands in an address: `MICROSECONDS-ID`.

use egnatia_app::Cursor;

use crate::problem::{Problem, ProblemCode};

/// The cursor as text.
pub(crate) fn write(cursor: Cursor) -> String {
    format!("{}-{}", cursor.at_us, cursor.id)
}

/// The cursor that a text holds; none where there is no text.
pub(crate) fn read(text: Option<&str>) -> Result<Option<Cursor>, Problem> {
    let Some(text) = text else { return Ok(None) };
    let read = text.rsplit_once('-').and_then(|(at_us, id)| {
        Some(Cursor {
            at_us: at_us.parse().ok()?,
            id: id.parse().ok()?,
        })
    });
    match read {
        Some(cursor) => Ok(Some(cursor)),
        None => Err(Problem::new(ProblemCode::BadRequest)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn survives_the_address_and_refuses_anything_else() {
        let id = egnatia_record::RecordId::from_bytes([7; 16]);
        for at_us in [0, -1, i64::MAX] {
            let cursor = Cursor { at_us, id };
            assert_eq!(read(Some(&write(cursor))), Ok(Some(cursor)));
        }
        for text in ["", "-", "1", "x-07", "1-07"] {
            assert!(read(Some(text)).is_err(), "{text}");
        }
    }
}
