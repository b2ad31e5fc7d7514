//! Several writes at once.

use super::{New, Stored, Updated};
use crate::{Change, Context, Guard, Invariant, StoreError};

/// One write of a batch.
#[derive(Debug)]
pub enum Write {
    /// [`Store::create`](crate::Store::create).
    Create {
        /// What is known about the request.
        cx: Context,
        /// The resource.
        new: New,
    },
    /// [`Store::update`](crate::Store::update).
    Update {
        /// What is known about the request.
        cx: Context,
        /// The resource's id.
        id: String,
        /// The change.
        change: Change,
    },
    /// [`Store::delete`](crate::Store::delete).
    Delete {
        /// What is known about the request.
        cx: Context,
        /// The resource's id.
        id: String,
        /// Under which conditions it is made.
        guard: Guard,
    },
}

impl Write {
    /// What is known about the request.
    pub fn context(&self) -> &Context {
        match self {
            Self::Create { cx, .. } | Self::Update { cx, .. } | Self::Delete { cx, .. } => cx,
        }
    }

    /// What must hold once it is made.
    pub fn invariants(&self) -> &[Invariant] {
        match self {
            Self::Create { new, .. } => &new.invariants,
            Self::Update { change, .. } => change.invariants(),
            Self::Delete { guard, .. } => &guard.invariants,
        }
    }
}

/// What one write of a batch came to.
#[derive(Debug)]
pub enum Written {
    /// The resource that was created.
    Created(Stored),
    /// The resource that was changed; `None` if there is none.
    Updated(Option<Updated>),
    /// Whether there was a resource to delete.
    Deleted(bool),
}

impl Written {
    /// Whether a write of a batch counts as failed: it was refused, or there was no resource.
    pub fn is_failure(result: &Result<Self, StoreError>) -> bool {
        matches!(result, Err(_) | Ok(Self::Updated(None) | Self::Deleted(false)))
    }
}
