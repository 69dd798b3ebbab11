//! The commands of the exchange on the real binary, against a partner that answers: what they do,
//! what they refuse, what they print for people and for programs.

use egnatia_node::config::Config;
use egnatia_node::data::{Data, Index};
use egnatia_record::{Arrangement, Gate, RecordId};
use egnatia_testkit::{administrator, arrangement_with};
use serde_json::{Value, json};

use crate::binary::{Node, Ran};
use crate::region::{Side, free_address, until};

const WHY: [&str; 4] = ["--purpose", "terrorism", "--case", "KTN-14"];

/// Skopje by its commands, and Tirana that runs. They have accepted each other.
struct Met {
    mk: Node,
    al: Side,
    config: Config,
    /// Tirana's card, in a file of Skopje's.
    card: String,
}

impl Met {
    async fn new() -> Self {
        let address = free_address();
        let toml = format!(
            "[node]\nauthority = \"mk-mvr\"\npartner = \"MK\"\n\
             [exchange]\nlisten = \"{address}\"\naddress = \"https://{address}\"\n"
        );
        let mk = Node::new();
        mk.configure(&toml);
        let al = Side::start("al-asp", "AL").await;
        let own = mk.path("mk.json");
        let written = ["--json", "partner", "card", "--out", own.to_str().unwrap()];
        let fingerprint = mk.done(&written).json();
        let card = std::fs::read(&own).unwrap();
        let fingerprint = fingerprint["fingerprint"].as_str().unwrap();
        let accepted = al
            .app()
            .accept_partner(&administrator(), &card, fingerprint)
            .await;
        assert_eq!(accepted.unwrap().as_str(), "mk-mvr");
        al.app()
            .put_arrangement(
                &administrator(),
                None,
                arrangement_with("MK".parse().unwrap()),
            )
            .await
            .unwrap();
        let card = mk.path("al.json");
        std::fs::write(&card, al.app().own_card().unwrap().to_json()).unwrap();
        let config = Config::parse(&toml).unwrap();
        let card = card.to_str().unwrap().to_owned();
        Self {
            mk,
            al,
            config,
            card,
        }
    }

    fn fingerprint(&self) -> String {
        self.al.app().own_card().unwrap().fingerprint().to_string()
    }

    fn accept(&self) -> Value {
        let fingerprint = self.fingerprint();
        let accept = ["--json", "partner", "accept", &self.card];
        let accept = [&accept[..], &["--fingerprint", &fingerprint]].concat();
        self.mk.done(&accept).json()
    }

    /// What only the page and the API can agree on.
    async fn agree(&self, gate: Gate) {
        let data = Data::open(&self.mk.data(), self.config.clone(), Index::Skip)
            .await
            .unwrap();
        let agreed = Arrangement {
            gate,
            ..arrangement_with("AL".parse().unwrap())
        };
        data.app
            .put_arrangement(&administrator(), None, agreed)
            .await
            .unwrap();
        data.close().await;
    }

    fn alert(&self, arguments: &[&str]) -> Ran {
        let all = [&["--json", "alert"], arguments, &WHY].concat();
        self.mk.run(&all)
    }

    fn enter(&self) -> RecordId {
        let file = self.mk.path("wanted.csv");
        let text = "name,dob,category,decision\nQorvald Imaginec,1971-03-05,26,K 1/26\n";
        std::fs::write(&file, text).unwrap();
        let done = self.alert(&[
            "import",
            file.to_str().unwrap(),
            "--release-to",
            "AL",
            "--subject",
            "suspect",
            "--reason",
            "listed in the register of wanted persons",
            "--proportionality",
            "serious, current, no milder means",
        ]);
        assert_eq!(done.code, 0, "{} {}", done.out, done.err);
        let listed = self.alert(&["list"]).json();
        listed[0]["alert"].as_str().unwrap().parse().unwrap()
    }

    fn deliveries(&self) -> Vec<Value> {
        let listed = self.mk.done(&["--json", "partner", "deliveries", "al-asp"]);
        listed.json().as_array().unwrap().clone()
    }
}

