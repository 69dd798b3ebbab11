//! Tests of the log against published vectors and other implementations.

#[cfg(test)]
mod checkpoint;
#[cfg(test)]
mod proofs;
#[cfg(test)]
mod vectors;

use egnatia_audit::{Frontier, Hash, NodeId, leaf_hash, node_hash};
use std::collections::HashMap;

/// RFC 6962 section 2.1, word for word: the second opinion.
fn naive_root(leaves: &[Vec<u8>]) -> Hash {
    match leaves {
        [] => Hash::of(b""),
        [leaf] => leaf_hash(leaf),
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            node_hash(&naive_root(left), &naive_root(right))
        }
    }
}

/// PATH(m, D[n]) of RFC 6962 section 2.1.1.
fn naive_path(index: usize, leaves: &[Vec<u8>]) -> Vec<Hash> {
    if leaves.len() == 1 {
        return vec![];
    }
    let middle = leaves.len().next_power_of_two() / 2;
    let (left, right) = leaves.split_at(middle);
    let (mut path, sibling) = if index < middle {
        (naive_path(index, left), naive_root(right))
    } else {
        (naive_path(index - middle, right), naive_root(left))
    };
    path.push(sibling);
    path
}

/// SUBPROOF(m, D[n], b) of RFC 6962 section 2.1.2.
fn naive_subproof(old: usize, leaves: &[Vec<u8>], known: bool) -> Vec<Hash> {
    if old == leaves.len() {
        return if known {
            vec![]
        } else {
            vec![naive_root(leaves)]
        };
    }
    let middle = leaves.len().next_power_of_two() / 2;
    let (left, right) = leaves.split_at(middle);
    let (mut proof, sibling) = if old <= middle {
        (naive_subproof(old, left, known), naive_root(right))
    } else {
        (naive_subproof(old - middle, right, false), naive_root(left))
    };
    proof.push(sibling);
    proof
}

/// A tree with all its complete nodes, as a store has them.
fn grow(leaves: &[Vec<u8>]) -> (Frontier, HashMap<NodeId, Hash>) {
    let mut frontier = Frontier::default();
    let mut nodes = HashMap::new();
    for leaf in leaves {
        for node in frontier.append(leaf_hash(leaf)) {
            assert_eq!(nodes.insert(node.id, node.hash), None);
        }
    }
    (frontier, nodes)
}
