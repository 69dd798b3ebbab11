//! A destruction is planned: what stands in the stores is found and paged through, all of a lot or so
//! many of it are taken into the plan, and what was taken travels with the form.

use std::collections::BTreeMap;
use std::num::NonZeroU64;

use askama::Template;
use axum::response::Response;
use egnatia_app::{Action, NewDisposal};
use egnatia_stockpile::{AccountId, Condition, DisposalLine, GoodsId};

use super::alert_form::{Filler, Wrong};
use super::firearm_fields::read_day;
use super::firearm_sections::wrong_of;
use super::stock_words::{goods_name, read_reason, wrong_at};
use crate::parts::{Field, FormErrors};
use crate::problem::Problem;
use crate::visit::{Posted, Signed, done, show, show_refused};
use crate::{Area, Frame, Texts, words};

/// Rows of one page of what may be chosen.
const PAGE: usize = 40;
/// Lines that one form carries: as many as a plan has.
const LINES_MAX: usize = 500;

/// Something in a place.
type Side = (GoodsId, AccountId);

/// The form of a plan.
#[derive(Debug, Template)]
#[template(path = "disposal_new.html")]
pub struct DisposalNewPage {
    frame: Frame,
    errors: FormErrors,
    /// What the plan is called, why, how, until when.
    fields: Vec<Field>,
    find: Field,
    rows: Vec<Row>,
    /// How many there are that fit what was looked for, in words.
    found: String,
    page: usize,
    /// The pages before and after this one.
    before: Option<usize>,
    after: Option<usize>,
    lines: Vec<Row>,
}

/// Something in a place, with how many of it are in the plan.
#[derive(Debug, Clone)]
pub struct Row {
    side: Side,
    name: String,
    place: String,
    held: u64,
    /// Whether it waits to be destroyed.
    waits: bool,
    planned: Option<NonZeroU64>,
    /// What was filled in, where it cannot be.
    amount: String,
}

impl Row {
    fn key(&self) -> String {
        format!("{} {}", self.side.0, self.side.1)
    }

    fn is_wrong(&self) -> bool {
        !self.amount.is_empty()
    }
}

/// What is in the plan, in the order in which it was taken.
#[derive(Default)]
struct Plan {
    lines: Vec<(Side, NonZeroU64)>,
    wrong: Wrong,
    /// Amounts that cannot be, as they were filled in.
    amounts: BTreeMap<Side, String>,
}

fn side(text: &str) -> Option<Side> {
    let (goods, from) = text.split_once(' ')?;
    Some((goods.parse().ok()?, from.parse().ok()?))
}

impl Plan {
    fn put(&mut self, side: Side, quantity: NonZeroU64, t: &Texts) {
        if let Some(line) = self.lines.iter_mut().find(|(of, _)| *of == side) {
            line.1 = quantity;
        } else if self.lines.len() < LINES_MAX {
            self.lines.push((side, quantity));
        } else {
            self.wrong = wrong_at("lines", t, "disposal-lines-many");
        }
    }

    /// What the form carries, and what was filled in on this page of it.
    fn of(posted: &Posted, stock: &BTreeMap<Side, Row>, t: &'static Texts) -> Self {
        let mut plan = Self::default();
        for text in posted.all("line") {
            let parts = text.rsplit_once(' ');
            let read = parts.and_then(|(of, many)| Some((side(of)?, many.parse().ok()?)));
            if let Some((of, many)) = read {
                plan.put(of, many, t);
            }
        }
        let rows = posted.all("row").into_iter().zip(posted.all("amount"));
        for (text, amount) in rows.filter(|(_, amount)| !amount.trim().is_empty()) {
            let Some(of) = side(text) else { continue };
            let held = stock.get(&of).map_or(0, |row| row.held);
            match amount.trim().parse::<NonZeroU64>() {
                Ok(many) if many.get() <= held => plan.put(of, many, t),
                _ => {
                    let name = stock.get(&of).map_or("", |row| row.name.as_str());
                    let text = t.with_all(
                        "disposal-amount-invalid",
                        &[("held", words::quantity(held)), ("name", name.to_owned())],
                    );
                    plan.wrong.insert("lines".to_owned(), text);
                    plan.amounts.insert(of, amount.trim().to_owned());
                }
            }
        }
        for text in posted.all("lines") {
            let of = side(text);
            let held = of.and_then(|of| NonZeroU64::new(stock.get(&of)?.held));
            match (of, held) {
                (Some(of), Some(held)) => plan.put(of, held, t),
                _ => plan.wrong = wrong_at("lines", t, "disposal-lines-gone"),
            }
        }
        plan
    }
}

/// Everything that stands in a store.
async fn stock(signed: &Signed) -> Result<BTreeMap<Side, Row>, Problem> {
    let app = &signed.state.app;
    let mut found = BTreeMap::new();
    for site in app.stock_sites(signed.caller()).await? {
        for store in site.site.stores() {
            let view = app.stock_store(signed.caller(), store.account).await?;
            for line in view.places {
                for of in line.held {
                    let (Some(goods), Ok(held @ 1..)) = (of.goods, u64::try_from(of.row.quantity))
                    else {
                        continue;
                    };
                    let side = (of.row.goods, of.row.account);
                    let row = Row {
                        side,
                        name: goods_name(&goods),
                        place: format!("{} / {}", view.site_name, line.place.code),
                        held,
                        waits: goods.condition == Condition::ForDestruction,
                        planned: None,
                        amount: String::new(),
                    };
                    found.insert(side, row);
                }
            }
        }
    }
    Ok(found)
}