fn code_of(ran: &Ran) -> String {
    let error: Value = serde_json::from_str(ran.err.trim()).unwrap_or_default();
    error["error"]["code"]
        .as_str()
        .unwrap_or(&ran.err)
        .to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transfer_is_justified_and_an_alert_that_was_lost_is_taken_over_again() {
    let met = Met::new().await;
    met.accept();
    met.agree(Gate::Derogation).await;
    let backup = met.mk.path("backup");
    met.mk.done(&["backup", backup.to_str().unwrap()]);
    let id = met.enter();
    let alert = id.to_string();
    let shown = met.alert(&["show", &alert]).json();
    assert!(shown.to_string().contains("not-justified"), "{shown}");

    // Without a ground, without what the ground needs, for nobody, for an alert that is not there.
    let justify = ["justify", &alert, "--to", "al-asp", "--justification"];
    let because = [&justify[..], &["the attack is planned for tonight"]].concat();
    assert_eq!(met.alert(&because).code, 2);
    let told = [&because[..], &["--told", "wanted persons"]].concat();
    assert_eq!(met.alert(&told).code, 2, "the day is missing");
    let both = ["--told", "x", "--told-on", "2026-11-01"];
    let threat = ["--derogation", "immediate-threat"];
    let both = [&because[..], &both, &threat].concat();
    assert_eq!(met.alert(&both).code, 2);
    let unknown = [&because[..], &["--derogation", "because-we-can"]].concat();
    assert_eq!(met.alert(&unknown).code, 2);
    let individual = [&because[..], &["--derogation", "individual-case"]].concat();
    let refused = met.alert(&individual);
    assert_eq!(
        (refused.code, code_of(&refused).as_str()),
        (2, "invalid-input"),
        "rights are not weighed"
    );
    let elsewhere = ["justify", &alert, "--to", "rs-mup", "--justification", "x"];
    let refused = met.alert(&[&elsewhere[..], &threat].concat());
    assert_eq!(refused.code, 2, "{}", refused.err);
    let nothing = "0123456789abcdef0123456789abcdef";
    let missing = ["justify", nothing, "--to", "al-asp", "--justification", "x"];
    let refused = met.alert(&[&missing[..], &threat].concat());
    assert_eq!((refused.code, code_of(&refused).as_str()), (2, "not-found"));
    let without_why = [&["alert"], &because[..], &threat].concat();
    let refused = met.mk.run(&without_why);
    assert_eq!(refused.code, 3, "{}", refused.err);
    assert!(met.deliveries().is_empty());

    let done = met.alert(&[&because[..], &threat].concat());
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(done.json()["transfer"].is_string());
    assert_eq!(met.deliveries().len(), 1);
    let mut serving = met.mk.serve();
    until("Tirana has it", async || met.al.has(id).await).await;
    until("its receipt is here", async || {
        met.deliveries()
            .iter()
            .any(|row| row["has_receipt"] == true)
    })
    .await;
    serving.kill();

    // The node is put back to before it was entered. The partner returns it.
    let restore = ["restore", backup.to_str().unwrap(), "--replace"];
    let told = met.mk.done(&restore).out;
    assert!(
        told.contains("1 partner(s) are asked") && told.contains("alert list --returned"),
        "{told}"
    );
    assert_eq!(met.alert(&["show", &alert]).code, 2, "it is lost");
    let returned = met.alert(&["list", "--returned"]);
    assert_eq!(returned.json(), json!([]));
    let mut serving = met.mk.serve();
    until("it comes back", async || {
        met.alert(&["list", "--returned"]).json()[0]["alert"] == alert
    })
    .await;
    serving.kill();
    assert_eq!(met.alert(&["list"]).json()[0]["state"], "returned");
    let people = [&["alert", "list", "--returned"], &WHY[..]].concat();
    let people = met.mk.done(&people).out;
    assert!(people.contains("Qorvald Imaginec"), "{people}");
    let both = met.alert(&["list", "--returned", "--received"]);
    assert_eq!(both.code, 2, "{}", both.err);

    let refused = met.mk.run(&["alert", "adopt", &alert]);
    assert_eq!(refused.code, 3, "{}", refused.err);
    let missing = met.alert(&["adopt", nothing]);
    assert_eq!((missing.code, code_of(&missing).as_str()), (2, "not-found"));
    assert_eq!(met.alert(&["adopt", "not-an-id"]).code, 2);
    let done = met.alert(&["adopt", &alert]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert_eq!(done.json(), json!({ "adopted": alert }));
    assert_eq!(met.alert(&["list"]).json()[0]["state"], "active");
    assert_eq!(met.alert(&["list", "--returned"]).json(), json!([]));
    let twice = met.alert(&["adopt", &alert]);
    assert_eq!((twice.code, code_of(&twice).as_str()), (4, "conflict"));
    met.mk.done(&["audit", "verify"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_partner_is_read_accepted_listed_and_revoked() {
    let met = Met::new().await;
    let (mk, card) = (&met.mk, met.card.as_str());
    let shown = mk.done(&["--json", "partner", "read", card]).json();
    assert_eq!(shown["authority"], "al-asp");
    assert_eq!(shown["fingerprint"], met.fingerprint());
    let people = mk.done(&["partner", "read", card]).out;
    assert!(people.contains(&met.fingerprint()), "{people}");
    let none = mk.run(&["--json", "partner", "read", "/nowhere/card.json"]);
    assert_eq!((none.code, code_of(&none).as_str()), (2, "invalid-input"));
    let broken = mk.path("broken.json");
    std::fs::write(&broken, "{\"payload\":").unwrap();
    assert_eq!(
        mk.run(&["partner", "read", broken.to_str().unwrap()]).code,
        2
    );
    // Nobody is known by reading alone.
    assert_eq!(mk.done(&["--json", "partner", "list"]).json(), json!([]));
    let early = mk.run(&["partner", "revoke", "al-asp"]);
    assert_eq!(early.code, 2, "{}", early.err);

    let heard = ["partner", "accept", card, "--fingerprint"];
    let wrong = mk.run(&[&heard[..], &["AAAA-AAAA-AAAA-AAAA-AAAA"]].concat());
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("do not accept it"), "{}", wrong.err);
    assert_eq!(
        mk.run(&["partner", "accept", card]).code,
        2,
        "nothing heard"
    );
    assert_eq!(met.accept(), json!({ "accepted": "al-asp" }));
    let listed = mk.done(&["--json", "partner", "list"]).json();
    assert_eq!(
        (&listed[0]["authority"], &listed[0]["state"]),
        (&json!("al-asp"), &json!("accepted"))
    );
    let people = mk.done(&["partner", "list"]).out;
    assert!(people.contains(&met.fingerprint()), "{people}");

    let agreed = mk.done(&["--json", "partner", "arrangements", "--adopt"]);
    let agreed = agreed.json();
    let count = agreed["adopted"].as_u64().unwrap();
    assert!(count >= 6, "{agreed}");
    let again = mk.done(&["--json", "partner", "arrangements", "--adopt"]);
    assert_eq!(again.json()["adopted"], 0);
    let people = mk.done(&["partner", "arrangements"]).out;
    assert!(people.contains("not confirmed"), "{people}");

    // What waits for whom, and in which state it is.
    let people = mk.done(&["partner", "deliveries", "al-asp"]).out;
    assert!(people.contains("Nothing was ever told"), "{people}");
    let id = met.enter().to_string();
    let rows = met.deliveries();
    assert_eq!(
        (&rows[0]["kind"], &rows[0]["record"], &rows[0]["state"]),
        (&json!("record"), &json!(id), &json!("queued"))
    );
    let withdraw = ["withdraw", &id, "--reason", "the person was found"];
    assert_eq!(met.alert(&withdraw).code, 0);
    let rows = met.deliveries();
    assert_eq!(rows[0]["kind"], "recall", "newest first");
    let waits = mk.done(&["--json", "partner", "list"]).json();
    assert_eq!(waits[0]["waiting"], 2);
    let one = ["--json", "partner", "deliveries", "al-asp", "--limit", "1"];
    assert_eq!(mk.done(&one).json().as_array().unwrap().len(), 1);
    for limit in ["0", "201", "many"] {
        let ran = mk.run(&["partner", "deliveries", "al-asp", "--limit", limit]);
        assert_eq!(ran.code, 2, "{limit}");
    }
    let people = mk.done(&["partner", "deliveries", "al-asp"]).out;
    assert!(people.contains("queued"), "{people}");

    // New keys, with the card that all partners get; then the end of the trust.
    let rotated = mk.done(&["--json", "partner", "rotate-keys", "--overlap-days", "9"]);
    let rotated = rotated.json();
    assert_eq!(
        (&rotated["serial"], &rotated["revoked"]),
        (&json!(2), &json!(false))
    );
    // What was told, and what keeps the exchange going, apart and together.
    let part = |wanted: &[&str]| {
        let listed = ["--json", "partner", "deliveries", "al-asp"];
        let listed = mk.done(&[&listed[..], wanted].concat()).json();
        let rows = listed.as_array().unwrap().clone();
        rows.iter()
            .map(|row| row["kind"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(part(&[]), ["recall", "record"]);
    assert_eq!(part(&["--part", "shared"]), ["recall", "record"]);
    assert_eq!(part(&["--part", "upkeep"]), ["card"]);
    assert_eq!(part(&["--part", "all"]), ["card", "recall", "record"]);
    let recall = met.deliveries()[0]["position"].to_string();
    assert_eq!(part(&["--before", &recall]), ["record"]);
    let nothing = mk
        .done(&["partner", "deliveries", "al-asp", "--before", "0"])
        .out;
    assert!(nothing.contains("nothing before that"), "{nothing}");
    let wrong = mk.run(&["partner", "deliveries", "al-asp", "--part", "half"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("shared, upkeep, all"), "{}", wrong.err);
    let none = mk.run(&["partner", "rotate-keys", "--overlap-days", "0"]);
    assert_eq!(none.code, 2);
    let people = mk.done(&["partner", "rotate-keys", "--revoke"]).out;
    assert!(people.contains("The old keys are revoked"), "{people}");
    let done = mk.done(&["--json", "partner", "revoke", "al-asp"]);
    assert_eq!(done.json(), json!({ "done": true }));
    let listed = mk.done(&["--json", "partner", "list"]).json();
    assert_eq!(listed[0]["state"], "revoked");
    let twice = mk.run(&["--json", "partner", "revoke", "al-asp"]);
    assert_ne!(twice.code, 0, "{}", twice.out);
    // It is still seen what was queued, and nothing is given to it any more.
    assert!(met.deliveries().iter().all(|row| row["state"] == "queued"));
    mk.done(&["audit", "verify"]);
}
