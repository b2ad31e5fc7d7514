//! What is returned of a resource, written without a copy of it.

use scim_core::json;
use serde_json::Value;

use super::{Projection, plan::Choice};
use crate::container::{Container, Node};

impl Projection {
    /// Appends what [`Projection::apply`] would leave of a resource's members to an object that is
    /// being written.
    ///
    /// ```
    /// use scim_core::Compat;
    /// use scim_schema::{Projection, catalog};
    /// use serde_json::json;
    ///
    /// let names = Projection::only(&catalog::user(), ["name.givenName"], &Compat::STRICT)?;
    /// let resource = json!({"userName": "a", "name": {"givenName": "A", "familyName": "B"}});
    /// let mut text = br#"{"id":"1""#.to_vec();
    /// names.write(resource.as_object().unwrap(), &mut text);
    /// assert_eq!(text, br#"{"id":"1","name":{"givenName":"A"}"#);
    /// # Ok::<(), scim_core::Error>(())
    /// ```
    pub fn write<'v>(
        &self,
        members: impl IntoIterator<Item = (&'v String, &'v Value)>,
        out: &mut Vec<u8>,
    ) {
        let root = self.schema.root();
        let mut walk = root.walk();
        for (name, value) in members {
            if let Some(at) = walk.position(name) {
                write_attribute(root, at, self.plan.base(at), (name, value), out);
            } else if let Some(at) = self.schema.extension_position(name) {
                let extension = self.schema.extension_parts().get(at);
                if let Some(extension) = extension {
                    self.write_extension(at, &extension.container, (name, value), out);
                }
            }
        }
    }

    fn write_extension(
        &self,
        extension: usize,
        container: &Container,
        (name, value): (&str, &Value),
        out: &mut Vec<u8>,
    ) {
        let Value::Object(members) = value else { return };
        write_if(name, out, |out| {
            out.push(b'{');
            let open = out.len();
            let mut walk = container.walk();
            for (name, value) in members {
                if let Some(at) = walk.position(name) {
                    let choice = self.plan.extended(extension, at);
                    write_attribute(container, at, choice, (name, value), out);
                }
            }
            let any = out.len() > open;
            out.push(b'}');
            any
        });
    }
}

fn write_attribute(
    container: &Container,
    at: usize,
    choice: &Choice,
    (name, value): (&str, &Value),
    out: &mut Vec<u8>,
) {
    match (choice, container.nodes().get(at)) {
        (Choice::Whole, _) => json::write_member(name, value, out),
        (Choice::Parts(kept), Some(node)) => {
            write_if(name, out, |out| write_parts(node, kept, value, out));
        }
        _ => {}
    }
}

/// Writes a member, unless nothing is left of its value.
fn write_if(name: &str, out: &mut Vec<u8>, value: impl FnOnce(&mut Vec<u8>) -> bool) {
    let start = out.len();
    json::write_name(name, out);
    if !value(out) {
        out.truncate(start);
    }
}

/// Writes what is kept of a value, and says whether anything is.
fn write_parts(node: &Node, kept: &[bool], value: &Value, out: &mut Vec<u8>) -> bool {
    match value {
        Value::Array(elements) => {
            out.push(b'[');
            let open = out.len();
            for element in elements {
                let start = out.len();
                if start > open {
                    out.push(b',');
                }
                if !write_parts(node, kept, element, out) {
                    out.truncate(start);
                }
            }
            let any = out.len() > open;
            out.push(b']');
            any
        }
        Value::Object(members) => {
            out.push(b'{');
            let open = out.len();
            for (name, value) in members {
                let at = node.part_position(name);
                if at.and_then(|at| kept.get(at)).is_some_and(|kept| *kept) {
                    json::write_member(name, value, out);
                }
            }
            let any = out.len() > open;
            out.push(b'}');
            any
        }
        other => {
            json::write(other, out);
            true
        }
    }
}
