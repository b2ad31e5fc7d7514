//! The order in which operations run (RFC 7644 §3.7.1).

use super::reference::BulkIds;

/// An operation whose turn it is.
pub(super) struct Step {
    pub(super) at: usize,
    /// Operations that it refers to and that come later: the reference goes round in a circle.
    pub(super) late: Vec<usize>,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    New,
    Open,
    Done,
}

/// The order of the request, except that what an operation refers to comes before it.
pub(super) fn of(count: usize, ids: &BulkIds) -> Vec<Step> {
    let uses: Vec<Vec<usize>> = (0..count).map(|at| ids.used_by(at).collect()).collect();
    let mut states = vec![State::New; count];
    let mut steps = Vec::with_capacity(count);
    for first in 0..count {
        let mut stack = vec![first];
        while let Some(at) = stack.last().copied() {
            let used = uses.get(at).map_or(&[][..], Vec::as_slice);
            let state = |at: &usize| states.get(*at).copied().unwrap_or(State::Done);
            if state(&at) == State::Done {
                stack.pop();
                continue;
            }
            let next = used.iter().copied().find(|used| state(used) == State::New && *used != at);
            match next {
                Some(next) => {
                    set(&mut states, at, State::Open);
                    stack.push(next);
                }
                None => {
                    let late =
                        used.iter().copied().filter(|used| state(used) != State::Done).collect();
                    set(&mut states, at, State::Done);
                    steps.push(Step { at, late });
                    stack.pop();
                }
            }
        }
    }
    steps
}

fn set(states: &mut [State], at: usize, state: State) {
    if let Some(known) = states.get_mut(at) {
        *known = state;
    }
}
