//! The golden cases of distances, where `EGNATIA_ARMS` names the folder that holds them.
//!
//! The folder has `qd_golden.csv`: rule, neq_kg, metres_exact, metres_rounded_up; the last two are
//! empty where the quantity is out of range. It is not part of the source.

use std::path::PathBuf;

use egnatia_stockpile::Mass;
use egnatia_stockpile::distance::{DistanceRefused, Edges, Tables};

fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("EGNATIA_ARMS").map(PathBuf::from);
    if folder.is_none() {
        println!("skipped: EGNATIA_ARMS does not name the folder of the golden cases");
    }
    folder
}

#[test]
fn every_golden_case_agrees_as_the_table_is_printed() {
    let Some(folder) = folder() else { return };
    let cases = std::fs::read_to_string(folder.join("qd_golden.csv")).unwrap();
    let tables = Tables::shipped().unwrap();
    let mut checked = 0;
    for case in cases.lines().skip(1) {
        let columns: Vec<&str> = case.split(',').collect();
        let quantity: Mass = columns[1].parse().unwrap();
        let value = tables.value(columns[0], quantity, Edges::Literal);
        match columns[3] {
            "" => assert!(
                matches!(value, Err(DistanceRefused::OutOfRange { .. })),
                "{case}: {value:?}"
            ),
            metres => {
                let value = value.unwrap();
                assert_eq!(value.metres.to_string(), metres, "{case}: {value:?}");
                let exact: f64 = columns[2].parse().unwrap();
                assert!((value.exact_m - exact).abs() < 1e-4, "{case}: {value:?}");
            }
        }
        checked += 1;
    }
    assert!(checked > 900, "{checked}");
    let named: std::collections::BTreeSet<&str> = cases
        .lines()
        .skip(1)
        .filter_map(|case| case.split(',').next())
        .collect();
    assert_eq!(named.len(), tables.functions().count());
}
