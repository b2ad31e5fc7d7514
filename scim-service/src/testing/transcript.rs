//! Recorded conversations of identity providers, and their replay against a service provider
//! (RFC 7644).
//!
//! A [`Transcript`] is JSON Lines: one step on each line, blank lines and lines that begin with
//! `//` left out. [`Replay::run`] sends the steps in order through a [`Transport`] and judges
//! every answer; the [`Outcome`] says what held.
//!
//! # A step
//! | member | meaning |
//! |---|---|
//! | `step` | unique title |
//! | `request` | `method`; `path`, relative to the base URL and put on the wire verbatim; `headers`; `body` (JSON) or `raw_body` (text); `auth` |
//! | `expect` | `status`, one or several; `json` and `should`, lists of assertions; `body_contains`, `body_not_contains`; `headers`, regular expressions by name |
//! | `save` | variable → path into the answer, or `header:Name` |
//! | `level` | how much a failure weighs: `must` (default), `should`, `lenient` |
//! | `needs` | features without which the step is skipped ([`Replay::without`]) |
//! | `requires` | variables without which the step is skipped |
//! | `repeat` | how often the step is sent, with `{{i}}` = 1, 2, … |
//! | `note` | why, for the reader of a report |
//!
//! `auth` is `default` (the token of the replay), `none`, or an `Authorization` value of its own.
//!
//! # Variables
//! `{{name}}` stands for a variable in every text of a step; where it is all of a JSON string, the
//! value keeps its type. `{{name|q}}` percent-encodes, `{{name|qp}}` form-encodes (blank → `+`),
//! `{{name|upper}}`, `{{name|lower}}` and `{{name|swapcase}}` change the case. Made on demand:
//! `run` (8 hex digits, one value in a run), `guid.*` and `hex.*` (random, constant by name),
//! `base` (the base URL), `i` (the count of `repeat` and `$for`), `ext` (URN of an extension the
//! service may not know). The element `{"$for": n, "$each": x}` of an array is n copies of `x`.
//!
//! # Assertions
//! `[path, operation]` or `[path, operation, value]`. Paths: `$.a.b`, `$['urn:x']`, `[0]`, `[*]`,
//! `[?(@.type=='work')]`. Operations: `eq`, `ne`, `ieq` (any case), `exists`, `absent`, `empty`
//! (nothing, null, or without content), `nonempty`, `type` (`int`, `str`, `bool`, `array`,
//! `object`), `len`, `minlen`, `maxlen`, `contains`, `not_contains`, `re`, `in`. An answer without
//! a body, or with an error nobody expected, is asked for nothing of its JSON.
//!
//! Whatever a step expects, each answer is also held to the rules for all answers, such as its
//! media type and the form of an error; what breaks them is a warning.
//!
//! # Example
//! ```
//! use bytes::Bytes;
//! use scim_service::testing::transcript::{Level, Replay, Request, Transcript, Transport};
//!
//! struct Nobody;
//!
//! impl Transport for Nobody {
//!     type Error = http::Error;
//!
//!     async fn send(&mut self, _: Request) -> Result<http::Response<Bytes>, http::Error> {
//!         http::Response::builder()
//!             .header("content-type", "application/scim+json")
//!             .body(Bytes::from(r#"{"totalResults":0,"Resources":[]}"#))
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let transcript = Transcript::parse(concat!(
//!     r#"{"step": "nobody yet", "request": {"method": "GET", "path": "/Users"}, "#,
//!     r#""expect": {"status": 200, "json": [["$.totalResults", "eq", 0]]}}"#,
//! ))?;
//! let outcome = Replay::new("https://scim.example/v2").run(&transcript, &mut Nobody).await;
//! assert!(outcome.failures(Level::Must).next().is_none(), "{outcome}");
//! # Ok(())
//! # }
//! ```

mod answer;
mod assertion;
mod json_path;
mod outcome;
mod replay;
mod scope;
mod step;
mod template;
#[cfg(test)]
mod tests;
mod tree;

use std::collections::BTreeSet;

use serde::de::Error as _;

use self::step::Step;

pub use self::{
    outcome::{Exchange, Outcome, StepReport, Verdict},
    replay::{Replay, Request, Transport},
    step::Level,
};

/// A recorded conversation: steps to be sent in order, each with what its answer has to hold.
#[derive(Debug, Clone)]
pub struct Transcript {
    steps: Vec<Step>,
}

impl Transcript {
    /// Reads a transcript from JSON Lines.
    ///
    /// # Errors
    /// The first line that is not a step, or whose title stood before.
    pub fn parse(text: &str) -> Result<Self, TranscriptError> {
        let mut titles = BTreeSet::new();
        let mut steps = Vec::new();
        for (index, line) in text.lines().map(str::trim).enumerate() {
            if line.is_empty() || line.starts_with("//") {
                continue;
            }
            let step = serde_json::from_str::<Step>(line)
                .and_then(|step| match titles.insert(step.title.clone()) {
                    true => Ok(step),
                    false => Err(serde_json::Error::custom("the title stood before")),
                })
                .map_err(|source| TranscriptError { line: index + 1, source })?;
            steps.push(step);
        }
        Ok(Self { steps })
    }

    /// What Okta sends: its credentials test, assignment, profile updates, password sync, import,
    /// group push, and the requests of its own test suite.
    pub fn okta() -> Self {
        Self::built_in(include_str!("transcript/okta.jsonl"))
    }

    /// What Microsoft Entra ID sends: its connection test, the initial and later cycles with and
    /// without its compliance flag, and the requests of its SCIM validator.
    pub fn entra() -> Self {
        Self::built_in(include_str!("transcript/entra.jsonl"))
    }

    #[expect(clippy::expect_used, reason = "the text is part of the crate, and tests parse it")]
    fn built_in(text: &str) -> Self {
        Self::parse(text).expect("a built-in transcript parses")
    }

    /// Number of steps.
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// Whether there is no step.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }
}

/// Why a text is no transcript.
#[derive(Debug, thiserror::Error)]
#[error("line {line} is not a step of a transcript")]
#[non_exhaustive]
pub struct TranscriptError {
    /// Number of the line, counted from 1.
    pub line: usize,
    source: serde_json::Error,
}
