//! The variables of a run.

use std::collections::BTreeMap;

use serde_json::Value;
use uuid::Uuid;

/// A variable that nothing has set, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Missing(pub(super) String);

/// The variables of a run, by name; the random ones come into being when they are first read.
#[derive(Debug, Clone, Default)]
pub(super) struct Scope(BTreeMap<String, Value>);

impl Scope {
    pub(super) fn set(&mut self, name: impl Into<String>, value: impl Into<Value>) {
        self.0.insert(name.into(), value.into());
    }

    pub(super) fn holds(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub(super) fn value(&mut self, name: &str) -> Result<&Value, Missing> {
        if !self.holds(name)
            && let Some(fresh) = random(name)
        {
            self.set(name, fresh);
        }
        self.0.get(name).ok_or_else(|| Missing(name.to_owned()))
    }

    /// Runs `work` with `{{i}}` = `index`, and leaves `{{i}}` as it was before.
    pub(super) fn with_index<T>(&mut self, index: u64, work: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.0.insert("i".to_owned(), index.into());
        let result = work(self);
        match before {
            Some(before) => self.set("i", before),
            None => drop(self.0.remove("i")),
        }
        result
    }
}

fn random(name: &str) -> Option<String> {
    if name.starts_with("guid.") {
        Some(Uuid::now_v7().to_string())
    } else if name.starts_with("hex.") {
        Some(Uuid::now_v7().simple().to_string())
    } else if name == "run" {
        // The low bits of a version 7 UUID are its random ones.
        let [.., a, b, c, d] = Uuid::now_v7().into_bytes();
        Some(format!("{:08x}", u32::from_be_bytes([a, b, c, d])))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(scope: &mut Scope, name: &str) -> String {
        scope.value(name).unwrap().as_str().unwrap().to_owned()
    }

    #[test]
    fn random_variables_are_constant_by_name() {
        let mut scope = Scope::default();
        for name in ["guid.a", "hex.a", "run"] {
            assert_eq!(read(&mut scope, name), read(&mut scope, name));
        }
        assert_ne!(read(&mut scope, "guid.a"), read(&mut scope, "guid.b"));
    }

    #[test]
    fn random_variables_differ_between_runs() {
        for name in ["guid.a", "hex.a", "run"] {
            assert_ne!(read(&mut Scope::default(), name), read(&mut Scope::default(), name));
        }
    }

    #[test]
    fn run_is_eight_hex_digits() {
        let run = read(&mut Scope::default(), "run");
        assert_eq!(run.len(), 8);
        assert!(run.chars().all(|c| c.is_ascii_hexdigit()));
    }

    #[test]
    fn a_variable_that_was_set_is_not_made_up() {
        let mut scope = Scope::default();
        scope.set("run", "fixed");
        assert_eq!(read(&mut scope, "run"), "fixed");
    }
}
