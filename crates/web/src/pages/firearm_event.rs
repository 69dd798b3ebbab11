//! What happened to a weapon is recorded: a short form for each kind of event.

use axum::extract::Path;
use axum::response::Response;
use egnatia_app::{Action, AppError, Caller, FirearmView, NewCorrection};
use egnatia_firearms::{Custody, Event, EventDraft, EventField, EventKind};
use egnatia_record::RecordId;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::alert_facts::day;
use super::alert_form::{Filler, Wrong};
use super::firearm_events::says;
use super::firearm_fields::{holder_kinds, read_day, read_holder};
use super::firearm_sections::{Section, SectionsPage, Ways, whole, whole_of, wrong_in_words};
use super::firearms::custody_cell;
use super::{record_id, terms};
use crate::parts::{Cell, Facts, Field, FieldGroup, Form};
use crate::problem::{Problem, ProblemCode};
use crate::visit::{Posted, Signed, done, show, show_refused};
use crate::{Area, Frame, Texts};

/// What can be recorded, by what it is about.
const GROUPS: [(&str, &[EventKind]); 5] = [
    (
        "firearm-events-holder",
        &[
            EventKind::Transfer,
            EventKind::Licence,
            EventKind::Legalisation,
        ],
    ),
    (
        "firearm-events-authority",
        &[EventKind::Find, EventKind::Surrender, EventKind::Seizure],
    ),
    (
        "firearm-events-border",
        &[EventKind::Import, EventKind::Export, EventKind::Transit],
    ),
    (
        "firearm-events-weapon",
        &[
            EventKind::Conversion,
            EventKind::Deactivation,
            EventKind::Reregistration,
        ],
    ),
    ("firearm-events-first", &[EventKind::Manufacture]),
];

/// The event that is asked for: its weapon, its kind, and which earlier one it corrects.
struct Asked {
    id: RecordId,
    kind: EventKind,
    corrects: Option<u32>,
}

impl Asked {
    fn read(id: &str, kind: &str, corrects: Option<&str>) -> Result<Self, Problem> {
        let unknown = || Problem::new(ProblemCode::NotFound);
        let kind = EventKind::parse(kind)
            .filter(|kind| EventKind::PLAIN.contains(kind) || *kind == EventKind::Correction);
        let corrects = corrects.filter(|text| !text.is_empty()).map(str::parse);
        Ok(Self {
            id: record_id(id)?,
            kind: kind.ok_or_else(unknown)?,
            corrects: corrects.transpose().map_err(|_| unknown())?,
        })
    }
}

/// Ways to the forms.
pub(super) fn ways(t: &Texts, id: RecordId, corrects: Option<u32>) -> Ways {
    let of = corrects.map_or_else(String::new, |of| format!("?corrects={of}"));
    let group = |(about, kinds): (&str, &[EventKind])| {
        let links = kinds.iter().map(|kind| {
            let word = terms::word(t, &["event"], kind.as_str());
            (format!("/firearms/{id}/events/{kind}{of}"), word)
        });
        (t.text(about), links.collect())
    };
    GROUPS.into_iter().map(group).collect()
}

/// Shows the form of an event.
pub(crate) async fn show_event(
    signed: Signed,
    Path((id, kind)): Path<(String, String)>,
) -> Result<Response, Problem> {
    signed.enter(Action::KeepFirearms)?;
    let corrects = signed.visit.query("corrects");
    let asked = Asked::read(&id, &kind, corrects.as_deref())?;
    let view = signed
        .state
        .app
        .view_firearm(signed.caller(), asked.id)
        .await?;
    let usual = usual(&signed, &view);
    let page = page(&signed, (&asked, &view), (&usual, &Wrong::new())).await?;
    Ok(show(&page))
}

/// The day as the register counts it, by UTC: a later one is refused.
fn today(signed: &Signed) -> Date {
    let now = signed.state.app.now();
    now.to_zoned_datetime(TimeZone::UTC).date()
}

/// What stands in the form before anything is filled in: today, the present holder, this authority.
fn usual(signed: &Signed, view: &FirearmView) -> Posted {
    let app = &signed.state.app;
    let mut fields = vec![
        ("on".to_owned(), day(today(signed))),
        ("authority".to_owned(), app.settings().authority.to_string()),
    ];
    if let Custody::With(holder) = &view.standing.custody {
        fields.push(("from_holder".to_owned(), holder.reference.clone()));
    }
    Posted::of(fields)
}

