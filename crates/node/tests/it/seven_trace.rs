//! A trace over real processes: seven nodes serve, officers work with commands. Montenegro asks after a
//! rifle; Serbia made and exported it, Bosnia exported it further, both pass the question on; North
//! Macedonia refuses; Albania, where it is held, is down, and answers once it is back.

use std::time::Duration;

use egnatia_node::config::Config;
use egnatia_node::data::{Data, Index};
use egnatia_testkit::{administrator, arrangement_with};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::binary::{Node, Ran, Serving};
use crate::region::free_address;

const SIDES: [(&str, &str); 7] = [
    ("me-up", "ME"),
    ("rs-mup", "RS"),
    ("ba-dkpt", "BA"),
    ("mk-mvr", "MK"),
    ("al-asp", "AL"),
    ("xk-kp", "XK"),
    ("eu-agency", "EU"),
];
const ME: usize = 0;
const RS: usize = 1;
const BA: usize = 2;
const MK: usize = 3;
const AL: usize = 4;
const XK: usize = 5;
const EU: usize = 6;
const WHY: [&str; 4] = ["--purpose", "firearms-trafficking", "--case", "FFP 7/26"];
const NAME: &str = "Ana Izmišljena";

struct Place {
    node: Node,
    serving: Option<Serving>,
}

impl Place {
    fn try_to(&self, arguments: &[&str]) -> Ran {
        let mut all = vec!["--json", "firearm"];
        all.extend(arguments);
        all.extend(WHY);
        self.node.run(&all)
    }

    /// A command that must succeed, and what it says.
    fn done(&self, arguments: &[&str]) -> Value {
        let ran = self.try_to(arguments);
        assert_eq!(ran.code, 0, "{arguments:?}: {} {}", ran.out, ran.err);
        ran.json()
    }

    fn start(&mut self) {
        self.serving = Some(self.node.serve());
    }

    /// kill -9.
    fn stop(&mut self) {
        self.serving.take().unwrap().kill();
    }

    /// The one trace that waits for an answer here, once it has come.
    fn question(&self) -> Value {
        let mut inbox = Value::Null;
        eventually("the question has come", || {
            inbox = self.done(&["trace", "inbox"]);
            inbox.as_array().is_some_and(|items| items.len() == 1)
        });
        inbox[0].clone()
    }
}

/// Waits until it is so. The nodes do the work meanwhile.
fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..120 {
        if is_so() {
            return;
        }
        std::thread::sleep(Duration::from_millis(500));
    }
    panic!("never: {what}");
}

/// Seven nodes that have met, all of them serving.
async fn region() -> Vec<Place> {
    let mut places = Vec::new();
    let mut opened = Vec::new();
    for (authority, partner) in SIDES {
        let text = format!(
            "[node]\nauthority = \"{authority}\"\npartner = \"{partner}\"\n\
             [exchange]\nlisten = \"{}\"\n",
            free_address()
        );
        let node = Node::new();
        node.configure(&text);
        let config = Config::parse(&text).unwrap();
        let data = Data::open(&node.data(), config, Index::Keep).await;
        opened.push(data.unwrap());
        places.push(node);
    }
    for one in &opened {
        let own = one.app.own_card().unwrap().fingerprint().to_string();
        for (other, (_, partner)) in opened.iter().zip(SIDES) {
            let card = other.app.own_card().unwrap();
            let (json, spoken) = (card.to_json(), card.fingerprint().to_string());
            if spoken == own {
                continue;
            }
            let admin = administrator();
            let accepted = one.app.accept_partner(&admin, json.as_bytes(), &spoken);
            accepted.await.unwrap();
            let agreed = arrangement_with(partner.parse().unwrap());
            one.app.put_arrangement(&admin, None, agreed).await.unwrap();
        }
    }
    for data in opened {
        data.close().await;
    }
    let places = places.into_iter().map(|node| {
        let serving = Some(node.serve());
        Place { node, serving }
    });
    places.collect()
}

/// A country of the chain.
fn hop<'a>(trace: &'a Value, authority: &str) -> &'a Value {
    let hops = trace["hops"].as_array().unwrap();
    hops.iter()
        .find(|hop| hop["authority"] == authority)
        .unwrap_or_else(|| panic!("{authority}: {trace}"))
}

fn time(value: &Value) -> Timestamp {
    value.as_str().unwrap().parse().unwrap()
}

/// Each country has the days of a routine trace from when it got the question, and no other clock.
fn clocks_are_right(trace: &Value) {
    for hop in trace["hops"].as_array().unwrap() {
        let (since, due) = (time(&hop["since"]), time(&hop["due_at"]));
        assert_eq!(
            due.duration_since(since),
            SignedDuration::from_hours(168),
            "{hop}"
        );
        assert_eq!(hop["overdue"], false, "{hop}");
    }
}

