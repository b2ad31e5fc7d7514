//! Cursors: positions that only the service that gave them can read (RFC 9865 §2).

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305,
    aead::{Aead, Generate, Payload},
};
use chrono::{DateTime, Utc};
use scim_core::{Error, ScimType};
use serde::{Deserialize, Serialize};

use crate::{Context, Position, Principal, Tenant, Window};

/// The key that cursors are sealed with: 256 bits that the processes of one service share.
#[derive(Clone)]
pub struct CursorKey([u8; 32]);

impl CursorKey {
    /// A key of one's own, so that one process can read what another has sealed.
    pub fn new(key: [u8; 32]) -> Self {
        Self(key)
    }

    /// A key of this process alone.
    pub(crate) fn random() -> Self {
        Self(chacha20poly1305::Key::generate().into())
    }
}

/// Seals positions into cursors and opens them again.
pub(crate) struct Sealer {
    cipher: XChaCha20Poly1305,
    timeout: Duration,
}

/// What a cursor holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cursor {
    /// The resource type, by its place among the endpoints.
    pub(crate) endpoint: usize,
    pub(crate) key: Option<String>,
    /// Empty at the beginning of a resource type, or at its end if the cursor leads backwards.
    pub(crate) id: String,
    /// Whether the page ends before the position instead of beginning behind it.
    pub(crate) backwards: bool,
    /// The page size that was asked for first.
    pub(crate) count: usize,
    issued: i64,
}

impl Cursor {
    pub(crate) fn new(
        endpoint: usize,
        position: Option<Position>,
        backwards: bool,
        count: usize,
        now: DateTime<Utc>,
    ) -> Self {
        let (key, id) = position.map(|one| (one.key, one.id)).unwrap_or_default();
        Self { endpoint, key, id, backwards, count, issued: now.timestamp() }
    }

    /// The position; `None` at the beginning of a resource type, or at its end.
    pub(crate) fn position(&self) -> Option<Position> {
        (!self.id.is_empty()).then(|| Position { key: self.key.clone(), id: self.id.clone() })
    }
}

/// The part of a result that begins behind a position, or that ends before it.
pub(crate) fn window(backwards: bool, position: Option<Position>, count: usize) -> Window {
    match backwards {
        false => Window::After { position, count },
        true => Window::Before { position, count },
    }
}

impl Sealer {
    pub(crate) fn new(key: &CursorKey, timeout: Duration) -> Self {
        Self { cipher: XChaCha20Poly1305::new(&key.0.into()), timeout }
    }

    /// Seals a cursor for the same client and the same query. It consists of characters that
    /// need no escape in a URL (RFC 9865 §2).
    ///
    /// # Errors
    /// 500, if the system has no random numbers.
    pub(crate) fn seal(&self, cursor: &Cursor, scope: &str) -> Result<String, Error> {
        let text = serde_json::to_vec(cursor).map_err(|_| Error::internal())?;
        let nonce = chacha20poly1305::XNonce::try_generate().map_err(|_| Error::internal())?;
        let payload = Payload { msg: &text, aad: scope.as_bytes() };
        let sealed = self.cipher.encrypt(&nonce, payload).map_err(|_| Error::internal())?;
        Ok(URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
    }

    /// # Errors
    /// 400 invalidCursor for what was not sealed here for this client and this query,
    /// expiredCursor for what was sealed too long ago.
    pub(crate) fn open(
        &self,
        text: &str,
        scope: &str,
        now: DateTime<Utc>,
    ) -> Result<Cursor, Error> {
        let cursor = self.unseal(text, scope).ok_or_else(invalid)?;
        let age = now.timestamp().saturating_sub(cursor.issued);
        if u64::try_from(age).is_ok_and(|age| age > self.timeout.as_secs()) {
            return Err(Error::of(ScimType::ExpiredCursor, "the cursor was given too long ago"));
        }
        Ok(cursor)
    }

    fn unseal(&self, text: &str, scope: &str) -> Option<Cursor> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<24>()?;
        let payload = Payload { msg: sealed, aad: scope.as_bytes() };
        let text = self.cipher.decrypt(&(*nonce).into(), payload).ok()?;
        serde_json::from_slice(&text).ok()
    }
}

pub(crate) fn invalid() -> Error {
    Error::of(ScimType::InvalidCursor, "the cursor is not one that this server gave for this query")
}

/// For whom and for what a cursor is good: a tenant, a principal, an endpoint and a query in its
/// canonical form. Each part is told apart from the next by its length.
pub(crate) fn scope(cx: &Context, endpoint: &str, query: &[String]) -> String {
    let tenant = cx.get::<Tenant>().map_or("", |tenant| &tenant.0);
    let principal = cx.get::<Principal>().map_or("", |principal| &principal.0);
    let parts = [tenant, principal, endpoint].into_iter().chain(query.iter().map(String::as_str));
    parts.map(|part| format!("{}:{part}", part.len())).collect()
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn cursor(now: DateTime<Utc>) -> Cursor {
        let position = Position { key: Some("bjensen".to_owned()), id: "1".to_owned() };
        Cursor::new(0, Some(position), false, 10, now)
    }

    #[test]
    fn a_cursor_is_opened_by_its_key_for_its_scope_and_in_its_time() {
        let (now, hour) = (Utc::now(), Duration::from_secs(3600));
        let sealer = Sealer::new(&CursorKey::new([7; 32]), hour);
        let sealed = sealer.seal(&cursor(now), "a").unwrap();
        assert!(sealed.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)));
        assert!(!sealed.contains("bjensen"));
        let twin = Sealer::new(&CursorKey::new([7; 32]), hour);
        assert_eq!(twin.open(&sealed, "a", now), Ok(cursor(now)));
        assert_eq!(sealer.open(&sealed, "b", now), Err(invalid()));
        assert_eq!(Sealer::new(&CursorKey::random(), hour).open(&sealed, "a", now), Err(invalid()));
        assert_eq!(sealer.open(&sealed, "a", now + TimeDelta::seconds(3600)), Ok(cursor(now)));
        let late = sealer.open(&sealed, "a", now + TimeDelta::seconds(3601)).unwrap_err();
        assert_eq!(late.scim_type, Some(ScimType::ExpiredCursor));
    }

    #[test]
    fn a_cursor_of_which_one_bit_differs_is_no_cursor() {
        let now = Utc::now();
        let sealer = Sealer::new(&CursorKey::random(), Duration::from_secs(60));
        let bytes = URL_SAFE_NO_PAD.decode(sealer.seal(&cursor(now), "").unwrap()).unwrap();
        for at in 0..bytes.len() {
            let mut forged = bytes.clone();
            forged[at] ^= 1;
            assert_eq!(
                sealer.open(&URL_SAFE_NO_PAD.encode(forged), "", now),
                Err(invalid()),
                "{at}"
            );
        }
        for garbage in ["", "abc", "!", "\u{0}", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"]
        {
            assert_eq!(sealer.open(garbage, "", now), Err(invalid()), "{garbage}");
        }
    }
}
