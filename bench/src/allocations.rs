//! What is allocated, as a table in Markdown: counts, so that no other work on the machine shows.
//! `cargo bench --manifest-path bench/Cargo.toml --bench allocations`.

#[path = "sample.rs"]
#[expect(dead_code, reason = "the times are measured with more of it")]
mod sample;

use std::{
    alloc::System,
    hint::black_box,
    pin::pin,
    sync::atomic::{AtomicU32, Ordering},
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use http::{Request, request};
use http_body_util::{BodyExt, Full};
use scim_core::{Compat, User, json};
use scim_schema::Mode;
use scim_service::{Endpoint, MemoryStore, ScimService};
use serde_json::Value;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use tower_service::Service;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() {
    println!("| what | allocations | bytes |\n|---|---:|---:|");
    for (what, text) in [
        ("a simple `eq`", sample::EQ),
        ("two value paths", sample::VALUE_PATHS),
        ("13 nested terms", sample::NESTED),
    ] {
        row(&format!("parse {what}"), || text.parse::<scim_filter::Filter>());
        row("scim-kit", || scim_kit::Filter::parse(text));
        row("scim_proto", || text.parse::<scim_proto::filter::ScimFilter>());
        row("scim_v2", || text.parse::<scim_v2::filter::Filter>());
    }
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
    requests();
}

/// Requests to a service over a store in memory, answered to the last byte of the body.
fn requests() {
    const USERS: &str = "https://scim.example.com/v2/Users";
    let next = AtomicU32::new(1);
    let service = ScimService::builder(MemoryStore::new())
        .base_url("https://scim.example.com/v2")
        .endpoint(Endpoint::users(sample::USERS.clone()))
        .ids(move || next.fetch_add(1, Ordering::Relaxed).to_string())
        .build()
        .expect("a service");
    let send = |request: request::Builder, body: Bytes| {
        let request = request.body(Full::<Bytes>::from(body)).expect("a request");
        finish(async {
            let response = service.clone().call(request).await.expect("infallible");
            assert!(response.status().is_success());
            response.into_body().collect().await.expect("a body").to_bytes()
        })
    };
    let [first, second] = [0, 1].map(|number| Bytes::from(sample::user(number).to_string()));
    send(Request::post(USERS), first);
    let get = || send(Request::get(format!("{USERS}/1")), Bytes::new());
    drop(get());
    row("GET it from memory", get);
    row("POST another", || send(Request::post(USERS), second));
}

/// Nothing here waits, so that a future is ready at once.
fn finish<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => unreachable!("a store in memory has nothing to wait for"),
    }
}

fn row<T>(what: &str, run: impl FnOnce() -> T) {
    let region = Region::new(ALLOCATOR);
    let result = black_box(run());
    let change = region.change();
    drop(result);
    let count = change.allocations + change.reallocations;
    println!("| {what} | {count} | {} |", change.bytes_allocated);
}
