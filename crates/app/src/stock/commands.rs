//! Hand-overs of command: everything is counted, and both commanders sign the same counts.

use egnatia_audit::Operation;
use egnatia_record::{Envelope, Kind, RecordId, UserId};
use egnatia_stockpile::{
    CommandHandOver, CommandRefused, CommandState, Covered, Remark, Site, StockCase, Stocktake,
};
use jiff::Span;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::plans::ended_counts;
use super::{REVIEW_DAYS, invalid, terms};
use crate::port::AccountState;
use crate::writing::{Beside, EventAbout, Keep};
use crate::{Action, App, AppError, Caller, Invalid, Role};

/// The state of a hand-over that goes on.
pub(super) const GOING: &str = "open";

/// A hand-over of command as somebody begins it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewCommand {
    /// The site.
    pub site: RecordId,
    /// Who hands it over.
    pub outgoing: UserId,
    /// Who takes it over.
    pub incoming: UserId,
    /// The order by which it is handed over.
    pub order: String,
}

/// A hand-over of command.
#[derive(Debug, Clone, PartialEq)]
pub struct CommandView {
    /// Whose record it is, in which version.
    pub envelope: Envelope,
    /// What it says.
    pub command: CommandHandOver,
    /// What the site is called.
    pub site_name: String,
    /// What is counted for it, and what is not.
    pub covered: Covered,
    /// Who has to sign still, where it goes on.
    pub waits_for: Vec<UserId>,
    /// How many cases are open at the site: both sign knowing that.
    pub cases_open: u64,
}