async fn page(
    signed: &Signed,
    (asked, view): (&Asked, &FirearmView),
    (posted, wrong): (&Posted, &Wrong),
) -> Result<SectionsPage, Problem> {
    let t = signed.t();
    let word = terms::word(t, &["event"], asked.kind.as_str());
    let frame = signed.frame(word.clone(), Some(Area::Firearms)).await;
    let mut sections = vec![weapon(&frame, asked.id, view)];
    if let Some(of) = asked.corrects {
        sections.push(corrected(&frame, view, of)?);
    }
    let fields = Fields {
        filler: Filler { t, posted, wrong },
        kind: asked.kind,
        corrects: asked.corrects.is_some(),
    };
    let means = match asked.kind {
        EventKind::Correction => {
            let of = asked.corrects.ok_or(Problem::new(ProblemCode::NotFound))?;
            let truth = Section::new("truth", t.text("firearm-truth"))
                .means(t.text("firearm-truth-means"))
                .ways(ways(t, asked.id, Some(of)));
            sections.push(truth);
            t.text("firearm-strike-means")
        }
        _ => t.text("firearm-act-event-means"),
    };
    let heading = match asked.kind {
        EventKind::Correction => t.text("firearm-strike"),
        _ => t.text("firearm-act-event"),
    };
    let action = format!("/firearms/{}/events/{}", asked.id, asked.kind);
    let by_two = asked.corrects.is_some_and(|of| view.firearm.needs_two(of));
    let submit = match asked.corrects {
        Some(_) if by_two => t.text("firearm-correct-propose"),
        Some(_) => t.text("firearm-correct-submit"),
        None => t.text("firearm-act-event-submit"),
    };
    let (what, holder) = fields.read();
    let form = match holder.is_empty() {
        true => {
            let whole = whole(wrong, &what);
            Form::new(t, action, what, submit, whole)
        }
        false => {
            let mut groups = vec![FieldGroup::new(word, what)];
            groups.extend(holder);
            let whole = whole_of(wrong, &groups);
            Form::grouped(t, action, groups, submit, whole)
        }
    };
    let mut form = form.csrf(frame.csrf());
    if let Some(of) = asked.corrects {
        form = form.hidden("corrects", of.to_string());
    }
    sections.push(Section::new("event", heading).means(means).form(form));
    Ok(SectionsPage {
        back: ("/firearms", t.text("firearms-title")),
        notice: None,
        sections,
        frame,
    })
}

/// Which weapon it is about, and where it is.
fn weapon(frame: &Frame, id: RecordId, view: &FirearmView) -> Section {
    let t = frame.t;
    let what = &view.firearm.particulars;
    let custody = &view.standing.custody;
    let mut facts = Facts::new()
        .with(
            t.text("firearm-what"),
            Cell::link(format!("/firearms/{id}"), what.display_name()),
        )
        .with(t.text("column-custody"), custody_cell(t, custody.as_str()));
    if let Custody::With(holder) = custody {
        let kind = terms::word(t, &["holder"], holder.kind.as_str());
        facts = facts.with(
            t.text("firearm-holder-now"),
            Cell::Text(format!("{kind}, {}", holder.reference)),
        );
    }
    Section::new("weapon", t.text("firearm-label-back")).facts(facts)
}

/// The event that is corrected, as it was recorded.
fn corrected(frame: &Frame, view: &FirearmView, of: u32) -> Result<Section, Problem> {
    let t = frame.t;
    let place = usize::try_from(of).ok().and_then(|of| of.checked_sub(1));
    let entry = place.and_then(|place| view.firearm.life.get(place));
    let by_two = view.firearm.needs_two(of);
    let entry = entry
        .filter(|entry| entry.event.kind() != EventKind::Correction)
        .ok_or(Problem::new(ProblemCode::NotFound))?;
    let word = terms::word(t, &["event"], entry.event.kind().as_str());
    let facts = Facts::new()
        .with(t.text("firearm-number"), Cell::Text(of.to_string()))
        .with(t.text("firearm-event"), Cell::Text(word))
        .with(t.text("column-on"), Cell::Text(day(entry.on)))
        .with(t.text("column-said"), Cell::Text(says(t, &entry.event)))
        .with(t.text("column-by"), Cell::Text(entry.by.to_string()));
    let section = Section::new("corrected", t.text("firearm-is-corrected")).facts(facts);
    Ok(match by_two {
        true => section.means(t.text("firearm-corrected-by-two")),
        false => section,
    })
}

