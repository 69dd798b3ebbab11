//! Authorisation: Cedar policies in `policies/`, checked against their schema when the node starts.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::{OnceLock, RwLock};

use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid,
    PolicySet, Request, RestrictedExpression, Schema, ValidationMode, Validator,
};
use egnatia_record::{Purpose, UserId};

use crate::{Caller, Role};

const SCHEMA: &str = include_str!("../policies/schema.cedarschema");
const POLICIES: [&str; 7] = [
    include_str!("../policies/checks.cedar"),
    include_str!("../policies/lists.cedar"),
    include_str!("../policies/audit.cedar"),
    include_str!("../policies/exchange.cedar"),
    include_str!("../policies/firearms.cedar"),
    include_str!("../policies/node.cedar"),
    include_str!("../policies/stock.cedar"),
];

/// What somebody wants to do, as policies name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Check somebody or something.
    Check,
    /// See a check and its answer.
    ViewCheck,
    /// See a match with its evidence.
    ViewMatch,
    /// Confirm or reject a match.
    Decide,
    /// See a hit.
    ViewHit,
    /// Close a follow-up with a report.
    FinishFollowUp,
    /// See an entry of a list.
    ViewEntry,
    /// See which matches wait.
    ListMatches,
    /// See which hits there are.
    ListHits,
    /// See what a version of a list changed.
    ListChanges,
    /// Search and read the audit log.
    SearchAudit,
    /// See an alert, its deliveries, the questions about it and reports of hits.
    ViewAlert,
    /// See which alerts, questions and reports there are.
    ListAlerts,
    /// Enter, correct, extend, flag and withdraw alerts.
    EnterAlert,
    /// Ask and answer partners.
    Exchange,
    /// See which weapons, incidents, traces and returns there are, and each of them.
    ViewFirearms,
    /// Register weapons, record what happens to them, record incidents, freeze returns.
    KeepFirearms,
    /// Ask partners after a weapon, and answer them.
    TraceFirearms,
    /// See what is where, what moved, counts and cases.
    ViewStock,
    /// Register goods and holders, enter movements.
    MoveStock,
    /// Sign, void and count movements that wait.
    SignStock,
    /// Begin and finish counts, count again.
    CountStock,
    /// Set up sites and licences, close periods.
    ManageStock,
    /// Say what a discrepancy turned out to be.
    DecideStockCase,
    /// See and draw where things are on the ground of a site.
    ViewSitePlan,
    /// See partners and arrangements, and what is going on between the nodes.
    ListPartners,
    /// Accept and revoke partners, write arrangements, rotate keys.
    ManagePartners,
    /// See which lists there are, in which versions.
    ListLists,
    /// Import a version of a list.
    ImportList,
    /// Verify the audit log.
    VerifyAudit,
    /// Make, unlock and close accounts.
    ManageAccounts,
    /// Back up and restore.
    BackUp,
    /// Change one's own password.
    ChangeOwnPassword,
}

