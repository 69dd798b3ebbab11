//! Labels of a store, to be printed: of its racks, and of what lies in them. A code holds an id and
//! nothing else, so that a label that is found tells nothing.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use egnatia_app::Action;
use egnatia_stockpile::{AccountId, Goods, GoodsId};

use super::firearm_label::Codes;
use super::record_id;
use super::stock_words::goods_name;
use crate::problem::{Problem, ProblemCode};
use crate::visit::{Signed, show};
use crate::{Area, Frame, Texts};

/// Labels of one page.
const LABELS_MAX: usize = 500;

/// A page with labels.
#[derive(Debug, Template)]
#[template(path = "stock_labels.html")]
pub struct StockLabelsPage {
    frame: Frame,
    back: String,
    labels: Vec<StockLabel>,
    /// How many more there are than one page takes.
    more: u64,
}

/// A label.
#[derive(Debug)]
struct StockLabel {
    codes: Codes,
    number: String,
    name: String,
    place: String,
}

fn label(t: &Texts, code: String, number: &str, (name, place): (&str, &str)) -> Option<StockLabel> {
    let what = format!("{name} {number}");
    let names = (
        t.with("stock-label-of", "what", what.clone()),
        t.with("stock-label-matrix-of", "what", what),
    );
    Some(StockLabel {
        codes: Codes::of(code, names)?,
        number: number.to_owned(),
        name: name.to_owned(),
        place: place.to_owned(),
    })
}

fn of_goods(t: &Texts, id: GoodsId, goods: &Goods, place: &str) -> Option<StockLabel> {
    let about = (goods.nomenclature.as_str(), place);
    label(t, id.to_string(), goods.number(), about)
}

/// Shows the labels of a store: of its places, then of what lies there.
pub(crate) async fn of_store(signed: Signed, Path(id): Path<String>) -> Result<Response, Problem> {
    signed.enter(Action::ViewStock)?;
    let t = signed.t();
    let id = AccountId(record_id(&id)?);
    let view = signed.state.app.stock_store(signed.caller(), id).await?;
    let places = view.places.iter().map(|line| {
        let place = &line.place;
        let about = (place.name.as_str(), view.site_name.as_str());
        label(t, place.account.to_string(), &place.code, about)
    });
    let goods = view.places.iter().flat_map(|line| {
        let held = line.held.iter().filter(|held| held.row.quantity > 0);
        let mut held: Vec<_> = held.collect();
        held.sort_by_key(|held| held.goods.as_ref().map(Goods::number));
        held.into_iter().filter_map(move |held| {
            let goods = held.goods.as_ref()?;
            of_goods(t, held.row.goods, goods, &line.place.code)
        })
    });
    let mut labels: Vec<StockLabel> = places.flatten().chain(goods).collect();
    let more = u64::try_from(labels.len().saturating_sub(LABELS_MAX)).unwrap_or(u64::MAX);
    labels.truncate(LABELS_MAX);
    let title = format!("{}: {}", t.text("stock-labels"), view.store.code);
    Ok(show(&StockLabelsPage {
        frame: signed.frame(title, Some(Area::Stores)).await,
        back: format!("/stores/{id}"),
        labels,
        more,
    }))
}

/// Shows the label of one weapon or lot.
pub(crate) async fn of_one(signed: Signed, Path(id): Path<String>) -> Result<Response, Problem> {
    signed.enter(Action::ViewStock)?;
    let t = signed.t();
    let id = GoodsId(record_id(&id)?);
    let goods = signed
        .state
        .app
        .stock_goods_of(signed.caller(), [id])
        .await?;
    let goods = goods.get(&id).ok_or(Problem::new(ProblemCode::NotFound))?;
    let label = of_goods(t, id, goods, "").ok_or(Problem::new(ProblemCode::Internal))?;
    let title = format!("{}: {}", t.text("stock-labels"), goods_name(goods));
    Ok(show(&StockLabelsPage {
        frame: signed.frame(title, Some(Area::Stores)).await,
        back: format!("/stock-goods/{id}"),
        labels: vec![label],
        more: 0,
    }))
}

#[cfg(test)]
mod tests {
    use egnatia_record::RecordId;

    use super::*;
    use crate::pages::firearm_label::tests::read_both;

    #[test]
    fn both_codes_of_a_label_are_read_back_as_the_id_and_tell_nothing_else() {
        let id = AccountId(RecordId::from_bytes([0xa7; 16]));
        let about = ("магацин, сандук № 4", "Депо Север");
        let t = Texts::default_language();
        let label = label(t, id.to_string(), "A1-03", about).unwrap();
        for read in read_both(&label.codes) {
            assert_eq!(read.parse::<AccountId>(), Ok(id));
            assert_eq!(read, id.to_string());
        }
    }
}
