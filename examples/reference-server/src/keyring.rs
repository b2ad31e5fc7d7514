//! The tokens as a running server knows them.

use std::sync::{
    Arc, Mutex, PoisonError, RwLock,
    atomic::{AtomicI64, Ordering},
};

use chrono::{DateTime, Utc};
use scim_service::{Principal, Tenant};

use crate::{
    profile::Profile,
    registry::{Registry, RegistryError},
    token::{Token, TokenHash},
};

/// The tokens in memory, where every one is compared in constant time. Before each look the
/// database is asked whether they have changed, so that what the command line does counts at once.
pub(crate) struct Keyring {
    source: Mutex<Source>,
    keys: RwLock<Arc<[Key]>>,
    /// A connection of its own: to write can take long.
    usage: Arc<Mutex<Registry>>,
}

struct Source {
    registry: Registry,
    data_version: i64,
    generation: i64,
}

struct Key {
    hash: TokenHash,
    holder: Holder,
    /// Seconds since 1970.
    used: AtomicI64,
    /// When it becomes worthless (RFC 7644 §7.4).
    expires: Option<DateTime<Utc>>,
}

/// Whom a token belongs to.
#[derive(Clone)]
pub(crate) struct Holder {
    pub(crate) tenant: Tenant,
    pub(crate) principal: Principal,
    pub(crate) profile: Profile,
}

/// Seconds for which the last use of a token is not written again.
const COARSE: i64 = 300;

impl Keyring {
    pub(crate) fn new(registry: Registry, usage: Registry) -> Result<Self, RegistryError> {
        let source = Source { registry, data_version: -1, generation: -1 };
        let keyring = Self {
            source: Mutex::new(source),
            keys: RwLock::new(Arc::new([])),
            usage: Arc::new(Mutex::new(usage)),
        };
        keyring.refresh()?;
        Ok(keyring)
    }

    /// Whom a token belongs to.
    pub(crate) fn holder(&self, token: &Token) -> Result<Option<Holder>, RegistryError> {
        self.refresh()?;
        let hash = token.hash();
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner).clone();
        // All are compared, whichever it is.
        let found =
            keys.iter().fold(None, |found, key| if key.hash.is(&hash) { Some(key) } else { found });
        let is_good = |key: &&Key| key.expires.is_none_or(|end| Utc::now() < end);
        let Some(key) = found.filter(is_good) else { return Ok(None) };
        self.mark_used(key);
        Ok(Some(key.holder.clone()))
    }

    /// Whether the database answers.
    pub(crate) fn is_ready(&self) -> bool {
        let source = self.source.lock().unwrap_or_else(PoisonError::into_inner);
        source.registry.generation().is_ok()
    }

    /// Reads the tokens anew if they have changed.
    fn refresh(&self) -> Result<(), RegistryError> {
        let mut source = self.source.lock().unwrap_or_else(PoisonError::into_inner);
        let data_version = source.registry.data_version()?;
        if data_version == source.data_version {
            return Ok(());
        }
        let generation = source.registry.generation()?;
        if generation != source.generation {
            let rows = source.registry.tokens(None)?;
            let keys = rows.into_iter().map(|row| Key {
                hash: row.hash,
                used: AtomicI64::new(row.used.map_or(0, |used| used.timestamp())),
                expires: row.expires,
                holder: Holder {
                    tenant: Tenant(row.tenant.into()),
                    principal: Principal(row.name.into()),
                    profile: row.profile,
                },
            });
            *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys.collect();
        }
        // What was committed since they were read is seen at the next look.
        source.data_version = data_version;
        source.generation = generation;
        Ok(())
    }

    /// One request in some minutes writes that a token is in use.
    fn mark_used(&self, key: &Key) {
        let (now, used) = (Utc::now().timestamp(), key.used.load(Ordering::Relaxed));
        let stale = now - used >= COARSE;
        let relaxed = Ordering::Relaxed;
        if !stale || key.used.compare_exchange(used, now, relaxed, relaxed).is_err() {
            return;
        }
        let (usage, hash) = (self.usage.clone(), key.hash.clone());
        tokio::task::spawn_blocking(move || {
            let registry = usage.lock().unwrap_or_else(PoisonError::into_inner);
            if let Err(error) = registry.mark_used(&hash) {
                tracing::warn!(%error, "the use of a token was not kept");
            }
        });
    }
}
