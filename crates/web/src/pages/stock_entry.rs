//! A movement is entered: made for a scanner that types. One field takes a code, and Enter adds the
//! line; what was added travels with the form.

use std::num::NonZeroU64;

use askama::Template;
use axum::response::Response;
use egnatia_app::{Action, AppError, NewMovement};
use egnatia_stockpile::{AccountId, GoodsId, Line, MovementId, MovementKind, Remark};

use super::alert_form::{Filler, Wrong};
use super::firearm_fields::words;
use super::firearm_report::read_instant;
use super::firearm_sections::wrong_of;
use super::stock_words::{Names, account, goods_name, names, wrong_at};
use crate::parts::{Field, FieldKind, FormErrors};
use crate::problem::Problem;
use crate::visit::{Posted, Signed, done, show, show_refused};
use crate::{Area, Frame, Texts};

/// Lines that one form carries.
const LINES_MAX: usize = 200;

/// What a person enters. Losses follow from cases, openings from a ledger, reversals from a movement.
const KINDS: [MovementKind; 7] = [
    MovementKind::Receipt,
    MovementKind::Issue,
    MovementKind::Return,
    MovementKind::Transfer,
    MovementKind::Expenditure,
    MovementKind::Recovery,
    MovementKind::Destruction,
];

/// The form of a movement.
#[derive(Debug, Template)]
#[template(path = "stock_entry.html")]
pub struct EntryPage {
    frame: Frame,
    errors: FormErrors,
    id: String,
    /// What happens, between which accounts.
    what: Vec<Field>,
    code: Field,
    quantity: Field,
    /// Which of several things with the number is meant.
    which: Option<Field>,
    /// Whether the code is unknown, and its goods may be registered.
    unknown: Option<String>,
    lines: Vec<EntryLine>,
    /// The paper, the time, a remark.
    beside: Vec<Field>,
}

/// A line of the form.
#[derive(Debug, Clone)]
pub struct EntryLine {
    goods: GoodsId,
    quantity: NonZeroU64,
    /// Where it is, where that is one place.
    from: Option<AccountId>,
    name: String,
    /// What that place is called.
    place: String,
}

impl EntryLine {
    /// The line as the form carries it.
    fn value(&self) -> String {
        let from = self
            .from
            .map_or_else(|| "-".to_owned(), |id| id.to_string());
        format!("{} {} {from} {}", self.goods, self.quantity, self.name)
    }

    fn read(text: &str, t: &Texts, names: &Names) -> Option<Self> {
        let mut parts = text.splitn(4, ' ');
        let (goods, quantity) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        let from = parts.next()?.parse().ok();
        let place = from.map(|from| account(t, names, from));
        Some(Self {
            goods,
            quantity,
            from,
            name: parts.next()?.to_owned(),
            place: place.unwrap_or_default(),
        })
    }
}

/// A form as it stands: what was filled in, the lines, what is wrong.
struct Entry {
    posted: Posted,
    lines: Vec<EntryLine>,
    wrong: Wrong,
    which: Vec<(String, String)>,
}

/// Shows the form of a new movement.
pub(crate) async fn show_new(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::MoveStock)?;
    let names = names(&signed).await?;
    let asked = ["kind", "from", "to", "reference"].into_iter();
    let asked = asked.map(|name| {
        (
            name.to_owned(),
            signed.visit.query(name).unwrap_or_default(),
        )
    });
    let mut entry = Entry {
        posted: Posted::of(asked.collect()),
        lines: Vec::new(),
        wrong: Wrong::new(),
        which: Vec::new(),
    };
    if let Some(goods) = signed.visit.query("goods") {
        add(&signed, &names, &mut entry, (&goods, NonZeroU64::MIN)).await?;
    }
    Ok(show(&page(&signed, &names, &entry).await))
}

/// Adds a line, takes one away, or enters the movement.
pub(crate) async fn take(signed: Signed, posted: Posted) -> Result<Response, Problem> {
    signed.enter(Action::MoveStock)?;
    let t = signed.t();
    let names = names(&signed).await?;
    let lines = posted.all("line").into_iter();
    let lines = lines.filter_map(|text| EntryLine::read(text, t, &names));
    let mut entry = Entry {
        lines: lines.take(LINES_MAX).collect(),
        wrong: Wrong::new(),
        which: Vec::new(),
        posted,
    };
    if let Ok(gone) = entry.posted.raw("remove").parse::<usize>() {
        if gone < entry.lines.len() {
            entry.lines.remove(gone);
        }
        return Ok(show(&page(&signed, &names, &entry).await));
    }
    let code = entry
        .posted
        .some("which")
        .or_else(|| entry.posted.some("code"));
    if let Some(code) = code {
        match entry
            .posted
            .some("quantity")
            .unwrap_or_else(|| "1".to_owned())
            .parse()
        {
            Ok(quantity) => add(&signed, &names, &mut entry, (&code, quantity)).await?,
            Err(_) => entry.wrong = wrong_at("quantity", t, "stock-quantity-invalid"),
        }
    } else if entry.posted.raw("do") == "enter" {
        match enter(&signed, &entry).await? {
            Ok(response) => return Ok(response),
            Err(wrong) => entry.wrong = wrong,
        }
    }
    let page = page(&signed, &names, &entry).await;
    Ok(match entry.wrong.is_empty() {
        true => show(&page),
        false => show_refused(&page),
    })
}

