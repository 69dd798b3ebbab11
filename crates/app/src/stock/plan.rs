//! Where things are on the ground of a site. Who sees it is an authorisation of its own, and it is in
//! no log and no export.

use egnatia_audit::Operation;
use egnatia_record::{Kind, RecordId};
use egnatia_stockpile::{AccountId, Margin, Place, PlanPoint, Site, SitePlan};

use super::{OPEN, REVIEW_DAYS, invalid, terms};
use crate::writing::{Beside, EventAbout, Keep};
use crate::{Action, App, AppError, Caller, Invalid};

/// A point as somebody draws it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPlanPoint {
    /// What it is called; for what is around, as licences call it.
    pub name: String,
    /// The code of the store that it is; nothing for what is around.
    pub store: Option<String>,
    /// Metres to the east of the plan's origin.
    pub east_m: i32,
    /// Metres to the north of the plan's origin.
    pub north_m: i32,
}

/// The plan of a site, with how much room the stores leave.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteMap {
    /// The site.
    pub site: Site,
    /// Where things are; nothing where nobody has drawn it.
    pub plan: Option<SitePlan>,
    /// The stores.
    pub stores: Vec<MappedStore>,
}

/// A store of a map.
#[derive(Debug, Clone, PartialEq)]
pub struct MappedStore {
    /// The store.
    pub place: Place,
    /// How far what is around it is from where it may not be nearer, by its licence; and how far it is on
    /// the plan, where the plan has it.
    pub margins: Vec<(Margin, Option<u32>)>,
    /// Whether something explosive is in it that no licence covers.
    pub is_unlicensed: bool,
}

impl App {
    /// Keeps the plan of a site as somebody drew it: stores by their codes.
    ///
    /// # Errors
    /// As [`App::keep_site_plan`].
    pub async fn draw_site_plan(
        &self,
        caller: &Caller,
        site: RecordId,
        points: Vec<NewPlanPoint>,
    ) -> Result<(), AppError> {
        self.authorise(caller, Action::ViewSitePlan, None)?;
        let (_, body) = self.load::<Site>(site, Kind::StockSite).await?;
        let by_code = |code: &str| -> Result<AccountId, AppError> {
            let wanted = code.trim().to_lowercase();
            let mut stores = body.stores();
            let found = stores.find(|store| store.code.to_lowercase() == wanted);
            let found = found.map(|store| store.account);
            let shown: String = code.chars().take(40).collect();
            let text = || format!("the site has no store `{shown}`");
            found.ok_or_else(|| Invalid::new("points", "unknown", text()).into())
        };
        let drawn: Result<Vec<PlanPoint>, AppError> = points
            .into_iter()
            .map(|point| {
                let store = point.store.as_deref().map(by_code).transpose()?;
                Ok(PlanPoint {
                    name: point.name.trim().to_owned(),
                    store,
                    east_m: point.east_m,
                    north_m: point.north_m,
                })
            })
            .collect();
        let points = drawn?;
        self.keep_site_plan(caller, SitePlan { site, points }).await
    }

