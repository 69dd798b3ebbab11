//! What is where: places, goods, ledgers.

use std::collections::BTreeMap;

use egnatia_record::{Envelope, Kind, RecordId};
use egnatia_stockpile::{AccountId, AccountKind, Goods, GoodsId, Margin, Place, Site};

use super::{Holder, OPEN};
use crate::port::{StockBalanceRow, StockOf, StockPostingRow};
use crate::writing::EventAbout;
use crate::{Action, App, AppError, Caller, Page};

/// Something in a place.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// Where, of what, how many.
    pub row: StockBalanceRow,
    /// What it is; nothing where that was erased.
    pub goods: Option<Goods>,
}

/// A place with what is in it.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaceLine {
    /// The place.
    pub place: Place,
    /// What is in it; nothing where the caller counts it.
    pub held: Vec<Held>,
    /// Whether the caller counts it just now, and so does not see what should be there.
    pub is_hidden: bool,
}

/// A store with its places and what is in them.
#[derive(Debug, Clone, PartialEq)]
pub struct StoreView {
    /// The site.
    pub site: RecordId,
    /// What the site is called.
    pub site_name: String,
    /// The store.
    pub store: Place,
    /// The store itself, and what is in it: bays, racks.
    pub places: Vec<PlaceLine>,
    /// How far what is around is from where it may not be nearer.
    pub margins: Vec<Margin>,
    /// Everything that what lies there breaks, in words; nothing where the caller counts there.
    pub breaches: Vec<String>,
}

/// One weapon or lot, where it is and where it was.
#[derive(Debug, Clone, PartialEq)]
pub struct GoodsView {
    /// Whose it is, in which version.
    pub envelope: Envelope,
    /// What it is.
    pub goods: Goods,
    /// Where it is, without places that the caller counts.
    pub held: Vec<StockBalanceRow>,
    /// Where it was, newest first; nothing where the caller counts a place in which it is.
    pub history: Page<StockPostingRow, u64>,
    /// Whether something is left out because the caller counts a place of it just now.
    pub is_hidden: bool,
    /// What the accounts are called.
    pub names: BTreeMap<AccountId, String>,
    /// The cases about it.
    pub cases: Vec<RecordId>,
}

/// The ledger of an account.
#[derive(Debug, Clone, PartialEq)]
pub struct LedgerView {
    /// What the account is called.
    pub name: String,
    /// Its postings, newest first; none where the caller counts it.
    pub postings: Page<StockPostingRow, u64>,
    /// Whether the caller counts it just now, and so does not see what should be there.
    pub is_hidden: bool,
    /// What was moved.
    pub goods: BTreeMap<GoodsId, Goods>,
}

/// A page of postings.
fn page(items: Vec<StockPostingRow>, limit: u32) -> Page<StockPostingRow, u64> {
    let is_full = u32::try_from(items.len()).is_ok_and(|count| count >= limit);
    let next = items.last().filter(|_| is_full).map(|last| last.position);
    Page { items, next }
}

impl App {
    /// What the accounts of the books are called: `site / code`, a holder's name, or what a
    /// well-known one is.
    ///
    /// # Errors
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn stock_names(
        &self,
        caller: &Caller,
    ) -> Result<BTreeMap<AccountId, (AccountKind, String)>, AppError> {
        self.authorise(caller, Action::ViewStock, None)?;
        let mut places = BTreeMap::new();
        for (_, site) in self.stock_sites_stored().await? {
            for place in &site.places {
                places.insert(place.account, format!("{} / {}", site.name, place.code));
            }
        }
        let holders = self
            .stock_records::<Holder>(Kind::StockHolder, OPEN)
            .await?;
        places.extend(
            holders
                .into_iter()
                .map(|(stored, holder)| (AccountId(stored.envelope.id), holder.name)),
        );
        let named = self.stock_kinds().await?.into_iter().map(|(id, kind)| {
            let name = places.get(&id).cloned();
            (id, (kind, name.unwrap_or_else(|| kind.as_str().to_owned())))
        });
        Ok(named.collect())
    }

    async fn account_names(
        &self,
        caller: &Caller,
    ) -> Result<BTreeMap<AccountId, String>, AppError> {
        let names = self.stock_names(caller).await?;
        Ok(names
            .into_iter()
            .map(|(id, (_, name))| (id, name))
            .collect())
    }