/// Adds what has this code to the lines; of a lot that is there already it adds the quantity.
async fn add(
    signed: &Signed,
    names: &Names,
    entry: &mut Entry,
    (code, quantity): (&str, NonZeroU64),
) -> Result<(), Problem> {
    let (app, caller, t) = (&signed.state.app, signed.caller(), signed.t());
    let mut found = app.find_goods(caller, code).await?;
    let wrong = |key: &str| wrong_at("code", t, key);
    let (id, goods) = match (found.pop(), found.is_empty()) {
        (Some(only), true) => only,
        (Some(last), false) => {
            let all = found.into_iter().chain([last]);
            entry.which = all
                .map(|(id, goods)| (id.to_string(), goods_name(&goods)))
                .collect();
            entry.wrong = wrong_at("which", t, "stock-code-several");
            return Ok(());
        }
        (None, _) => {
            entry.wrong = wrong("stock-code-unknown");
            return Ok(());
        }
    };
    if let Some(line) = entry.lines.iter_mut().find(|line| line.goods == id) {
        match line.quantity.checked_add(quantity.get()) {
            Some(sum) if !goods.is_serialised() => line.quantity = sum,
            _ => entry.wrong = wrong("stock-code-twice"),
        }
    } else if entry.lines.len() >= LINES_MAX {
        entry.wrong = wrong("stock-lines-many");
    } else {
        let places = app.stock_places_of(caller, id).await?;
        let from = match places.as_slice() {
            [only] => Some(*only),
            _ => None,
        };
        entry.lines.push(EntryLine {
            goods: id,
            quantity: match goods.is_serialised() {
                true => NonZeroU64::MIN,
                false => quantity,
            },
            place: from.map(|from| account(t, names, from)).unwrap_or_default(),
            from,
            name: goods_name(&goods),
        });
    }
    Ok(())
}

async fn page(signed: &Signed, names: &Names, entry: &Entry) -> EntryPage {
    let t = signed.t();
    let frame = signed
        .frame(t.text("stock-movement-new"), Some(Area::Stores))
        .await;
    let (posted, wrong) = (&entry.posted, &entry.wrong);
    let filler = Filler { t, posted, wrong };
    let accounts = |empty: &str| {
        let mut all: Vec<(String, String)> = names
            .iter()
            .filter(|(id, _)| ends_fixed().iter().all(|fixed| fixed != *id))
            .map(|(id, name)| (id.to_string(), name.clone()))
            .collect();
        all.sort_by(|a, b| a.1.cmp(&b.1));
        all.insert(0, (String::new(), t.text(empty)));
        all
    };
    let kinds = words(t, "stock-kind", KINDS.iter().map(|kind| kind.as_str()));
    let what = vec![
        filler.choice("kind", "stock-kind", kinds),
        filler.choice("from", "stock-from", accounts("stock-from-books")),
        filler.choice("to", "stock-to", accounts("choose")),
    ];
    // What was added is gone from the field; what was refused stays, to be put right.
    let code = filler
        .line("code", "stock-code")
        .kind(FieldKind::Exact)
        .first();
    let quantity = filler.line("quantity", "stock-quantity");
    let (code, quantity) = match wrong.contains_key("code") || wrong.contains_key("quantity") {
        true => (code, quantity),
        false => (code.value(""), quantity.value("1")),
    };
    let is_unknown = wrong.get("code") == Some(&t.text("stock-code-unknown"));
    let unknown =
        is_unknown.then(|| format!("/stock-goods/new?number={}", crate::encode(&code.value)));
    let which = (!entry.which.is_empty()).then(|| {
        filler
            .choice("which", "stock-which", entry.which.clone())
            .value("")
    });
    let beside = vec![
        filler.line("reference", "stock-reference"),
        filler.line("effective", "stock-effective-at"),
        filler.area("remark", "stock-remark"),
    ];
    let id = posted
        .some("id")
        .filter(|id| id.parse::<MovementId>().is_ok());
    let id = id.unwrap_or_else(|| signed.state.app.stock_form_id(signed.caller()).to_string());
    let fields: Vec<&Field> = what
        .iter()
        .chain([&code, &quantity])
        .chain(&which)
        .chain(&beside)
        .collect();
    let known = |name: &String| fields.iter().any(|field| field.name == name.as_str());
    let others = wrong.iter().filter(|(name, _)| !known(name));
    let whole: Vec<&str> = others.map(|(_, text)| text.as_str()).collect();
    let whole = (!whole.is_empty()).then(|| whole.join(" "));
    EntryPage {
        errors: FormErrors::new(t, &fields, whole),
        frame,
        id,
        what,
        code,
        quantity,
        which,
        unknown,
        lines: entry.lines.clone(),
        beside,
    }
}

