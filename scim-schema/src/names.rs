//! Names found by hash, in any case.

use hashbrown::HashTable;

/// The positions of the names in a list. The list itself stands elsewhere.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names(HashTable<usize>);

impl Names {
    /// Of two equal names, the first is found.
    pub(crate) fn of<T: AsRef<str>>(names: &[T]) -> Self {
        let mut table: HashTable<usize> = HashTable::with_capacity(names.len());
        let hash_at = |at: &usize| names.get(*at).map_or(0, |name| hash(name.as_ref()));
        for (at, name) in names.iter().enumerate() {
            let name = name.as_ref();
            let is_name = |known: &usize| {
                names.get(*known).is_some_and(|known| known.as_ref().eq_ignore_ascii_case(name))
            };
            let hash = hash(name);
            if table.find(hash, is_name).is_none() {
                table.insert_unique(hash, at, hash_at);
            }
        }
        Self(table)
    }

    /// The position of a name, given the names themselves.
    pub(crate) fn find<'a>(
        &self,
        name: &str,
        name_at: impl Fn(usize) -> Option<&'a str>,
    ) -> Option<usize> {
        self.find_spelt(name, name_at).map(|(at, _)| at)
    }

    /// The position of a name, and whether it is spelt so there.
    pub(crate) fn find_spelt<'a>(
        &self,
        name: &str,
        name_at: impl Fn(usize) -> Option<&'a str>,
    ) -> Option<(usize, bool)> {
        let mut spelt_so = false;
        let is_name = |at: &usize| {
            let known = name_at(*at);
            spelt_so = known == Some(name);
            spelt_so || known.is_some_and(|known| known.eq_ignore_ascii_case(name))
        };
        let at = self.0.find(hash(name), is_name).copied()?;
        Some((at, spelt_so))
    }
}

/// A hash that takes no notice of the case of ASCII letters. It need not withstand attacks: the
/// tables hold the names of schemas, never those of requests.
pub(crate) fn hash(text: &str) -> u64 {
    const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;
    const LOWER: u64 = 0x2020_2020_2020_2020;
    let bytes = text.as_bytes();
    let (words, rest) = bytes.as_chunks::<8>();
    let mut state = text.len() as u64;
    let mut mix = |word: u64| {
        state = (state.rotate_left(5) ^ (word | LOWER)).wrapping_mul(MULTIPLIER);
    };
    for word in words {
        mix(u64::from_le_bytes(*word));
    }
    match (bytes.last_chunk::<8>(), bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        _ if rest.is_empty() => {}
        // What the last eight or four bytes share with those before them does no harm.
        (Some(last), ..) => mix(u64::from_le_bytes(*last)),
        (None, Some(first), Some(last)) => {
            mix(u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last)));
        }
        _ => mix(rest.iter().fold(0, |word, byte| word << 8 | u64::from(*byte))),
    }
    state ^ state >> 32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_any_case_and_the_first_of_equal_ones() {
        let names = ["userName", "externalId", "x509Certificates", "USERNAME", ""];
        let table = Names::of(&names);
        let find = |name| table.find(name, |at| names.get(at).copied());
        assert_eq!(find("username"), Some(0));
        assert_eq!(find("X509CERTIFICATES"), Some(2));
        assert_eq!(find(""), Some(4));
        assert_eq!(find("userNam"), None);
        assert_eq!(find("user\u{4e}ame\0"), None);
    }
}
