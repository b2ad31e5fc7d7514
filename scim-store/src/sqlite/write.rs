//! What is done inside the writer's transactions.

use std::sync::Arc;

use rusqlite::Connection;
use scim_core::AttrName;
use scim_patch::Delta;
use scim_schema::{Issue, Valid};
use scim_service::{
    Applied, Change, Context, Guard, Invariant, New, Query, StoreError, Stored, Updated, Write,
    Written,
};
use serde_json::Value;

use super::{
    error::SqliteError,
    log,
    member::{self, Touched},
    page,
    resource::{self, Head, Keys},
    scope::Scope,
    secret,
    writer::{self, Writer},
};

/// Writes of one batch that one transaction holds.
const TOGETHER: usize = 50;

/// Attributes that the log names one by one.
const SHOWN: usize = 8;

/// What the log of changes says was done.
#[derive(Clone, Copy)]
enum Operation {
    Create,
    Update,
    Delete,
}

impl Operation {
    fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}

pub(super) fn create(
    connection: &Connection,
    scope: &Scope,
    new: New,
) -> Result<Stored, StoreError> {
    let New { id, mut resource, invariants, .. } = new;
    let secrets = resource.take_secrets();
    let issues = issues(&resource, &[]);
    let mut attributes = resource.into_attributes();
    let elements = member::take(scope, &mut attributes);
    // Before the group itself is there: it cannot be its own first member.
    let mut touched = Touched::default();
    if !elements.is_empty() {
        touched = member::replace(connection, scope, &id, &elements)?;
    }
    resource::insert(connection, scope, &id, &attributes)?;
    secret::keep(connection, scope, &id, &secrets)?;
    let left_out = left_out(scope, &issues, touched);
    log(connection, scope, &id, Operation::Create, left_out)?;
    judge(connection, &invariants)?;
    let head = resource::head(connection, scope, &id)?.ok_or_else(StoreError::stale)?;
    Ok(head.stored())
}

pub(super) fn update(
    connection: &Connection,
    scope: &Scope,
    id: &str,
    change: &Change,
) -> Result<Option<Updated>, StoreError> {
    let Some(head) = resource::head(connection, scope, id)? else { return Ok(None) };
    let split = scope.relation().and_then(|relation| change.split(relation.as_str()));
    let (updated, left_out) = match split {
        Some((rest, delta)) => by_rows(connection, scope, head, &rest, &delta)?,
        None => by_document(connection, scope, head, change)?,
    };
    if updated.changed {
        log(connection, scope, id, Operation::Update, left_out)?;
        judge(connection, change.invariants())?;
    }
    Ok(Some(updated))
}

/// What must hold after a write, which is part of what is looked at.
fn judge(connection: &Connection, invariants: &[Invariant]) -> Result<(), StoreError> {
    let answer = |cx: &Context, query: &Query| page::query(connection, &Scope::of(cx)?, query);
    invariants.iter().try_for_each(|invariant| invariant.check(answer))
}

/// The head is loaded and changed, the relation's rows are changed where they are.
fn by_rows(
    connection: &Connection,
    scope: &Scope,
    mut head: Head,
    change: &Change,
    delta: &Delta,
) -> Result<(Updated, LeftOut), StoreError> {
    let before = Keys::of(scope, &head.attributes);
    let applied = change.apply_head(current(&mut head), delta)?;
    let touched = member::change(connection, scope, &head.id, delta)?;
    let issues = match &applied {
        Applied::Same(_) => change.dropped().to_vec(),
        Applied::Next(valid) => issues(valid, change.dropped()),
    };
    let left_out = left_out(scope, &issues, touched);
    Ok((finish(connection, scope, head, applied, &before, touched.rows)?, left_out))
}

