//! HTTP API and server-rendered pages of a node.
//!
//! It never decides what somebody may do, and never reaches a store: it asks `egnatia-app`, and
//! shows the answer. Pages work without scripts; all words come from Fluent files. Nothing
//! personal is logged: no body, no query string.
//!
//! Start at [`router`], then at [`pages`] and [`Frame`].
//!
//! The fonts come from npm: `npm ci && npm run build` in this crate writes them to `assets/dist`,
//! which the binary embeds. Without them the pages use the fonts of the system.
//!
//! ```
//! use egnatia_web::Texts;
//!
//! let texts = Texts::accepted(Some("en-GB, en;q=0.5"));
//! assert_eq!(texts.count("count-entries", 2_u64), "2 entries");
//! ```

mod accent;
mod api;
mod assets;
mod cookie;
mod cursor;
mod escape;
mod export;
mod frame;
mod guard;
mod headers;
mod imports;
mod label_drawing;
pub mod pages;
pub mod parts;
mod problem;
mod query;
mod rate;
mod router;
mod screens;
mod state;
mod tables;
mod texts;
mod uploads;
mod visit;
pub mod words;

pub use accent::{Accent, UnknownAccent};
pub use frame::{Area, Frame, FrameUser, NodeFace, RailItem, encode};
pub use label_drawing::label_svg;
pub use problem::{FieldProblem, Problem, ProblemCode};
pub use router::router;
pub use state::WebState;
pub use texts::Texts;
pub use uploads::Uploads;