/// The median time of the answers in tenths of a day, counted from the clocks alone.
fn median(trace: &Value) -> i64 {
    let hops = trace["hops"].as_array().unwrap().iter();
    let answered = hops.filter(|hop| hop["state"] == "answered");
    let mut took: Vec<i64> = answered
        .map(|hop| time(&hop["answered_at"]).duration_since(time(&hop["since"])))
        .map(|took| took.as_secs())
        .inspect(|took| assert!((0..600).contains(took), "{trace}"))
        .collect();
    took.sort_unstable();
    let middle = took.len() / 2;
    let seconds = match took.len() % 2 {
        0 => (took[middle - 1] + took[middle]) / 2,
        _ => took[middle],
    };
    (seconds + 4_320) / 8_640
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trace_over_three_countries_with_one_down_one_refusing_and_two_passing_on_comes_to_its_end()
 {
    let mut places = region().await;

    // Serbia's register has the rifle from the factory to the border.
    let rifle = [
        "register",
        "--serial",
        "M70B-45123",
        "--make",
        "Crvena Zastava",
        "--model",
        "M70AB2",
        "--calibre",
        "7,62×39",
        "--kind",
        "assault-rifle",
        "--country",
        "RS",
        "--year",
        "1987",
    ];
    let rifle = places[RS].done(&rifle)["registered"].clone();
    let rifle = rifle.as_str().unwrap();
    let made = [
        "event",
        rifle,
        "manufacture",
        "--on",
        "1987-05-04",
        "--holder",
        "zastava",
        "--holder-kind",
        "manufacturer",
    ];
    assert_eq!(places[RS].done(&made)["number"], 1);
    let sent = [
        "event",
        rifle,
        "export",
        "--on",
        "1988-02-01",
        "--to-country",
        "BA",
        "--number",
        "IZ 7/88",
    ];
    assert_eq!(places[RS].done(&sent)["custody"]["abroad"], "BA");

    // Albania's node is killed before anybody asks.
    places[AL].stop();
    let ask = [
        "trace",
        "ask",
        "--to",
        "rs-mup",
        "--serial",
        "M70B-45123",
        "--make",
        "Zastava",
        "--model",
        "M70AB2",
        "--calibre",
        "7.62x39",
        "--kind",
        "assault-rifle",
        "--country",
        "RS",
        "--recovered-in",
        "ME",
        "--recovered-on",
        "2026-11-20",
        "--offence",
        "illicit possession of firearms",
        "--intended-use",
        "KU 7/26",
        "--may-pass-to",
        "BA",
    ];
    let trace = places[ME].done(&ask)["trace"].clone();
    let trace = trace.as_str().unwrap();
    places[ME].done(&["trace", "further", trace, "--to", "mk-mvr"]);

    // Serbia finds it in its register, and passes the question on as far as it may.
    let question = places[RS].question();
    assert_eq!(question["like"][0], rifle, "{question}");
    let exported = |id: &str, country: &str, to: &str| -> Vec<String> {
        let on = [
            "--on",
            "1988-02-01",
            "--number",
            "IZ 7/88",
            "--country",
            country,
        ];
        let mut all = vec!["trace", "answer", id, "exported-to"];
        all.extend(on);
        all.extend(["--pass-to", to]);
        all.into_iter().map(str::to_owned).collect()
    };
    let answer = question["answer"].as_str().unwrap();
    let astray = exported(answer, "AL", "al-asp");
    let astray: Vec<&str> = astray.iter().map(String::as_str).collect();
    let refused = places[RS].try_to(&astray);
    assert_eq!(refused.code, 2, "{}", refused.out);
    assert!(refused.err.contains("has not consented"), "{}", refused.err);
    let onward = exported(answer, "BA", "ba-dkpt");
    let onward: Vec<&str> = onward.iter().map(String::as_str).collect();
    places[RS].done(&onward);
    let question = places[MK].question();
    let refusal = [
        "trace",
        "answer",
        question["answer"].as_str().unwrap(),
        "refused",
        "--reason",
        "investigation-or-safety",
    ];
    places[MK].done(&refusal);

    // Bosnia sent it on to Albania. Montenegro consents only now: Bosnia passes it on afterwards.
    let question = places[BA].question();
    assert_eq!(question["body"]["via"], "rs-mup", "{question}");
    let answer = question["answer"].as_str().unwrap().to_owned();
    let moved = [
        "trace",
        "answer",
        &answer,
        "exported-to",
        "--country",
        "AL",
        "--on",
        "1997-03-13",
    ];
    places[BA].done(&moved);
    let show = |places: &[Place]| places[ME].done(&["trace", "show", trace]);
    eventually("Bosnia has answered", || {
        show(&places)["leads"] == serde_json::json!(["AL"])
    });
    places[ME].done(&["trace", "consent", trace, "--country", "AL"]);
    eventually("Bosnia knows of the consent", || {
        let pass = ["trace", "pass-on", &answer, "--to", "al-asp"];
        places[BA].try_to(&pass).code == 0
    });
    let mut halfway = Value::Null;
    eventually("three have answered and one is silent", || {
        halfway = show(&places);
        let hops = halfway["hops"].as_array().unwrap();
        hops.len() == 4
            && ["rs-mup", "ba-dkpt", "mk-mvr"]
                .iter()
                .all(|who| hop(&halfway, who)["state"] == "answered")
    });
    clocks_are_right(&halfway);
    assert_eq!(halfway["median_tenths_of_a_day"], median(&halfway));
    assert_eq!(halfway["last_holder_known"], false);
    assert_eq!(
        hop(&halfway, "mk-mvr")["answer"]["refused"]["reason"],
        "investigation-or-safety"
    );
    let silent = hop(&halfway, "al-asp").clone();
    assert_eq!(
        (&silent["state"], &silent["via"], &silent["depth"]),
        (&"silent".into(), &"ba-dkpt".into(), &3.into())
    );

    // Albania is back: the question comes by itself, and its clock starts now.
    places[AL].start();
    let question = places[AL].question();
    assert_eq!(
        (&question["body"]["via"], &question["body"]["asker"]),
        (&"ba-dkpt".into(), &"me-up".into())
    );
    let held = [
        "trace",
        "answer",
        question["answer"].as_str().unwrap(),
        "held-by",
        "--on",
        "2009-09-01",
        "--holder",
        "OL 443",
        "--holder-name",
        NAME,
        "--standing",
        "stolen",
    ];
    places[AL].done(&held);
    let twice = places[AL].try_to(&held);
    assert_eq!(twice.code, 4, "{}", twice.err);
    let mut whole = Value::Null;
    eventually("the chain has come to its end", || {
        whole = show(&places);
        whole["last_holder_known"] == true
    });
    let chain: Vec<(&str, &str, i64)> = whole["hops"]
        .as_array()
        .unwrap()
        .iter()
        .map(|hop| {
            let text = |name: &str| hop[name].as_str().unwrap();
            (
                text("authority"),
                text("via"),
                hop["depth"].as_i64().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        chain,
        [
            ("rs-mup", "me-up", 1),
            ("ba-dkpt", "rs-mup", 2),
            ("al-asp", "ba-dkpt", 3),
            ("mk-mvr", "me-up", 1),
        ]
    );
    clocks_are_right(&whole);
    assert_eq!(whole["median_tenths_of_a_day"], median(&whole));
    assert_eq!(whole["leads"], serde_json::json!([]));
    let last = hop(&whole, "al-asp");
    // While the node was down its clock ran from when Bosnia passed the question on.
    assert!(
        time(&last["since"]) > time(&silent["since"]),
        "the clock starts at receipt: {last}"
    );
    assert_eq!(last["answer"]["held-by"]["holder"]["name"], NAME);

    // Nobody in between knows who held it; whoever was not asked knows nothing.
    for between in [RS, BA, MK] {
        let inbox = places[between].done(&["trace", "inbox"]).to_string();
        assert!(
            !inbox.contains("Izmišljena"),
            "{}: {inbox}",
            SIDES[between].0
        );
        let seen = places[between].try_to(&["trace", "show", trace]);
        assert!(!seen.out.contains("Izmišljena"), "{}", SIDES[between].0);
        assert!(!seen.out.contains("al-asp"), "{}", SIDES[between].0);
    }
    for stranger in [XK, EU] {
        assert_eq!(
            places[stranger].done(&["trace", "inbox"]),
            serde_json::json!([])
        );
        let none = places[stranger].try_to(&["trace", "show", trace]);
        assert_eq!(none.code, 2, "{}", none.err);
    }
    // Montenegro's annual return counts it as traced.
    let asked = time(&whole["body"]["asked_at"]);
    let year = asked.to_zoned_datetime(jiff::tz::TimeZone::UTC);
    let counted = places[ME].done(&["return", "unodc-iafq", &year.year().to_string()]);
    let rows = counted["rows"].as_array().unwrap();
    let traced = rows.iter().find(|row| row["what"] == "traced").unwrap();
    assert_eq!(traced["count"], 1, "{traced}");
    for (place, (authority, _)) in places.iter_mut().zip(SIDES) {
        place.stop();
        let verified = place.node.run(&["audit", "verify"]);
        assert_eq!(verified.code, 0, "{authority}: {}", verified.err);
    }
}
