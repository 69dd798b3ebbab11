//! Signed checkpoints and the proof of one entry.

use egnatia_audit::{
    Checkpoint, CheckpointError, EntryProof, EntryProofError, Frontier, Hash, Leaf, LogKey, Node,
    OpenedDetail, Operation, ProofPlan, Salt, Signer, commit,
};
use proptest::prelude::*;

fn signer() -> Signer {
    Signer::new("egnatia/mk-mvr", &[7; 32]).unwrap()
}

fn checkpoint(size: u64) -> Checkpoint {
    Checkpoint {
        origin: "egnatia/mk-mvr".into(),
        size,
        root: Hash::of(b"root"),
    }
}

#[test]
fn a_note_has_the_shared_format() {
    let note = signer().sign(&checkpoint(12));
    let lines: Vec<&str> = note.split('\n').collect();
    assert_eq!(lines[0], "egnatia/mk-mvr");
    assert_eq!(lines[1], "12");
    assert_eq!(lines[2].len(), 44);
    assert_eq!(lines[3], "");
    assert!(lines[4].starts_with("\u{2014} egnatia/mk-mvr "));
    assert_eq!(lines[5..], [""]);
}

#[test]
fn signatures_of_witnesses_are_passed_over() {
    let witness = Signer::new("witness/rs", &[8; 32]).unwrap();
    let signed = witness.sign(&checkpoint(5));
    let cosignature = signed.split("\n\n").nth(1).unwrap();
    let note = signer().sign(&checkpoint(5)) + cosignature;
    assert_eq!(signer().log_key().open(&note), Ok(checkpoint(5)));
    assert_eq!(
        signer().log_key().open(&signed),
        Err(CheckpointError::NotSigned)
    );
}

#[test]
fn refuses_other_logs_other_keys_and_other_formats() {
    let key = signer().log_key();
    let other = Signer::new("egnatia/mk-mvr", &[8; 32]).unwrap();
    assert_eq!(
        key.open(&other.sign(&checkpoint(5))),
        Err(CheckpointError::NotSigned)
    );
    let stranger = Checkpoint {
        origin: "egnatia/rs-mup".into(),
        ..checkpoint(5)
    };
    assert_eq!(
        key.open(&signer().sign(&stranger)),
        Err(CheckpointError::OtherLog)
    );
    let note = signer().sign(&checkpoint(5));
    for broken in [
        String::new(),
        note.replace("\n5\n", "\n05\n"),
        note.replace("\n5\n", "\n+5\n"),
        note.replace("\n\n", "\n"),
        note.replace('\u{2014}', "-"),
        note.trim_end().to_owned(),
        note.replace("\n\n", "\nextension\n\n"),
        note.repeat(200),
    ] {
        assert_eq!(
            key.open(&broken),
            Err(CheckpointError::Malformed),
            "{broken}"
        );
    }
}

#[test]
fn public_keys_survive_their_text_form_and_names_are_checked() {
    let key = signer().log_key();
    assert_eq!(key.to_string().parse::<LogKey>(), Ok(key.clone()));
    let text = key.to_string();
    for broken in [
        text.replace("mk-mvr", "rs-mup"),
        text.replacen('+', "", 1),
        text[..text.len() - 4].to_owned(),
        String::new(),
    ] {
        assert!(broken.parse::<LogKey>().is_err(), "{broken}");
    }
    for name in ["", "a b", "a+b", "a\n"] {
        assert!(Signer::new(name, &[7; 32]).is_err(), "{name:?}");
    }
    assert!(!format!("{:?}", signer()).contains("07"));
}

fn entry_proof() -> EntryProof {
    let mut frontier = Frontier::default();
    let mut nodes = std::collections::HashMap::new();
    let salt = Salt::from_bytes([3; 32]);
    let leaf = |sequence| Leaf {
        sequence,
        at: "2026-11-24T09:00:00.123456Z".parse().unwrap(),
        operation: Operation::Consultation,
        commitment: commit(&salt, b"{}"),
    };
    for sequence in 0..11 {
        for Node { id, hash } in frontier.append(leaf(sequence).hash()) {
            nodes.insert(id, hash);
        }
    }
    let plan = ProofPlan::inclusion(4, 11).unwrap();
    EntryProof {
        leaf: leaf(4),
        detail: Some(OpenedDetail {
            salt,
            text: "{}".into(),
        }),
        path: plan
            .resolve(|id| nodes.get(&id).copied().ok_or(()))
            .unwrap(),
        checkpoint: signer().sign(&Checkpoint {
            root: frontier.root(),
            ..checkpoint(11)
        }),
    }
}

#[test]
fn an_entry_proof_survives_json_and_verifies_with_and_without_its_detail() {
    let json = serde_json::to_string(&entry_proof()).unwrap();
    let mut proof: EntryProof = serde_json::from_str(&json).unwrap();
    assert_eq!(proof, entry_proof());
    assert_eq!(proof.verify(&signer().log_key()).unwrap().size, 11);
    proof.detail = None;
    assert!(proof.verify(&signer().log_key()).is_ok());
}

#[test]
fn an_entry_proof_with_another_detail_leaf_or_key_fails() {
    let key = signer().log_key();
    let mut proof = entry_proof();
    proof.detail.as_mut().unwrap().text = "{ }".into();
    assert_eq!(proof.verify(&key), Err(EntryProofError::Detail));
    let mut proof = entry_proof();
    proof.leaf.operation = Operation::Erasure;
    assert!(matches!(proof.verify(&key), Err(EntryProofError::Path(_))));
    let mut proof = entry_proof();
    proof.leaf.sequence = 5;
    assert!(matches!(proof.verify(&key), Err(EntryProofError::Path(_))));
    let other = Signer::new("egnatia/mk-mvr", &[8; 32]).unwrap();
    assert!(matches!(
        entry_proof().verify(&other.log_key()),
        Err(EntryProofError::Checkpoint(_))
    ));
}

proptest! {
    #[test]
    fn no_flipped_bit_of_a_note_opens(at in any::<prop::sample::Index>(), bit in 0u8..8) {
        let mut note = signer().sign(&checkpoint(77)).into_bytes();
        let at = at.index(note.len());
        note[at] ^= 1 << bit;
        if let Ok(note) = String::from_utf8(note) {
            prop_assert!(signer().log_key().open(&note).is_err());
        }
    }

    #[test]
    fn reading_a_note_never_panics(text in "\\PC{0,3}\n[0-9]{0,3}\n\\PC*\n\n\\PC*\n") {
        prop_assert!(signer().log_key().open(&text).is_err());
    }
}
