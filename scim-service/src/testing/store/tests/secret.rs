//! Faults of what is never returned.

use super::broken::{Broken, Fault, of_tenant};
use crate::{Context, Store, StoreError, testing::store::race::lock};

impl Broken {
    pub(super) async fn tell(
        &self,
        cx: &Context,
        id: &str,
        attribute: &str,
    ) -> Result<Option<String>, StoreError> {
        let found = self.inner.secret(cx, id, attribute).await?;
        let kept = || lock(&self.secrets).get(id).cloned();
        Ok(match self.fault {
            Some(Fault::ForgetsSecrets) => None,
            Some(Fault::LosesSecretsOnPut) => found.filter(|_| kept().is_none()),
            Some(Fault::KeepsSecretsOfTheDead) => found.or_else(kept),
            Some(Fault::KeepsSecretsOfRefused) => kept().or(found),
            Some(Fault::LeaksSecrets) => {
                self.inner.secret(&of_tenant(cx, "first"), id, attribute).await?
            }
            _ => found,
        })
    }
}
