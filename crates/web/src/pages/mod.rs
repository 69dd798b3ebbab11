//! The pages, one file an area: the view models of its templates.

pub mod audit;
pub mod check;
pub mod hits;
pub mod inbox;
pub mod lists;
pub mod matches;
pub mod problem;
pub mod session;
pub mod users;
