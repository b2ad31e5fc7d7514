//! Times of two things, taken in turns.

use std::{hint::black_box, time::Duration};

use rustix::time::{ClockId, clock_gettime};

/// How long it takes to do something so many times.
pub(crate) type Work<'a> = Box<dyn FnMut(u64) -> Duration + 'a>;

/// What this thread has used of the processor: others who use it too do not count.
fn cpu_time() -> Duration {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(
        u64::try_from(now.tv_sec).unwrap_or_default(),
        u32::try_from(now.tv_nsec).unwrap_or_default(),
    )
}

/// Something that can be done again and again. Its result is dropped inside of the time.
pub(crate) fn each<'a, T>(mut run: impl FnMut() -> T + 'a) -> Work<'a> {
    Box::new(move |times| {
        let start = cpu_time();
        for _ in 0..times {
            black_box(run());
        }
        cpu_time() - start
    })
}

/// Something that uses up what it works on, which is prepared for so many times together. Neither
/// that nor the result counts.
pub(crate) fn consuming<'a, I, T>(
    together: u64,
    mut prepare: impl FnMut() -> I + 'a,
    mut run: impl FnMut(I) -> T + 'a,
) -> Work<'a> {
    Box::new(move |times| {
        let mut elapsed = Duration::ZERO;
        let mut left = times;
        while left > 0 {
            let now = left.min(together);
            left -= now;
            let inputs: Vec<I> = (0..now).map(|_| prepare()).collect();
            let mut outputs = Vec::with_capacity(inputs.len());
            let start = cpu_time();
            for input in inputs {
                outputs.push(black_box(run(black_box(input))));
            }
            elapsed += cpu_time() - start;
        }
        elapsed
    })
}

/// How much time is spent.
#[derive(Clone, Copy)]
pub(crate) struct Effort {
    rounds: usize,
    round: Duration,
}

impl Effort {
    pub(crate) const QUICK: Self = Self { rounds: 5, round: Duration::from_millis(2) };
    pub(crate) const FULL: Self = Self { rounds: 25, round: Duration::from_millis(12) };
}

/// Nanoseconds for one time, and what one costs of the other: medians over all rounds.
pub(crate) struct Pair {
    pub(crate) ours: f64,
    pub(crate) other: f64,
    pub(crate) ratio: f64,
}

/// Measures two things in turns, each first in every other round.
pub(crate) fn pair(effort: Effort, mut ours: Work<'_>, mut other: Work<'_>) -> Pair {
    let (our_times, other_times) = (times(effort, &mut ours), times(effort, &mut other));
    let mut rounds: Vec<(f64, f64)> = (0..effort.rounds)
        .map(|round| {
            if round % 2 == 0 {
                let first = once(&mut ours, our_times);
                (first, once(&mut other, other_times))
            } else {
                let first = once(&mut other, other_times);
                (once(&mut ours, our_times), first)
            }
        })
        .collect();
    Pair {
        ours: median(&mut rounds, |round| round.0),
        other: median(&mut rounds, |round| round.1),
        ratio: median(&mut rounds, |round| round.0 / round.1),
    }
}

/// Measures one thing.
pub(crate) fn alone(effort: Effort, mut ours: Work<'_>) -> f64 {
    let times = times(effort, &mut ours);
    let mut rounds: Vec<f64> = (0..effort.rounds).map(|_| once(&mut ours, times)).collect();
    median(&mut rounds, |round| *round)
}

/// How many times fill a round; warms up on the way.
fn times(effort: Effort, work: &mut Work<'_>) -> u64 {
    let mut times = 1;
    loop {
        let elapsed = work(times);
        if elapsed >= effort.round / 2 {
            return times;
        }
        times *= 2;
    }
}

fn once(work: &mut Work<'_>, times: u64) -> f64 {
    work(times).as_secs_f64() * 1e9 / times as f64
}

fn median<T>(rounds: &mut [T], of: impl Fn(&T) -> f64) -> f64 {
    rounds.sort_by(|left, right| of(left).total_cmp(&of(right)));
    of(&rounds[rounds.len() / 2])
}
