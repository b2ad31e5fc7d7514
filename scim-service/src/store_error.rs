//! Why a store did not do what it was asked.

use std::{error::Error as StdError, fmt, iter, time::Duration};

use http::StatusCode;
use scim_core::Error;

/// Why a store did not do what it was asked. Made from any error with `?`: what the database
/// says is logged and answered with 500, never shown; a [`scim_core::Error`], such as a change's
/// refusal, reaches the client as it is.
pub struct StoreError(Kind);

/// After how long a write may be sent again that has lost every race.
const AFTER_RACES: Duration = Duration::from_secs(1);

enum Kind {
    Refused(Error),
    Stale,
    Busy(Duration),
    Inside(Box<dyn StdError + Send + Sync>),
}

impl StoreError {
    /// 409 uniqueness: another resource has the value of this attribute.
    pub fn conflict(attribute: &str) -> Self {
        Self(Kind::Refused(Error::uniqueness(format!("another resource has this `{attribute}`"))))
    }

    /// The resource has changed since the request was read: 412 to a client that has named a
    /// version; for others the write is tried again, and is [busy](Self::busy) if that does not
    /// help.
    pub fn stale() -> Self {
        Self(Kind::Stale)
    }

    /// 503 with `Retry-After`.
    pub fn busy(after: Duration) -> Self {
        Self(Kind::Busy(after))
    }

    /// 400 invalidFilter: the store cannot filter by this attribute in this way. For one that it
    /// cannot sort by, [`scim_core::Error::invalid_value`] is made a `StoreError`.
    pub fn unsupported(attribute: &str) -> Self {
        Self(Kind::Refused(Error::invalid_filter(format!(
            "this server cannot search by `{attribute}` in this way"
        ))))
    }

    /// Whether it is [`StoreError::stale`], or another 412.
    pub(crate) fn is_stale(&self) -> bool {
        match &self.0 {
            Kind::Stale => true,
            Kind::Refused(error) => error.status == StatusCode::PRECONDITION_FAILED,
            _ => false,
        }
    }

    /// What becomes of it where the client has sent no precondition that could have failed
    /// (RFC 9110 §15.5.13).
    pub(crate) fn without_precondition(self) -> Self {
        if matches!(self.0, Kind::Stale) { Self::lost() } else { self }
    }

    /// 503: a write without a precondition has lost every race.
    pub(crate) fn lost() -> Self {
        Self::busy(AFTER_RACES)
    }

    /// Logs what nobody can be answered any more.
    pub(crate) fn log(self) {
        drop(self.into_answer());
    }

    /// The answer, and after how many seconds to try again.
    pub(crate) fn into_answer(self) -> (Error, Option<u64>) {
        match self.0 {
            Kind::Refused(error) => (error, None),
            Kind::Stale => {
                (Error::precondition_failed("the resource has changed in the meantime"), None)
            }
            Kind::Busy(after) => {
                let error = Error::new(StatusCode::SERVICE_UNAVAILABLE, "the server is busy");
                (error, Some(after.as_secs().max(1)))
            }
            Kind::Inside(inside) => {
                tracing::error!(error = %Chain(&*inside), "the store failed");
                (Error::internal(), None)
            }
        }
    }
}

/// An error and what has caused it.
struct Chain<'a>(&'a dyn StdError);

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut causes = iter::successors(self.0.source(), |cause| (*cause).source());
        causes.try_for_each(|cause| write!(f, ": {cause}"))
    }
}

impl<E: StdError + Send + Sync + 'static> From<E> for StoreError {
    fn from(error: E) -> Self {
        let boxed: Box<dyn StdError + Send + Sync> = Box::new(error);
        match boxed.downcast::<Error>() {
            Ok(refused) => Self(Kind::Refused(*refused)),
            Err(inside) => Self(Kind::Inside(inside)),
        }
    }
}

impl fmt::Debug for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Refused(error) => f.debug_tuple("Refused").field(error).finish(),
            Kind::Stale => f.write_str("Stale"),
            Kind::Busy(after) => f.debug_tuple("Busy").field(after).finish(),
            Kind::Inside(inside) => f.debug_tuple("Inside").field(inside).finish(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("the statement failed")]
    struct Statement(#[source] std::fmt::Error);

    #[test]
    fn what_has_caused_a_failure_is_logged_with_it() {
        let error = Statement(std::fmt::Error);
        let cause = std::fmt::Error.to_string();
        assert_eq!(Chain(&error).to_string(), format!("the statement failed: {cause}"));
        assert_eq!(Chain(&std::fmt::Error).to_string(), cause);
    }

    #[test]
    fn an_error_shows_of_what_kind_it_is() {
        for (error, shown) in [
            (StoreError::stale(), "Stale"),
            (StoreError::busy(AFTER_RACES), "Busy(1s)"),
            (StoreError::from(std::fmt::Error), "Inside(Error)"),
        ] {
            assert_eq!(format!("{error:?}"), shown);
        }
        assert!(format!("{:?}", StoreError::conflict("userName")).starts_with("Refused("));
    }
}
