//! What a query asks for, in a URL or in a body (RFC 7644 §3.4.2, §3.4.3, §3.9).

use percent_encoding::percent_decode;
use scim_core::{Compat, Error, SearchRequest, SortOrder};
use scim_schema::{Projection, ResourceSchema};
use serde_json::Value;

/// What a query asks for.
#[derive(Debug, Default)]
pub(crate) struct Params {
    pub(crate) filter: Option<String>,
    /// Whether all this stands in a URL.
    pub(crate) in_url: bool,
    pub(crate) sort_by: Option<String>,
    pub(crate) descending: bool,
    pub(crate) start_index: Option<i64>,
    pub(crate) count: Option<i64>,
    pub(crate) cursor: Option<String>,
    pub(crate) attributes: Option<Vec<String>>,
    pub(crate) excluded_attributes: Option<Vec<String>>,
}

impl Params {
    /// Reads a form-encoded query string. Unknown parameters are ignored.
    ///
    /// # Errors
    /// 400 invalidValue for a number or an order that is none, invalidSyntax for wrong UTF-8.
    pub(crate) fn from_query(query: &str) -> Result<Self, Error> {
        let mut params = Self { in_url: true, ..Self::default() };
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = || decode(value);
            match decode(name)?.to_ascii_lowercase().as_str() {
                "filter" => params.filter = Some(value()?),
                "sortby" => params.sort_by = Some(value()?).filter(|path| !path.is_empty()),
                "sortorder" => params.descending = descending(&value()?)?,
                "startindex" => params.start_index = integer("startIndex", &value()?)?,
                "count" => params.count = integer("count", &value()?)?,
                "cursor" => params.cursor = Some(value()?),
                "attributes" => params.attributes = names(&value()?),
                "excludedattributes" => params.excluded_attributes = names(&value()?),
                _ => {}
            }
        }
        Ok(params)
    }

    /// Reads what a query string asks for of one resource. All else says nothing there, so it may
    /// be anything.
    ///
    /// # Errors
    /// 400 invalidSyntax for wrong UTF-8.
    pub(crate) fn of_one(query: &str) -> Result<Self, Error> {
        if query.is_empty() {
            return Ok(Self::default());
        }
        let asks = |pair: &&str| {
            let name = pair.split('=').next().unwrap_or_default();
            decode(name).is_ok_and(|name| name.to_ascii_lowercase().ends_with("attributes"))
        };
        let pairs: Vec<&str> = query.split('&').filter(asks).collect();
        Self::from_query(&pairs.join("&"))
    }

    /// Whether a query string names a filter.
    pub(crate) fn names_filter(query: &str) -> bool {
        let names = query.split('&').filter_map(|pair| decode(pair.split('=').next()?).ok());
        names.into_iter().any(|name| name.eq_ignore_ascii_case("filter"))
    }

    /// Reads the body of a POST to `/.search`.
    ///
    /// # Errors
    /// 400 invalidSyntax for what is no search request, invalidValue for a member of a wrong type.
    pub(crate) fn from_body(body: Value, compat: &Compat) -> Result<Self, Error> {
        if !compat.infer_message_schemas && !names_search_request(&body) {
            return Err(Error::invalid_syntax("`schemas` must name the search request"));
        }
        let request = SearchRequest::try_from(body)?;
        let list = |names: Vec<String>| (!names.is_empty()).then_some(names);
        Ok(Self {
            filter: request.filter,
            in_url: false,
            sort_by: request.sort_by.filter(|path| !path.is_empty()),
            descending: request.sort_order == Some(SortOrder::Descending),
            start_index: request.start_index,
            count: request.count,
            cursor: request.cursor,
            attributes: list(request.attributes),
            excluded_attributes: list(request.excluded_attributes),
        })
    }

    /// What of each resource is asked for.
    ///
    /// # Errors
    /// 400 invalidValue for both lists at once, and for names that are unknown.
    pub(crate) fn projection(
        &self,
        schema: &ResourceSchema,
        compat: &Compat,
    ) -> Result<Projection, Error> {
        match (&self.attributes, &self.excluded_attributes) {
            (Some(_), Some(_)) => Err(Error::invalid_value(
                "`attributes` and `excludedAttributes` exclude each other",
            )),
            (Some(only), None) => Projection::only(schema, only.iter().map(String::as_str), compat),
            (None, Some(except)) => {
                Projection::except(schema, except.iter().map(String::as_str), compat)
            }
            (None, None) => Ok(Projection::default_of(schema)),
        }
    }
}

/// The names in a list; an empty one asks for nothing.
fn names(list: &str) -> Option<Vec<String>> {
    Some(SearchRequest::attribute_list(list)).filter(|names| !names.is_empty())
}

fn names_search_request(body: &Value) -> bool {
    let schemas = body.get("schemas").and_then(Value::as_array);
    schemas.is_some_and(|uris| {
        uris.iter()
            .any(|uri| uri.as_str().is_some_and(|uri| scim_core::SchemaUri::SEARCH_REQUEST == uri))
    })
}

fn descending(order: &str) -> Result<bool, Error> {
    match order.to_ascii_lowercase().as_str() {
        "" | "ascending" => Ok(false),
        "descending" => Ok(true),
        _ => Err(Error::invalid_value("`sortOrder` must be `ascending` or `descending`")),
    }
}

/// A whole number; one too large to hold is as good as the largest.
fn integer(name: &str, text: &str) -> Result<Option<i64>, Error> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Error::invalid_value(format!("`{name}` must be a whole number")));
    }
    let extreme = if text.starts_with('-') { i64::MIN } else { i64::MAX };
    Ok(Some(text.parse().unwrap_or(extreme)))
}

/// `application/x-www-form-urlencoded`: a plus is a blank.
fn decode(text: &str) -> Result<String, Error> {
    let blanks = text.replace('+', " ");
    let decoded = percent_decode(blanks.as_bytes()).decode_utf8();
    decoded.map(Into::into).map_err(|_| Error::invalid_syntax("the query is not UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_is_form_decoded_and_loosely_separated() {
        let params =
            Params::from_query("&filter=userName+eq+%22a%2Bb%22&&COUNT=5&startIndex=-3&odd&")
                .unwrap();
        assert_eq!(params.filter.as_deref(), Some("userName eq \"a+b\""));
        assert_eq!((params.count, params.start_index), (Some(5), Some(-3)));
    }

    #[test]
    fn numbers_are_whole_and_however_large() {
        assert_eq!(Params::from_query("count=99999999999999999999").unwrap().count, Some(i64::MAX));
        for bad in ["count=abc", "startIndex=1.5", "count=-", "sortOrder=up", "filter=%FF"] {
            assert!(Params::from_query(bad).is_err(), "{bad}");
        }
    }
}
