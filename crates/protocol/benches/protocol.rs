//! What cryptography costs: sealing and opening parcels, each on one core.
//!
//! `cargo bench -p egnatia-protocol`.

#[path = "../examples/vectors/world.rs"]
#[expect(dead_code, reason = "the benches need a part of what the vectors need")]
mod world;

use std::error::Error;
use std::hint::black_box;

use criterion::{Criterion, Throughput};
use egnatia_protocol::{Item, Parcel, Signed, Statement, open_parcel, seal_parcel};

fn main() -> Result<(), Box<dyn Error>> {
    let mut criterion = Criterion::default().configure_from_args();
    let (from, to) = (world::sender()?, world::recipient()?);
    let statement = Statement::Record(Box::new(world::record()?));
    let chance = world::Seeded::new("bench");
    for records in [1, 64] {
        let items = (1..=records).map(|number| {
            Ok(Item {
                number,
                statement: statement.sign(&[&from.signing])?,
            })
        });
        let parcel = Parcel {
            from: from.authority.clone(),
            to: to.authority.clone(),
            sent_at: world::now(),
            items: items.collect::<Result<_, Box<dyn Error>>>()?,
        };
        let mut group = criterion.benchmark_group(format!("parcel of {records}"));
        group.throughput(Throughput::Elements(records));
        let seal = || seal_parcel(&parcel, &[&from.signing], &to.card, &chance);
        group.bench_function("seal and sign", |bencher| {
            bencher.iter(|| black_box(seal()));
        });
        let sealed = seal()?;
        println!("envelope of {records}: {} bytes", sealed.len());
        let open = || {
            open_parcel(
                &sealed,
                &to.authority,
                &to.opening,
                &from.card,
                world::now(),
            )
        };
        group.bench_function("open and verify the parcel", |bencher| {
            bencher.iter(|| black_box(open()));
        });
        group.bench_function("open and verify parcel and statements", |bencher| {
            bencher.iter(|| {
                let parcel = open().unwrap_or_else(|_| parcel.clone());
                let verified = |item: &Item| {
                    let keys = from.card.signing_keys_at(world::now());
                    item.statement.verify(keys).is_ok() && Statement::read(&item.statement).is_ok()
                };
                black_box(parcel.items.iter().all(verified))
            });
        });
    }
    of_one(&mut criterion, &from, &statement)?;
    criterion.final_summary();
    Ok(())
}

fn of_one(
    criterion: &mut Criterion,
    from: &world::Node,
    statement: &Statement,
) -> Result<(), Box<dyn Error>> {
    let signed = statement.sign(&[&from.signing])?;
    criterion.bench_function("sign a statement", |bencher| {
        bencher.iter(|| black_box(statement.sign(&[&from.signing])));
    });
    criterion.bench_function("verify a statement", |bencher| {
        bencher.iter(|| black_box(Signed::verify(&signed, [from.signing.verifying_key()])));
    });
    Ok(())
}
