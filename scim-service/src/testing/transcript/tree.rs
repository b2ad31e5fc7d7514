//! JSON with `{{variables}}` in it.

use serde::Deserialize;
use serde_json::Value;

use super::{
    scope::{Missing, Scope},
    step::SyntaxError,
    template::Template,
};

/// A JSON value with placeholders in its texts and member names.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Value")]
pub(super) enum Tree {
    Leaf(Value),
    Text(Template),
    Array(Vec<Element>),
    Object(Vec<(Template, Tree)>),
}

/// An element of an array, or several made from one by `$for`.
#[derive(Debug, Clone)]
pub(super) enum Element {
    One(Tree),
    Copies { count: u64, each: Tree },
}

impl Tree {
    pub(super) fn fill(&self, scope: &mut Scope) -> Result<Value, Missing> {
        match self {
            Self::Leaf(value) => Ok(value.clone()),
            Self::Text(template) => template.value(scope),
            Self::Array(elements) => {
                let mut array = Vec::with_capacity(elements.len());
                for element in elements {
                    element.fill_into(&mut array, scope)?;
                }
                Ok(Value::Array(array))
            }
            Self::Object(members) => members
                .iter()
                .map(|(name, tree)| Ok((name.fill(scope)?, tree.fill(scope)?)))
                .collect(),
        }
    }
}

impl TryFrom<Value> for Tree {
    type Error = SyntaxError;

    fn try_from(value: Value) -> Result<Self, SyntaxError> {
        Ok(match value {
            Value::String(text) => Self::Text(Template::parse(&text)?),
            Value::Array(elements) => {
                Self::Array(elements.into_iter().map(Element::try_from).collect::<Result<_, _>>()?)
            }
            Value::Object(members) => Self::Object(
                members
                    .into_iter()
                    .map(|(name, value)| Ok((Template::parse(&name)?, Self::try_from(value)?)))
                    .collect::<Result<_, SyntaxError>>()?,
            ),
            leaf => Self::Leaf(leaf),
        })
    }
}

impl Element {
    fn fill_into(&self, array: &mut Vec<Value>, scope: &mut Scope) -> Result<(), Missing> {
        match self {
            Self::One(tree) => array.push(tree.fill(scope)?),
            Self::Copies { count, each } => {
                for index in 1..=*count {
                    array.push(scope.with_index(index, |scope| each.fill(scope))?);
                }
            }
        }
        Ok(())
    }
}

impl TryFrom<Value> for Element {
    type Error = SyntaxError;

    fn try_from(value: Value) -> Result<Self, SyntaxError> {
        if value.get("$for").is_none() {
            return Ok(Self::One(Tree::try_from(value)?));
        }
        let count = value.get("$for").and_then(Value::as_u64).ok_or(SyntaxError::Copies)?;
        let each = value.get("$each").cloned().ok_or(SyntaxError::Copies)?;
        Ok(Self::Copies { count, each: Tree::try_from(each)? })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn grow(value: Value) -> Result<Value, Missing> {
        let mut scope = Scope::default();
        scope.set("a.id", "42");
        scope.set("count", 7);
        Tree::try_from(value).unwrap().fill(&mut scope)
    }

    #[test]
    fn a_string_that_is_all_variable_keeps_the_type() {
        assert_eq!(
            grow(json!(["{{count}}", "n{{count}}", "{{count|q}}"])).unwrap(),
            json!([7, "n7", "7"])
        );
    }

    #[test]
    fn names_and_values_are_filled_at_every_depth() {
        let grown = grow(json!({"u{{a.id}}": {"x": [null, true, 1.5, {"y": "{{a.id}}"}]}}));
        assert_eq!(grown.unwrap(), json!({"u42": {"x": [null, true, 1.5, {"y": "42"}]}}));
    }

    #[test]
    fn for_makes_copies_with_the_index() {
        let grown = grow(json!(["first", {"$for": 3, "$each": {"value": "m{{i}}", "n": "{{i}}"}}]));
        let copies = json!([
            "first",
            {"value": "m1", "n": 1}, {"value": "m2", "n": 2}, {"value": "m3", "n": 3}
        ]);
        assert_eq!(grown.unwrap(), copies);
    }

    #[test]
    fn the_index_of_for_is_gone_behind_it() {
        let outer = grow(json!([{"$for": 1, "$each": "{{i}}"}, "{{i}}"]));
        assert_eq!(outer.unwrap_err(), Missing("i".to_owned()));
        let nested = grow(json!([{"$for": 2, "$each": [{"$for": 2, "$each": "{{i}}"}, "{{i}}"]}]));
        assert_eq!(nested.unwrap(), json!([[1, 2, 1], [1, 2, 2]]));
    }

    #[test]
    fn for_without_a_count_or_an_element_is_refused() {
        for element in [json!({"$for": "3", "$each": 1}), json!({"$for": 3})] {
            assert!(matches!(Tree::try_from(json!([element])), Err(SyntaxError::Copies)));
        }
    }
}
