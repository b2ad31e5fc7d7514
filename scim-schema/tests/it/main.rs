//! Resources validated, projected and indexed: a corpus of cases, laws, and the RFCs' examples.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may panic as tests may")]

mod amend;
mod catalog;
mod corpus;
mod covers;
mod examples;
mod laws;
mod path;
mod projection;
mod report;
mod required;
mod sample;
#[path = "../../../scim-core/tests/it/sections.rs"]
mod sections;
mod trust;
