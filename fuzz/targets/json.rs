//! Documents: whatever is accepted is read and written as serde_json reads and writes it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scim_core::{
    JsonErrorKind as Kind,
    json::{self, Limits},
};
use serde_json::Value;

fuzz_target!(|bytes: &[u8]| {
    let plain = serde_json::from_slice::<Value>(bytes);
    if plain.as_ref().is_ok_and(is_disguised) {
        return;
    }
    match json::from_slice(bytes, &Limits::DEFAULT) {
        Ok(value) => {
            let mut text = Vec::new();
            json::write(&value, &mut text);
            assert_eq!(text, value.to_string().into_bytes(), "written as something else");
            assert_eq!(value, plain.expect("accepted, but no JSON"), "read as something else");
        }
        Err(error) => {
            let refused = error.kind();
            let is_json = plain.is_ok();
            assert!(
                !(is_json && matches!(refused, Kind::Syntax | Kind::Utf8)),
                "refused, but well formed: {error}"
            );
            scim_fuzz::law::refused(error);
        }
    }
});

/// Whether a member has the name that serde_json keeps for itself: what such an object is depends
/// on its features.
fn is_disguised(value: &Value) -> bool {
    match value {
        Value::Array(elements) => elements.iter().any(is_disguised),
        Value::Object(object) => object
            .iter()
            .any(|(name, value)| name.starts_with("$serde_json::private::") || is_disguised(value)),
        _ => false,
    }
}
