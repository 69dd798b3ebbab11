//! The pages and the API, asked as a browser and as a program ask them.

mod api;
mod fuzz;
mod guards;
mod pages;
mod roles;
mod samples;
mod texts;
mod world;
