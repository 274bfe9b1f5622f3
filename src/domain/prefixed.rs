//! Makes enums whose variants are each written as a prefix and a value.

/// Makes an enum of one table: each prefix, its variant, and the value that follows the prefix.
/// `Display` and `FromStr` come of the same table. No prefix may be the beginning of another one.
macro_rules! prefixed {
    (
        $(#[$about:meta])*
        $Name:ident, else $Unknown:ident {
            $($(#[$doc:meta])* $prefix:literal => $Variant:ident($Value:ty),)+
        }
    ) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $Name {
            $($(#[$doc])* $Variant($Value),)+
        }

        impl std::fmt::Display for $Name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self {
                    $(Self::$Variant(value) => write!(f, concat!($prefix, "{}"), value),)+
                }
            }
        }

        impl std::str::FromStr for $Name {
            type Err = $Unknown;

            fn from_str(text: &str) -> Result<Self, $Unknown> {
                $(if let Some(value) = text.strip_prefix($prefix) {
                    return value.parse().map(Self::$Variant).map_err(|_| $Unknown);
                })+
                Err($Unknown)
            }
        }

        #[cfg(test)]
        impl $Name {
            /// Checks that each variant is written as `wire` says and reads back, and that `wire`
            /// leaves no variant out.
            fn walk(wire: &[(Self, &str)]) {
                let prefixes = [$($prefix),+];
                assert_eq!(wire.len(), prefixes.len());
                for prefix in prefixes {
                    let begins = |text: &&str| text.starts_with(prefix);
                    let texts = wire.iter().map(|(_, text)| *text);
                    assert_eq!(texts.filter(begins).count(), 1, "{prefix}");
                }
                for (value, text) in wire {
                    assert_eq!(value.to_string(), *text);
                    assert_eq!(text.parse(), Ok(*value), "{text}");
                }
            }
        }
    };
}

pub(in crate::domain) use prefixed;
