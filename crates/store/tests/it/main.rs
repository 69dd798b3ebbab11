//! The databases keep the store's contract.

mod sqlite;