/// All is loaded, and what comes out is written.
fn by_document(
    connection: &Connection,
    scope: &Scope,
    mut head: Head,
    change: &Change,
) -> Result<(Updated, LeftOut), StoreError> {
    let before = Keys::of(scope, &head.attributes);
    let applied = change.apply(whole(connection, scope, &mut head)?)?;
    let Applied::Next(mut valid) = applied else {
        return Ok((finish(connection, scope, head, applied, &before, 0)?, None));
    };
    let elements = member::take(scope, valid.attributes_mut());
    let touched = match scope.relation() {
        Some(_) => member::replace(connection, scope, &head.id, &elements)?,
        None => Touched::default(),
    };
    let left_out = left_out(scope, &issues(&valid, change.dropped()), touched);
    let applied = Applied::Next(valid);
    Ok((finish(connection, scope, head, applied, &before, touched.rows)?, left_out))
}

/// The resource with its relation; the head keeps all but the attributes.
fn whole(connection: &Connection, scope: &Scope, head: &mut Head) -> Result<Stored, StoreError> {
    let mut current = current(head);
    if let Some(relation) = scope.relation() {
        let elements = member::load(connection, scope, &head.id)?;
        if !elements.is_empty() {
            current.attributes_mut().insert(relation.as_str().to_owned(), Value::Array(elements));
        }
    }
    Ok(current)
}

/// The resource as a change takes it; the head keeps all but the attributes.
fn current(head: &mut Head) -> Stored {
    let attributes = std::mem::take(&mut head.attributes);
    let Head { num, id, version, created, modified, .. } = head;
    let (num, id) = (*num, id.clone());
    let (version, created, modified) = (*version, *created, *modified);
    Head { num, id, version, created, modified, attributes }.stored()
}

fn finish(
    connection: &Connection,
    scope: &Scope,
    mut head: Head,
    applied: Applied,
    before: &Keys,
    rows: usize,
) -> Result<Updated, StoreError> {
    match applied {
        Applied::Same(mut stored) => {
            member::take(scope, stored.attributes_mut());
            head.attributes = Arc::unwrap_or_clone(stored.attributes);
            settle(connection, head, scope, rows)
        }
        Applied::Next(mut valid) => {
            let secrets = valid.take_secrets();
            let rows = rows + secret::keep(connection, scope, &head.id, &secrets)?;
            member::take(scope, valid.attributes_mut());
            // What a change does beside the document may come to nothing, and so may the change.
            if (scope.relation().is_some() || !secrets.is_empty())
                && let Some(before) = resource::head(connection, scope, &head.id)?
                && scope.schema().same(&before.attributes, valid.attributes())
            {
                return settle(connection, before, scope, rows);
            }
            head.attributes = valid.into_attributes();
            let head = head.moved(scope.cx.now());
            resource::rewrite(connection, scope, &head, before)?;
            Ok(Updated::changed(head.stored()))
        }
    }
}

/// The head is as it was; the version moves if rows did.
fn settle(
    connection: &Connection,
    head: Head,
    scope: &Scope,
    rows: usize,
) -> Result<Updated, StoreError> {
    if rows == 0 {
        return Ok(Updated::unchanged(head.stored()));
    }
    let head = head.moved(scope.cx.now());
    resource::touch(connection, &head)?;
    Ok(Updated::changed(head.stored()))
}

pub(super) fn delete(
    connection: &Connection,
    scope: &Scope,
    id: &str,
    guard: &Guard,
) -> Result<bool, StoreError> {
    let Some(mut head) = resource::head(connection, scope, id)? else { return Ok(false) };
    guard.check(&head.version())?;
    if guard.judges() {
        let attributes = head.attributes.clone();
        guard.judge(whole(connection, scope, &mut head)?)?;
        head.attributes = attributes;
    }
    for owner in member::forget(connection, scope, id)? {
        member::bump(connection, scope, &owner)?;
        log::done(connection, scope, &owner.kind, &owner.id, Operation::Update.word(), None)?;
    }
    resource::remove(connection, scope, &head)?;
    secret::forget(connection, scope, id)?;
    log(connection, scope, id, Operation::Delete, None)?;
    judge(connection, &guard.invariants)?;
    Ok(true)
}

