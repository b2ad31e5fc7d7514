//! Rules of one's own.

use std::{fmt, ops::Deref};

use scim_core::{AttrName, Error};
use scim_filter::Checked;
use scim_patch::Delta;
use scim_schema::Valid;
use serde_json::{Map, Value};

use crate::{Context, Invariant, Sort, Stored};

/// Rules of one's own about who may do what, and about what resources may look like.
///
/// ```
/// use scim_service::{
///     Action, Context, Policy, Principal, Proposal, Target,
///     core::Error,
///     schema::Valid,
/// };
/// use serde_json::Value;
///
/// struct House;
///
/// impl Policy for House {
///     fn authorize(&self, cx: &Context, action: Action, _: &Target<'_>) -> Result<(), Error> {
///         let reader = cx.get::<Principal>().is_some_and(|who| &*who.0 == "reports");
///         if reader && action != Action::Read {
///             return Err(Error::new(http::StatusCode::FORBIDDEN, "this token only reads"));
///         }
///         Ok(())
///     }
///
///     fn before(&self, _: &Context, proposal: &mut Proposal<'_>) -> Result<(), Error> {
///         let user = proposal.resource.attributes_mut();
///         if !user.contains_key("userType") {
///             user.insert("userType".to_owned(), Value::from("Employee"));
///         }
///         Ok(())
///     }
///
///     fn before_delete(&self, _: &Context, _: &str, user: &Valid) -> Result<(), Error> {
///         match user.attributes().get("active") {
///             Some(Value::Bool(true)) => Err(Error::invalid_value("deactivate the user first")),
///             _ => Ok(()),
///         }
///     }
/// }
/// ```
pub trait Policy: Send + Sync + 'static {
    /// Whether a request may do this to that (RFC 7644 §2). Asked before the store is, of each
    /// operation of a bulk request, and for a search of all resources of each type. A create that
    /// would take a resource over ([`OnConflict`](crate::OnConflict)) must also be allowed to
    /// replace that.
    ///
    /// # Errors
    /// What the client is answered, usually 403.
    fn authorize(&self, cx: &Context, action: Action, target: &Target<'_>) -> Result<(), Error> {
        let _ = (cx, action, target);
        Ok(())
    }

    /// Looks at what is about to be written, may change it, and may refuse it. Of a resource that
    /// is there it is asked inside the store's transaction, if there is a change; of a new one
    /// before that begins. After a conflict it is asked again: it must not do anything beside that.
    ///
    /// What a bulk request creates in a circle of references (RFC 7644 §3.7.1) is shown as it was
    /// sent, though its references are written later, by a replacement of its own.
    ///
    /// What it changes is brought into canonical form and judged: attributes that clients cannot
    /// write are its to write, immutable ones are not, and passwords are set by
    /// [`Draft::set_secret`], hashed. What does not fit the schema is answered with 500, and
    /// logged.
    ///
    /// # Errors
    /// What the client is answered; nothing is written.
    fn before(&self, cx: &Context, proposal: &mut Proposal<'_>) -> Result<(), Error> {
        let _ = (cx, proposal);
        Ok(())
    }

    /// Looks at a resource that is about to be deleted, and may refuse that. Asked inside the
    /// store's transaction and, after a conflict, again: it must not do anything beside that.
    ///
    /// # Errors
    /// What the client is answered; nothing is deleted.
    fn before_delete(&self, cx: &Context, id: &str, resource: &Valid) -> Result<(), Error> {
        let _ = (cx, id, resource);
        Ok(())
    }

    /// What must hold across resources once the write is made, such as that somebody is left who
    /// may do everything. Asked before the store's transaction begins, for each write, and of a
    /// create that takes a resource over also for the replacement; other resource types are reached
    /// by [`Context::of_type`].
    ///
    /// # Errors
    /// What the client is answered; nothing is written.
    fn invariants(&self, cx: &Context, action: Action) -> Result<Vec<Invariant>, Error> {
        let _ = (cx, action);
        Ok(Vec::new())
    }

    /// Whether [`Policy::before`] and [`Policy::before_delete`] look at anything. If not, they
    /// need not be shown what was there.
    fn judges(&self) -> bool {
        true
    }

    /// Hears of what was written. A hint that a crash can lose: what must happen reads the
    /// store's log of changes.
    fn after(&self, cx: &Context, event: &Event<'_>) {
        let _ = (cx, event);
    }
}

/// What a request does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Action {
    /// It reads resources.
    Read,
    /// It creates a resource.
    Create,
    /// It replaces a resource.
    Replace,
    /// It patches a resource.
    Patch,
    /// It deletes a resource.
    Delete,
}

