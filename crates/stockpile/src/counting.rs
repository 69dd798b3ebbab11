//! When what is counted: by the intervals of the profile, by rules that somebody sets with a reason,
//! and when the command changes. Rules are about goods and stores, never about people.

use std::collections::BTreeSet;

use egnatia_record::{RecordId, UserId};
use jiff::civil::Date;
use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};

use crate::words::is_short;
use crate::{AccountId, Division, Goods, Remark, StockProfile, WeaponCategory};

/// Stores that one rule names.
const STORES_MAX: usize = 500;
/// The longest interval, days.
const EVERY_DAYS_MAX: u16 = 3_660;

/// The body of a record of kind `stock-count-rule`: stores like these are counted more often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountRule {
    /// What it is called, such as `explosives each fortnight`.
    pub name: String,
    /// Why.
    pub reason: Remark,
    /// After how many days such a store is counted again.
    pub every_days: u16,
    /// The stores that it is about; all of them where none is named.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub stores: BTreeSet<AccountId>,
    /// Only stores that hold something like this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holding: Option<Holding>,
    /// Only stores in which something differed within so many days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discrepancy_days: Option<u16>,
    /// Who set it.
    pub set_by: UserId,
    /// When.
    pub set_at: Timestamp,
    /// That it holds no longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<RuleEnd>,
}

/// That a rule holds no longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleEnd {
    /// Why.
    pub reason: Remark,
    /// By whom.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
}

/// What goods are like. All that is stated has to hold for one and the same of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holding {
    /// What they are called has this in it; case does not matter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nomenclature: Option<String>,
    /// Their category as weapons is one of these.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub categories: BTreeSet<WeaponCategory>,
    /// Their hazard division is one of these.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub divisions: BTreeSet<Division>,
}

impl Holding {
    fn says_nothing(&self) -> bool {
        self.nomenclature.is_none() && self.categories.is_empty() && self.divisions.is_empty()
    }

    /// Whether goods are like this.
    pub fn fits(&self, goods: &Goods) -> bool {
        let called = self.nomenclature.as_ref().is_none_or(|part| {
            goods
                .nomenclature
                .to_lowercase()
                .contains(&part.to_lowercase())
        });
        let category = self.categories.is_empty()
            || goods
                .category
                .is_some_and(|category| self.categories.contains(&category));
        let division = self.divisions.is_empty()
            || goods
                .explosive
                .is_some_and(|explosive| self.divisions.contains(&explosive.division));
        called && category && division
    }
}

/// Why a rule is not kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRule {
    /// No name.
    #[error("state what the rule is called, 1 to 100 characters")]
    Name,
    /// No interval, or a strange one.
    #[error("state after how many days it is counted again, 1 to {EVERY_DAYS_MAX}")]
    Every,
    /// It says nothing about which stores.
    #[error("say which stores it is about: by name, by what they hold, or by a discrepancy")]
    Nothing,
    /// A text that nothing is called by, or too many stores.
    #[error(
        "a rule names at most {STORES_MAX} stores, and a part of a name has 1 to 100 characters"
    )]
    Holding,
    /// No days.
    #[error("state within how many days of a discrepancy, 1 to {EVERY_DAYS_MAX}")]
    DiscrepancyDays,
}

impl InvalidRule {
    /// The field that is wrong, as forms and the API name it.
    pub const fn field(&self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Every => "every_days",
            Self::Nothing => "stores",
            Self::Holding => "nomenclature",
            Self::DiscrepancyDays => "discrepancy_days",
        }
    }
}

impl CountRule {
    /// Checks a rule before it is kept.
    ///
    /// # Errors
    /// [`InvalidRule`], by the first thing that is wrong.
    pub fn validate(&self) -> Result<(), InvalidRule> {
        let days = 1..=EVERY_DAYS_MAX;
        if !is_short(&self.name, 100) {
            return Err(InvalidRule::Name);
        }
        if !days.contains(&self.every_days) {
            return Err(InvalidRule::Every);
        }
        if self.discrepancy_days.is_some_and(|of| !days.contains(&of)) {
            return Err(InvalidRule::DiscrepancyDays);
        }
        let holding = self.holding.as_ref();
        let part = holding.and_then(|holding| holding.nomenclature.as_ref());
        if self.stores.len() > STORES_MAX || part.is_some_and(|part| !is_short(part, 100)) {
            return Err(InvalidRule::Holding);
        }
        let no_goods = holding.is_none_or(Holding::says_nothing);
        if self.stores.is_empty() && no_goods && self.discrepancy_days.is_none() {
            return Err(InvalidRule::Nothing);
        }
        Ok(())
    }

