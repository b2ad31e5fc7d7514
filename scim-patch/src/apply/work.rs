//! How much work a plan may be (RFC 7644 §3.5.2 sets no bound, so that a server has to).

use serde_json::Value;

use crate::PatchErrorKind as Kind;

/// How many bytes of text count as much as a comparison: filters look at each of them, and fold
/// those that are not ASCII.
const ASCII: usize = 8;
const OTHER: usize = 4;

/// What may still be done.
pub(crate) struct Work(usize);

impl Work {
    pub(crate) fn new(most: usize) -> Self {
        Self(most)
    }

    /// Counts work that is done so many times.
    ///
    /// # Errors
    /// If that is more than may be done.
    pub(crate) fn spend(&mut self, times: usize, work: usize) -> Result<(), Kind> {
        self.0 = self.0.checked_sub(times.saturating_mul(work)).ok_or(Kind::TooMuchWork)?;
        Ok(())
    }
}

/// The work to look at a value, or to copy it, once: long texts count for more. Values in
/// canonical form are at most lists within objects.
pub(crate) fn weight(value: &Value) -> usize {
    match value {
        Value::Object(object) => 1 + object.values().map(texts).sum::<usize>(),
        value => 1 + texts(value),
    }
}

fn texts(value: &Value) -> usize {
    match value {
        Value::Array(elements) => elements.iter().map(|one| 1 + text_of(one)).sum(),
        single => text_of(single),
    }
}

fn text_of(value: &Value) -> usize {
    let text = value.as_str().unwrap_or_default();
    text.len() / if text.is_ascii() { ASCII } else { OTHER }
}
