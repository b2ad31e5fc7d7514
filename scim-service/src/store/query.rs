//! What is asked of a store, and the part of the result that it gives.

use std::sync::Arc;

use scim_filter::{Checked, ResolvedPath};
use scim_schema::Projection;

use super::Stored;

/// What a query asks for.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Query {
    /// Which resources; all, if there is none.
    pub filter: Option<Arc<Checked>>,
    /// In what order; that of the ids, if there is none.
    pub sort: Option<Sort>,
    /// Which of them.
    pub window: Window,
    /// What of each.
    pub want: Projection,
}

impl Query {
    /// The first resources of the type.
    pub fn new(window: Window, want: Projection) -> Self {
        Self { filter: None, sort: None, window, want }
    }
}

/// An order (RFC 7644 §3.4.2.3). Resources without a value come last, or first if descending;
/// ties are ordered by id.
#[derive(Clone, Debug, PartialEq)]
pub struct Sort {
    /// The attribute; of a list the primary element counts, else the first.
    pub path: ResolvedPath,
    /// From the greatest to the least.
    pub descending: bool,
}

/// A part of the result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Window {
    /// By index (RFC 7644 §3.4.2.4).
    Index {
        /// The first resource, counted from 1.
        start: u64,
        /// How many; 0 asks for the total alone.
        count: usize,
    },
    /// What follows a position (RFC 9865).
    After {
        /// The position; `None` for the beginning.
        position: Option<Position>,
        /// How many.
        count: usize,
    },
    /// What comes before a position (RFC 9865).
    Before {
        /// The position; `None` for the end.
        position: Option<Position>,
        /// How many.
        count: usize,
    },
}

/// A resource's place in an order: its sort key and its id. The service seals it into a cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// The comparison key of the value sorted by; `None` if it has none, or nothing is sorted by.
    pub key: Option<String>,
    /// The id.
    pub id: String,
}

/// A part of a result.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Page {
    /// The resources.
    pub resources: Vec<Stored>,
    /// How many match in all, where that is known.
    pub total: Option<u64>,
    /// Where the next page begins.
    pub next: Option<Position>,
    /// Where this page begins, for the page before it.
    pub previous: Option<Position>,
}

impl Page {
    /// A page, and how many resources match in all.
    pub fn new(resources: Vec<Stored>, total: u64) -> Self {
        Self { resources, total: Some(total), next: None, previous: None }
    }
}
