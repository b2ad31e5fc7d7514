//! What is done inside the writer's transactions.

use rusqlite::{Connection, params};
use scim_patch::Delta;
use scim_service::{
    Applied, Change, Guard, New, Principal, StoreError, Stored, Updated, Write, Written,
};
use serde_json::Value;

use super::{
    error::SqliteError,
    member,
    resource::{self, Head, Keys},
    scope::Scope,
    writer::{self, Writer},
};

/// Writes of one batch that one transaction holds.
const TOGETHER: usize = 50;

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
    let New { id, resource, .. } = new;
    let mut attributes = resource.into_attributes();
    let elements = member::take(scope, &mut attributes);
    // Before the group itself is there: it cannot be its own first member.
    if !elements.is_empty() {
        member::replace(connection, scope, &id, &elements)?;
    }
    resource::insert(connection, scope, &id, &attributes)?;
    log(connection, scope, scope.kind(), &id, Operation::Create)?;
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
    let updated = match split {
        Some((rest, delta)) => by_rows(connection, scope, head, &rest, &delta)?,
        None => by_document(connection, scope, head, change)?,
    };
    if updated.changed {
        log(connection, scope, scope.kind(), id, Operation::Update)?;
    }
    Ok(Some(updated))
}

/// The head is loaded and changed, the relation's rows are changed where they are.
fn by_rows(
    connection: &Connection,
    scope: &Scope,
    mut head: Head,
    change: &Change,
    delta: &Delta,
) -> Result<Updated, StoreError> {
    let before = Keys::of(scope, &head.attributes);
    let applied = change.apply_head(current(&mut head), delta)?;
    let rows = member::change(connection, scope, &head.id, delta)?;
    finish(connection, scope, head, applied, &before, rows)
}

/// All is loaded, and what comes out is compared with it.
fn by_document(
    connection: &Connection,
    scope: &Scope,
    mut head: Head,
    change: &Change,
) -> Result<Updated, StoreError> {
    let before = Keys::of(scope, &head.attributes);
    let mut current = current(&mut head);
    if let Some(relation) = scope.relation() {
        let elements = member::load(connection, scope, &head.id)?;
        if !elements.is_empty() {
            current.attributes.insert(relation.as_str().to_owned(), Value::Array(elements));
        }
    }
    let unchanged = current.attributes.clone();
    let mut applied = change.apply(current)?;
    let rows = match &mut applied {
        Applied::Same(stored) => {
            member::take(scope, &mut stored.attributes);
            0
        }
        Applied::Next(valid) => {
            let elements = member::take(scope, valid.attributes_mut());
            match scope.relation() {
                Some(_) => member::replace(connection, scope, &head.id, &elements)?,
                None => 0,
            }
        }
    };
    let mut unchanged = unchanged;
    member::take(scope, &mut unchanged);
    if let Applied::Next(valid) = &applied
        && scope.schema().same(&unchanged, valid.attributes())
    {
        head.attributes = unchanged;
        return settle(connection, head, scope, rows);
    }
    finish(connection, scope, head, applied, &before, rows)
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
        Applied::Same(stored) => {
            head.attributes = stored.attributes;
            settle(connection, head, scope, rows)
        }
        Applied::Next(mut valid) => {
            member::take(scope, valid.attributes_mut());
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
    let attributes = head.attributes.clone();
    guard.check(&current(&mut head).version)?;
    head.attributes = attributes;
    for owner in member::forget(connection, scope, id)? {
        member::bump(connection, scope, &owner)?;
        log(connection, scope, &owner.kind, &owner.id, Operation::Update)?;
    }
    resource::remove(connection, scope, &head)?;
    log(connection, scope, scope.kind(), id, Operation::Delete)?;
    Ok(true)
}

fn log(
    connection: &Connection,
    scope: &Scope,
    kind: &str,
    id: &str,
    operation: Operation,
) -> Result<(), SqliteError> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO change (tenant, seq, at, type, id, operation, principal) \
         SELECT ?1, 1 + coalesce(max(seq), 0), ?2, ?3, ?4, ?5, ?6 FROM change WHERE tenant = ?1",
    )?;
    let now = scope.cx.now().timestamp_millis();
    let principal = scope.cx.get::<Principal>().map(|principal| &*principal.0);
    statement.execute(params![&*scope.tenant, now, kind, id, operation.word(), principal])?;
    Ok(())
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
                results.push(Err(error));
                let others = std::iter::repeat_with(|| Err(SqliteError::NotCommitted.into()));
                results.extend(others.take(failed - 1));
            }
        }
    }
    results
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
