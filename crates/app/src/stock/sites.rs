//! Sites with their stores, bays and racks.

use std::collections::BTreeMap;

use egnatia_audit::Operation;
use egnatia_record::{Envelope, Kind, RecordId};
use egnatia_stockpile::{AccountId, AccountKind, Licence, Place, Site};
use serde::{Deserialize, Serialize};

use super::{OPEN, REVIEW_DAYS, invalid, open_account, terms};
use crate::port::{Change, StockChange};
use crate::writing::{Beside, EventAbout, Keep, Writing};
use crate::{Action, App, AppError, Caller, Invalid};

/// A site as somebody sets it up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewSite {
    /// What it is called.
    pub name: String,
    /// Its stores, bays and racks; what holds others comes first.
    pub places: Vec<NewPlace>,
}

/// A place as somebody sets it up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewPlace {
    /// What its label says.
    pub code: String,
    /// What it is called.
    pub name: String,
    /// The code of what it is in; nothing for a store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inside: Option<String>,
    /// What a store may hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<Licence>,
}

/// A site.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteView {
    /// Whose it is, since when.
    pub envelope: Envelope,
    /// What is in it.
    pub site: Site,
}

impl NewSite {
    /// The site, with the accounts that its places have already, by code, and new ones for others.
    fn site(
        &self,
        known: &BTreeMap<String, AccountId>,
        writing: &Writing<'_>,
    ) -> Result<Site, AppError> {
        let mut accounts = BTreeMap::new();
        let mut places = Vec::with_capacity(self.places.len());
        for place in &self.places {
            let code = place.code.trim().to_lowercase();
            let account = known.get(&code).copied();
            let account = account.unwrap_or_else(|| AccountId(writing.new_id()));
            let inside = match &place.inside {
                None => None,
                Some(inside) => {
                    let holds = accounts.get(&inside.trim().to_lowercase()).copied();
                    let text = || format!("`{}` is not above `{}`", inside, place.code);
                    Some(holds.ok_or_else(|| Invalid::new("inside", "missing", text()))?)
                }
            };
            accounts.insert(code, account);
            places.push(Place {
                account,
                code: place.code.trim().to_owned(),
                name: place.name.trim().to_owned(),
                inside,
                licence: place.licence.clone(),
            });
        }
        Ok(Site {
            name: self.name.trim().to_owned(),
            places,
        })
    }
}

impl App {
    /// Sets up a site, and opens the accounts of its places.
    ///
    /// # Errors
    /// [`AppError::Invalid`], [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn set_up_site(&self, caller: &Caller, new: &NewSite) -> Result<RecordId, AppError> {
        self.authorise(caller, Action::ManageStock, None)?;
        let mut writing = self.writing(caller);
        let site = new.site(&BTreeMap::new(), &writing)?;
        self.is_valid(&site)?;
        let id = writing.new_id();
        let claim = format!("stock-site:{}", site.name.to_lowercase());
        let beside = Beside::new(OPEN, Operation::Collection).claims(vec![claim]);
        let terms = terms(Kind::StockSite, Keep::Review(REVIEW_DAYS));
        writing.create(id, terms, &site, beside)?;
        let known = self.stock_kinds().await?;
        for (account, kind) in [
            (AccountId::OUTSIDE, AccountKind::Outside),
            (AccountId::EXPENDED, AccountKind::Expended),
            (AccountId::DESTROYED, AccountKind::Destroyed),
            (AccountId::LOST, AccountKind::Lost),
        ] {
            if !known.contains_key(&account) {
                open_account(&mut writing, account, kind);
            }
        }
        open_places(&mut writing, &site, &BTreeMap::new())?;
        self.store().commit(writing.batch).await?;
        Ok(id)
    }

    /// Changes a site: names, licences, further places. A place that is there stays, in the store
    /// that it is in: the books name it.
    ///
    /// # Errors
    /// As [`App::set_up_site`]; [`AppError::NotFound`].
    pub async fn change_site(
        &self,
        caller: &Caller,
        id: RecordId,
        new: &NewSite,
    ) -> Result<(), AppError> {
        self.authorise(caller, Action::ManageStock, None)?;
        let (stored, before) = self.load::<Site>(id, Kind::StockSite).await?;
        let mut writing = self.writing(caller);
        let known: BTreeMap<String, AccountId> = before
            .places
            .iter()
            .map(|place| (place.code.to_lowercase(), place.account))
            .collect();
        let site = new.site(&known, &writing)?;
        self.is_valid(&site)?;
        for place in &before.places {
            let stays = site.store_of(place.account) == before.store_of(place.account);
            if !stays {
                let text = format!("`{}` stays, in the store that it is in", place.code);
                return Err(Invalid::new("places", "removed", text).into());
            }
        }
        let beside = Beside::new(OPEN, Operation::Alteration);
        writing.change(&stored, None, &site, beside)?;
        let known = self.stock_kinds().await?;
        open_places(&mut writing, &site, &known)?;
        self.store().commit(writing.batch).await?;
        Ok(())
    }

    fn is_valid(&self, site: &Site) -> Result<(), AppError> {
        site.validate(&self.inner.stock.rules.tables)
            .map_err(|error| invalid(error.field(), &error))
    }

    /// All sites, newest first.
    ///
    /// # Errors
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn stock_sites(&self, caller: &Caller) -> Result<Vec<SiteView>, AppError> {
        self.authorise(caller, Action::ViewStock, None)?;
        let sites = self.stock_sites_stored().await?;
        let about = EventAbout::subject("stock-sites");
        self.log_consultation(caller, about).await?;
        let view = |(stored, site): (crate::StoredRecord, Site)| SiteView {
            envelope: stored.envelope,
            site,
        };
        Ok(sites.into_iter().map(view).collect())
    }

    /// Up to when all periods are closed; nothing where none is.
    ///
    /// # Errors
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn stock_closed_until(
        &self,
        caller: &Caller,
    ) -> Result<Option<jiff::Timestamp>, AppError> {
        self.authorise(caller, Action::ViewStock, None)?;
        Ok(self.store().stock_closed_until().await?)
    }

    /// Closes all periods up to and including `until`: nothing that counts from then or before
    /// changes any more.
    ///
    /// # Errors
    /// [`AppError::Conflict`] where a later period is closed already, or where it lies ahead;
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn close_stock_period(
        &self,
        caller: &Caller,
        until: jiff::Timestamp,
    ) -> Result<(), AppError> {
        self.authorise(caller, Action::ManageStock, None)?;
        let mut writing = self.writing(caller);
        let at = writing.at;
        let about =
            EventAbout::subject("stock-closing").data(serde_json::json!({ "until": until }));
        writing.log(Operation::Alteration, about);
        let change = Change::Stock(StockChange::Close { until, at });
        writing.batch.changes.push(change);
        self.store().commit(writing.batch).await?;
        Ok(())
    }
}

/// Opens the accounts of places that have none.
fn open_places(
    writing: &mut Writing<'_>,
    site: &Site,
    known: &BTreeMap<AccountId, AccountKind>,
) -> Result<(), AppError> {
    for place in &site.places {
        if !known.contains_key(&place.account) {
            let store = site.store_of(place.account);
            let store =
                store.ok_or_else(|| AppError::Internal("a place without a store".into()))?;
            open_account(writing, place.account, AccountKind::Place { store });
        }
    }
    Ok(())
}