/// The fields of a kind of event.
struct Fields<'a> {
    filler: Filler<'a>,
    kind: EventKind,
    corrects: bool,
}

impl Fields<'_> {
    /// What is asked of the event, and what of its holder.
    fn read(&self) -> (Vec<Field>, Vec<FieldGroup>) {
        let t = self.filler.t;
        let mut what = Vec::new();
        let mut holder = Vec::new();
        if self.kind != EventKind::Correction {
            what.push(self.filler.line("on", "column-on").required());
        }
        for field in self.kind.fields() {
            match field {
                EventField::Holder => holder = self.holder(),
                field => what.push(self.field(*field)),
            }
        }
        if self.corrects {
            let reason = self.filler.area("reason", "firearm-correct-reason");
            what.push(reason.required());
        }
        let mut groups = Vec::new();
        if !holder.is_empty() {
            groups.push(FieldGroup::new(t.text("firearm-holder-then"), holder));
            let named = vec![
                self.filler.line("holder_name", "firearm-holder-name"),
                self.filler.line("holder_address", "firearm-holder-address"),
            ];
            groups.push(FieldGroup::new(t.text("firearm-holder-named"), named).folded());
        }
        (what, groups)
    }

    fn holder(&self) -> Vec<Field> {
        let kinds = holder_kinds(self.filler.t);
        let number = self.filler.line("holder", "firearm-holder-number");
        vec![
            self.filler
                .choice("holder_kind", "firearm-holder-kind", kinds),
            self.needed(EventField::Holder, number),
        ]
    }

    fn field(&self, field: EventField) -> Field {
        let key = self.key(field);
        let made = match field {
            EventField::Holder => self.filler.line("holder", key),
            EventField::HolderBefore => self.filler.line("from_holder", key),
            EventField::From => self.filler.line("from_country", key),
            EventField::To => self.filler.line("to_country", key),
            EventField::Number => self.filler.line("number", key),
            EventField::Until => self.filler.line("until", key),
            EventField::Consignee => self.filler.line("consignee", key),
            EventField::Authority => self.filler.line("authority", key),
            EventField::Circumstances => self.filler.area("circumstances", key),
        };
        self.needed(field, made)
    }

    fn needed(&self, field: EventField, made: Field) -> Field {
        match self.kind.needs(field) {
            true => made.required(),
            false => made,
        }
    }

    /// What the field is called in this form.
    const fn key(&self, field: EventField) -> &'static str {
        match (field, self.kind) {
            (EventField::Holder, _) => "firearm-holder-number",
            (EventField::HolderBefore, _) => "firearm-from-holder",
            (EventField::From, _) => "firearm-from-country",
            (EventField::To, _) => "firearm-to-country",
            (EventField::Number, EventKind::Deactivation) => "firearm-certificate",
            (EventField::Number, EventKind::Reregistration) => "firearm-registered-as",
            (EventField::Number, _) => "firearm-licence",
            (EventField::Until, _) => "firearm-until",
            (EventField::Consignee, _) => "firearm-consignee",
            (EventField::Authority, _) => "firearm-event-authority",
            (EventField::Circumstances, EventKind::Conversion) => "firearm-change",
            (EventField::Circumstances, _) => "firearm-circumstances",
        }
    }
}

