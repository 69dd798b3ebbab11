//! Random trees: three implementations agree, every proof verifies, any flipped bit fails.

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use egnatia_audit::{Frontier, Hash, NodeId, ProofPlan, verify_consistency, verify_inclusion};
use proptest::prelude::*;
use sha2::Sha256;

use crate::{grow, naive_path, naive_root, naive_subproof};

/// Leaves that differ: under equal leaves, one path proves several places.
fn trees() -> impl Strategy<Value = Vec<Vec<u8>>> {
    prop::collection::vec(prop::collection::vec(any::<u8>(), 0..20), 1..70).prop_map(
        |mut leaves| {
            for (leaf, number) in leaves.iter_mut().zip(0u8..) {
                leaf.push(number);
            }
            leaves
        },
    )
}

fn flip(hash: &Hash, bit: usize) -> Hash {
    let mut bytes = *hash.as_bytes();
    bytes[bit / 8 % 32] ^= 1 << (bit % 8);
    Hash::from_bytes(bytes)
}

fn bytes(path: &[Hash]) -> Vec<u8> {
    path.iter().flat_map(|hash| *hash.as_bytes()).collect()
}

proptest! {
    #[test]
    fn three_implementations_agree_on_roots(leaves in trees()) {
        let (frontier, nodes) = grow(&leaves);
        let mut third = MemoryBackedTree::<Sha256, Vec<u8>>::new();
        leaves.iter().for_each(|leaf| third.push(leaf.clone()));
        prop_assert_eq!(frontier.root(), naive_root(&leaves));
        prop_assert_eq!(frontier.root().as_bytes().to_vec(), third.root().as_bytes().to_vec());

        let peaks = Frontier::peak_ids(frontier.size()).iter().map(|id| nodes[id]).collect();
        prop_assert_eq!(Frontier::from_peaks(frontier.size(), peaks).unwrap(), frontier);
    }

    #[test]
    fn inclusion_proofs_agree_verify_and_break(
        leaves in trees(), pick in any::<prop::sample::Index>(), bit in 0usize..256,
    ) {
        let (frontier, nodes) = grow(&leaves);
        let index = pick.index(leaves.len());
        let (place, size, root) = (u64::try_from(index)?, frontier.size(), frontier.root());
        let plan = ProofPlan::inclusion(place, size).unwrap();
        let path = plan.resolve(|id| nodes.get(&id).copied().ok_or(id)).unwrap();
        prop_assert_eq!(&path, &naive_path(index, &leaves));
        let mut third = MemoryBackedTree::<Sha256, Vec<u8>>::new();
        leaves.iter().for_each(|leaf| third.push(leaf.clone()));
        prop_assert_eq!(bytes(&path), third.prove_inclusion(index).as_bytes().to_vec());

        let leaf = nodes[&NodeId { level: 0, index: place }];
        prop_assert_eq!(verify_inclusion(&leaf, place, size, &path, &root), Ok(()));
        prop_assert!(verify_inclusion(&flip(&leaf, bit), place, size, &path, &root).is_err());
        prop_assert!(verify_inclusion(&leaf, place, size, &path, &flip(&root, bit)).is_err());
        for step in 0..path.len() {
            let mut wrong = path.clone();
            wrong[step] = flip(&wrong[step], bit);
            prop_assert!(verify_inclusion(&leaf, place, size, &wrong, &root).is_err());
            wrong.remove(step);
            prop_assert!(verify_inclusion(&leaf, place, size, &wrong, &root).is_err());
        }
        let mut longer = path.clone();
        longer.push(root);
        prop_assert!(verify_inclusion(&leaf, place, size, &longer, &root).is_err());
        for other in (0..=size).filter(|other| *other != place) {
            prop_assert!(verify_inclusion(&leaf, other, size, &path, &root).is_err());
        }
    }

    #[test]
    fn consistency_proofs_agree_verify_and_break(
        leaves in trees(), pick in any::<prop::sample::Index>(), bit in 0usize..256,
    ) {
        let (frontier, nodes) = grow(&leaves);
        let old = pick.index(leaves.len()) + 1;
        let (before, size, root) = (u64::try_from(old)?, frontier.size(), frontier.root());
        let old_root = naive_root(&leaves[..old]);
        let plan = ProofPlan::consistency(before, size).unwrap();
        let path = plan.resolve(|id| nodes.get(&id).copied().ok_or(id)).unwrap();
        prop_assert_eq!(&path, &naive_subproof(old, &leaves, true));
        let mut third = MemoryBackedTree::<Sha256, Vec<u8>>::new();
        leaves.iter().for_each(|leaf| third.push(leaf.clone()));
        prop_assert_eq!(
            bytes(&path),
            third.prove_consistency(leaves.len() - old).as_bytes().to_vec()
        );

        let verify = |old_root: &Hash, root: &Hash, path: &[Hash]| {
            verify_consistency((before, old_root), (size, root), path)
        };
        prop_assert_eq!(verify(&old_root, &root, &path), Ok(()));
        prop_assert!(verify(&flip(&old_root, bit), &root, &path).is_err());
        prop_assert!(verify(&old_root, &flip(&root, bit), &path).is_err());
        for step in 0..path.len() {
            let mut wrong = path.clone();
            wrong[step] = flip(&wrong[step], bit);
            prop_assert!(verify(&old_root, &root, &wrong).is_err());
            wrong.remove(step);
            prop_assert!(verify(&old_root, &root, &wrong).is_err());
        }
    }
}

#[test]
fn proofs_of_what_is_not_in_the_tree_are_refused() {
    assert!(ProofPlan::inclusion(0, 0).is_err());
    assert!(ProofPlan::inclusion(3, 3).is_err());
    assert!(ProofPlan::consistency(4, 3).is_err());
    assert!(Frontier::from_peaks(3, vec![Hash::of(b"one")]).is_err());
}

#[test]
fn everything_continues_the_empty_tree_and_itself() {
    let (empty, root) = (Hash::of(b""), Hash::of(b"any"));
    assert_eq!(verify_consistency((0, &empty), (9, &root), &[]), Ok(()));
    assert_eq!(verify_consistency((9, &root), (9, &root), &[]), Ok(()));
    assert!(verify_consistency((0, &root), (9, &root), &[]).is_err());
    assert!(verify_consistency((9, &empty), (9, &root), &[]).is_err());
    assert!(verify_consistency((9, &root), (9, &root), &[root]).is_err());
}
