//! One step of a transcript, as it is written.

use std::{collections::BTreeMap, num::NonZeroU64};

use http::{HeaderName, Method};
use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::Value;

use super::{
    assertion::Assertion,
    json_path::JsonPath,
    template::{Pattern, Template},
    tree::Tree,
};

/// How much the failure of a step weighs; a later level is the more binding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Good to have: other answers are defensible.
    Lenient,
    /// Expected, and most clients get on without it.
    Should,
    /// The client, or the RFC, cannot do without it.
    #[default]
    Must,
}

/// Why a part of a step cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum SyntaxError {
    #[error("a placeholder has an unknown filter")]
    Filter,
    #[error("`$for` needs a count and an `$each`")]
    Copies,
    #[error("not a regular expression")]
    Pattern,
    #[error("not a path into a document")]
    Path,
    #[error("an assertion is a path, a known operation, and the value this one needs")]
    Assertion,
    #[error("`status` is a status code or an array of them")]
    Status,
    #[error("the path of a request begins with a slash and holds no blank")]
    Target,
    #[error("not the name of a header")]
    Header,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    #[serde(rename = "step")]
    pub(super) title: String,
    pub(super) request: RequestTemplate,
    pub(super) expect: Expectation,
    #[serde(default)]
    pub(super) save: BTreeMap<Template, Source>,
    #[serde(default)]
    pub(super) level: Level,
    #[serde(default)]
    pub(super) needs: Vec<String>,
    #[serde(default)]
    pub(super) requires: Vec<String>,
    #[serde(default = "once")]
    pub(super) repeat: NonZeroU64,
    #[serde(default)]
    pub(super) note: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RequestTemplate {
    #[serde(deserialize_with = "method")]
    pub(super) method: Method,
    pub(super) path: Target,
    #[serde(default, deserialize_with = "headers")]
    pub(super) headers: Vec<(HeaderName, Template)>,
    #[serde(default)]
    pub(super) body: Option<Tree>,
    #[serde(default)]
    pub(super) raw_body: Option<Template>,
    #[serde(default)]
    pub(super) auth: Credentials,
}

/// Path and query of a request, below the base URL.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Target(pub(super) Template);

/// With which credentials a request is sent.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(try_from = "String")]
pub(super) enum Credentials {
    #[default]
    Default,
    None,
    Own(Template),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Expectation {
    pub(super) status: Statuses,
    #[serde(default)]
    pub(super) json: Vec<Assertion>,
    #[serde(default)]
    pub(super) should: Vec<Assertion>,
    #[serde(default)]
    pub(super) body_contains: Vec<Template>,
    #[serde(default)]
    pub(super) body_not_contains: Vec<Template>,
    #[serde(default, deserialize_with = "headers")]
    pub(super) headers: Vec<(HeaderName, Pattern)>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Value")]
pub(super) struct Statuses(pub(super) Vec<u16>);

/// Where the value of a variable comes from.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub(super) enum Source {
    Header(HeaderName),
    Body(JsonPath),
}

impl TryFrom<String> for Target {
    type Error = SyntaxError;

    fn try_from(text: String) -> Result<Self, SyntaxError> {
        let template = Template::parse(&text)?;
        let shape = template.masked("x");
        if text.starts_with('/') && !shape.contains(char::is_whitespace) {
            Ok(Self(template))
        } else {
            Err(SyntaxError::Target)
        }
    }
}

impl TryFrom<String> for Credentials {
    type Error = SyntaxError;

    fn try_from(text: String) -> Result<Self, SyntaxError> {
        Ok(match text.as_str() {
            "default" => Self::Default,
            "none" => Self::None,
            own => Self::Own(Template::parse(own)?),
        })
    }
}

impl TryFrom<Value> for Statuses {
    type Error = SyntaxError;

    fn try_from(value: Value) -> Result<Self, SyntaxError> {
        let statuses = match value {
            Value::Array(statuses) => statuses,
            status => vec![status],
        };
        let status = |value: &Value| value.as_u64().and_then(|status| status.try_into().ok());
        match statuses.iter().map(status).collect::<Option<Vec<u16>>>() {
            Some(statuses) if !statuses.is_empty() => Ok(Self(statuses)),
            _ => Err(SyntaxError::Status),
        }
    }
}

impl TryFrom<String> for Source {
    type Error = SyntaxError;

    fn try_from(text: String) -> Result<Self, SyntaxError> {
        match text.strip_prefix("header:") {
            Some(name) => name.parse().map(Self::Header).map_err(|_| SyntaxError::Header),
            None => JsonPath::parse(&text).map(Self::Body),
        }
    }
}

fn once() -> NonZeroU64 {
    NonZeroU64::MIN
}

fn method<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Method, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
}

fn headers<'de, D, V>(deserializer: D) -> Result<Vec<(HeaderName, V)>, D::Error>
where
    D: Deserializer<'de>,
    V: Deserialize<'de>,
{
    BTreeMap::<String, V>::deserialize(deserializer)?
        .into_iter()
        .map(|(name, value)| Ok((name.parse().map_err(D::Error::custom)?, value)))
        .collect()
}
