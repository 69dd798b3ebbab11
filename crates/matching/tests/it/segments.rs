//! Segments answer like the memory from which they were made.

use egnatia_matching::{Candidate, Description, Index, Name, Schema, Segment};

use crate::search_set::chance::Chance;
use crate::search_set::invented;

/// Invented persons, and some of them again with a letter less.
fn people() -> (Vec<Description>, Vec<Description>) {
    let mut chance = Chance::new(7);
    let entry = |chance: &mut Chance| {
        let mut entry = person(&invented::person(chance));
        let born = format!("19{}-03-{}", 10 + chance.below(90), 10 + chance.below(18));
        entry.births = vec![born.parse().unwrap()];
        entry
    };
    let entries: Vec<Description> = (0..1_500).map(|_| entry(&mut chance)).collect();
    let queries = entries.iter().step_by(15).map(|entry| {
        let name: String = entry.names[0].text.chars().skip(1).collect();
        let births = entry.births.clone();
        Description {
            births,
            ..person(&name)
        }
    });
    let queries = queries.collect();
    (entries, queries)
}

fn person(name: &str) -> Description {
    Description {
        schema: Schema::Person,
        names: vec![Name::new(name)],
        ..Description::default()
    }
}

fn keys(found: &[Candidate<u32>]) -> Vec<(u32, f64)> {
    let pair = |candidate: &Candidate<u32>| (candidate.key, candidate.assessment.probability);
    found.iter().map(pair).collect()
}

fn segment_of(index: &Index<u32>) -> Segment {
    let mut bytes = Vec::new();
    index.compaction(0).write(&mut bytes).unwrap();
    Segment::open(bytes).unwrap()
}

#[test]
fn a_segment_answers_like_the_memory_it_came_from() {
    let (entries, queries) = people();
    let mut memory = Index::<u32>::new();
    for (key, entry) in (0..).zip(&entries) {
        memory.insert(key, entry);
    }
    let mut index = Index::<u32>::new();
    index.attach(segment_of(&memory));
    assert_eq!(index.len(), memory.len());
    for query in &queries {
        let (there, here) = (memory.search(query, 10), index.search(query, 10));
        assert_eq!(keys(&there), keys(&here));
        assert_eq!(there, here, "the evidence too");
    }
}

#[test]
fn parts_answer_like_a_whole() {
    let (entries, queries) = people();
    let mut whole = Index::<u32>::new();
    let mut first = Index::<u32>::new();
    let mut index = Index::<u32>::new();
    for (key, entry) in (0..).zip(&entries) {
        whole.insert(key, entry);
        if key % 3 == 0 {
            first.insert(key, entry);
        }
    }
    index.attach(segment_of(&first));
    for (key, entry) in (0..).zip(&entries) {
        if key % 3 != 0 {
            index.insert(key, entry);
        }
    }
    for query in &queries {
        assert_eq!(keys(&whole.search(query, 3)), keys(&index.search(query, 3)));
    }
}

#[test]
fn what_a_segment_holds_can_be_replaced_and_removed() {
    let mut first = Index::<u32>::new();
    first.insert(1, &person("Arben Krasniqi"));
    first.insert(2, &person("Marko Petrović"));
    let mut index = Index::<u32>::new();
    index.attach(segment_of(&first));
    index.insert(1, &person("Elena Stojanovska"));
    assert_eq!(index.len(), 2);
    assert!(index.search(&person("Arben Krasniqi"), 5).is_empty());
    assert_eq!(index.search(&person("Elena Stojanovska"), 5)[0].key, 1);
    assert!(index.remove(2));
    assert!(!index.remove(2) && !index.contains(2));
    assert!(index.search(&person("Marko Petrović"), 5).is_empty());
    assert_eq!(index.keys().collect::<Vec<_>>(), [1]);
}

#[test]
fn a_compaction_keeps_what_changed_meanwhile() {
    let mut index = Index::<u32>::new();
    for (key, name) in [
        (1, "Arben Krasniqi"),
        (2, "Marko Petrović"),
        (3, "Elena Kostova"),
    ] {
        index.insert_with(key, &person(name), name.as_bytes());
    }
    index.attach({
        let mut older = Index::<u32>::new();
        older.insert(10, &person("Besnik Shala"));
        older.insert(11, &person("Dragan Ilić"));
        segment_of(&older)
    });
    let mut bytes = Vec::new();
    let compaction = index.compaction(0);
    compaction.write(&mut bytes).unwrap();
    index.insert(2, &person("Goran Zubac"));
    index.remove(3);
    index.remove(11);
    index.insert(4, &person("Filip Nikolov"));
    assert!(index.adopt(&compaction, Segment::open(bytes).unwrap()));
    assert_eq!(index.segment_lengths(), [2]);
    assert_eq!(index.in_memory(), 2);
    let mut left: Vec<u32> = index.keys().collect();
    left.sort_unstable();
    assert_eq!(left, [1, 2, 4, 10]);
    for (name, key) in [
        ("Arben Krasniqi", 1),
        ("Goran Zubac", 2),
        ("Besnik Shala", 10),
    ] {
        assert_eq!(index.search(&person(name), 5)[0].key, key);
    }
    for name in ["Marko Petrović", "Elena Kostova", "Dragan Ilić"] {
        assert!(index.search(&person(name), 5).is_empty(), "{name}");
    }
    // A second adoption of the same would bring back what was removed.
    let mut again = Vec::new();
    let late = index.compaction(0);
    late.write(&mut again).unwrap();
    assert!(index.adopt(&late, Segment::open(again.clone()).unwrap()));
    assert!(!index.adopt(&late, Segment::open(again).unwrap()));
}
