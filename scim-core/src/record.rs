//! Structs that mirror the objects of the RFCs: one list of names gives the struct, its reader
//! and its writer.

use serde::ser::SerializeMap;

use crate::field::{Field, Written};

/// Declares a struct with the canonical names of its attributes. The sections, each optional and
/// in this order:
///
/// - `required`: asked for by `new`, an error if missing, always written;
/// - `always`: the default if missing, always written;
/// - `texts` (strings) and `values`: optional;
/// - `lists`: as good as missing if empty;
/// - `rest`: everything else that an object had.
///
/// `[URI, demand]` behind the name writes `schemas`, and says what is asked of it when reading.
macro_rules! record {
    (
        $(#[$meta:meta])*
        pub struct $name:ident $([$schema:expr, $demand:ident])? {
            required { $($(#[$doc:meta])* $field:ident: $type:ty = $json:literal,)+ }
            $($tail:tt)*
        }
    ) => {
        $crate::record::record! { @struct
            [$(#[$meta])*] $name [$($schema, $demand)?]
            required { $($(#[$doc])* $field: $type = $json,)+ }
            $($tail)*
        }

        impl $name {
            /// With what is required, and nothing else.
            pub fn new($($field: impl Into<$type>),+) -> Self {
                Self::blank($($field.into()),+)
            }
        }
    };
    (
        $(#[$meta:meta])*
        pub struct $name:ident $([$schema:expr, $demand:ident])? { $($tail:tt)* }
    ) => {
        $crate::record::record! { @struct
            [$(#[$meta])*] $name [$($schema, $demand)?] required {} $($tail)*
        }

        impl Default for $name {
            fn default() -> Self {
                Self::blank()
            }
        }
    };
    (@struct
        [$(#[$meta:meta])*] $name:ident [$($schema:expr, $demand:ident)?]
        required { $($(#[$rdoc:meta])* $required:ident: $rtype:ty = $rjson:literal,)* }
        $(always { $($(#[$adoc:meta])* $always:ident: $atype:ty = $ajson:literal,)+ })?
        $(texts { $($(#[$tdoc:meta])* $text:ident = $tjson:literal,)+ })?
        $(values { $($(#[$vdoc:meta])* $value:ident: $vtype:ty = $vjson:literal,)+ })?
        $(lists { $($(#[$ldoc:meta])* $list:ident: $ltype:ty = $ljson:literal,)+ })?
        $(#[$restdoc:meta])* rest $rest:ident
    ) => {
        $(#[$meta])*
        #[non_exhaustive]
        pub struct $name {
            $($(#[$rdoc])* pub $required: $rtype,)*
            $($($(#[$adoc])* pub $always: $atype,)+)?
            $($($(#[$tdoc])* pub $text: Option<String>,)+)?
            $($($(#[$vdoc])* pub $value: Option<$vtype>,)+)?
            $($($(#[$ldoc])* pub $list: Vec<$ltype>,)+)?
            $(#[$restdoc])* pub $rest: $crate::Extensions,
        }

        impl $name {
            /// The names of the attributes that it has fields for, as they are written.
            pub const NAMES: &'static [&'static str] = &[
                $($rjson,)* $($($ajson,)+)? $($($tjson,)+)? $($($vjson,)+)? $($($ljson,)+)?
            ];

            fn blank($($required: $rtype),*) -> Self {
                Self {
                    $($required,)*
                    $($($always: Default::default(),)+)?
                    $($($text: None,)+)?
                    $($($value: None,)+)?
                    $($($list: Vec::new(),)+)?
                    $rest: $crate::Extensions::default(),
                }
            }

            $($(
                #[doc = concat!("Sets `", $ajson, "`.")]
                #[must_use]
                pub fn $always(mut self, $always: $atype) -> Self {
                    self.$always = $always;
                    self
                }
            )+)?
            $($(
                #[doc = concat!("Sets `", $tjson, "`.")]
                #[must_use]
                pub fn $text(mut self, $text: impl Into<String>) -> Self {
                    self.$text = Some($text.into());
                    self
                }
            )+)?
            $($(
                #[doc = concat!("Sets `", $vjson, "`.")]
                #[must_use]
                pub fn $value(mut self, $value: $vtype) -> Self {
                    self.$value = Some($value);
                    self
                }
            )+)?
            $($(
                #[doc = concat!("Sets `", $ljson, "`.")]
                #[must_use]
                pub fn $list(mut self, $list: impl Into<Vec<$ltype>>) -> Self {
                    self.$list = $list.into();
                    self
                }
            )+)?
        }

        impl $crate::record::Record for $name {
            fn assigned_names(&self) -> impl Iterator<Item = &'static str> {
                let names = [
                    $(Some($rjson),)*
                    $($(Some($ajson),)+)?
                    $($((!$crate::field::Field::is_empty(&self.$text)).then_some($tjson),)+)?
                    $($((!$crate::field::Field::is_empty(&self.$value)).then_some($vjson),)+)?
                    $($((!$crate::field::Field::is_empty(&self.$list)).then_some($ljson),)+)?
                ];
                names.into_iter().flatten()
            }
        }

        impl TryFrom<serde_json::Value> for $name {
            type Error = $crate::ShapeError;

            /// # Errors
            /// When an attribute is of another type, or a required one is missing.
            fn try_from(value: serde_json::Value) -> Result<Self, $crate::ShapeError> {
                let mut object = $crate::object::Object::try_from(value)?;
                $(object.check_schemas(&$schema, $crate::object::Demand::$demand)?;)?
                Ok(Self {
                    $($required: object.required($rjson)?,)*
                    $($($always: object.optional($ajson)?.unwrap_or_default(),)+)?
                    $($($text: object.optional($tjson)?,)+)?
                    $($($value: object.optional($vjson)?,)+)?
                    $($($list: object.optional($ljson)?.unwrap_or_default(),)+)?
                    $rest: object.into_rest(),
                })
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap;

                let mut map = serializer.serialize_map(None)?;
                $(map.serialize_entry("schemas", &self.$rest.schemas($schema))?;)?
                $($crate::record::entry_always(&mut map, $rjson, &self.$required)?;)*
                $($($crate::record::entry_always(&mut map, $ajson, &self.$always)?;)+)?
                $($($crate::record::entry(&mut map, $tjson, &self.$text)?;)+)?
                $($($crate::record::entry(&mut map, $vjson, &self.$value)?;)+)?
                $($($crate::record::entry(&mut map, $ljson, &self.$list)?;)+)?
                for (name, value) in self.$rest.beside(Self::NAMES) {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }

        impl $crate::field::Field for $name {
            fn read(value: serde_json::Value) -> Result<Self, $crate::ShapeError> {
                value.try_into()
            }

            fn write<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serde::Serialize::serialize(self, serializer)
            }

            fn is_empty(&self) -> bool {
                let mut names = $crate::record::Record::assigned_names(self);
                names.next().is_none() && self.$rest.is_empty()
            }
        }

        $crate::record::deserialize_by_value! { $name }
    };
}

/// Lets serde read what is read from a `Value`, in the same way.
macro_rules! deserialize_by_value {
    ($name:ident) => {
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = serde_json::Value::deserialize(deserializer)?;
                <Self as $crate::field::Field>::read(value).map_err(serde::de::Error::custom)
            }
        }
    };
}

/// `Debug` for structs that hold personal data or secrets: the names of what is assigned.
macro_rules! masked {
    ($($name:ident),+) => {$(
        /// Names what is assigned, and shows no values: they are personal data.
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let names = $crate::record::Record::assigned_names(self).collect::<Vec<_>>();
                write!(f, "{} {{ {} }}", stringify!($name), names.join(", "))
            }
        }
    )+};
}

pub(crate) use {deserialize_by_value, masked, record};

/// What `record!` knows of its struct.
pub(crate) trait Record {
    /// The names of the attributes that would be written.
    fn assigned_names(&self) -> impl Iterator<Item = &'static str>;
}

/// Writes an attribute that has a value.
pub(crate) fn entry<M: SerializeMap>(
    map: &mut M,
    name: &str,
    value: &impl Field,
) -> Result<(), M::Error> {
    if value.is_empty() { Ok(()) } else { entry_always(map, name, value) }
}

/// Writes an attribute even if it is empty.
pub(crate) fn entry_always<M: SerializeMap>(
    map: &mut M,
    name: &str,
    value: &impl Field,
) -> Result<(), M::Error> {
    map.serialize_entry(name, &Written(value))
}
