//! The table that is printed, row by row.

use crate::measure::{Effort, Work, alone, pair};

/// What is allowed.
#[derive(Clone, Copy)]
pub(crate) enum Budget {
    /// So many times what the other costs, at most.
    AtMost(f64),
    /// So many times faster than the other, at least.
    Faster(f64),
    /// So many nanoseconds, at most.
    Nanoseconds(f64),
    /// Anything; it is shown to be compared.
    Any,
}

pub(crate) struct Table {
    pub(crate) effort: Effort,
    words: Vec<String>,
    missed: usize,
}

impl Table {
    pub(crate) fn new(effort: Effort, words: Vec<String>) -> Self {
        println!("| what | ours | other | | ours ÷ other | budget | met? |");
        println!("|---|---:|---|---:|---:|---|---|");
        Self { effort, words, missed: 0 }
    }

    /// A row of two things.
    pub(crate) fn beside(
        &mut self,
        what: &str,
        ours: Work<'_>,
        name: &str,
        other: Work<'_>,
        budget: Budget,
    ) {
        if !self.is_asked_for(&[what, name]) {
            return;
        }
        let pair = pair(self.effort, ours, other);
        let met = match budget {
            Budget::AtMost(most) => Some(pair.ratio <= most),
            Budget::Faster(least) => Some(pair.ratio <= 1.0 / least),
            Budget::Nanoseconds(most) => Some(pair.ours <= most),
            Budget::Any => None,
        };
        let (ours, other, ratio) = (time(pair.ours), time(pair.other), pair.ratio);
        let (shown, met) = (shown(budget), self.verdict(met));
        println!("| {what} | {ours} | {name} | {other} | {ratio:.3} | {shown} | {met} |");
    }

    /// A row of one thing.
    pub(crate) fn alone(&mut self, what: &str, ours: Work<'_>, budget: Budget) {
        if !self.is_asked_for(&[what]) {
            return;
        }
        let ours = alone(self.effort, ours);
        let met = match budget {
            Budget::Nanoseconds(most) => Some(ours <= most),
            _ => None,
        };
        let (shown, met) = (shown(budget), self.verdict(met));
        println!("| {what} | {} | | | | {shown} | {met} |", time(ours));
    }

    pub(crate) fn close(self) {
        println!("\n{} missed", self.missed);
    }

    /// Whether any of these rows may be asked for, so that what they need is worth preparing.
    pub(crate) fn wants(&self, beginnings: &[&str]) -> bool {
        let fits = |word: &String| {
            beginnings
                .iter()
                .any(|begins| begins.contains(word.as_str()) || word.starts_with(begins))
        };
        self.words.is_empty() || self.words.iter().any(fits)
    }

    fn is_asked_for(&self, names: &[&str]) -> bool {
        self.words.is_empty()
            || self.words.iter().any(|word| names.iter().any(|name| name.contains(word.as_str())))
    }

    fn verdict(&mut self, met: Option<bool>) -> &'static str {
        match met {
            Some(true) => "yes",
            Some(false) => {
                self.missed += 1;
                "**no**"
            }
            None => "",
        }
    }
}

fn shown(budget: Budget) -> String {
    match budget {
        Budget::AtMost(most) => format!("≤ {most} ×"),
        Budget::Faster(least) => format!("≥ {least} × faster"),
        Budget::Nanoseconds(most) => format!("≤ {}", time(most)),
        Budget::Any => String::new(),
    }
}

fn time(nanoseconds: f64) -> String {
    let (value, unit) = match nanoseconds {
        ..1e3 => (nanoseconds, "ns"),
        ..1e6 => (nanoseconds / 1e3, "µs"),
        _ => (nanoseconds / 1e6, "ms"),
    };
    let digits = if value < 10.0 { 2 } else { usize::from(value < 100.0) };
    format!("{value:.digits$} {unit}")
}
