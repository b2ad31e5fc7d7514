#![doc = include_str!("../README.md")]

mod answer;
mod body;
mod builder;
mod bulk;
mod change;
mod conflict;
mod context;
mod cursor;
mod derive;
mod discovery;
mod endpoint;
mod guard;
mod invariant;
mod limits;
mod link;
#[cfg(feature = "memory")]
mod memory;
mod meta;
mod params;
mod policy;
mod read;
mod render;
mod route;
mod service;
mod store;
mod store_error;
#[cfg(feature = "testing")]
pub mod testing;
mod write;

pub use scim_core as core;
pub use scim_filter as filter;
pub use scim_patch as patch;
pub use scim_schema as schema;

pub use body::{Body, BodyError};
pub use builder::{BuildError, Builder};
pub use change::{Applied, Change};
pub use conflict::{MayAdopt, OnConflict};
pub use context::{Context, Principal, Tenant};
pub use cursor::CursorKey;
pub use derive::Derived;
pub use endpoint::{Endpoint, UnknownMembers};
pub use guard::Guard;
pub use invariant::{Invariant, Question};
pub use limits::Limits;
#[cfg(feature = "memory")]
pub use memory::MemoryStore;
pub use policy::{Action, Draft, Event, Permissive, Policy, Proposal, Target};
pub use service::ScimService;
pub use store::{
    Features, New, Page, Position, Query, Sort, Store, Stored, Updated, Values, Window, Write,
    Written, one_by_one,
};
pub use store_error::StoreError;
