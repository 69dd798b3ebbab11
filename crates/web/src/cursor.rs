//! Where the next page of a list starts, as it stands in an address: `MICROSECONDS-ID`.

use egnatia_app::{Cursor, DuePlace};

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

/// A place among what is due as text: `o` or `c` before a cursor.
pub(crate) fn write_due(place: DuePlace) -> String {
    match place {
        DuePlace::Open { due_us, id } => format!("o{}", write(Cursor { at_us: due_us, id })),
        DuePlace::Closed(cursor) => format!("c{}", write(cursor)),
    }
}

/// The place that a text holds; none where there is no text.
pub(crate) fn read_due(text: Option<&str>) -> Result<Option<DuePlace>, Problem> {
    let Some(text) = text else { return Ok(None) };
    let bad = Problem::new(ProblemCode::BadRequest);
    let place = match (text.strip_prefix('o'), text.strip_prefix('c')) {
        (Some(rest), _) => read(Some(rest))?.map(|cursor| DuePlace::Open {
            due_us: cursor.at_us,
            id: cursor.id,
        }),
        (_, Some(rest)) => read(Some(rest))?.map(DuePlace::Closed),
        (None, None) => None,
    };
    place.map(Some).ok_or(bad)
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
        let cursor = Cursor { at_us: 5, id };
        for place in [
            DuePlace::Open {
                due_us: i64::MAX,
                id,
            },
            DuePlace::Closed(cursor),
        ] {
            assert_eq!(read_due(Some(&write_due(place))), Ok(Some(place)));
        }
        for text in ["", "o", "c1", "x5-07", &write(cursor)] {
            assert!(read_due(Some(text)).is_err(), "{text}");
        }
        for text in ["", "-", "1", "x-07", "1-07"] {
            assert!(read(Some(text)).is_err(), "{text}");
        }
    }
}
