//! Tests of the protocol through its public functions.

#[cfg(test)]
mod card;
#[cfg(test)]
mod envelope;
#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod parcel;
#[cfg(test)]
mod signed;
#[cfg(test)]
mod statement;
#[cfg(test)]
mod together;
#[cfg(test)]
mod vectors;
#[cfg(test)]
mod xwing;

// What makes the vectors makes the nodes of the tests.
#[cfg(test)]
#[path = "../../examples/vectors/make.rs"]
mod make;
#[cfg(test)]
#[path = "../../examples/vectors/refusals.rs"]
mod refusals;
#[cfg(test)]
#[path = "../../examples/vectors/world.rs"]
mod world;
