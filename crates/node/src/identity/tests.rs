use std::fs;
use std::os::unix::fs::PermissionsExt;

use egnatia_testkit::{FixedClock, SeededEntropy};
use jiff::SignedDuration;
use tempfile::TempDir;

use super::*;
use crate::exchange::Credentials;

const CONFIGURATION: &str = "\
[node]\nauthority = \"mk-mvr\"\npartner = \"MK\"\nname = \"Ministry\"\n\
[exchange]\nlisten = \"127.0.0.1:7443\"\n";

struct Setting {
    folder: TempDir,
    clock: FixedClock,
    entropy: SeededEntropy,
}

impl Setting {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            clock: FixedClock::default(),
            entropy: SeededEntropy::new(5),
        }
    }

    fn open(&self, toml: &str) -> anyhow::Result<ExchangeKeys> {
        let config = Config::parse(toml)?;
        ExchangeKeys::open_or_make(self.folder.path(), &config, &self.clock, &self.entropy)
    }

    fn rotate(&self, overlap_days: u16, revoke: bool) -> anyhow::Result<ExchangeKeys> {
        let config = Config::parse(CONFIGURATION)?;
        let rotation = Rotation {
            overlap_days,
            revoke,
        };
        let folder = self.folder.path();
        ExchangeKeys::rotate(folder, &config, rotation, &self.clock, &self.entropy)
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }
}

fn numbers(keys: &ExchangeKeys) -> [usize; 3] {
    let card = keys.card().unwrap();
    let card = card.card();
    [card.signing.len(), card.sealing.len(), card.tls.len()]
}