impl Action {
    /// Every action.
    pub const ALL: &'static [Self] = &[
        Self::Check,
        Self::ViewCheck,
        Self::ViewMatch,
        Self::Decide,
        Self::ViewHit,
        Self::FinishFollowUp,
        Self::ViewEntry,
        Self::ListMatches,
        Self::ListHits,
        Self::ListChanges,
        Self::SearchAudit,
        Self::ViewAlert,
        Self::ListAlerts,
        Self::EnterAlert,
        Self::Exchange,
        Self::ViewFirearms,
        Self::KeepFirearms,
        Self::TraceFirearms,
        Self::ViewStock,
        Self::MoveStock,
        Self::SignStock,
        Self::CountStock,
        Self::ManageStock,
        Self::DecideStockCase,
        Self::ViewSitePlan,
        Self::ListPartners,
        Self::ManagePartners,
        Self::ListLists,
        Self::ImportList,
        Self::VerifyAudit,
        Self::ManageAccounts,
        Self::BackUp,
        Self::ChangeOwnPassword,
    ];

    /// The action as policies name it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::ViewCheck => "view-check",
            Self::ViewMatch => "view-match",
            Self::Decide => "decide",
            Self::ViewHit => "view-hit",
            Self::FinishFollowUp => "finish-follow-up",
            Self::ViewEntry => "view-entry",
            Self::ListMatches => "list-matches",
            Self::ListHits => "list-hits",
            Self::ListChanges => "list-changes",
            Self::SearchAudit => "search-audit",
            Self::ViewAlert => "view-alert",
            Self::ListAlerts => "list-alerts",
            Self::EnterAlert => "enter-alert",
            Self::Exchange => "exchange",
            Self::ViewFirearms => "view-firearms",
            Self::KeepFirearms => "keep-firearms",
            Self::TraceFirearms => "trace-firearms",
            Self::ViewStock => "view-stock",
            Self::MoveStock => "move-stock",
            Self::SignStock => "sign-stock",
            Self::CountStock => "count-stock",
            Self::ManageStock => "manage-stock",
            Self::DecideStockCase => "decide-stock-case",
            Self::ViewSitePlan => "view-site-plan",
            Self::ListPartners => "list-partners",
            Self::ManagePartners => "manage-partners",
            Self::ListLists => "list-lists",
            Self::ImportList => "import-list",
            Self::VerifyAudit => "verify-audit",
            Self::ManageAccounts => "manage-accounts",
            Self::BackUp => "back-up",
            Self::ChangeOwnPassword => "change-own-password",
        }
    }

    /// Whether the action shows or changes personal data, and so needs a justification.
    pub const fn touches_personal_data(self) -> bool {
        !matches!(
            self,
            Self::ListPartners
                | Self::ManagePartners
                | Self::ListLists
                | Self::ImportList
                | Self::VerifyAudit
                | Self::ManageAccounts
                | Self::BackUp
                | Self::ChangeOwnPassword
        )
    }

    const fn on_record(self) -> bool {
        matches!(
            self,
            Self::ViewCheck
                | Self::ViewMatch
                | Self::Decide
                | Self::ViewHit
                | Self::FinishFollowUp
                | Self::ViewEntry
        )
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The policies cannot be used. This is a mistake in the program, found when it starts.
#[derive(Debug, thiserror::Error)]
#[error("the authorisation policies are invalid: {0}")]
pub struct PolicyError(String);

/// The policies, ready to answer.
pub struct Policy {
    authorizer: Authorizer,
    policies: PolicySet,
    user: EntityTypeName,
    node: EntityUid,
    record: EntityUid,
    actions: HashMap<Action, EntityUid>,
    roles: HashMap<Role, EntityUid>,
    me: UserId,
    somebody_else: UserId,
    answers: RwLock<HashMap<Question, bool>>,
}

/// All that an answer may depend on. Policies know roles, never single persons, so an answer holds
/// for everybody in the role and is worth keeping.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Question {
    role: Role,
    action: Action,
    purpose: Option<Purpose>,
    own: Option<bool>,
}

impl Policy {
    /// Reads the policies and validates them strictly against the schema.
    ///
    /// # Errors
    /// [`PolicyError`] where a policy does not parse or does not fit the schema.
    pub fn load() -> Result<Self, PolicyError> {
        let wrong = |error: &dyn fmt::Display| PolicyError(error.to_string());
        let (schema, _) = Schema::from_cedarschema_str(SCHEMA).map_err(|e| wrong(&e))?;
        let policies: PolicySet = POLICIES.concat().parse().map_err(|e| wrong(&e))?;
        let result = Validator::new(schema).validate(&policies, ValidationMode::Strict);
        if !result.validation_passed() {
            return Err(wrong(&result));
        }
        let type_name = |name: &str| name.parse::<EntityTypeName>().map_err(|e| wrong(&e));
        let uid = |kind: &EntityTypeName, id: &str| {
            EntityUid::from_type_name_and_id(kind.clone(), EntityId::new(id))
        };
        let (action, role) = (type_name("Action")?, type_name("Role")?);
        let operator = std::iter::once(Role::Operator);
        let person = |name: &str| name.parse::<UserId>().map_err(|e| wrong(&e));
        Ok(Self {
            authorizer: Authorizer::new(),
            policies,
            user: type_name("User")?,
            node: uid(&type_name("Node")?, "node"),
            record: uid(&type_name("Record")?, "record"),
            actions: Action::ALL
                .iter()
                .map(|&a| (a, uid(&action, a.as_str())))
                .collect(),
            roles: Role::OF_ACCOUNTS
                .iter()
                .copied()
                .chain(operator)
                .map(|r| (r, uid(&role, r.as_str())))
                .collect(),
            me: person("me")?,
            somebody_else: person("somebody-else")?,
            answers: RwLock::default(),
        })
    }

