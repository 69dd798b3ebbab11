//! The seven sides of the demonstration: the six partners and one agency of the Union.

/// A node of the demonstration. Kosovo*: this designation is without prejudice to positions on
/// status, and is in line with UNSCR 1244/1999 and the ICJ Opinion on the Kosovo declaration of
/// independence.
pub struct Side {
    /// The authority's id.
    pub authority: &'static str,
    /// Of which partner it is.
    pub partner: &'static str,
    /// What it is called.
    pub name: &'static str,
    /// Where people would say it is.
    pub place: &'static str,
    /// Its time zone.
    pub zone: &'static str,
    /// Its colour.
    pub accent: &'static str,
}

/// The text that stands once wherever Kosovo* is named.
pub const FOOTNOTE: &str = "* This designation is without prejudice to positions on status, and is \
     in line with UNSCR 1244/1999 and the ICJ Opinion on the Kosovo declaration of independence.";

/// All seven; the first one is the node that people are shown first.
pub const SIDES: [Side; 7] = [
    Side {
        authority: "demo-border-police",
        partner: "MK",
        name: "Demonstration Border Police",
        place: "Skopje",
        zone: "Europe/Skopje",
        accent: "teal",
    },
    Side {
        authority: "demo-al-police",
        partner: "AL",
        name: "Demonstration Police of Albania",
        place: "Tirana",
        zone: "Europe/Tirane",
        accent: "rust",
    },
    Side {
        authority: "demo-ba-police",
        partner: "BA",
        name: "Demonstration Police of Bosnia and Herzegovina",
        place: "Sarajevo",
        zone: "Europe/Sarajevo",
        accent: "indigo",
    },
    Side {
        authority: "demo-xk-police",
        partner: "XK",
        name: "Demonstration Police of Kosovo*",
        place: "Prishtina",
        zone: "Europe/Belgrade",
        accent: "slate",
    },
    Side {
        authority: "demo-me-police",
        partner: "ME",
        name: "Demonstration Police of Montenegro",
        place: "Podgorica",
        zone: "Europe/Podgorica",
        accent: "plum",
    },
    Side {
        authority: "demo-rs-police",
        partner: "RS",
        name: "Demonstration Police of Serbia",
        place: "Belgrade",
        zone: "Europe/Belgrade",
        accent: "forest",
    },
    Side {
        authority: "demo-eu-agency",
        partner: "EU",
        name: "Demonstration Agency of the Union",
        place: "The Hague",
        zone: "Europe/Amsterdam",
        accent: "indigo",
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn every_side_makes_a_valid_configuration() {
        for side in &SIDES {
            let text = super::super::region::configuration(side, 7071, 7171);
            let config = Config::parse(&text).unwrap();
            assert!(config.exchanges(), "{}", side.authority);
        }
    }
}
