//! Seven processes, each in a network of its own. One is killed and the cable of another one is
//! pulled: the alert still reaches the others, and both have everything once they are back.

use std::time::{Duration, Instant};

use egnatia_node::config::Config;
use egnatia_node::data::{Data, Index};
use egnatia_record::RecordId;
use egnatia_testkit::{administrator, arrangement_with, verifier};

use crate::binary::{Node, Serving};
use crate::networks::Networks;
use crate::region::{alert, name, until};

const SIDES: [(&str, &str); 7] = [
    ("mk-mvr", "MK"),
    ("al-asp", "AL"),
    ("ba-dkpt", "BA"),
    ("eu-agency", "EU"),
    ("me-up", "ME"),
    ("rs-mup", "RS"),
    ("xk-kp", "XK"),
];
const HOME: usize = 0;
const KILLED: usize = 2;
const CUT_OFF: usize = 5;

/// A node of the seven.
struct Place {
    node: Node,
    config: Config,
    serving: Option<Serving>,
}

impl Place {
    async fn open(&self, index: Index) -> Data {
        Data::open(&self.node.data(), self.config.clone(), index)
            .await
            .unwrap()
    }

    fn serve(&mut self, networks: &Networks, place: usize) {
        let command = networks.at(place, &self.node.serve_command());
        self.serving = Some(Node::serve_with(command));
    }

    fn kill(&mut self) {
        self.serving.take().unwrap().kill();
    }
}

/// Seven folders whose nodes have met.
async fn prepared() -> Vec<Place> {
    let mut places = Vec::new();
    let mut opened = Vec::new();
    for (place, (authority, partner)) in SIDES.into_iter().enumerate() {
        let node = Node::new();
        let text = format!(
            "[node]\nauthority = \"{authority}\"\npartner = \"{partner}\"\n\
             [exchange]\nlisten = \"{}:7443\"\n",
            Networks::address(place)
        );
        node.configure(&text);
        let place = Place {
            node,
            config: Config::parse(&text).unwrap(),
            serving: None,
        };
        opened.push(place.open(Index::Keep).await);
        places.push(place);
    }
    for one in &opened {
        for (other, (_, partner)) in opened.iter().zip(SIDES) {
            let card = other.app.own_card().unwrap();
            if card.fingerprint() == one.app.own_card().unwrap().fingerprint() {
                continue;
            }
            let (json, spoken) = (card.to_json(), card.fingerprint().to_string());
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
    places
}

async fn enter(data: &Data, number: usize) -> RecordId {
    let new = alert(&name(number));
    data.app.enter_alert(&verifier(), new).await.unwrap().alert
}

/// Who has signed for an alert.
async fn signed(data: &Data, alert: RecordId) -> Vec<String> {
    let view = data.app.view_alert(&verifier(), alert).await.unwrap();
    let rows = view.deliveries.iter().filter(|row| row.receipt.is_some());
    let mut signed: Vec<String> = rows
        .inspect(|row| assert_eq!(row.reason, None, "{row:?}"))
        .map(|row| row.to.to_string())
        .collect();
    signed.sort();
    signed
}

fn all_but(without: &[usize]) -> Vec<String> {
    let places = SIDES.iter().enumerate();
    let some = places.filter(|(place, _)| !without.contains(place));
    let mut names: Vec<String> = some.map(|(_, (name, _))| (*name).to_owned()).collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_node_and_one_without_a_line_catch_up_and_nobody_else_waits_for_them() {
    let networks = match Networks::new(SIDES.len()) {
        Ok(networks) => networks,
        Err(why) => {
            println!("skipped: {why}");
            return;
        }
    };
    let mut places = prepared().await;
    for (place, one) in places.iter_mut().enumerate() {
        one.serve(&networks, place);
    }
    // Officers of these nodes work on the same folders, as the commands do.
    let home = places[HOME].open(Index::Load).await;
    let away = places[CUT_OFF].open(Index::Load).await;
    let first = enter(&home, 0).await;
    until("all six have signed", async || {
        signed(&home, first).await == all_but(&[HOME])
    })
    .await;

    places[KILLED].kill();
    networks.cable(CUT_OFF, false);
    let begun = Instant::now();
    let second = enter(&home, 1).await;
    let third = enter(&away, 2).await;
    let reached = all_but(&[HOME, KILLED, CUT_OFF]);
    until("four have signed", async || {
        signed(&home, second).await == reached
    })
    .await;
    println!("four have signed after {:?}", begun.elapsed());
    assert!(begun.elapsed() < Duration::from_secs(30));
    // What waits is waited for: nobody has signed for either of them.
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(signed(&home, second).await, reached);
    assert!(signed(&away, third).await.is_empty());

    networks.cable(CUT_OFF, true);
    places[KILLED].serve(&networks, KILLED);
    let back = Instant::now();
    until("both have caught up", async || {
        signed(&home, second).await == all_but(&[HOME])
    })
    .await;
    until("what was written without a line has left", async || {
        signed(&away, third).await == all_but(&[CUT_OFF])
    })
    .await;
    println!("both have caught up after {:?}", back.elapsed());
    home.close().await;
    away.close().await;
    for place in &mut places {
        place.kill();
    }
    for (place, one) in places.iter().enumerate() {
        let data = one.open(Index::Skip).await;
        for alert in [first, second, third] {
            let held = data.app.view_alert(&verifier(), alert).await;
            assert!(held.is_ok(), "{} lacks {alert}", SIDES[place].0);
        }
        data.close().await;
    }
}