    /// The plan of a site, with how much room the stores leave.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn site_map(&self, caller: &Caller, site: RecordId) -> Result<SiteMap, AppError> {
        self.authorise(caller, Action::ViewSitePlan, None)?;
        let (_, body) = self.load::<Site>(site, Kind::StockSite).await?;
        let plan = self.site_plan(caller, site).await?;
        let mut stores = Vec::new();
        for place in body.stores() {
            let contents = self.contents_of(place.account).await?;
            let rules = &self.inner.stock.rules;
            let margins = place.licence.as_ref();
            let margins = margins.map(|licence| licence.margins(&contents, rules));
            let point = plan.as_ref().and_then(|plan| plan.of_store(place.account));
            let on_plan = |name: &str| {
                let points = plan.iter().flat_map(|plan| &plan.points);
                let mut named = points.filter(|point| point.name.eq_ignore_ascii_case(name));
                Some(point?.distance_m(named.next()?))
            };
            let margins = margins.unwrap_or_default().into_iter().map(|margin| {
                let drawn = on_plan(&margin.exposure.name);
                (margin, drawn)
            });
            stores.push(MappedStore {
                margins: margins.collect(),
                is_unlicensed: place.licence.is_none() && !contents.masses().is_empty(),
                place: place.clone(),
            });
        }
        Ok(SiteMap {
            site: body,
            plan,
            stores,
        })
    }

    /// The points of a plan, to be taken out of the node: the log says so before they leave it.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where there is none; [`AppError::NoJustification`],
    /// [`AppError::Forbidden`].
    pub async fn export_site_plan(
        &self,
        caller: &Caller,
        site: RecordId,
    ) -> Result<Vec<NewPlanPoint>, AppError> {
        self.authorise(caller, Action::ViewSitePlan, None)?;
        let (_, body) = self.load::<Site>(site, Kind::StockSite).await?;
        let (_, plan) = self
            .stored_plan(site)
            .await?
            .ok_or(AppError::NotFound("plan"))?;
        let mut writing = self.writing(caller);
        let about = EventAbout::subject(format!("export:stock-plan:{site}"));
        let data = serde_json::json!({ "format": "geojson", "points": plan.points.len() });
        writing.log(Operation::Disclosure, about.data(data));
        self.store().commit(writing.batch).await?;
        let points = plan.points.into_iter().map(|point| NewPlanPoint {
            store: point
                .store
                .and_then(|store| Some(body.place(store)?.code.clone())),
            name: point.name,
            east_m: point.east_m,
            north_m: point.north_m,
        });
        Ok(points.collect())
    }

    /// Keeps the plan of a site; a further one replaces it.
    ///
    /// # Errors
    /// [`AppError::Invalid`] where a point names a store that is not in the site;
    /// [`AppError::NotFound`], [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn keep_site_plan(&self, caller: &Caller, plan: SitePlan) -> Result<(), AppError> {
        self.authorise(caller, Action::ViewSitePlan, None)?;
        plan.validate()
            .map_err(|error| invalid(error.field(), &error))?;
        let (_, site) = self.load::<Site>(plan.site, Kind::StockSite).await?;
        let mut stores = plan.points.iter().filter_map(|point| point.store);
        if stores.any(|store| site.store_of(store) != Some(store)) {
            let text = "a point names a store that is not in the site";
            return Err(Invalid::new("points", "unknown", text).into());
        }
        let mut writing = self.writing(caller);
        let before = self.stored_plan(plan.site).await?;
        match before {
            Some((stored, _)) => {
                let beside = Beside::new(OPEN, Operation::Alteration);
                writing.change(&stored, None, &plan, beside)?;
            }
            None => {
                let id = writing.new_id();
                let beside = Beside::new(OPEN, Operation::Collection)
                    .links([("site", plan.site)])
                    .claims(vec![format!("stock-plan:{}", plan.site)]);
                let terms = terms(Kind::StockPlan, Keep::Review(REVIEW_DAYS));
                writing.create(id, terms, &plan, beside)?;
            }
        }
        self.store().commit(writing.batch).await?;
        Ok(())
    }

    async fn stored_plan(
        &self,
        site: RecordId,
    ) -> Result<Option<(crate::StoredRecord, SitePlan)>, AppError> {
        let name = format!("stock-plan:{site}");
        match self.store().claims(&[name]).await?.pop() {
            None => Ok(None),
            Some((_, id)) => self.load::<SitePlan>(id, Kind::StockPlan).await.map(Some),
        }
    }

    /// The plan of a site; nothing where nobody has drawn one.
    ///
    /// # Errors
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn site_plan(
        &self,
        caller: &Caller,
        site: RecordId,
    ) -> Result<Option<SitePlan>, AppError> {
        self.authorise(caller, Action::ViewSitePlan, None)?;
        let plan = self.stored_plan(site).await?;
        let about = EventAbout::subject(format!("stock-plan:{site}"));
        self.log_consultation(caller, about).await?;
        Ok(plan.map(|(_, plan)| plan))
    }
}
