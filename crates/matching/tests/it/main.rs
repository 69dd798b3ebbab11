//! Behaviour of the crate as its users see it.

mod golden;
mod golden_bodies;
mod index;
mod people;
mod properties;
