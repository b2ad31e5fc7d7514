//! What the checks found.

use std::fmt;

/// What each check found, in the order they ran.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Report {
    /// One finding a check.
    pub findings: Vec<Finding>,
}

/// What one check found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The check: its area, a slash, and what it asks for.
    pub check: &'static str,
    /// What came of it.
    pub verdict: Verdict,
}

/// What came of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The store does what the check asks for.
    Passed,
    /// It does not, and this is how it shows. The text may hold the made-up data of the check.
    Failed(String),
    /// The check does not concern this store, for this reason.
    Skipped(String),
}

impl Report {
    /// What a check of this name found.
    pub fn verdict(&self, check: &str) -> Option<&Verdict> {
        self.findings.iter().find(|finding| finding.check == check).map(|finding| &finding.verdict)
    }

    /// The checks that failed.
    pub fn failed(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| matches!(finding.verdict, Verdict::Failed(_)))
    }

    /// The checks that were skipped.
    pub fn skipped(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| matches!(finding.verdict, Verdict::Skipped(_)))
    }

    /// How many checks passed.
    pub fn passed(&self) -> usize {
        self.findings.iter().filter(|finding| finding.verdict == Verdict::Passed).count()
    }

    /// For the end of a test.
    ///
    /// # Panics
    /// When a check failed; the message is the report. Also when nothing passed.
    #[expect(clippy::panic, reason = "a test fails by a panic")]
    pub fn assert_passed(&self) {
        if self.failed().next().is_some() || self.passed() == 0 {
            panic!("{self}");
        }
    }
}

/// One line for each check that failed or was skipped, and the counts.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Finding { check, verdict } in &self.findings {
            match verdict {
                Verdict::Passed => {}
                Verdict::Failed(why) => writeln!(f, "FAILED  {check}: {why}")?,
                Verdict::Skipped(why) => writeln!(f, "skipped {check}: {why}")?,
            }
        }
        let (failed, skipped) = (self.failed().count(), self.skipped().count());
        write!(f, "{} checks passed, {failed} failed, {skipped} skipped", self.passed())
    }
}
