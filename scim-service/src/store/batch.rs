//! Several writes at once.

use super::{New, Store, Stored, Updated};
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

/// Makes several writes one by one, as [`Store::batch`] promises; a store whose own batch does no
/// more than something around that calls it.
pub async fn one_by_one<S: Store + ?Sized>(
    store: &S,
    writes: Vec<Write>,
    max_errors: Option<usize>,
) -> Vec<Result<Written, StoreError>> {
    let mut results = Vec::with_capacity(writes.len());
    let mut errors = 0;
    for write in writes {
        let result = match write {
            Write::Create { cx, new } => store.create(&cx, new).await.map(Written::Created),
            Write::Update { cx, id, change } => {
                update(store, &cx, &id, &change).await.map(Written::Updated)
            }
            Write::Delete { cx, id, guard } => {
                delete(store, &cx, &id, &guard).await.map(Written::Deleted)
            }
        };
        errors += usize::from(Written::is_failure(&result));
        results.push(result);
        if max_errors.is_some_and(|max| errors >= max) {
            break;
        }
    }
    results
}

/// How often a write is tried that loses races with others.
pub(crate) const TRIES: usize = 5;

/// Changes a resource, [again](tried) if that helps.
pub(crate) async fn update<S: Store + ?Sized>(
    store: &S,
    cx: &Context,
    id: &str,
    change: &Change,
) -> Result<Option<Updated>, StoreError> {
    tried(change.has_precondition(), || store.update(cx, id, change)).await
}

/// Deletes a resource, [again](tried) if that helps.
pub(crate) async fn delete<S: Store + ?Sized>(
    store: &S,
    cx: &Context,
    id: &str,
    guard: &Guard,
) -> Result<bool, StoreError> {
    tried(guard.has_precondition(), || store.delete(cx, id, guard)).await
}

/// Makes a write, again where a store that compares versions has lost a race that the client did
/// not ask for. Lost for good it is busy: 412 answers a precondition of the client's alone
/// (RFC 9110 §15.5.13).
async fn tried<T, F: Future<Output = Result<T, StoreError>>>(
    has_precondition: bool,
    write: impl Fn() -> F,
) -> Result<T, StoreError> {
    if has_precondition {
        return write().await;
    }
    for _ in 1..TRIES {
        match write().await {
            Err(error) if error.is_stale() => {}
            result => return result,
        }
    }
    write().await.map_err(StoreError::without_precondition)
}