#[test]
fn keys_are_made_once_encrypted_and_only_the_owner_reads_them() {
    let setting = Setting::new();
    let first = setting.open(CONFIGURATION).unwrap();
    let again = setting.open(CONFIGURATION).unwrap();
    let card = first.card().unwrap();
    assert_eq!(again.card().unwrap(), card);
    assert_eq!(card.card().serial, 1);
    assert_eq!(card.card().addresses, ["https://127.0.0.1:7443"]);
    assert_eq!(card.card().name("en"), "Ministry");
    assert!(!first.is_to_be_announced().unwrap() && first.unlock_lies_beside());
    for name in ["exchange.keys", "exchange.unlock"] {
        let mode = fs::metadata(setting.path(name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    let text = fs::read_to_string(setting.path("exchange.keys")).unwrap();
    assert!(!text.contains("signing"), "the secrets stand in the open");
    let config = Config::parse(CONFIGURATION).unwrap();
    let public = public_card(setting.folder.path(), &config, &setting.clock);
    assert_eq!(public.unwrap().unwrap(), card);
}

#[test]
fn what_was_altered_or_is_another_nodes_is_refused_by_name() {
    let setting = Setting::new();
    setting.open(CONFIGURATION).unwrap();
    let whole = fs::read_to_string(setting.path("exchange.keys")).unwrap();
    let unlock = fs::read_to_string(setting.path("exchange.unlock")).unwrap();
    let refused = |keys: &str, unlock: &str| {
        fs::write(setting.path("exchange.keys"), keys).unwrap();
        fs::write(setting.path("exchange.unlock"), unlock).unwrap();
        let error = setting.open(CONFIGURATION).unwrap_err();
        let named = error.chain().find(|cause| cause.is::<InputError>());
        assert!(named.is_some(), "{error:#}");
        format!("{error:#}")
    };
    let sealed = whole.find("\"sealed\": \"").unwrap() + 40;
    for at in [
        sealed,
        sealed + 400,
        whole.find("\"nonce\": \"").unwrap() + 12,
    ] {
        let mut altered = whole.clone().into_bytes();
        altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
        let text = refused(&String::from_utf8(altered).unwrap(), &unlock);
        assert!(
            text.contains("do not open") && text.contains("restore"),
            "{text}"
        );
    }
    // The card stands in the open, and is bound in all the same.
    let altered = whole.replacen("payload", "Payload", 1);
    assert!(refused(&altered, &unlock).contains("do not open"));
    let other = "0".repeat(64);
    assert!(refused(&whole, &other).contains("do not open"));
    assert!(refused(&whole, "a short one").contains("openssl rand"));
    assert!(refused("{}", &unlock).contains("do not open"));
    let other = whole.replacen("mk-mvr", "rs-mup", 1);
    assert!(refused(&other, &unlock).contains("[node] authority"));
    fs::write(setting.path("exchange.keys"), &whole).unwrap();
    assert!(setting.open(CONFIGURATION).is_ok());
}

#[test]
fn the_key_that_opens_them_may_lie_elsewhere_and_is_not_made_there() {
    let setting = Setting::new();
    let elsewhere = tempfile::tempdir().unwrap();
    let file = elsewhere.path().join("key");
    let toml = format!("{CONFIGURATION}unlock_file = \"{}\"\n", file.display());
    let missing = format!("{:#}", setting.open(&toml).unwrap_err());
    assert!(missing.contains("openssl rand -hex 32"), "{missing}");
    assert!(!setting.path("exchange.keys").exists());
    fs::write(&file, format!("{}\n", "7f".repeat(32))).unwrap();
    let keys = setting.open(&toml).unwrap();
    assert!(!keys.unlock_lies_beside() && !setting.path("exchange.unlock").exists());
}

#[test]
fn the_serial_rises_when_the_card_says_something_new_and_partners_are_told_once() {
    let setting = Setting::new();
    setting.open(CONFIGURATION).unwrap();
    let moved = format!("{CONFIGURATION}address = \"https://node.example:7443\"\n");
    let mut keys = setting.open(&moved).unwrap();
    let card = keys.card().unwrap();
    assert_eq!(card.card().serial, 2);
    assert_eq!(card.card().addresses, ["https://node.example:7443"]);
    assert!(keys.is_to_be_announced().unwrap());
    keys.announced(&setting.entropy).unwrap();
    assert!(!setting.open(&moved).unwrap().is_to_be_announced().unwrap());
}

#[test]
fn rotated_keys_overlap_and_then_the_old_ones_go() {
    let setting = Setting::new();
    let first = setting.open(CONFIGURATION).unwrap().card().unwrap();
    setting.clock.advance(SignedDuration::from_hours(24));
    let keys = setting.rotate(30, false).unwrap();
    let card = keys.card().unwrap();
    let now = setting.clock.now();
    card.succeeds(first.card(), now).unwrap();
    assert_eq!(numbers(&keys), [2, 2, 2]);
    assert_eq!(keys.identity().unwrap().signing.len(), 2);
    assert_eq!(card.card().signing_keys_at(now).count(), 2);
    assert!(keys.is_to_be_announced().unwrap());

    let shown = |keys: &ExchangeKeys| {
        let own = Credentials::default();
        own.take(keys.certificates()).unwrap();
        let all = own.shown_first(setting.clock.now());
        let pin = |at: usize| crate::exchange::pin_of(&all[at].cert[0]).unwrap();
        (all.len(), pin(0))
    };
    let (old, new) = (first.card().tls[0].sha256, card.card().tls[0].sha256);
    assert_eq!(
        shown(&keys),
        (2, old),
        "partners may not know the new one yet"
    );
    setting.clock.advance(SignedDuration::from_hours(24 * 28));
    assert_eq!(shown(&keys), (2, new), "towards the end it is the new one");
    setting.clock.advance(SignedDuration::from_hours(24 * 2));
    let keys = setting.open(CONFIGURATION).unwrap();
    assert_eq!(numbers(&keys), [1, 1, 1]);
    assert_eq!(keys.identity().unwrap().opening.len(), 1);
    let last = keys.card().unwrap();
    last.succeeds(card.card(), setting.clock.now()).unwrap();
    assert_eq!(last.card().serial, 3);
}

#[test]
fn revoked_keys_are_not_valid_at_once_and_still_vouch_for_the_new_card() {
    let setting = Setting::new();
    let first = setting.open(CONFIGURATION).unwrap().card().unwrap();
    setting.clock.advance(SignedDuration::from_hours(1));
    let keys = setting.rotate(30, true).unwrap();
    let card = keys.card().unwrap();
    let now = setting.clock.now();
    card.succeeds(first.card(), now).unwrap();
    let old = first.card().signing[0].key;
    assert!(card.card().signing_keys_at(now).all(|key| *key != old));
    assert_eq!(
        card.card().tls.len(),
        1,
        "a certificate is revoked by leaving it out"
    );
    assert_eq!(keys.certificates().len(), 2, "but it still brings the card");
}

#[test]
fn too_many_generations_are_refused_until_the_first_is_gone() {
    let setting = Setting::new();
    setting.open(CONFIGURATION).unwrap();
    for generations in 2..=4 {
        setting.clock.advance(SignedDuration::from_hours(1));
        assert_eq!(numbers(&setting.rotate(30, false).unwrap())[0], generations);
    }
    let refused = format!("{:#}", setting.rotate(30, false).unwrap_err());
    assert!(refused.contains("--revoke"), "{refused}");
    setting.clock.advance(SignedDuration::from_hours(1));
    assert!(setting.rotate(30, true).is_ok());
    setting.clock.advance(SignedDuration::from_hours(24 * 31));
    assert_eq!(numbers(&setting.rotate(30, false).unwrap())[0], 2);
}

#[test]
fn a_certificate_renews_itself_before_its_end_with_an_overlap_and_the_keys_stay() {
    let setting = Setting::new();
    let first = setting.open(CONFIGURATION).unwrap();
    let end = first.certificate_ends().unwrap();
    let old = first.card().unwrap();
    let until_due = end.duration_since(setting.clock.now()) - RENEW_BEFORE;
    setting
        .clock
        .advance(until_due - SignedDuration::from_secs(1));
    let same = setting.open(CONFIGURATION).unwrap();
    assert_eq!(same.card().unwrap(), old, "there is time");

    setting.clock.advance(SignedDuration::from_secs(1));
    let mut keys = setting.open(CONFIGURATION).unwrap();
    let card = keys.card().unwrap();
    assert_eq!(numbers(&keys), [1, 1, 2]);
    assert_eq!(card.card().signing, old.card().signing);
    assert_eq!(card.card().sealing, old.card().sealing);
    assert_eq!(card.card().serial, 2);
    let now = setting.clock.now();
    assert_eq!(card.succeeds(old.card(), now), Ok(()), "partners take it");
    assert_eq!(card.card().pins_at(now).count(), 2, "both are known");
    assert!(keys.certificate_ends().unwrap() > end);
    assert!(keys.is_to_be_announced().unwrap());
    keys.announced(&setting.entropy).unwrap();
    let again = setting.open(CONFIGURATION).unwrap();
    assert_eq!(again.card().unwrap(), card, "once is enough");

    let overlap = SignedDuration::from_hours(24 * i64::from(OVERLAP_DAYS));
    setting
        .clock
        .advance(overlap + SignedDuration::from_secs(1));
    let keys = setting.open(CONFIGURATION).unwrap();
    assert_eq!(numbers(&keys), [1, 1, 1], "the old one has gone");
}

#[test]
fn keys_go_into_a_backup_as_they_lie_and_make_the_same_node_elsewhere() {
    let setting = Setting::new();
    let config = Config::parse(CONFIGURATION).unwrap();
    let folder = setting.folder.path();
    assert!(SealedKeys::read(folder, &config).unwrap().is_none());
    let card = setting.open(CONFIGURATION).unwrap().card().unwrap();
    let sealed = SealedKeys::read(folder, &config).unwrap().unwrap();
    let lies = fs::read_to_string(setting.path("exchange.keys")).unwrap();
    assert_eq!(sealed.text, lies);

    let elsewhere = Setting::new();
    elsewhere.open(CONFIGURATION).unwrap();
    let put = |setting: &Setting, sealed: &SealedKeys| {
        sealed.put_back(setting.folder.path(), &config, &setting.clock)
    };
    // Another node's keys of the same name are replaced, not followed.
    assert_eq!(put(&elsewhere, &sealed).unwrap(), TakenBack::Written);
    assert_eq!(elsewhere.open(CONFIGURATION).unwrap().card().unwrap(), card);
    // Keys that were rotated since stay.
    setting.clock.advance(SignedDuration::from_hours(24));
    let newer = setting.rotate(30, false).unwrap().card().unwrap();
    assert_eq!(put(&setting, &sealed).unwrap(), TakenBack::Kept);
    let held = setting.open(CONFIGURATION).unwrap().card().unwrap();
    assert_eq!(held, newer);
    // They open where they are put.
    let fresh = Setting::new();
    put(&fresh, &sealed).unwrap();
    assert_eq!(fresh.open(CONFIGURATION).unwrap().card().unwrap(), card);
    assert_eq!(put(&fresh, &sealed).unwrap(), TakenBack::Kept);
    let broken = SealedKeys {
        text: "{}".to_owned(),
        unlock: None,
    };
    assert!(put(&fresh, &broken).is_err());
}
