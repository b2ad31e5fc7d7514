//! Queries in a body (RFC 7644 §3.4.3, RFC 9865 §3).

use crate::{
    SchemaUri,
    field::split_names,
    keyword::keyword,
    record::{masked, record},
};

record! {
    /// A query in the body of a POST to `/.search` (RFC 7644 §3.4.3, RFC 9865 §3).
    ///
    /// ```
    /// use scim_core::SearchRequest;
    /// use serde_json::json;
    ///
    /// let request = SearchRequest::try_from(json!({
    ///     "attributes": "userName,displayName",
    ///     "filter": "displayName sw \"smith\"",
    ///     "count": 10,
    /// }))?;
    /// assert_eq!(request.attributes, ["userName", "displayName"]);
    /// # Ok::<(), scim_core::ShapeError>(())
    /// ```
    #[derive(Clone, PartialEq, Eq)]
    pub struct SearchRequest [SchemaUri::SEARCH_REQUEST, Any] {
        texts {
            /// Which resources (RFC 7644 §3.4.2.2).
            filter = "filter",
            /// The attribute to sort by (RFC 7644 §3.4.2.3).
            sort_by = "sortBy",
            /// Where the page begins, as the server said in the page before; empty for the
            /// first page (RFC 9865 §3).
            cursor = "cursor",
        }
        values {
            /// The order to sort in (RFC 7644 §3.4.2.3).
            sort_order: SortOrder = "sortOrder",
            /// The index of the first resource, from 1; less counts as 1 (RFC 7644 §3.4.2.4).
            start_index: i64 = "startIndex",
            /// The most resources wanted; less than 0 counts as 0 (RFC 7644 §3.4.2.4).
            count: i64 = "count",
        }
        lists {
            /// The attributes wanted (RFC 7644 §3.9); read also from one string with commas.
            attributes: String = "attributes",
            /// The attributes not wanted (RFC 7644 §3.9); read also from one string with commas.
            excluded_attributes: String = "excludedAttributes",
        }
        /// Members that no RFC knows.
        rest rest
    }
}

impl SearchRequest {
    /// The names in a list with commas, as in the query parameter `attributes` (RFC 7644 §3.9);
    /// commas in quotes or brackets separate nothing.
    pub fn attribute_list(list: &str) -> Vec<String> {
        split_names(list).map(ToOwned::to_owned).collect()
    }
}

keyword! {
    /// The order of results (RFC 7644 §3.4.2.3).
    #[derive(Default)]
    pub enum SortOrder("`ascending` or `descending`") {
        /// Least first, missing last.
        #[default]
        Ascending = "ascending",
        /// Missing first, then greatest.
        Descending = "descending",
    }
}

masked! { SearchRequest }
