//! Words that RFCs define, as enums.

/// Declares an enum of keywords, read in any case.
macro_rules! keyword {
    (
        $(#[$meta:meta])*
        pub enum $name:ident ($expected:literal) {
            $($(#[$doc:meta])* $variant:ident = $text:literal,)+
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$doc])* $variant,)+
        }

        impl $name {
            /// The keyword as it is written.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::ShapeError;

            fn from_str(text: &str) -> Result<Self, $crate::ShapeError> {
                match text {
                    $(_ if text.eq_ignore_ascii_case($text) => Ok(Self::$variant),)+
                    _ => Err($crate::ShapeError::expected($expected)),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl $crate::field::Field for $name {
            fn read(value: serde_json::Value) -> Result<Self, $crate::ShapeError> {
                value.as_str().unwrap_or_default().parse()
            }

            fn write<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        $crate::record::deserialize_by_value! { $name }
    };
}

pub(crate) use keyword;
