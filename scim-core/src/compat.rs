//! Which departures from the letter of the RFCs are accepted.

macro_rules! compat {
    ($($(#[$doc:meta])* $field:ident;)*) => {
        /// The departures from the letter of the RFCs that a server accepts; a value, chosen per
        /// request. Each field names the payload that needs it.
        ///
        /// Leniency accepts more and never emits more, and no field can lose or corrupt data.
        ///
        /// ```
        /// use scim_core::Compat;
        ///
        /// let mut compat = Compat::INTEROP;
        /// compat.barewords = false;
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub struct Compat {
            $($(#[$doc])* pub $field: bool,)*
        }

        impl Compat {
            /// The letter of the RFCs.
            pub const STRICT: Self = Self { $($field: false,)* };

            /// Every leniency that identity providers are known to need.
            pub const INTEROP: Self = Self { $($field: true,)* };
        }
    };
}

compat! {
    /// `"active": "False"`: booleans as strings, in bodies, PATCH values and filters.
    boolean_strings;
    /// `"approvalLimit": "2500.00"`: numbers as strings.
    numeric_strings;
    /// `"emails": {"value": "a@example.com"}`: one value where a list belongs; in a PATCH also
    /// `"members": "2819c223"`, a bare value where an object belongs.
    wrap_single_values;
    /// `"manager": "2819c223"` or `"manager": [{"value": "2819c223"}]`: a bare value where
    /// an object belongs, or a list of one where a single value does.
    bare_complex_values;
    /// `"title": ""`: an empty string means that the attribute has no value.
    empty_strings_clear;
    /// `"phoneNumbers": [{"type": "work", "primary": false}]`: entries that hold nothing but
    /// `type` and `primary` are left out.
    drop_empty_entries;
    /// Two e-mails with `"primary": true`: the first keeps it.
    first_primary_wins;
    /// A body without `schemas`, or with `["urn:scim:schemas:core:2.0"]`: the schema is that of
    /// the endpoint, and data under unknown URIs is left out.
    infer_schemas;
    /// `"roles": [{"value": "x", "displayName": "X"}]`: attributes that no schema knows are left
    /// out, and the caller is told.
    drop_unknown;
    /// `department eq "Sales"`: attributes of an extension without its URN.
    unqualified_extensions;
    /// `urn:…:enterprise:2.0:User.department`: a dot where the URN's last colon belongs.
    dot_after_urn;
    /// `externalId eq a1b2`: a filter value without its quotes.
    barewords;
    /// `active eq True`: literals in any case.
    literal_case;
    /// `emails[type eq "work"].value eq "a@example.com"`: a comparison behind a value path; as the
    /// path of a PATCH also `schemas eq "urn:…"`, which is read as `schemas[value eq "urn:…"]`.
    compare_value_path;
    /// `replace emails[type eq "work"].value` where there is no such entry: it is made.
    create_from_filter;
    /// `{"op": "replace", "value": {"name.givenName": "Ada", "urn:…:User:department": "R"}}`:
    /// names in a value that are paths.
    paths_as_names;
    /// `{"op": "remove", "path": "members", "value": [{"value": "2819c223"}]}`: the values listed
    /// are removed, and no others.
    remove_listed_values;
    /// `{"op": "replace", "value": {"id": "2819c223", "displayName": "Buyers"}}`: names in a value
    /// that cannot be written are left out, an `id` only if it is the resource's own.
    ignore_read_only;
    /// `{"Operations": []}`: a PATCH that does nothing succeeds.
    empty_operations;
    /// A PATCH or search message without `schemas`.
    infer_message_schemas;
    /// `attributes=emails[type eq "work"],nosuch`: value paths and unknown names in a projection.
    loose_projection;
    /// `Accept: text/html`: any `Accept` is answered with `application/scim+json`.
    any_accept;
}

impl Default for Compat {
    fn default() -> Self {
        Self::INTEROP
    }
}