/// Records an event.
pub(crate) async fn record(
    signed: Signed,
    Path((id, kind)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Problem> {
    signed.enter(Action::KeepFirearms)?;
    let asked = Asked::read(&id, &kind, Some(posted.text("corrects").as_str()))?;
    let (app, caller, t) = (&signed.state.app, signed.caller(), signed.t());
    let view = app.view_firearm(caller, asked.id).await?;
    let wrong = match read(&asked, &view, &posted, t) {
        Ok((event, on)) => {
            let on = on.unwrap_or_else(|| today(&signed));
            match put(&signed, caller, (&asked, &view), (event, on)).await {
                Ok(notice) => return Ok(done(&format!("/firearms/{}", asked.id), notice)),
                Err(error) => named(wrong_in_words(t, error)?),
            }
        }
        Err(wrong) => wrong,
    };
    let page = page(&signed, (&asked, &view), (&posted, &wrong)).await?;
    Ok(show_refused(&page))
}

/// Records the event; a correction of what two officers signed is proposed to another one.
async fn put(
    signed: &Signed,
    caller: &Caller,
    (asked, view): (&Asked, &FirearmView),
    (event, on): (Event, Date),
) -> Result<&'static str, AppError> {
    let app = &signed.state.app;
    match event {
        Event::Correction {
            of,
            instead,
            on,
            reason,
            ..
        } if view.firearm.needs_two(of) => {
            let correction = NewCorrection {
                of,
                instead: instead.map(|event| *event),
                on,
                reason,
            };
            app.propose_correction(caller, asked.id, correction).await?;
            Ok("firearm-propose-correction")
        }
        event => {
            app.record_event(caller, asked.id, event, on).await?;
            Ok("firearm-event")
        }
    }
}

/// What is wrong under the names of these forms.
fn named(wrong: Wrong) -> Wrong {
    let name = |field: String| match field.as_str() {
        "licence" | "certificate" => "number".to_owned(),
        "change" => "circumstances".to_owned(),
        _ => field,
    };
    let wrong = wrong.into_iter();
    wrong.map(|(field, text)| (name(field), text)).collect()
}

/// The event and its day; a correction that strikes an event has none of its own.
fn read(
    asked: &Asked,
    view: &FirearmView,
    posted: &Posted,
    t: &Texts,
) -> Result<(Event, Option<Date>), Wrong> {
    let mut wrong = Wrong::new();
    let strikes = asked.kind == EventKind::Correction;
    let on = read_day(&posted.text("on"));
    if on.is_none() && !strikes {
        wrong.insert("on".to_owned(), t.text("day-invalid"));
    }
    let event = match strikes {
        true => None,
        false => draft(posted, t, &mut wrong)
            .read(asked.kind, &view.standing.custody)
            .map_err(|refused| {
                let field = refused.field().to_owned();
                wrong
                    .entry(field)
                    .or_insert_with(|| t.text("firearm-field-missing"));
            })
            .ok(),
    };
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let Some(of) = asked.corrects else {
        return match event {
            Some(event) => Ok((event, on)),
            None => Err(Wrong::from([(
                String::new(),
                t.text("firearm-event-missing"),
            )])),
        };
    };
    let reason = posted.text("reason");
    let truth = on.filter(|_| !strikes);
    let on = truth.unwrap_or_else(|| entry_day(view, of));
    let correction = Event::Correction {
        of,
        instead: event.map(Box::new),
        on,
        reason,
        first: None,
    };
    Ok((correction, truth))
}

/// The day of an event; the first of all days where there is none: what corrects it is refused.
fn entry_day(view: &FirearmView, of: u32) -> Date {
    let place = usize::try_from(of).ok().and_then(|of| of.checked_sub(1));
    let entry = place.and_then(|place| view.firearm.life.get(place));
    entry.map_or(Date::ZERO, |entry| entry.on)
}

fn draft(posted: &Posted, t: &Texts, wrong: &mut Wrong) -> EventDraft {
    let mut say = |field: &str, key: &str| {
        wrong.insert(field.to_owned(), t.text(key));
    };
    let mut country = |field: &str| {
        let text = posted.some(field)?;
        let read = text.to_uppercase().parse();
        if read.is_err() {
            say(field, "firearm-country-invalid");
        }
        read.ok()
    };
    let (from, to) = (country("from_country"), country("to_country"));
    let authority = posted.some("authority").and_then(|text| {
        let read = text.parse();
        if read.is_err() {
            say("authority", "firearm-authority-invalid");
        }
        read.ok()
    });
    let until = posted.some("until").and_then(|text| {
        let read = read_day(&text);
        if read.is_none() {
            say("until", "day-invalid");
        }
        read
    });
    EventDraft {
        holder: posted.some("holder").map(|_| read_holder(posted)),
        from_holder: posted.some("from_holder"),
        from,
        to,
        number: posted.text("number"),
        until,
        consignee: posted.some("consignee"),
        authority,
        circumstances: posted.text("circumstances"),
    }
}
