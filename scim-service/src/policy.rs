//! Rules of one's own.

use scim_core::Error;
use scim_patch::Delta;
use scim_schema::Valid;

use crate::{Context, Invariant, Stored};

/// Rules of one's own about who may do what, and about what resources may look like.
///
/// ```
/// use scim_service::{
///     Action, Context, Policy, Principal, Proposal,
///     core::Error,
///     schema::Valid,
/// };
/// use serde_json::Value;
///
/// struct House;
///
/// impl Policy for House {
///     fn authorize(&self, cx: &Context, action: Action) -> Result<(), Error> {
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
    /// Whether a request may do this at all. Asked before anything is read.
    ///
    /// # Errors
    /// What the client is answered, usually 403.
    fn authorize(&self, cx: &Context, action: Action) -> Result<(), Error> {
        let _ = (cx, action);
        Ok(())
    }

    /// Looks at what is about to be written, may change it, and may refuse it. Runs inside the
    /// store's transaction and, after a conflict, again: it must not do anything beside that. What
    /// a bulk request creates in a circle of references (RFC 7644 §3.7.1) is shown as it was sent,
    /// though its references are written later, by a replacement of its own.
    ///
    /// # Errors
    /// What the client is answered; nothing is written.
    fn before(&self, cx: &Context, proposal: &mut Proposal<'_>) -> Result<(), Error> {
        let _ = (cx, proposal);
        Ok(())
    }

    /// Looks at a resource that is about to be deleted, and may refuse that. Runs as
    /// [`Policy::before`] does.
    ///
    /// # Errors
    /// What the client is answered; nothing is deleted.
    fn before_delete(&self, cx: &Context, id: &str, resource: &Valid) -> Result<(), Error> {
        let _ = (cx, id, resource);
        Ok(())
    }

    /// What must hold across resources once the write is made, such as that somebody is left who
    /// may do everything. Asked before the store's transaction begins, for each write; other
    /// resource types are reached by [`Context::of_type`].
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
    pub resource: &'a mut Valid,
    /// What changes in its relation, where that is not part of the resource.
    pub delta: Option<&'a Delta>,
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
