//! Patches applied to resources, one after the other.
//!
//! An input that begins with `{` is a user or group in one line and PATCH messages in the lines
//! after it. Any other input is taken for choices of which patches are made.
#![no_main]

use arbitrary::Unstructured;
use libfuzzer_sys::fuzz_target;
use scim_core::json;
use scim_fuzz::{law, made, sample};
use scim_schema::Mode;

fuzz_target!(|bytes: &[u8]| {
    if bytes.first() == Some(&b'{') { written(bytes) } else { chosen(bytes).unwrap_or_default() }
});

fn written(bytes: &[u8]) {
    let mut lines = bytes
        .split(|byte| *byte == b'\n')
        .filter_map(|line| json::from_slice(line, &json::Limits::DEFAULT).ok());
    let Some(document) = lines.next() else { return };
    let messages: Vec<_> = lines.collect();
    for compat in sample::COMPATS {
        let schema =
            if document.get("userName").is_some() { &sample::USERS } else { &sample::GROUPS };
        let Ok(mut resource) = schema.validate(document.clone(), Mode::Create, &compat) else {
            continue;
        };
        for message in &messages {
            resource = law::patch(schema, &resource, message.clone(), &compat);
        }
    }
}

fn chosen(bytes: &[u8]) -> arbitrary::Result<()> {
    let mut u = Unstructured::new(bytes);
    let group: bool = u.arbitrary()?;
    let compat = *u.choose(&sample::COMPATS)?;
    let (schema, resource) =
        if group { (&sample::GROUPS, &sample::GROUP) } else { (&sample::USERS, &sample::USER) };
    let mut resource = (**resource).clone();
    for _ in 0..3 {
        resource = law::patch(schema, &resource, made::message(&mut u, group)?, &compat);
        if u.is_empty() {
            break;
        }
    }
    Ok(())
}