impl App {
    /// Begins the hand-over of a site from one commander to another.
    ///
    /// # Errors
    /// [`AppError::Invalid`] where one of them cannot sign, or where one goes on already;
    /// [`AppError::NotFound`], [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn begin_command(
        &self,
        caller: &Caller,
        new: NewCommand,
    ) -> Result<RecordId, AppError> {
        self.authorise(caller, Action::ManageStock, None)?;
        self.load::<Site>(new.site, Kind::StockSite).await?;
        let mut writing = self.writing(caller);
        let profile = &self.inner.stock.profile;
        let days = Span::new().days(i64::from(profile.command_days));
        let command = CommandHandOver {
            site: new.site,
            outgoing: new.outgoing,
            incoming: new.incoming,
            order: new.order.trim().to_owned(),
            began_at: writing.at,
            began_by: caller.login.clone(),
            due_on: self.today().saturating_add(days),
            signatures: Vec::new(),
            state: CommandState::Open,
        };
        command
            .validate()
            .map_err(|error| invalid(error.field(), &error))?;
        for (field, login) in [
            ("outgoing", &command.outgoing),
            ("incoming", &command.incoming),
        ] {
            let account = self.store().account(login).await?;
            let signs = account.is_some_and(|account| {
                account.state != AccountState::Closed
                    && matches!(account.role, Role::Storekeeper | Role::StockInspector)
            });
            if !signs {
                let text =
                    "name the account of a storekeeper or stock inspector: a commander signs";
                return Err(Invalid::new(field, "unknown", text).into());
            }
        }
        let before = self.store().linked(new.site, "command-of").await?;
        for stored in self.store().records(&before).await? {
            if stored.state == GOING {
                let id = stored.envelope.id;
                let text = format!("a hand-over of this site goes on already: {id}");
                return Err(Invalid::new("site", "duplicate", text).into());
            }
        }
        let id = writing.new_id();
        // Two that begin at the same moment claim the same name: one of them is refused.
        let claim = format!("stock-command:{}:{}", new.site, before.len());
        let beside = Beside::new(GOING, Operation::Collection)
            .links([("command-of", new.site)])
            .claims(vec![claim]);
        let terms = terms(Kind::StockCommand, Keep::Review(REVIEW_DAYS));
        writing.create(id, terms, &command, beside)?;
        self.store().commit(writing.batch).await?;
        Ok(id)
    }

    /// A commander signs what was counted; with both signatures the hand-over is complete.
    ///
    /// # Errors
    /// [`AppError::Conflict`] where something is not counted, where it has ended, where they have
    /// signed, or where they are none of the two; [`AppError::NotFound`],
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn sign_command(
        &self,
        caller: &Caller,
        id: RecordId,
    ) -> Result<CommandState, AppError> {
        self.authorise(caller, Action::SignStock, None)?;
        let (stored, command) = self.load::<CommandHandOver>(id, Kind::StockCommand).await?;
        let (_, covered) = self.covered(&command).await?;
        let mut writing = self.writing(caller);
        let command = command
            .sign(&covered, caller.login.clone(), writing.at)
            .map_err(|error| refused(&error))?;
        let data = json!({ "command": command.state.as_str(), "counts": covered.counts });
        let beside = Beside::new(command.state.as_str(), Operation::Alteration).data(data);
        let keep = self.kept_command(&command);
        writing.change(&stored, keep, &command, beside)?;
        self.store().commit(writing.batch).await?;
        Ok(command.state)
    }

    /// Gives a hand-over of command up: who leaves stays responsible.
    ///
    /// # Errors
    /// As [`App::sign_command`].
    pub async fn abandon_command(
        &self,
        caller: &Caller,
        id: RecordId,
        reason: Remark,
    ) -> Result<(), AppError> {
        self.authorise(caller, Action::ManageStock, None)?;
        let (stored, command) = self.load::<CommandHandOver>(id, Kind::StockCommand).await?;
        let mut writing = self.writing(caller);
        let command = command
            .abandon(reason, caller.login.clone(), writing.at)
            .map_err(|error| refused(&error))?;
        let beside = Beside::new(command.state.as_str(), Operation::Alteration);
        let keep = self.kept_command(&command);
        writing.change(&stored, keep, &command, beside)?;
        self.store().commit(writing.batch).await?;
        Ok(())
    }

    /// One that has ended is kept as counts are.
    fn kept_command(&self, command: &CommandHandOver) -> Option<Keep> {
        let days = self.inner.stock.profile.keep_counts_days;
        (command.state != CommandState::Open).then_some(Keep::Erase(days))
    }

    /// A hand-over of command, with what is counted for it.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn view_command(
        &self,
        caller: &Caller,
        id: RecordId,
    ) -> Result<CommandView, AppError> {
        self.authorise(caller, Action::ViewStock, None)?;
        let (stored, command) = self.load::<CommandHandOver>(id, Kind::StockCommand).await?;
        let about = EventAbout::seen(id, stored.envelope.version);
        self.log_consultation(caller, about).await?;
        self.command_view(stored.envelope, command).await
    }

    /// Hand-overs of command, newest first; with `going` only those that go on.
    ///
    /// # Errors
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn commands(
        &self,
        caller: &Caller,
        going: bool,
    ) -> Result<Vec<CommandView>, AppError> {
        self.authorise(caller, Action::ViewStock, None)?;
        let state = going.then_some(GOING);
        let found = self
            .stock_records::<CommandHandOver>(Kind::StockCommand, state)
            .await?;
        let about = EventAbout::subject("stock-commands");
        self.log_consultation(caller, about).await?;
        let mut views = Vec::with_capacity(found.len());
        for (stored, command) in found {
            views.push(self.command_view(stored.envelope, command).await?);
        }
        Ok(views)
    }

    async fn command_view(
        &self,
        envelope: Envelope,
        command: CommandHandOver,
    ) -> Result<CommandView, AppError> {
        let (site, covered) = self.covered(&command).await?;
        let waits_for = match command.state {
            CommandState::Open => command.waits_for(&covered.counts),
            _ => Vec::new(),
        };
        let cases = self
            .stock_records::<StockCase>(Kind::StockCase, super::cases::OPEN_CASE)
            .await?;
        let at_site = cases
            .iter()
            .filter(|(_, case)| site.place(case.place).is_some());
        Ok(CommandView {
            site_name: site.name.clone(),
            waits_for: waits_for.into_iter().cloned().collect(),
            cases_open: u64::try_from(at_site.count()).unwrap_or(u64::MAX),
            envelope,
            covered,
            command,
        })
    }

    /// The site of a hand-over, and what of it is counted.
    async fn covered(&self, command: &CommandHandOver) -> Result<(Site, Covered), AppError> {
        let (_, site) = self.load::<Site>(command.site, Kind::StockSite).await?;
        let linked = self.store().linked(command.site, "site").await?;
        let mut takes = Vec::new();
        for stored in self.store().records(&linked).await? {
            if stored.envelope.kind == Kind::Stocktake
                && let Some(take) = crate::read_body::<Stocktake>(&stored)?
            {
                takes.push((stored.envelope.id, take));
            }
        }
        let places = site.places.iter().map(|place| place.account);
        let covered = command.covered(places, ended_counts(&takes, command.site));
        Ok((site, covered))
    }
}

fn refused(error: &CommandRefused) -> AppError {
    AppError::Conflict(error.to_string())
}
