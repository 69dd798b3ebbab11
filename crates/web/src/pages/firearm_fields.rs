//! The fields of a weapon: what was filled in as particulars.

use egnatia_app::App;
use egnatia_firearms::{
    Category, Country, Doubt, Holder, HolderKind, Mark, MarkPlace, MarkState, Particulars,
    Personal, WeaponKind,
};

use super::alert_form::{Filler, Wrong};
use super::terms;
use crate::Texts;
use crate::parts::{FieldGroup, FieldKind};
use crate::visit::Posted;

/// Words of a closed list, each under `start`, or as it is written.
pub(super) fn words<'a>(
    t: &Texts,
    start: &str,
    all: impl IntoIterator<Item = &'a str>,
) -> Vec<(String, String)> {
    all.into_iter()
        .map(|word| (word.to_owned(), terms::word(t, &[start], word)))
        .collect()
}

/// The same after an empty choice.
pub(super) fn words_or_none<'a>(
    t: &Texts,
    start: &str,
    all: impl IntoIterator<Item = &'a str>,
) -> Vec<(String, String)> {
    let mut words = words(t, start, all);
    words.insert(0, (String::new(), t.text("choose")));
    words
}

/// Kinds of weapons to choose from.
pub(super) fn kinds(t: &Texts) -> Vec<(String, String)> {
    words_or_none(
        t,
        "weapon",
        WeaponKind::ALL.iter().map(|kind| kind.as_str()),
    )
}

/// The fields of a weapon: those that are needed first, the others folded.
pub(super) fn groups(filler: &Filler<'_>) -> Vec<FieldGroup> {
    let t = filler.t;
    let places = [MarkPlace::Receiver, MarkPlace::Frame];
    let places = words(t, "mark-place", places.iter().map(|place| place.as_str()));
    let states = words(
        t,
        "mark-state",
        MarkState::ALL.iter().map(|state| state.as_str()),
    );
    let categories = words_or_none(t, "arms-category", Category::ALL.iter().map(|c| c.as_str()));
    let unique = vec![
        filler
            .line("unique_mark", "firearm-unique-mark")
            .kind(FieldKind::Exact)
            .first(),
        filler.choice("unique_place", "firearm-unique-place", places),
        filler.choice("unique_state", "firearm-unique-state", states),
    ];
    let what = vec![
        filler.choice("kind", "firearm-kind", kinds(t)).required(),
        filler.line("make", "firearm-make").required(),
        filler.line("model", "firearm-model"),
        filler.line("calibre", "firearm-calibre").required(),
        filler.line("country", "firearm-country"),
        filler.line("year", "firearm-year"),
        filler.choice("category", "firearm-category", categories),
    ];
    let more = vec![
        filler.line("doubts", "firearm-doubts"),
        filler.area("marks", "firearm-marks"),
    ];
    vec![
        FieldGroup::new(t.text("firearm-group-mark"), unique),
        FieldGroup::new(t.text("firearm-group-marks"), more).folded(),
        FieldGroup::new(t.text("firearm-what"), what),
    ]
}

/// A weapon as its fields are filled in.
pub(super) fn filled(what: &Particulars) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    let mut fill = |name: &str, text: String| fields.push((name.to_owned(), text));
    if let Some(mark) = what.unique_mark() {
        let doubts: Vec<String> = mark.doubts.iter().map(Doubt::text).collect();
        fill("unique_mark", mark.text.clone());
        fill("unique_place", mark.place.to_string());
        fill("unique_state", mark.state.to_string());
        fill("doubts", doubts.join(", "));
    }
    let others = what.marks.iter().filter(|mark| !mark.place.is_unique());
    fill(
        "marks",
        others.map(Mark::line).collect::<Vec<_>>().join("\n"),
    );
    fill("kind", what.kind.to_string());
    fill("make", what.make.clone());
    fill("model", what.model.clone());
    fill("calibre", what.calibre.clone());
    let country = what.country.as_ref().map(ToString::to_string);
    fill("country", country.unwrap_or_default());
    let year = what.year.map(|year| year.to_string());
    fill("year", year.unwrap_or_default());
    let category = what.category.map(|category| category.to_string());
    fill("category", category.unwrap_or_default());
    let apart = what.distinguished_by.clone();
    fill("distinguished_by", apart.unwrap_or_default());
    fields
}

