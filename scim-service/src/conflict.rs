//! Resources that a client creates and that are there already.

use std::{fmt, sync::Arc};

use scim_core::Error;
use scim_filter::{Filter, Options};
use scim_schema::{Projection, Valid};
use serde_json::{Map, Value};

use crate::{
    Action, Context, Query, Store, Stored, Window,
    answer::{Refusal, failed},
    service::Parts,
};

/// What becomes of a create whose unique attributes, or `externalId`, another resource has.
#[derive(Clone, Default)]
pub enum OnConflict {
    /// It is refused with 409 uniqueness where an attribute must be unique (RFC 7644 §3.3), and
    /// made where only `externalId` is another's: that is the client's to choose (RFC 7643 §3.1).
    #[default]
    Refuse,
    /// It takes the resource over if this says so: a person who comes back, or an account that
    /// was there before it was provisioned. Answered with 201 and the old id.
    ///
    /// To a [`Policy`](crate::Policy) that is a replacement beside a create. It must authorize
    /// both, and what must hold after either must hold; [`Policy::before`](crate::Policy::before)
    /// and [`Policy::after`](crate::Policy::after) see [`Action::Replace`] alone, since nothing new
    /// comes into being. Where an endpoint serves no replacement, nothing is taken over.
    Adopt(Arc<MayAdopt>),
}

/// Says of a resource that is there whether a create, given last, may take it over.
pub type MayAdopt = dyn Fn(&Context, &Stored, &Valid) -> bool + Send + Sync;

impl OnConflict {
    /// Takes over resources whose `active` is false.
    pub fn adopt_inactive() -> Self {
        Self::Adopt(Arc::new(|_, stored, _| {
            stored.attributes.get("active") == Some(&Value::Bool(false))
        }))
    }

    /// Takes over resources that have no `externalId`, so that no client manages them yet, for
    /// creates that have one, so that from then on one does.
    pub fn adopt_unmanaged() -> Self {
        Self::Adopt(Arc::new(|_, stored, new| {
            let is_managed =
                |attributes: &Map<String, Value>| attributes.contains_key("externalId");
            is_managed(new.attributes()) && !is_managed(&stored.attributes)
        }))
    }
}

impl fmt::Debug for OnConflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Refuse => "Refuse",
            Self::Adopt(_) => "Adopt",
        })
    }
}

impl<S: Store> Parts<S> {
    /// The resource that a create takes over, if there is one that may be: not where nothing is
    /// replaced.
    pub(crate) async fn adoptable(
        &self,
        cx: &Context,
        resource: &Valid,
        may: &MayAdopt,
    ) -> Result<Option<Stored>, Refusal> {
        if !cx.endpoint().allows(Action::Replace) {
            return Ok(None);
        }
        let Some(filter) = same_identity(cx, resource)? else { return Ok(None) };
        let options = Options::STRICT;
        let checked = filter.check(cx.schema(), &options).map_err(Error::from)?;
        let mut query =
            Query::new(Window::Index { start: 1, count: 2 }, Projection::default_of(cx.schema()));
        query.filter = Some(Arc::new(checked));
        let found = self.store.query(cx, &query).await.map_err(failed)?.resources;
        let mut found = found.into_iter();
        match (found.next(), found.next()) {
            (Some(only), None) if may(cx, &only, resource) => Ok(Some(only)),
            _ => Ok(None),
        }
    }
}

/// What finds resources with the same unique attributes or the same `externalId`.
fn same_identity(cx: &Context, resource: &Valid) -> Result<Option<Filter>, Error> {
    let mut tests = Vec::new();
    for indexed in cx.schema().indexed() {
        if !indexed.unique && indexed.label != "externalId" {
            continue;
        }
        for value in indexed.path.values(resource.attributes()) {
            if let Value::String(text) = value {
                tests.push(
                    Filter::eq(&indexed.label, text.as_str()).map_err(|_| Error::internal())?,
                );
            }
        }
    }
    if tests.is_empty() {
        return Ok(None);
    }
    Filter::any(tests).map(Some).map_err(|_| Error::internal())
}
