//! A real update of a real list: OFAC's of 2019, then a later one.

use std::path::PathBuf;

use crate::binary::Node;

#[test]
fn going_from_the_list_of_2019_to_a_later_one_is_a_diff() {
    let Some(lists) = std::env::var_os("EGNATIA_LISTS").map(PathBuf::from) else {
        eprintln!("skipped: EGNATIA_LISTS names no folder with the real lists");
        return;
    };
    let node = Node::new();
    let import = |folder: &str, more: &[&str]| {
        let folder = lists.join(folder);
        let mut arguments = vec!["--json", "import", "ofac", folder.to_str().unwrap()];
        arguments.extend(more);
        node.done(&arguments).json()
    };
    let first = import("ofac-2019", &[]);
    assert_eq!(
        (&first["version"], &first["added"], &first["orphans"]),
        (&1.into(), &8976.into(), &0.into())
    );

    let dry = import("ofac", &["--dry-run"]);
    let second = import("ofac", &[]);
    assert_eq!(dry, second, "the dry run said what happened then");
    let number = |key: &str| second[key].as_u64().unwrap();
    assert_eq!(second["version"], 2);
    assert_eq!(
        number("added") + number("changed") + number("unchanged"),
        14_965
    );
    assert_eq!(
        number("changed") + number("unchanged") + number("removed"),
        8_976
    );
    assert!(
        number("added") > 5_000 && number("removed") > 500 && number("changed") > 500,
        "{second}"
    );
    assert_eq!(
        number("orphans"),
        7_353,
        "2,460 aliases and 4,893 addresses join nothing"
    );
    let listed = import("ofac", &["--orphans"]);
    assert_eq!(listed["orphan_rows"].as_array().unwrap().len(), 7_353);
    assert_eq!(
        (&listed["version"], &listed["unchanged"]),
        (&2.into(), &14_965.into()),
        "repeated"
    );

    // Known to be on the list of 2019 and taken off it since: no longer found.
    node.done(&["audit", "verify"]);
}