    /// Whether it is about a store on this day.
    pub fn is_about(&self, store: &StoreFacts<'_>, today: Date) -> bool {
        let recent = |days: u16| {
            let since = today.saturating_sub(Span::new().days(i64::from(days)));
            store.discrepancy_on.is_some_and(|on| on >= since)
        };
        let holds = |holding: &Holding| store.goods.iter().any(|goods| holding.fits(goods));
        self.ended.is_none()
            && (self.stores.is_empty() || self.stores.contains(&store.store))
            && self.holding.as_ref().is_none_or(holds)
            && self.discrepancy_days.is_none_or(recent)
    }

    /// Ends the rule.
    ///
    /// # Errors
    /// [`RuleEnded`].
    pub fn end(mut self, reason: Remark, by: UserId, at: Timestamp) -> Result<Self, RuleEnded> {
        if self.ended.is_some() {
            return Err(RuleEnded);
        }
        self.ended = Some(RuleEnd { reason, by, at });
        Ok(self)
    }
}

/// The rule holds no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the rule has ended already")]
pub struct RuleEnded;

/// What decides when a store is counted.
#[derive(Debug, Clone)]
pub struct StoreFacts<'a> {
    /// The store.
    pub store: AccountId,
    /// Since when it is there.
    pub since: Date,
    /// When it was last counted as a whole.
    pub last_on: Option<Date>,
    /// When something in it last differed.
    pub discrepancy_on: Option<Date>,
    /// What is in it.
    pub goods: Vec<&'a Goods>,
}

/// Why a store is due to be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CountWhy {
    /// Its interval is over.
    Interval,
    /// A rule asks for it.
    Rule(RecordId),
    /// The command of its site changes.
    Command(RecordId),
}

