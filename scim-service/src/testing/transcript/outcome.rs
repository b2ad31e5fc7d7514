//! What became of the steps of a transcript.

use std::fmt;

use super::Level;

/// Longest text of a body in a report, in characters.
const SHOWN: usize = 2_000;

/// What became of a replay, step by step.
///
/// `{}` lists the steps that failed, were skipped or caused warnings, and the totals; `{:#}` lists
/// every step.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Outcome {
    /// The steps, in the order of the transcript.
    pub steps: Vec<StepReport>,
}

impl Outcome {
    /// The steps that failed, of the given level and the more binding ones.
    pub fn failures(&self, at_least: Level) -> impl Iterator<Item = &StepReport> {
        self.steps
            .iter()
            .filter(move |step| step.level >= at_least)
            .filter(|step| matches!(step.verdict, Verdict::Failed(_)))
    }

    /// The steps that were not sent, or could not be judged.
    pub fn skipped(&self) -> impl Iterator<Item = &StepReport> {
        self.steps.iter().filter(|step| matches!(step.verdict, Verdict::Skipped(_)))
    }

    /// The steps whose answer broke a rule for all answers, or a `should` of the step.
    pub fn warned(&self) -> impl Iterator<Item = &StepReport> {
        self.steps.iter().filter(|step| !step.warnings.is_empty())
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.steps.iter().enumerate() {
            if f.alternate() || step.is_remarkable() {
                writeln!(f, "{:4}  {step}", index + 1)?;
            }
        }
        let passed = self.steps.iter().filter(|step| step.verdict == Verdict::Passed).count();
        let failed = |level| self.failures(level).filter(|step| step.level == level).count();
        write!(
            f,
            "{passed} passed; failed: {} must, {} should, {} lenient; {} skipped, {} with warnings",
            failed(Level::Must),
            failed(Level::Should),
            failed(Level::Lenient),
            self.skipped().count(),
            self.warned().count(),
        )
    }
}

/// What became of one step.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct StepReport {
    /// Its title in the transcript.
    pub title: String,
    /// How much a failure weighs.
    pub level: Level,
    /// Whether its expectations held.
    pub verdict: Verdict,
    /// What is not as it should be, and no failure.
    pub warnings: Vec<String>,
    /// The last request sent for it, and the answer.
    pub exchange: Option<Exchange>,
    /// Why the step is as it is.
    pub note: Option<String>,
}

/// Whether a step did what it expects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// All expectations held.
    Passed,
    /// Some did not: each in a sentence, at least one.
    Failed(Vec<String>),
    /// The step was not sent, or not judged, for this reason.
    Skipped(String),
}

/// A request and its answer, for the reader of a report.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Exchange {
    /// Method and target.
    pub request: String,
    /// Body of the request; empty if there was none.
    pub sent: String,
    /// Status of the answer; `None` if there was no answer.
    pub status: Option<u16>,
    /// Body of the answer; empty if there was none.
    pub received: String,
}

impl StepReport {
    fn is_remarkable(&self) -> bool {
        self.verdict != Verdict::Passed || !self.warnings.is_empty()
    }
}

impl fmt::Display for StepReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match (&self.verdict, self.level) {
            (Verdict::Passed, _) => "pass",
            (Verdict::Skipped(_), _) => "skip",
            (Verdict::Failed(_), Level::Must) => "FAIL",
            (Verdict::Failed(_), Level::Should) => "fail (should)",
            (Verdict::Failed(_), Level::Lenient) => "fail (lenient)",
        };
        write!(f, "{word}  {}", self.title)?;
        match &self.verdict {
            Verdict::Passed => {}
            Verdict::Skipped(reason) => write!(f, " ({reason})")?,
            Verdict::Failed(problems) => {
                for problem in problems {
                    write!(f, "\n        - {problem}")?;
                }
            }
        }
        for warning in &self.warnings {
            write!(f, "\n        ~ {warning}")?;
        }
        if !matches!(self.verdict, Verdict::Failed(_)) {
            return Ok(());
        }
        if let Some(note) = &self.note {
            write!(f, "\n        note: {note}")?;
        }
        match &self.exchange {
            Some(exchange) => write!(f, "{exchange}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n        > {}", self.request)?;
        if !self.sent.is_empty() {
            write!(f, "\n        > {}", shortened(&self.sent, SHOWN))?;
        }
        if let Some(status) = self.status {
            write!(f, "\n        < {status} {}", shortened(&self.received, SHOWN))?;
        }
        Ok(())
    }
}

/// The first `most` characters, and an ellipsis if there are more.
pub(super) fn shortened(text: &str, most: usize) -> String {
    let mut chars = text.chars();
    let mut short: String = chars.by_ref().take(most).collect();
    if chars.next().is_some() {
        short.push('…');
    }
    short
}
