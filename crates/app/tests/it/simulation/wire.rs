//! The wire between two nodes, with its faults; and somebody who opens envelopes on their way and
//! looks whether all that is in them may go there.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, OnceLock};

use egnatia_app::{Courier, CourierError, Identity, RecordFilter, Store};
use egnatia_firearms::Trace;
use egnatia_protocol::{NodeCard, SharedRecord, Statement, open_parcel};
use egnatia_record::{
    Arrangement, AuthorityId, Category, Clock, Kind, OriginRegime, RecordId, ReleasableTo,
    SubjectCategory,
};
use egnatia_testkit::{FixedClock, MemoryStore, SIDES, TestNode, test_identity};
use jiff::tz::TimeZone;

/// Envelopes that come late, or again: from, to, bytes.
pub type Late = Arc<Mutex<Vec<(usize, usize, Vec<u8>)>>>;

/// Which record may be handed on to whom.
pub type Granted = Arc<Mutex<BTreeSet<(RecordId, AuthorityId)>>>;

/// What happens to one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    None,
    Lost,
    AnswerLost,
    Twice,
    Late,
    Altered,
}

/// What was done, unless the node died over it.
pub async fn or_death<T>(store: &MemoryStore, doing: impl Future<Output = T>) -> Option<T> {
    let doing = Box::pin(doing);
    tokio::select! {
        biased;
        done = doing => Some(done),
        () = store.died() => None,
    }
}

/// Carries an envelope, or does not.
pub struct Wire<'a> {
    pub from: &'a TestNode,
    pub to: &'a TestNode,
    pub pair: (usize, usize),
    pub fault: Fault,
    pub late: Late,
    /// Whether somebody opens the envelope on its way.
    pub looks: bool,
    /// What issuers have granted.
    pub granted: Granted,
    /// What should not have been in it.
    pub found: Mutex<Vec<String>>,
}

impl Wire<'_> {
    async fn hand_over(&self, bytes: &[u8]) -> Result<Vec<u8>, CourierError> {
        let away = || CourierError::Unreachable("nobody answers".to_owned());
        if self.to.store.is_dead() {
            return Err(away());
        }
        let receiving = self.to.app.receive(&self.from.authority, bytes);
        let answer = or_death(&self.to.store, receiving).await;
        let answer = answer.ok_or_else(away)?;
        answer.map_err(|error| CourierError::Busy(error.to_string()))
    }
}

#[async_trait::async_trait]
impl Courier for Wire<'_> {
    async fn deliver(&self, _: &NodeCard, envelope: Vec<u8>) -> Result<Vec<u8>, CourierError> {
        if self.looks {
            let found = self.may_all_go(&envelope).await;
            self.found.lock().unwrap().extend(found);
        }
        self.from.store.may_die().await;
        let lost = || CourierError::Unreachable("lost".to_owned());
        let answer = match self.fault {
            Fault::None => self.hand_over(&envelope).await,
            Fault::Lost => Err(lost()),
            Fault::AnswerLost => {
                let _ = self.hand_over(&envelope).await;
                Err(lost())
            }
            Fault::Twice => {
                let first = self.hand_over(&envelope).await;
                let second = self.hand_over(&envelope).await;
                second.or(first)
            }
            Fault::Late => {
                let (from, to) = self.pair;
                self.late.lock().unwrap().push((from, to, envelope));
                Err(lost())
            }
            Fault::Altered => {
                let mut altered = envelope;
                let middle = altered.len() / 2;
                altered[middle] ^= 0x10;
                let answer = self.hand_over(&altered).await;
                if answer.is_ok() {
                    let text = "an altered envelope was taken".to_owned();
                    self.found.lock().unwrap().push(text);
                }
                Err(lost())
            }
        };
        self.from.store.may_die().await;
        answer
    }
}

/// The keys of all sides, made once.
fn identity_of(authority: &AuthorityId) -> &'static Identity {
    static ALL: OnceLock<Vec<Identity>> = OnceLock::new();
    let issued_at = FixedClock::default().now();
    let all = ALL.get_or_init(|| {
        let made = SIDES.iter().map(|(a, p)| test_identity(a, p, 1, issued_at));
        made.collect()
    });
    let side = SIDES.iter().position(|(a, _)| *a == authority.as_str());
    &all[side.unwrap()]
}

