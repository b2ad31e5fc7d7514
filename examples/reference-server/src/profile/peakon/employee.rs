//! Whom an e-mail address or an employee number means.

use std::collections::HashMap;

use scim_service::{
    core::{EnterpriseUser, Extension, Kind},
    filter::Key,
};
use serde_json::{Map, Value};

use super::Company;

/// Employees by what others call them. It is made when it is needed, from those that there are at
/// the time: so whoever is named can arrive later, and nothing has to be mended then.
#[derive(Default)]
pub(crate) struct Employees {
    by_address: HashMap<String, Match>,
    by_number: HashMap<String, Match>,
}

/// Whom a reference means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Match {
    /// The employee with this `userName`.
    One(String),
    /// Two employees at least.
    Several,
}

impl Employees {
    pub(crate) fn add(&mut self, user: &Map<String, Value>, company: &Company) {
        let Some(name) = user.get("userName").and_then(Value::as_str) else { return };
        let emails = user.get("emails").and_then(Value::as_array).into_iter().flatten();
        let addresses = emails.filter_map(|email| email.get("value")).filter_map(Value::as_str);
        for address in addresses.chain([name]) {
            note(&mut self.by_address, address, name);
        }
        let number = |uri: &str, attribute: &str| user.get(uri)?.get(attribute)?.as_str();
        let enterprise = number(EnterpriseUser::SCHEMA.as_str(), "employeeNumber");
        let own = number(company.schema.id.as_str(), "Employee number");
        for number in [enterprise, own].into_iter().flatten() {
            note(&mut self.by_number, number, name);
        }
    }

    /// Whom a reference means: by e-mail address, else by employee number; `None` if nobody, yet.
    pub(crate) fn find(&self, reference: &str) -> Option<&Match> {
        let key = folded(reference);
        self.by_address.get(&key).or_else(|| self.by_number.get(&key))
    }
}

fn note(known: &mut HashMap<String, Match>, called: &str, name: &str) {
    let one = Match::One(name.to_owned());
    known
        .entry(folded(called))
        .and_modify(|known| {
            if *known != one {
                *known = Match::Several;
            }
        })
        .or_insert_with(|| one.clone());
}

fn folded(text: &str) -> String {
    let key = Key::of(&Value::String(text.trim().to_owned()), Kind::String, false);
    key.map(|key| key.as_str().to_owned()).unwrap_or_default()
}
