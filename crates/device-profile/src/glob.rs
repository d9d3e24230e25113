//! Names with `*` and `?`.

/// Whether `name` fits `pattern`, in which `*` stands for any text and `?` for one character.
pub(crate) fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<_>, Vec<_>) = (pattern.chars().collect(), name.chars().collect());
    let (mut p, mut n) = (0, 0);
    // Where to go on if what follows the last star does not fit: star, and name from there.
    let mut retry = None;
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                retry = Some((p, n));
                p += 1;
            }
            Some(&c) if c == '?' || c == name[n] => {
                p += 1;
                n += 1;
            }
            _ => {
                let Some((star, from)) = retry else { return false };
                retry = Some((star, from + 1));
                (p, n) = (star + 1, from + 1);
            }
        }
    }
    pattern[p..].iter().all(|&c| c == '*')
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn stars_and_question_marks_stand_for_text() {
        for (pattern, name, fits) in [
            ("cyttsp5", "cyttsp5", true),
            ("cyttsp5", "cyttsp5_mt", false),
            ("Synaptics *", "Synaptics S3203", true),
            ("Synaptics *", "Synaptics", false),
            ("generic ft5x06 (*)", "generic ft5x06 (64)", true),
            ("generic ft5x06 (*)", "generic ft5x06 (64) ", false),
            ("*touch*screen", "a touch b screen screen", true),
            ("DSI-?", "DSI-1", true),
            ("DSI-?", "DSI-10", false),
            ("*", "", true),
            ("?", "é", true),
            ("", "x", false),
        ] {
            assert_eq!(matches(pattern, name), fits, "{pattern} {name}");
        }
    }

    proptest::proptest! {
        #[test]
        fn a_name_fits_itself_and_a_star_in_place_of_any_part(
            name in "[a-z (é]{0,12}", a in 0..12_usize, b in 0..12_usize
        ) {
            let chars: Vec<char> = name.chars().collect();
            let (a, b) = (a.min(b).min(chars.len()), a.max(b).min(chars.len()));
            let pattern: String =
                chars[..a].iter().chain(&['*']).chain(&chars[b..]).collect();
            proptest::prop_assert!(matches(&name, &name));
            proptest::prop_assert!(matches(&pattern, &name));
        }
    }
}
