//! Many operations in one request (RFC 7644 §3.7).

mod destination;
mod link;
mod message;
mod order;
mod place;
mod reference;

use std::collections::BTreeSet;

use http::StatusCode;
use scim_core::{EntityTags, Error};
use scim_patch::Patch;
use scim_schema::Valid;
use serde_json::{Map, Value, json};

use self::{destination::Destination, link::Link, message::Operation, reference::BulkIds};
use crate::{
    Action, Change, Context, Endpoint, Event, Guard, OnConflict, Store, StoreError, Target, Write,
    Written,
    answer::{self, Answer, failed},
    read::missing,
    service::{Head, Parts},
    store::TRIES,
    write::Creation,
};

/// A bulk request on its way through the store.
struct Job<'a, S> {
    parts: &'a Parts<S>,
    head: &'a Head,
    ids: BulkIds,
    operations: Vec<Operation>,
    /// What each operation came to; none, if it was not processed.
    results: Vec<Option<Outcome>>,
    /// Writes that the store has not been given yet, in order.
    pending: Vec<Pending>,
    errors_left: Option<usize>,
}

/// A write of an operation.
struct Pending {
    at: usize,
    cx: Context,
    action: Action,
    id: String,
    write: Write,
}

/// What an operation came to.
struct Outcome {
    status: StatusCode,
    location: Option<String>,
    version: Option<String>,
    error: Option<Error>,
}

impl<S: Store> Parts<S> {
    /// Runs the operations of a bulk request, each by itself: what fails does not undo the rest.
    pub(crate) async fn bulk(&self, head: &Head, body: Value) -> Answer {
        let mut request = message::read(body, &self.limits, &self.links)?;
        let operations = &mut request.operations;
        let ids = BulkIds::assign(operations, &self.ids, &self.links, head.compat)?;
        let count = request.operations.len();
        let mut job = Job {
            parts: self,
            head,
            ids,
            results: std::iter::repeat_with(|| None).take(count).collect(),
            operations: request.operations,
            pending: Vec::new(),
            errors_left: request.fail_on_errors,
        };
        job.run().await;
        Ok(answer::json(StatusCode::OK, &job.response()))
    }
}