impl Wire<'_> {
    /// Opens an envelope with the keys of its recipient, and says what in it may not go there.
    async fn may_all_go(&self, envelope: &[u8]) -> Vec<String> {
        let (from, to) = (self.from, self.to);
        let card = from.app.own_card().unwrap();
        let opening = &identity_of(&to.authority).opening;
        let now = from.clock.now();
        let parcel = match open_parcel(envelope, &to.authority, opening, card.card(), now) {
            Ok(parcel) => parcel,
            Err(error) => return vec![format!("an envelope cannot be opened: {error}")],
        };
        let mut found = Vec::new();
        for item in parcel.items {
            match Statement::read(&item.statement).unwrap() {
                Statement::Record(shared) => found.extend(self.may_not_go(&shared).await),
                Statement::Hit(hit) => found.extend(not_to_its_issuer(from, to, hit.alert).await),
                Statement::Request(asked) => {
                    found.extend(not_to_its_issuer(from, to, asked.about).await);
                }
                _ => {}
            }
        }
        found
    }

    async fn may_not_go(&self, shared: &SharedRecord) -> Option<String> {
        let originator = &shared.envelope.originator;
        let is_own = [&self.from.authority, &self.to.authority].contains(&originator);
        if !is_own && !is_permitted(shared, self.to, &self.granted) {
            let (from, to, id) = (self.from, self.to, shared.envelope.id);
            return Some(format!(
                "{from:?} gives {id} to {to:?}: its originator has not permitted it"
            ));
        }
        record_may_not_go(self.from, self.to, shared).await
    }
}

/// Whether its originator lets a record go on: the trace says so itself, of an alert somebody has
/// answered so.
fn is_permitted(shared: &SharedRecord, to: &TestNode, granted: &Granted) -> bool {
    if shared.envelope.kind == Kind::Trace {
        let trace: Trace = serde_json::from_str(shared.body.as_str()).unwrap();
        return trace.may_pass_to.contains(&to.partner);
    }
    let key = (shared.envelope.id, to.authority.clone());
    granted.lock().unwrap().contains(&key)
}

async fn not_to_its_issuer(from: &TestNode, to: &TestNode, id: RecordId) -> Option<String> {
    let held = from.store.record(id).await.unwrap()?;
    let issuer = held.envelope.originator;
    (issuer != to.authority).then(|| format!("{from:?} tells {to:?} of {id}, which is {issuer}'s"))
}

/// Asked anew, from what is committed at this moment, and not by the code that is tested.
async fn record_may_not_go(
    from: &TestNode,
    to: &TestNode,
    shared: &SharedRecord,
) -> Option<String> {
    let envelope = &shared.envelope;
    let id = envelope.id;
    if envelope.originator == to.authority {
        // Its own words come back to it.
        return None;
    }
    let wrong = |why: &str| Some(format!("{from:?} gives {id} to {to:?}: {why}"));
    // What its newest version says: an older one may have been decided otherwise.
    let newest = from.store.record(id).await.unwrap();
    let handling = match &newest {
        Some(newest) => &newest.envelope.handling,
        None => &envelope.handling,
    };
    let released = match handling.releasable_to() {
        ReleasableTo::NobodyElse => false,
        ReleasableTo::Partners(partners) => partners.contains(&to.partner),
        ReleasableTo::Anybody => true,
    };
    if !released {
        return wrong("it is not released to them");
    }
    if envelope.handling.origin() == OriginRegime::Sis && to.partner.as_str() != "EU" {
        return wrong("SIS data never go to a third country");
    }
    let is_trace = matches!(envelope.kind, Kind::Trace | Kind::TraceAnswer);
    let category = match is_trace {
        true => Category::ObjectSeizure,
        false => {
            serde_json::from_str::<egnatia_alerts::Alert>(shared.body.as_str())
                .unwrap()
                .category
        }
    };
    let personal = envelope.subject != SubjectCategory::NoPerson;
    let today = from.clock.now().to_zoned_datetime(TimeZone::UTC).date();
    let held = agreed(from.store.as_ref()).await.into_iter();
    let covers = |one: &Arrangement| {
        one.partner == to.partner
            && one.valid_from <= today
            && one.valid_to.is_none_or(|to| today <= to)
            && one.categories.contains(&category)
            && one.purposes.contains(&envelope.purpose)
            && (one.personal_data || !personal)
    };
    match held.filter(covers).count() {
        0 => wrong("no arrangement covers it"),
        _ => None,
    }
}

async fn agreed(store: &MemoryStore) -> Vec<Arrangement> {
    bodies(store, Kind::Arrangement, Some("agreed")).await
}

/// Records of a kind.
pub fn of_kind(kind: Kind, state: Option<&str>) -> RecordFilter {
    RecordFilter {
        kind,
        state: state.map(str::to_owned),
        created_by: None,
        after: None,
        limit: 1_000,
    }
}

/// What records of a kind say, but for the erased ones.
pub async fn bodies<B: serde::de::DeserializeOwned>(
    store: &MemoryStore,
    kind: Kind,
    state: Option<&str>,
) -> Vec<B> {
    let found = store.find(&of_kind(kind, state)).await.unwrap();
    let bodies = found.iter().filter_map(|stored| stored.body.as_ref());
    bodies
        .map(|(body, _)| serde_json::from_slice(body).unwrap())
        .collect()
}
