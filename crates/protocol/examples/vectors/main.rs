//! Writes the test vectors of the protocol, `crates/protocol/vectors/v1.json`.
//!
//! `cargo run -p egnatia-protocol --example vectors`. The same input gives the same file.

mod make;
mod refusals;
mod world;

use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/v1.json");
    std::fs::write(path, make::vectors()?)?;
    Ok(())
}
