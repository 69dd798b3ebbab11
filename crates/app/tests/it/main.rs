//! The use cases on the store in memory: what they do, what they refuse, what the log says of it.

mod accounts;
mod audit;
mod checks;
mod decisions;
mod lists;
mod retention;
mod world;
