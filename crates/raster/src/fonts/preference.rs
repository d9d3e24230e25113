//! Which family serves which script and language.

use cosmic_text::{Fallback, PlatformFallback};
use unicode_script::{Script, UnicodeScript};

/// Order in which families are tried for what the first one lacks.
pub(super) struct Preference;

impl Fallback for Preference {
    fn common_fallback(&self) -> &[&'static str] {
        &[
            "Inter",
            "Noto Sans",
            "DejaVu Sans",
            "Noto Sans Symbols",
            "Noto Sans Symbols 2",
            "Noto Sans Symbols2",
            "Noto Sans Math",
            "Noto Color Emoji",
            "Noto Emoji",
        ]
    }

    fn forbidden_fallback(&self) -> &[&'static str] {
        &[]
    }

    fn script_fallback(&self, script: Script, locale: &str) -> &[&'static str] {
        match script {
            Script::Han | Script::Bopomofo => han(locale),
            Script::Hiragana | Script::Katakana => &JAPANESE,
            Script::Hangul => &KOREAN,
            Script::Arabic => &["Noto Sans Arabic", "Noto Sans Arabic UI", "Noto Naskh Arabic UI"],
            _ => PlatformFallback.script_fallback(script, locale),
        }
    }
}

const CHINESE: [&str; 4] =
    ["Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "WenQuanYi Micro Hei"];
const TAIWANESE: [&str; 3] = ["Noto Sans CJK TC", "Noto Sans TC", "Source Han Sans TC"];
const HONG_KONG: [&str; 3] = ["Noto Sans CJK HK", "Noto Sans HK", "Source Han Sans HC"];
const JAPANESE: [&str; 3] = ["Noto Sans CJK JP", "Noto Sans JP", "Source Han Sans"];
const KOREAN: [&str; 3] = ["Noto Sans CJK KR", "Noto Sans KR", "Source Han Sans K"];

/// Characters that Chinese, Japanese and Korean share look different in each.
fn han(locale: &str) -> &'static [&'static str] {
    let mut parts = locale.split('-');
    match (parts.next(), parts.next()) {
        (Some("ja"), _) => &JAPANESE,
        (Some("ko"), _) => &KOREAN,
        (Some("zh"), Some("HK" | "MO")) => &HONG_KONG,
        (Some("zh"), Some("TW" | "Hant")) => &TAIWANESE,
        _ => &CHINESE,
    }
}

/// `zh_TW.UTF-8@x` → `zh-TW`.
pub(super) fn language_tag(locale: &str) -> String {
    let bare = locale.split(['.', '@']).next().unwrap_or(locale);
    bare.replace('_', "-")
}

/// File families (see `FontFile::family_key`) that may have `missing`, all of which are opened.
pub(super) fn script_keys(missing: char) -> Vec<String> {
    let keys: &[&str] = match missing.script() {
        Script::Han | Script::Bopomofo | Script::Hiragana | Script::Katakana | Script::Hangul => &[
            "notosanscjk",
            "notosanscjksc",
            "notosanscjkjp",
            "notosanscjkkr",
            "notosanscjktc",
            "notosanssc",
            "notosansjp",
            "notosanskr",
            "notosanstc",
            "notosanshk",
            "sourcehansans",
            "sourcehansanssc",
            "wqymicrohei",
        ],
        Script::Arabic => &["notosansarabic", "notosansarabicui", "notonaskharabicui"],
        Script::Latin | Script::Greek | Script::Cyrillic => &["notosans", "dejavusans"],
        Script::Common | Script::Inherited | Script::Unknown => &[
            "notosans",
            "notosanssymbols",
            "notosanssymbols2",
            "notosansmath",
            "notocoloremoji",
            "notoemoji",
            "dejavusans",
        ],
        script => {
            let name: String = script
                .full_name()
                .chars()
                .filter(char::is_ascii_alphanumeric)
                .map(|c| c.to_ascii_lowercase())
                .collect();
            return vec![format!("notosans{name}"), format!("notoserif{name}")];
        }
    };
    keys.iter().map(|key| (*key).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_characters_look_as_the_language_wants_them() {
        for (locale, first) in [
            ("zh_CN.UTF-8", "Noto Sans CJK SC"),
            ("zh_TW", "Noto Sans CJK TC"),
            ("zh-HK", "Noto Sans CJK HK"),
            ("ja_JP.UTF-8", "Noto Sans CJK JP"),
            ("ko", "Noto Sans CJK KR"),
            ("de_DE@euro", "Noto Sans CJK SC"),
        ] {
            let tag = language_tag(locale);
            assert_eq!(Preference.script_fallback(Script::Han, &tag)[0], first, "{locale}");
        }
    }

    #[test]
    fn a_script_names_the_family_that_serves_it() {
        assert_eq!(script_keys('ჰ')[0], "notosansgeorgian");
        assert_eq!(script_keys('ש')[0], "notosanshebrew");
        assert_eq!(script_keys('中')[0], "notosanscjk");
    }
}
