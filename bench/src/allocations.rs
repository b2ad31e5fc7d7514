//! What is allocated, as a table in Markdown: counts, so that no other work on the machine shows.
//! `cargo bench --manifest-path bench/Cargo.toml --bench allocations`.

#[path = "sample.rs"]
#[expect(dead_code, reason = "the times are measured with more of it")]
mod sample;

use std::{alloc::System, hint::black_box};

use scim_core::{Compat, User, json};
use scim_schema::Mode;
use serde_json::Value;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() {
    println!("| what | allocations | bytes |\n|---|---:|---:|");
    let text = sample::user_text();
    let document = sample::user(0);
    let schema = &*sample::USERS;
    let validate = |compat: Compat| {
        // What is set up once, such as the time zones, does not count.
        let once = || schema.validate(document.clone(), Mode::Create, &compat);
        drop(black_box(once()));
        let document = document.clone();
        move || schema.validate(document, Mode::Create, &compat)
    };
    row("serde_json parses a user of 1.7 kB", || serde_json::from_slice::<Value>(&text));
    row("`json::from_slice` reads it", || json::from_slice(&text, &json::Limits::DEFAULT));
    row("validate it", validate(Compat::INTEROP));
    row("validate it, strictly", validate(Compat::STRICT));
    let valid = Value::Object(sample::valid_user(0).into_attributes());
    row("read it typed", || User::try_from(valid));
}

fn row<T>(what: &str, run: impl FnOnce() -> T) {
    let region = Region::new(ALLOCATOR);
    let result = black_box(run());
    let change = region.change();
    drop(result);
    let count = change.allocations + change.reallocations;
    println!("| {what} | {count} | {} |", change.bytes_allocated);
}
