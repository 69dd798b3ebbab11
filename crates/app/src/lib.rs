//! Use cases, with their authorisation, and the ports through which they reach the outside.

mod port;
mod role;

pub use port::*;
pub use role::Role;
