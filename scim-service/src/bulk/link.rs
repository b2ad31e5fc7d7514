//! References that go round in a circle: created without them, then linked (RFC 7644 §3.7.1).

use http::StatusCode;
use scim_core::Error;

use super::Job;
use crate::{Action, Context, Event, Guard, Store, answer::Refusal, store};

/// A create that left out what refers to operations that come after it.
pub(super) struct Link {
    pub(super) at: usize,
    pub(super) late: Vec<usize>,
    pub(super) cx: Context,
    pub(super) id: String,
    pub(super) is_new: bool,
}

impl<S: Store> Job<'_, S> {
    /// Sets what refers to resources that did not exist yet when the resource was created; where
    /// that cannot be done, the resource is taken back.
    pub(super) async fn link(&mut self, links: Vec<Link>) {
        for link in links {
            if !self.was_done(link.at) {
                continue;
            }
            match self.linked(&link).await {
                Ok(version) => {
                    if let Some(Some(outcome)) = self.results.get_mut(link.at) {
                        outcome.version = Some(version);
                    }
                }
                Err(error) => {
                    if link.is_new {
                        self.take_back(&link).await;
                    }
                    self.fail(link.at, Error::new(StatusCode::CONFLICT, error.detail));
                }
            }
        }
    }

    /// The version of a resource that has its references.
    async fn linked(&self, Link { at, late, cx, id, .. }: &Link) -> Result<String, Error> {
        self.check_created(late.iter().copied())?;
        let Some(operation) = self.operations.get(*at) else { return Err(Error::internal()) };
        let data = self.ids.resolved(operation)?;
        let change = self.parts.replacement(cx, Guard::default(), data).await?;
        let stored = self.parts.update(cx, id, &change, Action::Replace).await;
        Ok(stored.map_err(Refusal::into_error)?.version.to_string())
    }

    async fn take_back(&self, Link { cx, id, .. }: &Link) {
        match store::delete(&self.parts.store, cx, id, &Guard::default()).await {
            Ok(_) => {
                let event = Event { action: Action::Delete, id, stored: None };
                self.parts.policy.after(cx, &event);
            }
            Err(error) => error.log(),
        }
    }
}
