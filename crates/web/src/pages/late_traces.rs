//! Answers to traces that are late: in the inbox and on the list, with the reminder that the node
//! proposes; and for whoever supervises, without a word on the weapon.

use askama::Template;
use egnatia_app::{Action, LateTraceView, TraceView};
use egnatia_firearms::LateTrace;
use egnatia_record::RecordId;

use super::firearm_sections::Section;
use super::terms;
use crate::parts::{Cell, Clock, Empty, Form, Table, Tone};
use crate::problem::Problem;
use crate::visit::Signed;
use crate::{Frame, Texts};

/// Traces to which somebody is late.
#[derive(Debug, Template)]
#[template(path = "parts/late_traces.html")]
pub struct LateList {
    t: &'static Texts,
    lines: Vec<LateLine>,
}

/// One trace.
#[derive(Debug)]
struct LateLine {
    href: String,
    name: String,
    /// Who is late, since when.
    hops: Vec<(String, Clock)>,
    /// That whoever supervises was told.
    escalated: Option<String>,
    /// When they were reminded last.
    reminded: Option<String>,
    /// What the node proposes.
    form: Option<Form>,
}

impl LateList {
    /// What is late, as far as it is for the caller; absent where nothing is.
    pub(super) async fn of(signed: &Signed, frame: &Frame) -> Result<Option<Self>, Problem> {
        if !signed.offers(Action::ViewFirearms) {
            return Ok(None);
        }
        let late = signed.state.app.late_traces(signed.caller()).await;
        let late = terms::unless_forbidden(late)?.unwrap_or_default();
        let lines: Vec<LateLine> = late.iter().map(|view| line(signed, frame, view)).collect();
        Ok((!lines.is_empty()).then_some(Self { t: frame.t, lines }))
    }

    fn heading(&self) -> String {
        let count = u64::try_from(self.lines.len()).unwrap_or(u64::MAX);
        self.t.count("late-traces", count)
    }
}

fn line(signed: &Signed, frame: &Frame, view: &LateTraceView) -> LateLine {
    let t = frame.t;
    let hops = view.hops.iter().map(|hop| {
        let times = (hop.since, hop.due_at, frame.now());
        let clock = Clock::new(t, &frame.node.zone, times, None);
        (
            terms::authority(&signed.state.app, t, &hop.authority),
            clock,
        )
    });
    let form = view.may_remind.then(|| remind(frame, view.trace));
    let reminded = view.reminded_at.map(|at| frame.moment(at).text);
    LateLine {
        href: format!("/traces/{}", view.trace),
        name: view.name.clone(),
        hops: hops.collect(),
        escalated: view.is_escalated().then(|| t.text("late-trace-escalated")),
        reminded: reminded.map(|at| t.with("late-trace-reminded", "at", at)),
        form,
    }
}

/// The button that sends the reminder.
pub(super) fn remind(frame: &Frame, trace: RecordId) -> Form {
    let t = frame.t;
    let submit = t.text("trace-act-remind-submit");
    Form::new(
        t,
        format!("/traces/{trace}/remind"),
        Vec::new(),
        submit,
        None,
    )
    .csrf(frame.csrf())
}

/// Who is late, and the reminder that the node proposes.
pub(super) fn section(
    signed: &Signed,
    frame: &Frame,
    (id, view): (RecordId, &TraceView),
    said: Option<String>,
) -> Option<Section> {
    let t = signed.t();
    let late = view.late(frame.now());
    let names = late
        .iter()
        .map(|hop| terms::authority(&signed.state.app, t, &hop.authority));
    let names = names.collect::<Vec<_>>().join(", ");
    let Some(first) = late.iter().min_by_key(|hop| hop.due_at) else {
        return Some(Section::new("remind", t.text("trace-act-remind")).means(said?));
    };
    let times = (first.since, first.due_at, frame.now());
    let clock = Clock::new(t, &frame.node.zone, times, None);
    let section = Section::new("remind", t.with("trace-late", "who", names)).clock(Some(clock));
    let now_allowed = view.may_change && view.trace.clone().remind(frame.now()).is_ok();
    Some(match (said, now_allowed) {
        (Some(text), _) => section.means(text),
        (None, true) => section
            .means(t.text("trace-act-remind-means"))
            .form(remind(frame, id)),
        (None, false) => match view.trace.reminded_at {
            Some(at) => section.means(t.with("late-trace-reminded", "at", frame.moment(at).text)),
            None => section.means(t.text("trace-late-means")),
        },
    })
}

/// What was put to whoever supervises; absent where nothing is.
pub(super) async fn escalated(signed: &Signed, frame: &Frame) -> Result<Option<Table>, Problem> {
    let noted = signed.state.app.escalated_traces(signed.caller()).await?;
    let t = frame.t;
    let columns = &["audit-object", "hop-who", "hop-clock", "late-trace-told"];
    let rows: Vec<Vec<Cell>> = noted
        .iter()
        .flat_map(|noted| rows_of(signed, frame, noted))
        .collect();
    let table = Table::new(
        t,
        t.text("late-traces-escalated"),
        columns,
        Empty::default(),
    );
    Ok((!rows.is_empty()).then(|| table.rows(rows)))
}

fn rows_of(signed: &Signed, frame: &Frame, noted: &LateTrace) -> Vec<Vec<Cell>> {
    let t = frame.t;
    let trace = noted.trace.to_string();
    let short: String = trace.chars().take(8).collect();
    let hops = noted
        .open()
        .filter_map(|hop| Some((hop, hop.escalated_at?)));
    hops.map(|(hop, told_at)| {
        let times = (hop.since, hop.due_at, frame.now());
        let clock = Clock::new(t, &frame.node.zone, times, None);
        vec![
            Cell::link(
                format!("/audit?object={trace}"),
                t.with("late-trace-of", "id", short.as_str()),
            ),
            Cell::tag(
                Tone::Against,
                terms::authority(&signed.state.app, t, &hop.authority),
            ),
            Cell::Clock(Box::new(clock)),
            Cell::Time(frame.moment(told_at)),
        ]
    })
    .collect()
}