/// What of a write is not as it was asked for, for the log.
type LeftOut = Option<String>;

fn left_out(scope: &Scope, issues: &[Issue], touched: Touched) -> LeftOut {
    let mut reasons: Vec<String> = issues.iter().take(SHOWN).map(ToString::to_string).collect();
    if issues.len() > SHOWN {
        reasons.push(format!("and {} more", issues.len() - SHOWN));
    }
    if touched.unknown > 0 {
        let relation = scope.relation().map(AttrName::as_str).unwrap_or_default();
        let count = touched.unknown;
        reasons.push(format!("`{relation}`: {count} left out that do not exist"));
    }
    (!reasons.is_empty()).then(|| reasons.join("; "))
}

/// What of a resource is not as it was sent, or was left out before the change reached it.
fn issues(valid: &Valid, dropped: &[Issue]) -> Vec<Issue> {
    let mut issues: Vec<Issue> = valid.dropped().iter().chain(valid.reported()).cloned().collect();
    let more: Vec<Issue> =
        dropped.iter().filter(|issue| !issues.contains(issue)).cloned().collect();
    issues.extend(more);
    issues
}

fn log(
    connection: &Connection,
    scope: &Scope,
    id: &str,
    operation: Operation,
    left_out: LeftOut,
) -> Result<(), SqliteError> {
    log::done(connection, scope, scope.kind(), id, operation.word(), left_out.as_deref())
}

/// Several writes, some dozens in one transaction, each in a savepoint of its own.
pub(super) async fn batch(
    writer: &Writer,
    writes: Vec<Write>,
    max_errors: Option<usize>,
) -> Vec<Result<Written, StoreError>> {
    let mut results = Vec::with_capacity(writes.len());
    let mut errors_left = max_errors.map_or(usize::MAX, |max| max.max(1));
    let mut writes = writes.into_iter();
    while errors_left > 0 {
        let part: Vec<Write> = writes.by_ref().take(TOGETHER).collect();
        if part.is_empty() {
            break;
        }
        let count = part.len();
        let written = writer.write(move |it| Ok(several(it, part, errors_left))).await;
        match written {
            Ok(written) => {
                let failed = written.iter().filter(|one| Written::is_failure(one)).count();
                errors_left = errors_left.saturating_sub(failed);
                results.extend(written);
            }
            Err(error) => {
                let failed = count.min(errors_left);
                errors_left -= failed;
                results.extend(none_made(error, failed));
            }
        }
    }
    results
}

/// So many writes that all came to nothing.
pub(super) fn none_made(
    error: StoreError,
    count: usize,
) -> impl Iterator<Item = Result<Written, StoreError>> {
    let others = std::iter::repeat_with(|| Err(SqliteError::NotCommitted.into()));
    std::iter::once(Err(error)).chain(others).take(count)
}

fn several(
    connection: &Connection,
    writes: Vec<Write>,
    max_errors: usize,
) -> Vec<Result<Written, StoreError>> {
    let mut results = Vec::with_capacity(writes.len());
    let mut errors = 0;
    for write in writes {
        let result = writer::savepoint(connection, |it| one(it, write));
        errors += usize::from(Written::is_failure(&result));
        results.push(result);
        if errors >= max_errors {
            break;
        }
    }
    results
}

fn one(connection: &Connection, write: Write) -> Result<Written, StoreError> {
    Ok(match write {
        Write::Create { cx, new } => Written::Created(create(connection, &Scope::of(&cx)?, new)?),
        Write::Update { cx, id, change } => {
            Written::Updated(update(connection, &Scope::of(&cx)?, &id, &change)?)
        }
        Write::Delete { cx, id, guard } => {
            Written::Deleted(delete(connection, &Scope::of(&cx)?, &id, &guard)?)
        }
    })
}