/// What was filled in, or what is wrong with it, field by field.
pub(super) fn read(posted: &Posted, t: &Texts) -> Result<Particulars, Wrong> {
    let mut wrong = Wrong::new();
    let mut say = |field: &str, key: &str| {
        wrong.insert(field.to_owned(), t.text(key));
    };
    let place = MarkPlace::parse(posted.raw("unique_place")).unwrap_or(MarkPlace::Receiver);
    let state = MarkState::parse(posted.raw("unique_state")).unwrap_or(MarkState::Readable);
    let doubts = Doubt::read_all(&posted.text("doubts"));
    if doubts.is_err() {
        say("doubts", "firearm-doubts-invalid");
    }
    let mut marks = vec![Mark {
        place,
        text: posted.text("unique_mark"),
        state,
        doubts: doubts.unwrap_or_default(),
    }];
    for line in posted.lines("marks") {
        match line.parse::<Mark>() {
            Ok(mark) => marks.push(mark),
            Err(_) => say("marks", "firearm-marks-invalid"),
        }
    }
    let kind = WeaponKind::parse(posted.raw("kind"));
    if kind.is_none() {
        say("kind", "firearm-kind-missing");
    }
    let country = posted.some("country").map(|text| text.parse::<Country>());
    if matches!(country, Some(Err(_))) {
        say("country", "firearm-country-invalid");
    }
    let year = posted.some("year").map(|text| text.parse::<i16>());
    if matches!(year, Some(Err(_))) {
        say("year", "firearm-year-invalid");
    }
    match (kind, wrong.is_empty()) {
        (Some(kind), true) => Ok(Particulars {
            marks,
            kind,
            make: posted.text("make"),
            model: posted.text("model"),
            calibre: posted.text("calibre"),
            category: Category::parse(posted.raw("category")),
            country: country.and_then(Result::ok),
            year: year.and_then(Result::ok),
            distinguished_by: posted.some("distinguished_by"),
            photographs: Vec::new(),
        }),
        _ => Err(wrong),
    }
}

/// The holder that was filled in: by number, with name and address where they were stated.
pub(super) fn read_holder(posted: &Posted) -> Holder {
    Holder {
        kind: HolderKind::parse(posted.raw("holder_kind")).unwrap_or(HolderKind::Person),
        reference: posted.text("holder"),
        name: posted.some("holder_name").map(Personal::new),
        address: posted.some("holder_address").map(Personal::new),
    }
}

/// Kinds of holders to choose from.
pub(super) fn holder_kinds(t: &Texts) -> Vec<(String, String)> {
    words(
        t,
        "holder",
        HolderKind::ALL.iter().map(|kind| kind.as_str()),
    )
}

/// A date as people write it, or as `2026-11-24`.
pub(super) fn read_day(text: &str) -> Option<jiff::civil::Date> {
    if let Ok(day) = text.parse() {
        return Some(day);
    }
    let mut parts = text.trim_end_matches('.').split('.').map(str::trim);
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    jiff::civil::Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// Partners to choose from.
pub(super) fn partners(app: &App, t: &Texts) -> Vec<(String, String)> {
    let directory = app.directory();
    let accepted = directory.partners().filter(|partner| partner.is_accepted());
    let mut choices: Vec<(String, String)> = accepted
        .map(|partner| {
            let name = partner.card.card().name(&t.language()).to_owned();
            (partner.row.authority.to_string(), name)
        })
        .collect();
    choices.insert(0, (String::new(), t.text("choose")));
    choices
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_as_people_of_the_region_write_them() {
        let day = jiff::civil::date(2026, 11, 4);
        for text in ["4.11.2026", "04. 11. 2026.", "2026-11-04"] {
            assert_eq!(read_day(text), Some(day), "{text}");
        }
        assert_eq!(read_day("31.2.2026"), None);
    }
}
