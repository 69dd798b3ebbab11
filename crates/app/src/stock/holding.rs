//! Whether stores may hold what comes into them, and where they may not, what would fit instead.

use std::collections::BTreeMap;

use egnatia_stockpile::{
    AccountId, AccountKind, Breach, Contents, Expectation, Goods, GoodsId, Licence, Line, Movement,
    MovementId, MovementKind, Place, Planned, Site,
};
use jiff::{SignedDuration, Timestamp};

use crate::port::{StockMoment, StockOf};
use crate::{App, AppError, Invalid, StoredRecord};

/// A movement that is looked at before it is posted.
pub(super) struct Plan<'a> {
    movement: &'a Movement,
    /// The lines as they would be posted.
    lines: Vec<Line>,
    /// Whether it was entered before, so that its lines stay as they are.
    is_fixed: bool,
}

impl<'a> Plan<'a> {
    /// A movement that is being entered.
    pub fn entered(movement: &'a Movement) -> Self {
        Self {
            movement,
            lines: movement.lines.clone(),
            is_fixed: movement.reverses.is_some(),
        }
    }

    /// A movement that waits, and is being signed: what the receiver did not find does not come.
    pub fn signed(movement: &'a Movement, counted: Option<&[u64]>) -> Self {
        Self {
            movement,
            lines: movement.posted_lines(counted),
            is_fixed: true,
        }
    }
}

/// What a store would have to take.
struct Coming<'a> {
    goods: &'a Goods,
    line: &'a Line,
}

impl<'a> Coming<'a> {
    fn planned(&self) -> Planned<'a> {
        Planned {
            id: self.line.goods,
            goods: self.goods,
            quantity: self.line.quantity.get(),
        }
    }
}

type ByStore<'a> = BTreeMap<AccountId, Vec<Coming<'a>>>;
type Sites = [(StoredRecord, Site)];

impl App {
    /// Whether every store may hold what comes into it. Returns what the stores must still be like
    /// when it is posted.
    pub(super) async fn may_hold(
        &self,
        plan: &Plan<'_>,
        kinds: &BTreeMap<AccountId, AccountKind>,
    ) -> Result<Vec<Expectation>, AppError> {
        let store_of = |id: &AccountId| kinds.get(id).and_then(|kind| kind.store());
        // What was there is entered as it was, safe or not.
        let checked = |line: &&Line| {
            line.kind != MovementKind::Opening
                && store_of(&line.to).is_some()
                && store_of(&line.from) != store_of(&line.to)
        };
        let lines: Vec<&Line> = plan.lines.iter().filter(checked).collect();
        let goods = self.goods_of(lines.iter().map(|line| line.goods)).await?;
        let mut by_store = ByStore::new();
        for line in lines {
            if let (Some(store), Some(goods)) = (store_of(&line.to), goods.get(&line.goods))
                && goods.explosive.is_some()
            {
                let coming = Coming { goods, line };
                by_store.entry(store).or_default().push(coming);
            }
        }
        if by_store.is_empty() {
            return Ok(Vec::new());
        }
        let sites = self.stock_sites_stored().await?;
        let mut expects = Vec::with_capacity(by_store.len());
        for store in by_store.keys().copied() {
            // Before the balances: what changes after it is found out by the books.
            let revision = self.store().stock_revision(store).await?;
            expects.push(Expectation { store, revision });
            self.store_may_hold((plan, store), (&by_store, kinds), &sites)
                .await?;
        }
        Ok(expects)
    }

    /// What is in a store now, with the goods.
    pub(super) async fn contents_of(&self, store: AccountId) -> Result<Contents, AppError> {
        let rows = self.store().stock_balances(StockOf::Store(store)).await?;
        let goods = self.goods_of(rows.iter().map(|row| row.goods)).await?;
        let mut contents = Contents::default();
        for row in rows {
            if let (Some(goods), Ok(quantity)) =
                (goods.get(&row.goods), u64::try_from(row.quantity))
            {
                contents.add(row.goods, goods, quantity);
            }
        }
        Ok(contents)
    }