    /// The same, read once for all nodes of a process.
    ///
    /// # Errors
    /// As [`Policy::load`].
    pub fn shared() -> Result<&'static Self, PolicyError> {
        static SHARED: OnceLock<Result<Policy, String>> = OnceLock::new();
        let shared = SHARED.get_or_init(|| Self::load().map_err(|PolicyError(text)| text));
        shared.as_ref().map_err(|text| PolicyError(text.clone()))
    }

    /// Whether `caller` may do `action`; for one on a record, `created_by` is whoever asked first.
    /// Whatever cannot be evaluated is refused.
    pub fn permits(&self, caller: &Caller, action: Action, created_by: Option<&UserId>) -> bool {
        self.answer(Question {
            role: caller.role,
            action,
            purpose: caller.justification.as_ref().map(|j| j.purpose),
            own: created_by.map(|login| *login == caller.login),
        })
    }

    /// Whether `caller` may do `action` on records of other people too.
    pub fn permits_on_others(&self, caller: &Caller, action: Action) -> bool {
        self.answer(Question {
            role: caller.role,
            action,
            purpose: caller.justification.as_ref().map(|j| j.purpose),
            own: Some(false),
        })
    }

    /// Whether somebody in this role may do `action` for some purpose, on a record of their own.
    /// Decides what the navigation shows; never whether something is done.
    pub fn offers(&self, role: Role, action: Action) -> bool {
        Purpose::ALL.iter().any(|&purpose| {
            self.answer(Question {
                role,
                action,
                purpose: Some(purpose),
                own: Some(true),
            })
        })
    }

    fn answer(&self, question: Question) -> bool {
        let known = self
            .answers
            .read()
            .ok()
            .and_then(|known| known.get(&question).copied());
        known.unwrap_or_else(|| {
            let answer = self.evaluate(question).unwrap_or(false);
            if let Ok(mut answers) = self.answers.write() {
                answers.insert(question, answer);
            }
            answer
        })
    }

    fn evaluate(&self, question: Question) -> Option<bool> {
        let Question {
            role,
            action,
            purpose,
            own,
        } = question;
        let user = |login: &UserId| {
            EntityUid::from_type_name_and_id(self.user.clone(), EntityId::new(login.as_str()))
        };
        let principal = user(&self.me);
        let resource = if action.on_record() {
            &self.record
        } else {
            &self.node
        };
        let attributes = if action.on_record() {
            let owner = user(if own? { &self.me } else { &self.somebody_else });
            HashMap::from([(
                "created_by".to_owned(),
                RestrictedExpression::new_entity_uid(owner),
            )])
        } else {
            HashMap::new()
        };
        let entities = Entities::from_entities(
            [
                Entity::new_no_attrs(
                    principal.clone(),
                    HashSet::from([self.roles.get(&role)?.clone()]),
                ),
                Entity::new(resource.clone(), attributes, HashSet::new()).ok()?,
            ],
            None,
        )
        .ok()?;
        let context = Context::from_pairs(purpose.map(|purpose| {
            let text = RestrictedExpression::new_string(purpose.as_str().to_owned());
            ("purpose".to_owned(), text)
        }))
        .ok()?;
        let action = self.actions.get(&action)?.clone();
        let request = Request::new(principal, action, resource.clone(), context, None).ok()?;
        let response = self
            .authorizer
            .is_authorized(&request, &self.policies, &entities);
        Some(response.decision() == Decision::Allow)
    }
}

#[cfg(test)]
mod tests;