/// Shows the form of a new plan.
pub(crate) async fn show_new(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::ManageStock)?;
    let stock = stock(&signed).await?;
    let page = page(&signed, &stock, (&Posted::default(), &Plan::default())).await;
    Ok(show(&page))
}

/// Takes lines into the plan or out of it, shows other things to choose from, or plans.
pub(crate) async fn plan(signed: Signed, posted: Posted) -> Result<Response, Problem> {
    signed.enter(Action::ManageStock)?;
    let t = signed.t();
    let stock = stock(&signed).await?;
    let mut plan = Plan::of(&posted, &stock, t);
    if let Some(gone) = side(posted.raw("remove")) {
        plan.lines.retain(|(of, _)| *of != gone);
    }
    let goes_on = ["do", "go", "remove"].iter().all(|name| {
        let value = posted.raw(name);
        value.is_empty() || value == "plan"
    });
    if goes_on && plan.wrong.is_empty() {
        match read_plan(&posted, &plan, t) {
            Ok(new) => match signed.state.app.plan_disposal(signed.caller(), new).await {
                Ok(id) => return Ok(done(&format!("/disposals/{id}"), "disposal")),
                Err(error) => plan.wrong = wrong_of(error)?,
            },
            Err(wrong) => plan.wrong = wrong,
        }
    }
    let is_wrong = !plan.wrong.is_empty();
    let page = page(&signed, &stock, (&posted, &plan)).await;
    Ok(match is_wrong {
        true => show_refused(&page),
        false => show(&page),
    })
}

fn read_plan(posted: &Posted, plan: &Plan, t: &Texts) -> Result<NewDisposal, Wrong> {
    let reason = read_reason(posted, "reason", t)?;
    let due_on = read_day(&posted.text("due_on"));
    let due_on = due_on.ok_or_else(|| wrong_at("due_on", t, "day-invalid"))?;
    if plan.lines.is_empty() {
        return Err(wrong_at("lines", t, "disposal-lines-missing"));
    }
    let lines = plan
        .lines
        .iter()
        .map(|((goods, from), quantity)| DisposalLine {
            goods: *goods,
            from: *from,
            quantity: *quantity,
        });
    Ok(NewDisposal {
        name: posted.text("name"),
        reason,
        method: posted.text("method"),
        due_on,
        lines: lines.collect(),
    })
}

async fn page(
    signed: &Signed,
    stock: &BTreeMap<Side, Row>,
    (posted, plan): (&Posted, &Plan),
) -> DisposalNewPage {
    let t = signed.t();
    let title = t.text("disposal-new");
    let frame = signed.frame(title, Some(Area::Stores)).await;
    let wrong = &plan.wrong;
    let filler = Filler { t, posted, wrong };
    let fields = vec![
        filler.line("name", "disposal-name").required().first(),
        filler.area("reason", "disposal-why").required(),
        filler.line("method", "disposal-method").required(),
        filler.line("due_on", "disposal-due-on").required(),
    ];
    let find = filler.line("find", "disposal-find");
    let planned: BTreeMap<Side, NonZeroU64> = plan.lines.iter().copied().collect();
    let with = |row: &Row| Row {
        planned: planned.get(&row.side).copied(),
        amount: plan.amounts.get(&row.side).cloned().unwrap_or_default(),
        ..row.clone()
    };
    let wanted = posted.text("find").to_lowercase();
    let is_wanted = |row: &&Row| {
        let text = format!("{} {}", row.name, row.place).to_lowercase();
        wanted.split_whitespace().all(|word| text.contains(word))
    };
    let mut all: Vec<&Row> = stock.values().filter(is_wanted).collect();
    // What waits to be destroyed first.
    all.sort_by(|a, b| (!a.waits, &a.name, &a.place).cmp(&(!b.waits, &b.name, &b.place)));
    let last = all.len().saturating_sub(1) / PAGE;
    // Another search begins at its first page.
    let page = match posted.raw("do") {
        "find" => 0,
        _ => posted
            .some("go")
            .or_else(|| posted.some("page"))
            .map_or(0, |text| text.parse::<usize>().unwrap_or(0).min(last)),
    };
    let shown = all.iter().skip(page * PAGE).take(PAGE);
    let rows: Vec<Row> = shown.map(|row| with(row)).collect();
    let lines = plan.lines.iter().map(|(of, quantity)| match stock.get(of) {
        Some(row) => with(row),
        None => Row {
            side: *of,
            name: of.0.to_string(),
            place: t.text("disposal-line-gone"),
            held: 0,
            waits: false,
            planned: Some(*quantity),
            amount: String::new(),
        },
    });
    let borrowed: Vec<&Field> = fields.iter().chain([&find]).collect();
    let known = |name: &String| borrowed.iter().any(|field| field.name == name.as_str());
    let others: Vec<&str> = wrong
        .iter()
        .filter(|(name, _)| !known(name))
        .map(|(_, text)| text.as_str())
        .collect();
    let others = (!others.is_empty()).then(|| others.join(" "));
    DisposalNewPage {
        errors: FormErrors::new(t, &borrowed, others),
        found: t.with_all(
            "disposal-found",
            &[
                (
                    "from",
                    words::quantity(count(page * PAGE + rows.len().min(1))),
                ),
                ("to", words::quantity(count(page * PAGE + rows.len()))),
                ("all", words::quantity(count(all.len()))),
            ],
        ),
        before: page.checked_sub(1),
        after: (page < last).then_some(page + 1),
        lines: lines.collect(),
        page,
        rows,
        fields,
        find,
        frame,
    }
}

fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}