    async fn store_may_hold(
        &self,
        (plan, store): (&Plan<'_>, AccountId),
        (by_store, kinds): (&ByStore<'_>, &BTreeMap<AccountId, AccountKind>),
        sites: &Sites,
    ) -> Result<(), AppError> {
        let by = (&self.inner.stock.rules, self.today());
        let licence = place_of(sites, store).and_then(|place| place.licence.as_ref());
        let mut contents = self.contents_of(store).await?;
        let coming = by_store.get(&store).map(Vec::as_slice).unwrap_or_default();
        for of in coming {
            let breaches = Licence::breaches(licence, &contents, of.planned(), by);
            let Some(first) = breaches.first() else {
                contents.add(of.line.goods, of.goods, of.line.quantity.get());
                continue;
            };
            if let Some(original) = plan.movement.reverses {
                let mut would_be = contents.clone();
                let rest = coming.iter().skip_while(|other| other.line != of.line);
                for of in rest {
                    would_be.add(of.line.goods, of.goods, of.line.quantity.get());
                }
                if self.was_there((store, kinds), original, &would_be).await? {
                    return Ok(());
                }
            }
            let offers = if plan.is_fixed {
                let undone = plan.movement.reverses.is_some();
                Offers::Fixed { undone }
            } else {
                let from = kinds.get(&of.line.from).and_then(|kind| kind.store());
                Offers::Instead {
                    here: Licence::fits(licence, &contents, of.planned(), by).quantity,
                    elsewhere: self
                        .fits_in(of, [Some(store), from], (by_store, sites))
                        .await?,
                }
            };
            let code = place_of(sites, store).map_or("", |place| place.code.as_str());
            let text = refusal((code, of.goods), &breaches, &offers);
            return Err(Invalid::new("quantity", first.code(), text).into());
        }
        Ok(())
    }

    /// The other stores that could take all of a line beside what else the movement brings them.
    async fn fits_in(
        &self,
        of: &Coming<'_>,
        but: [Option<AccountId>; 2],
        (by_store, sites): (&ByStore<'_>, &Sites),
    ) -> Result<Vec<String>, AppError> {
        let by = (&self.inner.stock.rules, self.today());
        let own = sites
            .iter()
            .find(|(_, site)| but.iter().flatten().any(|id| site.place(*id).is_some()));
        let own = own.map(|(stored, _)| stored.envelope.id);
        let mut found = Vec::new();
        for (stored, site) in sites {
            for other in site.stores().filter(|other| other.licence.is_some()) {
                if but.contains(&Some(other.account)) {
                    continue;
                }
                let mut held = self.contents_of(other.account).await?;
                for beside in by_store.get(&other.account).into_iter().flatten() {
                    held.add(beside.line.goods, beside.goods, beside.line.quantity.get());
                }
                let licence = other.licence.as_ref();
                if Licence::breaches(licence, &held, of.planned(), by).is_empty() {
                    found.push(match own == Some(stored.envelope.id) {
                        true => other.code.clone(),
                        false => format!("{} of {}", other.code, site.name),
                    });
                }
            }
        }
        Ok(found)
    }

    /// Whether a store held all of this just before a movement was posted: what is taken back then goes
    /// where it was, and nothing has come beside it.
    async fn was_there(
        &self,
        (store, kinds): (AccountId, &BTreeMap<AccountId, AccountKind>),
        original: MovementId,
        would_be: &Contents,
    ) -> Result<bool, AppError> {
        let row = self.movement_row(original).await?;
        let posted_at = row.end.as_ref().map_or(row.recorded_at, |end| end.at);
        let before = posted_at.checked_sub(SignedDuration::from_micros(1));
        let before = StockMoment::Posted(before.unwrap_or(Timestamp::MIN));
        let places: Vec<AccountId> = kinds
            .iter()
            .filter(|(_, kind)| kind.store() == Some(store))
            .map(|(id, _)| *id)
            .collect();
        for (goods, quantity) in would_be.explosives() {
            let mut held = 0_u64;
            for place in &places {
                let of = (*place, goods);
                let then = self.store().stock_balance_at(of, before).await?;
                held = held.saturating_add(u64::try_from(then).unwrap_or(0));
            }
            if quantity > held {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Everything that what lies in a store breaks, in words.
    pub(super) fn breaks(&self, store: &Place, contents: &Contents) -> Vec<String> {
        let by = (&self.inner.stock.rules, self.today());
        let broken = Licence::broken(store.licence.as_ref(), contents, by);
        broken.iter().map(ToString::to_string).collect()
    }

    /// What stores of a site break, or would, with goods that are there: by the code of the store.
    pub(super) async fn breaks_with(
        &self,
        site: &Site,
        there: &[(AccountId, GoodsId, &Goods, u64)],
    ) -> Result<Vec<(String, String)>, AppError> {
        let mut found = Vec::new();
        for store in site.stores() {
            let come = |account| site.store_of(account) == Some(store.account);
            let come: Vec<_> = there
                .iter()
                .filter(|(account, ..)| come(*account))
                .collect();
            if come
                .iter()
                .all(|(_, _, goods, _)| goods.explosive.is_none())
            {
                continue;
            }
            let mut contents = self.contents_of(store.account).await?;
            for (_, id, goods, quantity) in &come {
                contents.add(*id, goods, *quantity);
            }
            let said = self.breaks(store, &contents).into_iter();
            found.extend(said.map(|text| (store.code.clone(), text)));
        }
        Ok(found)
    }
}

fn place_of(sites: &Sites, id: AccountId) -> Option<&Place> {
    sites.iter().find_map(|(_, site)| site.place(id))
}

/// What may be done instead of what is refused.
enum Offers {
    /// Fewer, or somewhere else.
    Instead { here: u64, elsewhere: Vec<String> },
    /// Nothing of it can be changed any more.
    Fixed { undone: bool },
}

/// Why a store cannot hold it, and what would fit.
fn refusal((store, goods): (&str, &Goods), breaches: &[Breach], offers: &Offers) -> String {
    let said: Vec<String> = breaches.iter().map(ToString::to_string).collect();
    let instead = match offers {
        Offers::Instead { here, elsewhere } => {
            let fewer = match here {
                0 => "nothing of it fits here".to_owned(),
                fits => format!("{fits} would fit here"),
            };
            match elsewhere.as_slice() {
                [] => format!("{fewer}; no other store can take all of it"),
                others => format!("{fewer}; all of it fits in {}", others.join(", ")),
            }
        }
        Offers::Fixed { undone: true } => {
            "it is taken back as a whole: make room in the store first".to_owned()
        }
        Offers::Fixed { undone: false } => {
            "give the movement up and enter what fits, or make room in the store first".to_owned()
        }
    };
    format!(
        "store `{store}` cannot take {}, {}: {}; {instead}",
        goods.nomenclature,
        goods.number(),
        said.join("; ")
    )
}