impl<S: Store> Job<'_, S> {
    async fn run(&mut self) {
        let order = order::of(self.operations.len(), &self.ids);
        let (mut links, mut behind) = (Vec::<Link>::new(), BTreeSet::new());
        for step in order {
            if self.depends_on_pending(step.at) || self.may_adopt(step.at) {
                self.flush().await;
            }
            if self.is_over() {
                break;
            }
            let prepared = self.prepare(step.at, &step.late, &mut links).await;
            if let Err(error) = prepared {
                self.flush().await;
                if self.is_over() {
                    break;
                }
                self.fail(step.at, error);
            }
            // At once, so that later operations meet the resource as it was sent.
            behind.insert(step.at);
            let ready = |link: &mut Link| link.late.iter().all(|late| behind.contains(late));
            let ready: Vec<Link> = links.extract_if(.., ready).collect();
            if !ready.is_empty() {
                self.flush().await;
                self.link(ready).await;
            }
        }
        self.flush().await;
        self.link(links).await;
    }

    fn is_over(&self) -> bool {
        self.errors_left == Some(0)
    }

    fn depends_on_pending(&self, at: usize) -> bool {
        self.pending.iter().any(|pending| self.ids.uses(at, pending.at))
    }

    /// Whether the store is asked for what an operation may take over: as if the operation came
    /// alone, behind those before it.
    fn may_adopt(&self, at: usize) -> bool {
        let operation = self.operations.get(at).filter(|operation| operation.method == "POST");
        let target = operation.and_then(|operation| operation.target.as_ref().ok());
        let endpoint = target.and_then(Destination::endpoint);
        endpoint.is_some_and(|one| matches!(one.on_conflict_rule(), OnConflict::Adopt(_)))
    }

    /// Makes a write of an operation, to be given to the store with others.
    async fn prepare(
        &mut self,
        at: usize,
        late: &[usize],
        links: &mut Vec<Link>,
    ) -> Result<(), Error> {
        let Some(operation) = self.operations.get(at) else { return Ok(()) };
        if let Some(fault) = &operation.fault {
            return Err(fault.clone());
        }
        let target = operation.target.clone()?;
        let data = self.ids.resolved(operation)?;
        match (operation.method.as_str(), target) {
            ("POST", Destination::Type(endpoint)) => {
                self.check_referred(at, late)?;
                check_allowed(&endpoint, Action::Create)?;
                let cx = self.parts.request_context(&endpoint, self.head);
                let (id, is_new) = self.create(at, &cx, data, late).await?;
                self.ids.settle(at, &id);
                if !late.is_empty() {
                    links.push(Link { at, late: late.to_vec(), cx, id, is_new });
                }
            }
            (method @ ("PUT" | "PATCH" | "DELETE"), Destination::Resource(endpoint, id)) => {
                let id = self.ids.id(&id)?;
                self.check_referred(at, late)?;
                let action = match method {
                    "PUT" => Action::Replace,
                    "PATCH" => Action::Patch,
                    _ => Action::Delete,
                };
                if action == Action::Patch {
                    self.parts.check_patch()?;
                }
                check_allowed(&endpoint, action)?;
                let guard = Guard {
                    if_match: operation.version.as_deref().map(EntityTags::parse),
                    ..Guard::default()
                };
                let cx = self.parts.request_context(&endpoint, self.head);
                let pending = self.write(at, cx, action, id, guard, data).await?;
                self.pending.push(pending);
            }
            _ => {
                return Err(Error::invalid_value(
                    "`path` is no endpoint of the operation's `method`",
                ));
            }
        }
        Ok(())
    }

    /// Makes a write of a create, or takes a resource over at once: by the time others are
    /// written, it may be another. Says which id the resource has, and whether it is a new one.
    async fn create(
        &mut self,
        at: usize,
        cx: &Context,
        mut data: Value,
        late: &[usize],
    ) -> Result<(String, bool), Error> {
        let id = self.ids.id_of(at).unwrap_or_else(|| (self.parts.ids)());
        for _ in 0..TRIES {
            let leave_out = |resource: &mut Valid| self.ids.leave_out(late, cx.schema(), resource);
            let creation = self.parts.creation(cx, id.clone(), data, &leave_out).await?;
            let (id, change) = match creation {
                Creation::New(new) => {
                    let id = new.id.clone();
                    let (action, cx) = (Action::Create, cx.clone());
                    let write = Write::Create { cx: cx.clone(), new };
                    self.pending.push(Pending { at, cx, action, id: id.clone(), write });
                    return Ok((id, true));
                }
                Creation::Adopted { id, change } => (id, change),
            };
            match self.parts.store.update(cx, &id, &change).await {
                Ok(Some(updated)) => {
                    let written = Written::Updated(Some(updated));
                    let outcome = self.written(cx, Action::Create, &id, written)?;
                    self.keep(at, outcome);
                    return Ok((id, false));
                }
                // What was to be taken over has changed, or gone, in the meantime.
                Ok(None) => {}
                Err(error) if error.is_stale() => {}
                Err(error) => return Err(failed(error).into_error()),
            }
            let Some(operation) = self.operations.get(at) else { break };
            data = self.ids.resolved(operation)?;
        }
        Err(failed(StoreError::lost()).into_error())
    }

    async fn write(
        &self,
        at: usize,
        cx: Context,
        action: Action,
        id: String,
        guard: Guard,
        data: Value,
    ) -> Result<Pending, Error> {
        self.parts.policy.authorize(&cx, action, &Target::Resource(&id))?;
        let change = |change: Change| {
            let write = Write::Update { cx: cx.clone(), id: id.clone(), change };
            Pending { at, cx: cx.clone(), action, id: id.clone(), write }
        };
        Ok(match action {
            Action::Replace => change(self.parts.replacement(&cx, guard, data).await?),
            Action::Patch => {
                let plan = Patch::from_value_within(data, cx.compat(), &self.parts.limits.patch)?
                    .plan(cx.schema())?;
                change(self.parts.patching(&cx, guard, plan).await?)
            }
            _ => {
                let guard = self.parts.deletion(&cx, guard)?;
                let write = Write::Delete { cx: cx.clone(), id: id.clone(), guard };
                Pending { at, cx: cx.clone(), action, id: id.clone(), write }
            }
        })
    }

    /// What an operation refers to must have been created, unless it is linked afterwards.
    fn check_referred(&self, at: usize, late: &[usize]) -> Result<(), Error> {
        self.check_created(self.ids.used_by(at).filter(|used| !late.contains(used)))
    }

    fn check_created(&self, mut used: impl Iterator<Item = usize>) -> Result<(), Error> {
        if used.all(|used| self.was_done(used)) {
            return Ok(());
        }
        Err(Error::new(StatusCode::CONFLICT, "the operation refers to one that has failed"))
    }

    fn was_done(&self, at: usize) -> bool {
        let result = self.results.get(at).and_then(Option::as_ref);
        result.is_some_and(|outcome| outcome.error.is_none())
    }

    /// Gives the store what is pending, and keeps what it came to.
    async fn flush(&mut self) {
        let (writes, rest): (Vec<Write>, Vec<_>) = std::mem::take(&mut self.pending)
            .into_iter()
            .map(|pending| (pending.write, (pending.at, pending.cx, pending.action, pending.id)))
            .unzip();
        if writes.is_empty() {
            return;
        }
        let results = self.parts.store.batch(writes, self.errors_left).await;
        for ((at, cx, action, id), result) in rest.into_iter().zip(results) {
            let guarded = self.operations.get(at).is_some_and(|one| one.version.is_some());
            let written = result.map_err(|error| {
                let error = if guarded { error } else { error.without_precondition() };
                failed(error).into_error()
            });
            let outcome = written.and_then(|written| self.written(&cx, action, &id, written));
            match outcome {
                Ok(outcome) => self.keep(at, outcome),
                Err(error) => self.fail(at, error),
            }
        }
    }

    fn written(
        &self,
        cx: &Context,
        action: Action,
        id: &str,
        written: Written,
    ) -> Result<Outcome, Error> {
        // An account that is taken over is replaced: no policy hears of a create.
        let heard = match (&written, action) {
            (Written::Updated(_), Action::Create) => Action::Replace,
            _ => action,
        };
        let (stored, changed) = match written {
            Written::Created(stored) => (Some(stored), true),
            Written::Updated(updated) => {
                let updated = updated.ok_or_else(|| missing(cx))?;
                (Some(updated.stored), updated.changed)
            }
            Written::Deleted(true) => (None, true),
            Written::Deleted(false) => return Err(missing(cx)),
        };
        if changed {
            let event = Event { action: heard, id, stored: stored.as_ref() };
            self.parts.policy.after(cx, &event);
        }
        let status = match action {
            Action::Create => StatusCode::CREATED,
            Action::Delete => StatusCode::NO_CONTENT,
            _ => StatusCode::OK,
        };
        Ok(Outcome {
            status,
            location: Some(self.parts.location(cx.endpoint(), id)),
            version: stored.map(|stored| stored.version.to_string()),
            error: None,
        })
    }

    fn keep(&mut self, at: usize, outcome: Outcome) {
        if let Some(result) = self.results.get_mut(at) {
            *result = Some(outcome);
        }
    }

    fn fail(&mut self, at: usize, error: Error) {
        self.errors_left = self.errors_left.map(|left| left.saturating_sub(1));
        let location = self.location_of(at);
        self.keep(
            at,
            Outcome { status: error.status, location, version: None, error: Some(error) },
        );
    }

    /// The address of the resource that an operation is about, unless it was to be created.
    fn location_of(&self, at: usize) -> Option<String> {
        let operation = self.operations.get(at).filter(|operation| operation.method != "POST")?;
        let Ok(Destination::Resource(endpoint, id)) = &operation.target else { return None };
        match self.ids.referred(id) {
            None => Some(self.parts.location(endpoint, id)),
            Some(created) => {
                let created = created.filter(|created| self.was_done(*created))?;
                Some(self.parts.location(endpoint, &self.ids.id_of(created)?))
            }
        }
    }

    fn response(&self) -> Value {
        let mut operations = Vec::with_capacity(self.results.len());
        for (operation, outcome) in self.operations.iter().zip(&self.results) {
            let Some(outcome) = outcome else { continue };
            let mut result: Map<String, Value> = Map::from_iter([
                ("method".to_owned(), json!(operation.method)),
                ("status".to_owned(), json!(outcome.status.as_str())),
            ]);
            let texts = [
                ("bulkId", &operation.bulk_id),
                ("location", &outcome.location),
                ("version", &outcome.version),
            ];
            for (name, text) in texts {
                if let Some(text) = text {
                    result.insert(name.to_owned(), json!(text));
                }
            }
            if let Some(error) = &outcome.error {
                result.insert("response".to_owned(), json!(error));
            }
            operations.push(Value::Object(result));
        }
        json!({"schemas": [scim_core::SchemaUri::BULK_RESPONSE], "Operations": operations})
    }
}

/// 405 for what the endpoint does not serve.
fn check_allowed(endpoint: &Endpoint, action: Action) -> Result<(), Error> {
    if endpoint.allows(action) {
        return Ok(());
    }
    let detail = "the method is not allowed at this endpoint";
    Err(Error::new(StatusCode::METHOD_NOT_ALLOWED, detail))
}
