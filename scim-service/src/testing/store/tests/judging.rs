//! Faults of writes that something must hold after.

use super::broken::{Broken, Fault, pause};
use crate::{Change, Context, Guard, Invariant, New, Store, StoreError, Stored, Updated};

impl Broken {
    async fn judge(&self, invariants: &[Invariant]) -> Result<(), StoreError> {
        for invariant in invariants {
            let mut answers = Vec::new();
            for question in invariant.questions() {
                answers.push(self.inner.query(&question.cx, &question.query).await?);
            }
            invariant.judge(&answers)?;
        }
        Ok(())
    }

    /// The invariants that the store minds.
    fn minded(&self, invariants: Vec<Invariant>) -> Vec<Invariant> {
        match self.fault {
            Some(Fault::IgnoresInvariants) => Vec::new(),
            Some(Fault::JudgesOneInvariant) => invariants.into_iter().take(1).collect(),
            _ => invariants,
        }
    }

    pub(super) async fn add_judged(
        &self,
        cx: &Context,
        mut new: New,
    ) -> Result<Stored, StoreError> {
        match self.fault {
            Some(Fault::AsksBeforeItWrites) => {
                self.judge(&std::mem::take(&mut new.invariants)).await?;
                self.inner.create(cx, new).await
            }
            Some(Fault::KeepsWhatIsRefused | Fault::AsksAfterItCommits) => {
                let invariants = std::mem::take(&mut new.invariants);
                let stored = self.inner.create(cx, new).await?;
                self.judge(&invariants).await?;
                Ok(stored)
            }
            _ => {
                new.invariants = self.minded(new.invariants);
                self.inner.create(cx, new).await
            }
        }
    }

    pub(super) async fn alter_judged(
        &self,
        cx: &Context,
        id: &str,
        change: &Change,
    ) -> Result<Option<Updated>, StoreError> {
        let bare = change.clone().under(Vec::new());
        let before = self.whole(cx, id).await;
        match self.fault {
            Some(Fault::AsksBeforeItWrites) => {
                self.judge(change.invariants()).await?;
                self.inner.update(cx, id, &bare).await
            }
            Some(Fault::KeepsWhatIsRefused) => {
                let done = self.inner.update(cx, id, &bare).await?;
                self.judge(change.invariants()).await?;
                Ok(done)
            }
            Some(Fault::AsksAfterItCommits) => {
                let done = self.inner.update(cx, id, &bare).await?;
                pause().await;
                let judged = self.judge(change.invariants()).await;
                if let (Err(_), Some(before)) = (&judged, before) {
                    self.overwrite(cx, id, before.attributes.as_ref().clone()).await;
                }
                judged.map(|()| done)
            }
            Some(Fault::LetsWritesSlipIn) => {
                let done = self.inner.update(cx, id, change).await?;
                if let (Some(before), false) = (before, change.invariants().is_empty()) {
                    self.overwrite(cx, id, before.attributes.as_ref().clone()).await;
                    pause().await;
                    return self.inner.update(cx, id, &bare).await;
                }
                Ok(done)
            }
            _ => {
                let minded = self.minded(change.invariants().to_vec());
                self.inner.update(cx, id, &change.clone().under(minded)).await
            }
        }
    }

    pub(super) async fn remove_judged(
        &self,
        cx: &Context,
        id: &str,
        guard: &Guard,
    ) -> Result<bool, StoreError> {
        let mut guard = guard.clone();
        guard.invariants = self.minded(guard.invariants);
        match self.fault {
            Some(Fault::ForgetsInvariantsOfDeletions) => guard.invariants.clear(),
            Some(Fault::DeletesWithoutPolicy) => guard.policy = None,
            Some(Fault::ShowsPoliciesNoMembers) => {
                if let (true, Some(mut stored)) = (guard.judges(), self.whole(cx, id).await) {
                    guard.check(&stored.version)?;
                    stored.attributes_mut().remove("members");
                    guard.judge(stored)?;
                    guard.policy = None;
                }
            }
            Some(Fault::AsksPoliciesFirst) => {
                if let Some(stored) = self.whole(cx, id).await {
                    guard.judge(stored)?;
                }
            }
            Some(Fault::AsksBeforeItWrites) => {
                self.judge(&std::mem::take(&mut guard.invariants)).await?;
            }
            Some(Fault::KeepsWhatIsRefused | Fault::AsksAfterItCommits) => {
                let invariants = std::mem::take(&mut guard.invariants);
                let done = self.inner.delete(cx, id, &guard).await?;
                self.judge(&invariants).await?;
                return Ok(done);
            }
            _ => {}
        }
        self.inner.delete(cx, id, &guard).await
    }
}
