//! HTTP API and server-rendered pages of a node.
//!
//! It never decides what somebody may do, and never reaches a store: it asks `egnatia-app`, and
//! shows the answer. Pages work without scripts; all words come from Fluent files.
//!
//! Start at [`Frame`], then at [`pages`].

mod accent;
mod assets;
mod frame;
pub mod pages;
pub mod parts;
mod texts;
pub mod words;

pub use accent::{Accent, UnknownAccent};
pub use frame::{Area, Frame, FrameUser, NodeFace, RailItem, encode};
pub use texts::Texts;