const fn ends_fixed() -> [AccountId; 4] {
    [
        AccountId::OUTSIDE,
        AccountId::EXPENDED,
        AccountId::DESTROYED,
        AccountId::LOST,
    ]
}

/// The ends of a movement that its kind decides: from, to.
const fn ends(kind: MovementKind) -> (Option<AccountId>, Option<AccountId>) {
    match kind {
        MovementKind::Receipt => (Some(AccountId::OUTSIDE), None),
        MovementKind::Recovery => (Some(AccountId::LOST), None),
        MovementKind::Expenditure => (None, Some(AccountId::EXPENDED)),
        MovementKind::Destruction => (None, Some(AccountId::DESTROYED)),
        _ => (None, None),
    }
}

/// Enters the movement; or what is wrong with it.
async fn enter(signed: &Signed, entry: &Entry) -> Result<Result<Response, Wrong>, Problem> {
    let new = match read(signed, entry) {
        Ok(new) => new,
        Err(wrong) => return Ok(Err(wrong)),
    };
    let app = &signed.state.app;
    match app.enter_movement(signed.caller(), new).await {
        Ok(view) => {
            let what = match view.row.waits() {
                true => "stock-waits",
                false => "stock-posted",
            };
            let path = format!("/stock-movements/{}", view.row.movement.id);
            Ok(Ok(done(&path, what)))
        }
        Err(AppError::Conflict(text)) => Ok(Err(named(&text, &entry.lines))),
        Err(error) => {
            let wrong = wrong_of(error)?;
            // What a store cannot hold is about the movement, not about the line that is typed.
            let about = |name: String| match name.as_str() {
                "quantity" => "lines".to_owned(),
                _ => name,
            };
            let wrong = wrong.into_iter().map(|(name, text)| (about(name), text));
            Ok(Err(wrong.collect()))
        }
    }
}

/// A refusal of the books, with the name of the line in place of its number.
fn named(text: &str, lines: &[EntryLine]) -> Wrong {
    let line = text.strip_prefix("line ").and_then(|rest| {
        let (number, problem) = rest.split_once(": ")?;
        let line = lines.get(number.parse::<usize>().ok()?)?;
        Some(format!("{}: {problem}", line.name))
    });
    let text = line.unwrap_or_else(|| crate::words::sentence(text));
    Wrong::from([("lines".to_owned(), text)])
}

fn read(signed: &Signed, entry: &Entry) -> Result<NewMovement, Wrong> {
    let (t, posted) = (signed.t(), &entry.posted);
    let mut wrong = Wrong::new();
    let mut say = |field: &str, key: &str| {
        wrong.insert(field.to_owned(), t.text(key));
    };
    let kind = posted.raw("kind").parse::<MovementKind>().ok();
    let kind = kind.filter(|kind| KINDS.contains(kind));
    let kind = kind.unwrap_or(MovementKind::Transfer);
    let chosen = |field: &str| posted.raw(field).parse::<AccountId>().ok();
    let (from, to) = ends(kind);
    let (from, to) = (from.or_else(|| chosen("from")), to.or_else(|| chosen("to")));
    if to.is_none() {
        say("to", "stock-to-missing");
    }
    if entry.lines.is_empty() {
        say("code", "stock-lines-missing");
    }
    let mut lines = Vec::with_capacity(entry.lines.len());
    for line in &entry.lines {
        match (from.or(line.from), to) {
            (Some(from), Some(to)) => lines.push(Line {
                kind,
                goods: line.goods,
                from,
                to,
                quantity: line.quantity,
            }),
            (None, _) => say("from", "stock-from-missing"),
            (_, None) => {}
        }
    }
    let effective = posted.some("effective");
    let effective_at = effective
        .as_ref()
        .and_then(|text| read_instant(text, &signed.state.node.zone));
    if effective.is_some() && effective_at.is_none() {
        say("effective", "instant-invalid");
    }
    let remark = posted.some("remark").map(Remark::try_from);
    if matches!(remark, Some(Err(_))) {
        say("remark", "stock-reason-invalid");
    }
    if posted.text("reference").is_empty() {
        say("reference", "stock-reference-missing");
    }
    match wrong.is_empty() {
        true => Ok(NewMovement {
            id: posted.raw("id").parse().ok(),
            lines,
            effective_at,
            reference: posted.text("reference"),
            remark: remark.and_then(Result::ok),
        }),
        false => Err(wrong),
    }
}
