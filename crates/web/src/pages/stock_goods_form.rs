//! What is filled in of a weapon or lot.

use egnatia_record::RecordId;
use egnatia_stockpile::{
    Condition, Division, Explosive, Goods, Group, Mass, Tracking, WeaponCategory,
};

use super::alert_form::{Filler, Wrong};
use super::firearm_fields::{read_day, words, words_or_none};
use crate::Texts;
use crate::parts::{Field, FieldKind};
use crate::visit::Posted;

/// What may change of goods.
pub(super) fn state_fields(filler: &Filler<'_>) -> Vec<Field> {
    let conditions = Condition::ALL.iter().map(|condition| condition.as_str());
    let conditions = words(filler.t, "stock-condition", conditions);
    let categories = WeaponCategory::ALL.iter();
    let categories = categories.map(|category| category.as_str());
    vec![
        filler.choice("condition", "stock-condition", conditions),
        filler.choice(
            "category",
            "stock-category",
            words_or_none(filler.t, "stock-category", categories),
        ),
        filler
            .line("record", "stock-firearm-record")
            .kind(FieldKind::Exact),
        filler.line("made_on", "stock-made-on"),
        filler.line("expires_on", "stock-expires-on"),
    ]
}

/// A day that may be left out.
pub(super) fn read_day_of(
    posted: &Posted,
    field: &str,
    t: &Texts,
    wrong: &mut Wrong,
) -> Option<jiff::civil::Date> {
    let text = posted.some(field)?;
    let day = read_day(&text);
    if day.is_none() {
        wrong.insert(field.to_owned(), t.text("day-invalid"));
    }
    day
}

/// Goods as they were filled in.
pub(super) fn read(posted: &Posted, t: &Texts) -> Result<Goods, Wrong> {
    let mut wrong = Wrong::new();
    let number = posted.text("number");
    let tracking = match posted.raw("tracking") {
        "lot" => Tracking::Lot { lot: number },
        _ => Tracking::Serial {
            serial: number,
            record: read_record(posted, t, &mut wrong),
        },
    };
    let hazard = (
        posted.some("division"),
        posted.some("group"),
        posted.some("mass_each"),
    );
    let explosive = match hazard {
        (None, None, None) => None,
        (division, group, mass) => {
            let division = division.and_then(|text| text.parse::<Division>().ok());
            let group = group.and_then(|text| text.parse::<Group>().ok());
            let mass = mass.and_then(|text| text.replace(',', ".").parse::<Mass>().ok());
            for (field, key, is_read) in [
                ("division", "stock-hazard-incomplete", division.is_some()),
                ("group", "stock-hazard-incomplete", group.is_some()),
                ("mass_each", "stock-mass-invalid", mass.is_some()),
            ] {
                if !is_read {
                    wrong.insert(field.to_owned(), t.text(key));
                }
            }
            division
                .zip(group)
                .zip(mass)
                .map(|((division, group), mass_each)| Explosive {
                    division,
                    group,
                    mass_each,
                })
        }
    };
    let goods = Goods {
        nomenclature: posted.text("nomenclature"),
        tracking,
        explosive,
        made_on: read_day_of(posted, "made_on", t, &mut wrong),
        expires_on: read_day_of(posted, "expires_on", t, &mut wrong),
        category: posted.raw("category").parse().ok(),
        inspected: None,
        condition: posted
            .raw("condition")
            .parse()
            .unwrap_or(Condition::Unknown),
    };
    match wrong.is_empty() {
        true => Ok(goods),
        false => Err(wrong),
    }
}

/// The weapon of the register that it is, where that is stated: an id, or the address of its page.
pub(super) fn read_record(posted: &Posted, t: &Texts, wrong: &mut Wrong) -> Option<RecordId> {
    let text = posted.some("record")?;
    let id = text.trim_end_matches('/').rsplit('/').next();
    let record = id.and_then(|id| id.parse().ok());
    if record.is_none() {
        wrong.insert("record".to_owned(), t.text("stock-firearm-invalid"));
    }
    record
}
