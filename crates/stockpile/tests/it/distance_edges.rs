//! Every function at both sides of each of its edges and at both of its ends, and every cell of the
//! table of exposed sites. The numbers were computed apart from this program, in decimals of sixty
//! places, from the pieces as the source prints them.

use egnatia_stockpile::distance::{
    Ask, Barricade, DistanceRefused, Edges, Labelled, Sums, Tables, Value,
};
use egnatia_stockpile::{Division, Mass};

/// Function, kg, metres to the letter, metres on the safe side; `-` where the function has none.
const CASES: &str = include_str!("distance_edges.csv");

#[test]
fn every_function_agrees_at_both_sides_of_each_edge_in_both_ways() {
    let tables = Tables::shipped().unwrap();
    let told = |value: Result<Value, DistanceRefused>| match value {
        Ok(value) => value.metres.to_string(),
        Err(DistanceRefused::OutOfRange { .. }) => "-".to_owned(),
        Err(error) => error.to_string(),
    };
    let mut named = std::collections::BTreeSet::new();
    let (mut cases, mut differ) = (0, 0);
    for case in CASES.lines().skip(1) {
        let columns: Vec<&str> = case.split(',').collect();
        let quantity: Mass = columns[1].parse().unwrap();
        let value = |edges| told(tables.value(columns[0], quantity, edges));
        assert_eq!(value(Edges::Literal), columns[2], "{case}, literal");
        assert_eq!(value(Edges::Safe), columns[3], "{case}, safe");
        named.insert(columns[0]);
        cases += 1;
        differ += usize::from(columns[2] != columns[3]);
    }
    assert_eq!(named.len(), tables.functions().count(), "every function");
    assert!(cases > 600 && differ > 100, "{cases} {differ}");
}

/// Which functions hold: a row for each exposed site, a column for each division, `/` between what
/// holds without a barricade and with one where that differs. `none` where the table says that there
/// is no quantity-distance, `-` where the sources say nothing.
const CELLS: &str = "
inhabited-building      BD31 P1D4 P2D4 - TD04 - FD25 BD31 -
public-road             BD26 P1D3 P2D3 - TD03 - FD25 BD26 -
vulnerable-construction BD36 - - - - - FD25 BD36 -
magazine                BD14/BD09 - - - - - FD25 BD14/BD09 -
workshop                -/BD18+DFD08 -/P1D1+BD18+DFD08 -/none -/FD60+BD18+DFD08 -/TD02 -/FD60 FD25 -/BD18+DFD08 -/FD60+BD18+DFD08
covered-side-to-side    BD03 BD03 none BD03 none none - BD03 BD03
covered-front-to-rear   BD04 BD04 none BD04 FD25 none - BD04 BD04
covered-front-to-side   BD05 BD05 none BD05 FD25 none - BD05 BD05
covered-side-to-front   BD07 BD07 none BD07 none none - BD07 BD07
covered-front-to-front  BD11 BD11 none FD25+BD11 TD01 FD25 - BD11 FD25+BD11
";

#[test]
fn every_cell_of_the_table_of_sites_names_its_functions_or_is_refused() {
    let tables = Tables::shipped().unwrap();
    let mut sites = Vec::new();
    for row in CELLS.lines().filter(|row| !row.is_empty()) {
        let mut words = row.split_whitespace();
        let exposed = words.next().unwrap();
        sites.push(exposed);
        let cells: Vec<&str> = words.collect();
        assert_eq!(cells.len(), Division::ALL.len(), "{row}");
        for (division, cell) in Division::ALL.iter().zip(cells) {
            let (without, with) = cell.split_once('/').unwrap_or((cell, cell));
            for (barricade, cell) in [(Barricade::Without, without), (Barricade::With, with)] {
                let at = format!("{exposed}, {division}, {barricade} a barricade");
                let found = tables.distance(&Ask {
                    division: *division,
                    quantity: Mass::from_kilograms(1000),
                    exposed,
                    barricade,
                    edges: Edges::Safe,
                });
                if cell == "-" {
                    let text = found.unwrap_err().to_string();
                    assert!(text.contains("ask the competent authority"), "{at}: {text}");
                    continue;
                }
                let found = found.unwrap();
                let rule = match cell.split_once('+') {
                    None => cell.to_owned(),
                    Some(_) => format!("max({})", cell.replace('+', ", ")),
                };
                assert_eq!(found.rule(), rule, "{at}");
                let most = found.terms.iter().map(|term| term.metres).max();
                assert_eq!(found.metres, most.unwrap_or(0), "{at}");
                // The rows that nobody looked up say so; the others say nothing of a mapping.
                let is_guessed = found.from_memory.iter().any(|note| note.contains("is the"));
                let is_seen = exposed.starts_with("covered")
                    || (exposed == "workshop" && *division != Division::D1_4);
                assert_eq!(is_guessed, !is_seen, "{at}: {:?}", found.from_memory);
                assert!(found.source.contains("AASTP-1"), "{at}");
            }
        }
    }
    sites.sort_unstable();
    assert_eq!(sites, tables.exposed_sites());
}

