//! Several things at once, on any runtime.

use std::{
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    task::{Context as TaskContext, Poll, Waker},
    thread,
};

use scim_core::Error;

use super::{
    bench::{Bench, Miss, Outcome},
    erased::Work,
    settings::Settings,
};
use crate::{Context, Policy, Proposal};

impl Bench {
    /// Does all of it at once and gives what came out, in order: on a thread each, if the embedder
    /// has said how; else in turns within this task, so that one goes on whenever another waits.
    pub(super) async fn together<T: Send + 'static>(
        &self,
        works: Vec<Work<'static, T>>,
    ) -> Outcome<Vec<T>> {
        let count = works.len();
        let board = Board::new(count);
        match apart(self.settings(), works, &board)? {
            None => {}
            Some(works) => in_turns(works, &board).await,
        }
        let results = poll_fn(|task| board.poll(task)).await;
        let lost = || Miss::Failed("the store has panicked".to_owned());
        results.into_iter().map(|result| result.ok_or_else(lost)).collect()
    }

    /// Skips the check if there is only one thread.
    pub(super) fn needs_threads(&self) -> Outcome {
        match self.settings().runner {
            Some(_) => Ok(()),
            None => Err(Miss::Skipped("`StoreCheck::threads` is not set".to_owned())),
        }
    }
}

/// Starts a thread for each; gives back what is to be done in this task.
fn apart<T: Send + 'static>(
    settings: &Settings,
    works: Vec<Work<'static, T>>,
    board: &Arc<Board<T>>,
) -> Outcome<Option<Vec<Work<'static, T>>>> {
    let Some(runner) = &settings.runner else { return Ok(Some(works)) };
    for (at, work) in works.into_iter().enumerate() {
        let (runner, place) = (runner.clone(), Place { board: board.clone(), at, result: None });
        let task = async move {
            let mut place = place;
            place.result = Some(work.await);
        };
        let started = thread::Builder::new().spawn(move || runner(Box::pin(task)));
        started.map_err(|error| Miss::Failed(format!("there is no thread to be had: {error}")))?;
    }
    Ok(None)
}

async fn in_turns<T>(works: Vec<Work<'static, T>>, board: &Arc<Board<T>>) {
    let mut works: Vec<_> =
        works.into_iter().enumerate().map(|(at, work)| (at, Some(work))).collect();
    poll_fn(|task| {
        let mut waiting = false;
        for (at, slot) in &mut works {
            let Some(work) = slot else { continue };
            match work.as_mut().poll(task) {
                Poll::Ready(result) => {
                    *slot = None;
                    board.put(*at, Some(result));
                }
                Poll::Pending => waiting = true,
            }
        }
        if waiting { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
}

/// Where results are put down, and waited for.
struct Board<T>(Mutex<Results<T>>);

struct Results<T> {
    results: Vec<Option<T>>,
    open: usize,
    waker: Option<Waker>,
}

impl<T> Board<T> {
    fn new(count: usize) -> Arc<Self> {
        let results = std::iter::repeat_with(|| None).take(count).collect();
        Arc::new(Self(Mutex::new(Results { results, open: count, waker: None })))
    }

    fn put(&self, at: usize, result: Option<T>) {
        let mut inside = lock(&self.0);
        if let Some(slot) = inside.results.get_mut(at) {
            *slot = result;
        }
        inside.open -= 1;
        if inside.open == 0
            && let Some(waker) = inside.waker.take()
        {
            waker.wake();
        }
    }

    fn poll(&self, task: &mut TaskContext<'_>) -> Poll<Vec<Option<T>>> {
        let mut inside = lock(&self.0);
        if inside.open == 0 {
            return Poll::Ready(std::mem::take(&mut inside.results));
        }
        inside.waker = Some(task.waker().clone());
        Poll::Pending
    }
}

/// A place on the board. It is filled when it goes, so that nobody waits for a thread that died.
struct Place<T> {
    board: Arc<Board<T>>,
    at: usize,
    result: Option<T>,
}

impl<T> Drop for Place<T> {
    fn drop(&mut self) {
        self.board.put(self.at, self.result.take());
    }
}

/// Something that happens once, and for which threads can wait.
#[derive(Clone, Default)]
pub(super) struct Event(Arc<(Mutex<bool>, Condvar)>);

impl Event {
    pub(super) fn happen(&self) {
        *lock(&self.0.0) = true;
        self.0.1.notify_all();
    }

    /// It happens when what is given goes, however that comes about.
    pub(super) fn at_the_latest(&self) -> Latest {
        Latest(self.clone())
    }

    /// Holds this thread up until it has happened.
    pub(super) fn wait(&self) {
        let mut happened = lock(&self.0.0);
        while !*happened {
            happened = self.0.1.wait(happened).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// See [`Event::at_the_latest`].
pub(super) struct Latest(Event);

impl Drop for Latest {
    fn drop(&mut self) {
        self.0.happen();
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What the work comes to; an error if it panics.
pub(super) async fn caught<T>(
    mut work: Pin<Box<dyn Future<Output = Outcome<T>> + Send>>,
) -> Outcome<T> {
    poll_fn(move |task| match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(task))) {
        Ok(poll) => poll,
        Err(_) => Poll::Ready(Err(Miss::Failed("the store has panicked".to_owned()))),
    })
    .await
}

/// Holds a change up inside the store until another has been sent off.
pub(super) struct Held {
    /// The change is inside the store.
    pub(super) inside: Event,
    /// The other is about to call the store. It need not have got anywhere: a store that makes
    /// changes one by one lets it wait.
    pub(super) sent: Event,
}

impl Policy for Held {
    fn before(&self, _: &Context, _: &mut Proposal<'_>) -> Result<(), Error> {
        self.inside.happen();
        self.sent.wait();
        Ok(())
    }
}