/// What a request is about. [`Context::resource_type`] says of which type.
///
/// A policy by which users see and change their own account alone (RFC 7644 §2, §3.11), and nobody
/// searches by e-mail addresses in a URL, which ends up in logs (RFC 7644 §7.5.2):
///
/// ```
/// use scim_service::{
///     Action, Context, Policy, Principal, Target,
///     core::{Error, ScimType},
///     filter::Checked,
/// };
///
/// struct SelfService;
///
/// impl Policy for SelfService {
///     fn authorize(&self, cx: &Context, _: Action, target: &Target<'_>) -> Result<(), Error> {
///         let who = cx.get::<Principal>().map_or("", |who| &who.0);
///         match target {
///             Target::Search { filter: Some(filter), in_url: true, .. } if names_email(filter) => {
///                 let detail = "search by `emails` in the body of a POST to /.search";
///                 Err(Error::of(ScimType::Sensitive, detail))
///             }
///             _ if who == "directory" => Ok(()),
///             Target::Resource(id) if cx.resource_type() == "User" && *id == who => Ok(()),
///             _ => Err(Error::new(http::StatusCode::FORBIDDEN, "this is not your account")),
///         }
///     }
/// }
///
/// fn names_email(filter: &Checked) -> bool {
///     filter.attributes().iter().any(|path| path.name().is_some_and(|name| name == "emails"))
/// }
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Target<'a> {
    /// A resource that is to be created, or to be taken over by a create.
    New,
    /// The resource with this id, which need not exist; `/Me` is the resource that it stands for.
    Resource(&'a str),
    /// Those that a search finds.
    #[non_exhaustive]
    Search {
        /// What they are found by.
        filter: Option<&'a Checked>,
        /// What they are sorted by.
        sort: Option<&'a Sort>,
        /// Whether this stands in the URL of a GET, and not in the body of a POST.
        in_url: bool,
    },
}

/// What is about to be written.
#[derive(Debug)]
#[non_exhaustive]
pub struct Proposal<'a> {
    /// The id of the resource; `None` while it is being created.
    pub id: Option<&'a str>,
    /// What is being done.
    pub action: Action,
    /// The resource before.
    pub before: Option<&'a Valid>,
    /// The resource to be written.
    pub resource: Draft<'a>,
    /// What changes in its relation, where that is not part of the resource, and not to be set.
    pub delta: Option<&'a Delta>,
}

impl Proposal<'_> {
    /// Asks a policy, and judges what it has changed.
    pub(crate) fn judged_by(mut self, policy: &dyn Policy, cx: &Context) -> Result<(), Error> {
        policy.before(cx, &mut self)?;
        let Draft { valid, judged } = self.resource;
        let Some(judged) = judged.filter(|judged| judged != valid.attributes()) else {
            return Ok(());
        };
        let stored = self.before.map(Valid::attributes);
        cx.schema().amend(valid, &judged, stored).map_err(|report| {
            tracing::error!(%report, "what a policy has changed does not fit the schema");
            Error::internal()
        })?;
        let is_set = |relation: &&AttrName| {
            let is_in = |attributes: &Map<_, _>| attributes.contains_key(relation.as_str());
            is_in(valid.attributes()) && !is_in(&judged)
        };
        match cx.schema().relations().iter().find(is_set).filter(|_| self.delta.is_some()) {
            None => Ok(()),
            Some(relation) => {
                tracing::error!(%relation, "a policy has set what is no part of the resource");
                Err(Error::internal())
            }
        }
    }
}

/// A resource as a policy may change it.
pub struct Draft<'a> {
    valid: &'a mut Valid,
    /// What it was before the policy changed anything.
    judged: Option<Map<String, Value>>,
}

impl<'a> Draft<'a> {
    pub(crate) fn new(valid: &'a mut Valid) -> Self {
        Self { valid, judged: None }
    }

    /// The attributes, to be changed. They are judged afterwards: [`Policy::before`].
    pub fn attributes_mut(&mut self) -> &mut Map<String, Value> {
        self.judged.get_or_insert_with(|| self.valid.attributes().clone());
        self.valid.attributes_mut()
    }

    /// Sets a value that is never returned, such as the hash of a password, as it is to be kept.
    pub fn set_secret(&mut self, path: &str, value: Value) {
        self.valid.set_secret(path, value);
    }
}

impl Deref for Draft<'_> {
    type Target = Valid;

    fn deref(&self) -> &Valid {
        self.valid
    }
}

impl fmt::Debug for Draft<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.valid.fmt(f)
    }
}

/// What was written.
#[derive(Debug)]
#[non_exhaustive]
pub struct Event<'a> {
    /// What was done.
    pub action: Action,
    /// The id of the resource.
    pub id: &'a str,
    /// The resource afterwards; `None` if it was deleted.
    pub stored: Option<&'a Stored>,
}

/// No rules.
#[derive(Clone, Copy, Debug, Default)]
pub struct Permissive;

impl Policy for Permissive {
    fn judges(&self) -> bool {
        false
    }
}