/// By when a store is counted next, and why: whatever asks for the earliest day. The interval stands
/// where a rule asks for the same day.
pub fn count_due(
    store: &StoreFacts<'_>,
    rules: &[(RecordId, CountRule)],
    profile: &StockProfile,
    today: Date,
) -> (Date, CountWhy) {
    let since = store.last_on.unwrap_or(store.since);
    let serialised = store.goods.iter().any(|goods| goods.is_serialised());
    let mut due = (profile.count_due_on(since, serialised), CountWhy::Interval);
    for (id, rule) in rules {
        if rule.is_about(store, today) {
            let on = since.saturating_add(Span::new().days(i64::from(rule.every_days)));
            if on < due.0 {
                due = (on, CountWhy::Rule(*id));
            }
        }
    }
    due
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Condition, Explosive, Group, Mass, Tracking};
    use jiff::civil::date;
    use proptest::prelude::*;

    fn goods(division: Option<Division>, category: Option<WeaponCategory>) -> Goods {
        Goods {
            nomenclature: "Charge TNT 1 kg".into(),
            tracking: Tracking::Lot { lot: "L7".into() },
            explosive: division.map(|division| Explosive {
                division,
                group: Group::D,
                mass_each: Mass::from_kilograms(1),
            }),
            category,
            made_on: None,
            expires_on: None,
            inspected: None,
            condition: Condition::Serviceable,
        }
    }

    fn rule(every_days: u16) -> CountRule {
        CountRule {
            name: "explosives each fortnight".into(),
            reason: "they are worth stealing".to_owned().try_into().unwrap(),
            every_days,
            stores: BTreeSet::new(),
            holding: Some(Holding {
                divisions: BTreeSet::from([Division::D1_1]),
                ..Holding::default()
            }),
            discrepancy_days: None,
            set_by: "ines".parse().unwrap(),
            set_at: "2026-03-01T09:00:00Z".parse().unwrap(),
            ended: None,
        }
    }

    fn facts<'a>(goods: &'a Goods, discrepancy_on: Option<Date>) -> StoreFacts<'a> {
        StoreFacts {
            store: AccountId::from_bytes([7; 16]),
            since: date(2026, 1, 1),
            last_on: Some(date(2026, 3, 1)),
            discrepancy_on,
            goods: vec![goods],
        }
    }

    const RULE: RecordId = RecordId::from_bytes([9; 16]);

    #[test]
    fn a_store_with_explosives_is_due_sooner_and_another_one_by_its_interval() {
        let profile = StockProfile::shipped().unwrap();
        let (rules, today) = ([(RULE, rule(14))], date(2026, 3, 2));
        let explosive = goods(Some(Division::D1_1), None);
        let due = count_due(&facts(&explosive, None), &rules, &profile, today);
        assert_eq!(due, (date(2026, 3, 15), CountWhy::Rule(RULE)));
        for other in [goods(None, None), goods(Some(Division::D1_4), None)] {
            let due = count_due(&facts(&other, None), &rules, &profile, today);
            assert_eq!(due, (date(2026, 8, 30), CountWhy::Interval));
        }
    }

    #[test]
    fn weapons_of_category_a_are_told_from_others() {
        let mut of_a = rule(7);
        of_a.holding = Some(Holding {
            categories: BTreeSet::from([WeaponCategory::A]),
            ..Holding::default()
        });
        let today = date(2026, 3, 2);
        let about = |category| {
            let goods = goods(None, category);
            of_a.is_about(&facts(&goods, None), today)
        };
        assert!(about(Some(WeaponCategory::A)));
        assert!(!about(Some(WeaponCategory::B)) && !about(None));
    }

    #[test]
    fn a_discrepancy_counts_as_long_as_the_rule_says() {
        let mut sooner = rule(3);
        sooner.holding = None;
        sooner.discrepancy_days = Some(30);
        let goods = goods(None, None);
        let about = |on, today| sooner.is_about(&facts(&goods, on), today);
        let on = Some(date(2026, 3, 1));
        assert!(about(on, date(2026, 3, 1)) && about(on, date(2026, 3, 31)));
        assert!(!about(on, date(2026, 4, 1)) && !about(None, date(2026, 3, 1)));
    }

    #[test]
    fn an_ended_rule_asks_for_nothing_and_ends_once() {
        let why = || "the explosives are gone".to_owned().try_into().unwrap();
        let by = || "ines".parse().unwrap();
        let at = "2026-03-02T09:00:00Z".parse().unwrap();
        let ended = rule(1).end(why(), by(), at).unwrap();
        let goods = goods(Some(Division::D1_1), None);
        assert!(!ended.is_about(&facts(&goods, None), date(2026, 3, 2)));
        assert_eq!(ended.end(why(), by(), at), Err(RuleEnded));
    }

    #[test]
    fn a_rule_that_is_about_nothing_is_refused() {
        let mut nothing = rule(14);
        nothing.holding = Some(Holding::default());
        assert_eq!(nothing.validate(), Err(InvalidRule::Nothing));
        nothing.discrepancy_days = Some(0);
        assert_eq!(nothing.validate(), Err(InvalidRule::DiscrepancyDays));
        assert_eq!(rule(0).validate(), Err(InvalidRule::Every));
        assert_eq!(rule(14).validate(), Ok(()));
    }

    proptest! {
        /// A rule only ever brings a count forward.
        #[test]
        fn no_rule_makes_a_count_later(every in 1_u16..4_000, within in proptest::option::of(1_u16..400)) {
            let profile = StockProfile::shipped().unwrap();
            let goods = goods(Some(Division::D1_1), None);
            let facts = facts(&goods, Some(date(2026, 2, 20)));
            let today = date(2026, 3, 10);
            let (plain, _) = count_due(&facts, &[], &profile, today);
            let ruled = CountRule { discrepancy_days: within, ..rule(every) };
            let (due, why) = count_due(&facts, &[(RULE, ruled)], &profile, today);
            prop_assert!(due <= plain);
            prop_assert_eq!(due == plain, why == CountWhy::Interval);
        }
    }
}
