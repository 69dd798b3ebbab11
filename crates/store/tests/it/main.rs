//! The databases keep the store's contract.

#[cfg(test)]
mod cluster;
#[cfg(test)]
mod groups;
#[cfg(test)]
mod postgres;
#[cfg(test)]
mod sqlite;
#[cfg(test)]
mod stock;
