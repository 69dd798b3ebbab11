//! Where things are on the ground of a site. Who sees it is an authorisation of its own, and it is in
//! no log and no export.

use egnatia_audit::Operation;
use egnatia_record::{Kind, RecordId};
use egnatia_stockpile::{Site, SitePlan};

use super::{OPEN, REVIEW_DAYS, invalid, terms};
use crate::writing::{Beside, EventAbout, Keep};
use crate::{Action, App, AppError, Caller, Invalid};

impl App {
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
