//! Checks, and how they run.

use super::{
    bench::{Bench, Miss, Outcome, Type},
    erased::Work,
    filter, race,
    report::Verdict,
    sort,
};

/// One check.
pub(super) struct Check {
    /// Its area, a slash, and what it asks for.
    pub(super) name: &'static str,
    pub(super) run: Run,
}

/// What a check does.
pub(super) enum Run {
    /// Its own.
    Code(fn(Bench) -> Work<'static, Outcome>),
    /// It holds filters over the sample against the evaluator.
    Filters(Type, &'static [&'static str]),
    /// It holds orders of the sample against comparison keys: attributes, and whether descending.
    Orders(Type, &'static [(&'static str, bool)]),
}

impl Check {
    pub(super) async fn judge(&self, bench: Bench) -> Verdict {
        let work: Work<'static, Outcome> = match self.run {
            Run::Code(code) => code(bench),
            Run::Filters(kind, filters) => Box::pin(filter::hold(bench, kind, filters)),
            Run::Orders(kind, orders) => Box::pin(sort::hold(bench, kind, orders)),
        };
        match race::caught(work).await {
            Ok(()) => Verdict::Passed,
            Err(Miss::Failed(why)) => Verdict::Failed(why),
            Err(Miss::Skipped(why)) => Verdict::Skipped(why),
        }
    }
}

/// The checks of one area: functions of these names.
macro_rules! checks {
    ($area:literal: $($name:ident,)+) => {
        pub(super) const CHECKS: &[$crate::testing::store::check::Check] = &[$(
            $crate::testing::store::check::Check {
                name: concat!($area, "/", stringify!($name)),
                run: $crate::testing::store::check::Run::Code(|bench| Box::pin($name(bench))),
            },
        )+];
    };
}
pub(super) use checks;
