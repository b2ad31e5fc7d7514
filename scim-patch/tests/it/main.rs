//! PATCH as a whole: the corpus, the laws, the cost, and what errors look like.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod corpus;
mod cost;
mod error;
mod law;
mod made;
mod model;
mod schema;
#[path = "../../../scim-core/tests/it/sections.rs"]
mod sections;