#[test]
fn a_label_without_its_subdivision_takes_the_one_that_needs_the_most() {
    let tables = Tables::shipped().unwrap();
    let of = |label: &str, kilograms, exposed| {
        let ask = Ask {
            division: Division::D1_1,
            quantity: Mass::from_kilograms(kilograms),
            exposed,
            barricade: Barricade::With,
            edges: Edges::Safe,
        };
        let label: Labelled = label.parse().unwrap();
        tables.distance_as_labelled(&label, &ask, None)
    };
    // P1D4 of 1000 kg is 257 m, P2D4 88 m; of 1.2.3 nothing is said.
    let far = of("1.2", 1000, "inhabited-building").unwrap();
    assert_eq!((far.metres, far.division), (257, Division::D1_2_1));
    let note = far.from_memory.last().unwrap();
    for part in ["1.2.1 (257 m)", "1.2.2 (88 m)", "nothing of 1.2.3"] {
        assert!(note.contains(part), "{note}");
    }
    // 1.2.1 alone would be 3.6 m: of 1.2.3 the table has 25 m of heat.
    let near = of("1.2", 1, "covered-front-to-front").unwrap();
    assert_eq!((near.metres, near.division), (25, Division::D1_2_3));
    let fire = of("1.3", 1000, "workshop").unwrap();
    assert_eq!((fire.metres, fire.division), (60, Division::D1_3_1));
    let one = of("1.3.2", 1000, "workshop").unwrap();
    assert!(one.from_memory.is_empty(), "{:?}", one.from_memory);
    let none = of("1.3", 1000, "magazine");
    assert!(
        matches!(none, Err(DistanceRefused::NoRule { .. })),
        "{none:?}"
    );
    for wrong in ["1.7", "1.", "1", "", "1.2.4", "1.1D", "2.1", "NaN"] {
        let text = wrong.parse::<Labelled>().unwrap_err().to_string();
        assert!(text.contains("1.1, 1.2.1"), "{text}");
    }
}

#[test]
fn names_of_functions_and_sites_are_read_as_they_are_printed() {
    let tables = Tables::shipped().unwrap();
    let thousand = Mass::from_kilograms(1000);
    for (printed, name) in [
        ("BD9", "BD09"),
        ("td2", "TD02"),
        ("DFD8", "DFD08"),
        ("P1D4", "P1D4"),
    ] {
        let value = tables.value(printed, thousand, Edges::Safe).unwrap();
        assert_eq!(value.function, name);
    }
    for wrong in ["", "BD", "BD0", "BD37", "BD031", "TD5", "9", "B9D", "БД3"] {
        let refused = tables.value(wrong, thousand, Edges::Safe).unwrap_err();
        assert!(refused.to_string().contains("BD01 to BD36"), "{refused}");
    }
    assert_eq!(tables.site_named("IBD"), "inhabited-building");
    assert_eq!(tables.site_named("ptrd"), "public-road");
    assert_eq!(tables.site_named("moon"), "moon");
}

#[test]
fn a_range_says_whether_its_end_belongs_to_it() {
    let tables = Tables::shipped().unwrap();
    let refused = |name, kilograms| {
        let quantity = Mass::from_kilograms(kilograms);
        tables
            .value(name, quantity, Edges::Safe)
            .unwrap_err()
            .to_string()
    };
    let open = refused("TD03", 500_000);
    assert!(open.contains("1 to less than 500000 kg"), "{open}");
    let closed = refused("BD31", 500_001);
    assert!(
        closed.contains("1 to 500000 kg, not for 500001 kg"),
        "{closed}"
    );
    assert!(refused("BD31", 0).contains("not for 0 kg"));
    assert!(refused("BD31", 18_446_744_073_709).contains("18446744073709"));
}

#[test]
fn a_store_of_division_1_5_alone_says_that_it_counts_as_1_1() {
    let tables = Tables::shipped().unwrap();
    let thousand = Mass::from_kilograms(1000);
    let to = ("inhabited-building", Barricade::Without);
    for sums in Sums::ALL {
        let of = |contents: &[(Division, Mass)]| {
            let contents = contents.iter().copied().collect();
            let found = tables.distance_of(&contents, to, (Edges::Safe, *sums));
            found.unwrap().unwrap()
        };
        let alone = of(&[
            (Division::D1_5, thousand),
            (Division::D1_1, Mass::default()),
        ]);
        assert_eq!(alone.metres, 150);
        let says = |text: &str| alone.from_memory.iter().any(|note| note.contains(text));
        assert!(says("1.5 counts as 1.1"), "{sums}: {:?}", alone.from_memory);
        assert!(!says("summed"), "there is one: {:?}", alone.from_memory);
        // 2000 kg as 1.1: 1.5 * 158.74.
        let both = of(&[(Division::D1_1, thousand), (Division::D1_5, thousand)]);
        assert_eq!(both.metres, 239, "{sums}");
    }
}