    /// A store with its places and what is in them.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn stock_store(
        &self,
        caller: &Caller,
        store: AccountId,
    ) -> Result<StoreView, AppError> {
        self.authorise(caller, Action::ViewStock, None)?;
        let sites = self.stock_sites_stored().await?;
        let holds = |site: &Site| site.store_of(store) == Some(store);
        let found = sites.into_iter().find(|(_, site)| holds(site));
        let (stored, site) = found.ok_or(AppError::NotFound("store"))?;
        let rows = self.store().stock_balances(StockOf::Store(store)).await?;
        let goods = self.goods_of(rows.iter().map(|row| row.goods)).await?;
        let within = site
            .places
            .iter()
            .filter(|place| site.store_of(place.account) == Some(store));
        let blind = self.blind_places(caller).await?;
        let places = within.map(|place| PlaceLine {
            place: place.clone(),
            is_hidden: blind.contains(&place.account),
            held: rows
                .iter()
                .filter(|row| row.account == place.account && !blind.contains(&row.account))
                .map(|row| Held {
                    row: *row,
                    goods: goods.get(&row.goods).cloned(),
                })
                .collect(),
        });
        let places: Vec<PlaceLine> = places.collect();
        let place = site
            .place(store)
            .cloned()
            .ok_or(AppError::NotFound("store"))?;
        let contents = self.contents_of(store).await?;
        let margins = place.licence.as_ref();
        let margins = margins.map(|licence| licence.margins(&contents, &self.inner.stock.rules));
        let breaches = match places.iter().any(|line| line.is_hidden) {
            true => Vec::new(),
            false => self.breaks(&place, &contents),
        };
        let about = EventAbout::subject(format!("stock-store:{store}"));
        self.log_consultation(caller, about).await?;
        Ok(StoreView {
            site: stored.envelope.id,
            site_name: site.name.clone(),
            store: place,
            places,
            margins: margins.unwrap_or_default(),
            breaches,
        })
    }

    /// One weapon or lot, where it is and where it was.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn stock_goods(
        &self,
        caller: &Caller,
        id: GoodsId,
        before: Option<u64>,
        limit: u32,
    ) -> Result<GoodsView, AppError> {
        self.authorise(caller, Action::ViewStock, None)?;
        let (stored, goods) = self.load::<Goods>(id.0, Kind::StockGoods).await?;
        let limit = limit.clamp(1, 500);
        let postings = self.store().stock_history(id, before, limit).await?;
        let mut history = page(postings, limit);
        let mut held = self.store().stock_balances(StockOf::Goods(id)).await?;
        let blind = self.blind_places(caller).await?;
        let is_hidden = held.iter().any(|row| blind.contains(&row.account));
        held.retain(|row| !blind.contains(&row.account));
        if is_hidden {
            // The other side of a movement would tell as much.
            history = page(Vec::new(), limit);
        }
        let about = EventAbout::seen(id.0, stored.envelope.version);
        self.log_consultation(caller, about).await?;
        Ok(GoodsView {
            envelope: stored.envelope,
            goods,
            is_hidden,
            held,
            history,
            names: self.account_names(caller).await?,
            cases: self.store().linked(id.0, "goods").await?,
        })
    }

    /// What these goods are, beside what names them; erased ones are left out.
    ///
    /// # Errors
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn stock_goods_of(
        &self,
        caller: &Caller,
        ids: impl IntoIterator<Item = GoodsId>,
    ) -> Result<BTreeMap<GoodsId, Goods>, AppError> {
        self.authorise(caller, Action::ViewStock, None)?;
        self.goods_of(ids).await
    }

    /// The ledger of an account, newest first.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn stock_ledger(
        &self,
        caller: &Caller,
        account: AccountId,
        before: Option<u64>,
        limit: u32,
    ) -> Result<LedgerView, AppError> {
        self.authorise(caller, Action::ViewStock, None)?;
        let name = self.account_names(caller).await?.remove(&account);
        let name = name.ok_or(AppError::NotFound("account"))?;
        let limit = limit.clamp(1, 500);
        let is_hidden = self.blind_places(caller).await?.contains(&account);
        let postings = match is_hidden {
            true => Vec::new(),
            false => self.store().stock_ledger(account, before, limit).await?,
        };
        let goods = self.goods_of(postings.iter().map(|row| row.goods)).await?;
        let about = EventAbout::subject(format!("stock-account:{account}"));
        self.log_consultation(caller, about).await?;
        Ok(LedgerView {
            name,
            postings: page(postings, limit),
            is_hidden,
            goods,
        })
    }

    /// Goods by their number, or by the id on their label: those in stores, with holders, and lost.
    /// Nothing where there are none.
    ///
    /// # Errors
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn find_goods(
        &self,
        caller: &Caller,
        code: &str,
    ) -> Result<Vec<(GoodsId, Goods)>, AppError> {
        self.authorise(caller, Action::ViewStock, None)?;
        let about = EventAbout::subject("stock-goods")
            .data(serde_json::json!({ "code": code.chars().take(200).collect::<String>() }));
        self.log_consultation(caller, about).await?;
        if let Ok(id) = code.trim().parse::<GoodsId>() {
            return Ok(self.goods_of([id]).await?.into_iter().collect());
        }
        let numbered = self.store().stock_numbered(&[Goods::key_of(code)]).await?;
        let mut kept = Vec::new();
        let kinds = self.stock_kinds().await?;
        for (_, id) in numbered {
            let rows = self.store().stock_balances(StockOf::Goods(id)).await?;
            let is_kept = |row: &StockBalanceRow| {
                let kind = kinds.get(&row.account);
                let is_gone = matches!(
                    kind,
                    Some(AccountKind::Outside | AccountKind::Expended | AccountKind::Destroyed)
                );
                row.quantity > 0 && !is_gone
            };
            if rows.iter().any(is_kept) {
                kept.push(id);
            }
        }
        Ok(self.goods_of(kept).await?.into_iter().collect())
    }

    /// The places in which goods are, without how many: who moves something has it in their hands.
    ///
    /// # Errors
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn stock_places_of(
        &self,
        caller: &Caller,
        id: GoodsId,
    ) -> Result<Vec<AccountId>, AppError> {
        self.authorise(caller, Action::MoveStock, None)?;
        let rows = self.store().stock_balances(StockOf::Goods(id)).await?;
        let held = rows.into_iter().filter(|row| row.quantity > 0);
        Ok(held.map(|row| row.account).collect())
    }
}
