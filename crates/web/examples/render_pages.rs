//! Renders every page from invented view models into HTML files, so that they can be looked at and
//! audited without a node: `cargo run -p egnatia-web --example render_pages -- FOLDER`.

#[path = "../tests/it/samples.rs"]
#[expect(clippy::unwrap_used, reason = "it is made for the tests")]
mod samples;

use std::path::PathBuf;

fn main() -> std::io::Result<()> {
    let folder = std::env::args()
        .nth(1)
        .map_or_else(|| PathBuf::from("pages"), PathBuf::from);
    std::fs::create_dir_all(&folder)?;
    for (name, html) in samples::all() {
        std::fs::write(folder.join(format!("{name}.html")), html)?;
    }
    Ok(())
}
