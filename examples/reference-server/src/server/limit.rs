//! How many requests a tenant may make.

use std::{num::NonZeroU32, sync::Arc};

use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock, DefaultClock},
};
use scim_service::Tenant;

/// Requests in a second, counted for each tenant by itself; as many may come at once.
pub(super) struct Limit {
    clock: DefaultClock,
    limiter: Option<DefaultKeyedRateLimiter<Arc<str>>>,
}

impl Limit {
    /// 0 for any number.
    pub(super) fn new(rate: u32) -> Self {
        let quota = NonZeroU32::new(rate).map(Quota::per_second);
        Self { clock: DefaultClock::default(), limiter: quota.map(RateLimiter::keyed) }
    }

    /// Counts a request.
    ///
    /// # Errors
    /// The seconds to wait, at least one, if it is one too many.
    pub(super) fn check(&self, tenant: &Tenant) -> Result<(), u64> {
        let Some(limiter) = &self.limiter else { return Ok(()) };
        limiter
            .check_key(&tenant.0)
            .map_err(|refused| {
                let wait = refused.wait_time_from(self.clock.now());
                wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
            })
            .map_err(|seconds| seconds.max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_tenant_has_its_own_count_and_zero_is_no_limit() {
        let (a, b) = (Tenant("a".into()), Tenant("b".into()));
        let limit = Limit::new(2);
        assert_eq!(limit.check(&a), Ok(()));
        assert_eq!(limit.check(&a), Ok(()));
        assert_eq!(limit.check(&a), Err(1));
        assert_eq!(limit.check(&b), Ok(()));
        let unlimited = Limit::new(0);
        assert!((0..10_000).all(|_| unlimited.check(&a).is_ok()));
    }
}
