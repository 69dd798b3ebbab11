//! Compiles again when a text, a template or an embedded file comes or goes.

fn main() {
    for folder in ["assets", "locales", "templates"] {
        println!("cargo:rerun-if-changed={folder}");
    }
}
