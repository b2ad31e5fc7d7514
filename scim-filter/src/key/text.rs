//! Text of which case does not count (RFC 7644 §7.8, RFC 8265 §3.3, Unicode Standard §3.13).

use compact_str::CompactString;
use icu_casemap::{CaseMapper, CaseMapperBorrowed};
use icu_normalizer::{ComposingNormalizer, ComposingNormalizerBorrowed};

const NFC: ComposingNormalizerBorrowed<'static> = ComposingNormalizer::new_nfc();
const CASES: CaseMapperBorrowed<'static> = CaseMapper::new();

/// NFC(fold(NFC(width(text)))), which for ASCII is lower case.
pub(super) fn fold(text: &str) -> CompactString {
    if text.is_ascii() {
        let mut folded = CompactString::from(text);
        folded.make_ascii_lowercase();
        return folded;
    }
    let narrow: String = text.chars().map(width).collect();
    NFC.normalize(&CASES.fold_string(&NFC.normalize(&narrow))).into()
}

/// A fullwidth or halfwidth form as the character it is a form of: its `<wide>` or `<narrow>`
/// decomposition mapping in the Unicode Character Database.
fn width(c: char) -> char {
    let code = u32::from(c);
    let form = match code {
        0x3000 => 0x20,
        0xff01..=0xff5e => code - 0xff01 + 0x21,
        0xff5f..=0xff60 => code - 0xff5f + 0x2985,
        0xff61..=0xff9f => {
            return KANA.get((code - 0xff61) as usize).copied().unwrap_or(c);
        }
        0xffa0 => 0x3164,
        0xffa1..=0xffbe => code - 0xffa1 + 0x3131,
        0xffc2..=0xffc7 => code - 0xffc2 + 0x314f,
        0xffca..=0xffcf => code - 0xffca + 0x3155,
        0xffd2..=0xffd7 => code - 0xffd2 + 0x315b,
        0xffda..=0xffdc => code - 0xffda + 0x3161,
        0xffe0..=0xffe1 => code - 0xffe0 + 0xa2,
        0xffe2 => 0xac,
        0xffe3 => 0xaf,
        0xffe4 => 0xa6,
        0xffe5 => 0xa5,
        0xffe6 => 0x20a9,
        0xffe8 => 0x2502,
        0xffe9..=0xffec => code - 0xffe9 + 0x2190,
        0xffed => 0x25a0,
        0xffee => 0x25cb,
        _ => return c,
    };
    char::from_u32(form).unwrap_or(c)
}

/// What U+FF61 to U+FF9F are forms of.
static KANA: [char; 63] = [
    '。', '「', '」', '、', '・', 'ヲ', 'ァ', 'ィ', 'ゥ', 'ェ', 'ォ', 'ャ', 'ュ', 'ョ', 'ッ', 'ー',
    'ア', 'イ', 'ウ', 'エ', 'オ', 'カ', 'キ', 'ク', 'ケ', 'コ', 'サ', 'シ', 'ス', 'セ', 'ソ', 'タ',
    'チ', 'ツ', 'テ', 'ト', 'ナ', 'ニ', 'ヌ', 'ネ', 'ノ', 'ハ', 'ヒ', 'フ', 'ヘ', 'ホ', 'マ', 'ミ',
    'ム', 'メ', 'モ', 'ヤ', 'ユ', 'ヨ', 'ラ', 'リ', 'ル', 'レ', 'ロ', 'ワ', 'ン', '\u{3099}',
    '\u{309a}',
];

#[cfg(test)]
mod tests {
    use icu_normalizer::DecomposingNormalizer;

    use super::*;

    fn scalars() -> impl Iterator<Item = char> {
        ('\0'..=char::MAX).filter(|c| !c.is_ascii())
    }

    #[test]
    fn every_form_of_another_width_is_mapped_and_nothing_else() {
        let nfkd = DecomposingNormalizer::new_nfkd();
        let decomposed = |c: char| nfkd.normalize(c.encode_utf8(&mut [0; 4])).into_owned();
        for c in scalars() {
            let is_form = c == '\u{3000}'
                || matches!(c, '\u{ff01}'..='\u{ffee}') && decomposed(c) != c.to_string();
            assert_eq!(width(c) != c, is_form, "{c:?}");
            assert_eq!(decomposed(width(c)), decomposed(c), "{c:?}");
            assert_eq!(width(width(c)), width(c), "{c:?}");
        }
    }

    #[test]
    fn folding_twice_is_folding_once_for_every_scalar() {
        for c in ('\0'..=char::MAX).map(|c| c.to_string()) {
            let once = fold(&c);
            assert_eq!(fold(&once), once, "{c:?}");
            let behind = fold(&format!("a{c}\u{301}"));
            assert_eq!(fold(&behind), behind, "{c:?}");
        }
    }

    #[test]
    fn every_scalar_has_the_key_of_its_cases_and_of_its_decomposition() {
        let nfd = DecomposingNormalizer::new_nfd();
        for c in ('\0'..=char::MAX).map(|c| c.to_string()) {
            assert_eq!(fold(&nfd.normalize(&c)), fold(&c), "{c:?}");
            assert_eq!(fold(&CASES.fold_string(&c)), fold(&c), "{c:?}");
        }
    }

    /// Newer tables of Unicode may fold characters that older ones did not know.
    #[test]
    fn every_scalar_has_the_key_that_it_had_when_the_version_was_given() {
        // FNV-1a.
        let hash = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        let mut all = 0xcbf2_9ce4_8422_2325;
        for c in '\0'..=char::MAX {
            // By itself, and where it may compose with what stands before it.
            for text in [c.to_string(), format!("ｅ{c}\u{301}")] {
                all = fold(&text).bytes().chain([0xff]).fold(all, hash);
            }
        }
        assert_eq!(
            (crate::Key::VERSION, all),
            (1, 0x92b0_7f74_a8bf_af7f),
            "stored keys are no longer those of this code: raise `Key::VERSION`, then note the new \
             version and hash here"
        );
    }
}
