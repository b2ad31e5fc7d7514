//! What the crates cost beside other things that do the same work, measured in the same run, as a
//! table in Markdown: `cargo bench --manifest-path bench/Cargo.toml [-- [--quick] [WORDS...]]`.
//!
//! Times depend on the machine; ratios hardly do, since both sides are measured in turns. With
//! words, only rows that contain one of them are measured.

mod filter;
mod measure;
mod patch;
mod resource;
mod sample;
mod service;
mod table;

use crate::{measure::Effort, table::Table};

fn main() {
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let quick = arguments.iter().any(|argument| argument == "--quick");
    let words = arguments.into_iter().filter(|argument| !argument.starts_with("--")).collect();
    let mut table = Table::new(if quick { Effort::QUICK } else { Effort::FULL }, words);
    filter::rows(&mut table);
    resource::rows(&mut table);
    patch::rows(&mut table);
    service::rows(&mut table);
    table.close();
}
