//! The `egnatia` binary: see [`egnatia_node`].

use std::process::ExitCode;

fn main() -> ExitCode {
    egnatia_node::main()
}
