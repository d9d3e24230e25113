//! Which fonts text is set in, opened as late as possible.
//!
//! Opening every font of a system takes long (well over a second from a cold disk), so:
//! folders are only listed at the start; the first preferred family that is there is opened;
//! the family of a further script is opened when a text needs it; and only a character that
//! none of these has makes us look through the remaining files, until one has it.
//!
//! Every family is entered into the database in all weights that the shell uses: a weight that
//! is not installed is an alias of the nearest one. So fallback from script to script never
//! depends on which weights a font happens to come in.

use std::{
    collections::HashSet,
    env,
    path::{Path, PathBuf},
};

use cosmic_text::{FontSystem, Stretch, Style, fontdb};
use unicode_script::{Script, UnicodeScript};

use crate::{
    fonts::{
        files::{FontFile, list},
        preference::{Preference, script_keys},
    },
    problem::Problems,
};

mod files;
mod preference;

/// Weights that the shell asks for.
const WEIGHTS: [u16; 4] = [300, 400, 500, 600];

/// Families for Latin, Cyrillic and Greek, the best first: what large text is set in if it
/// exists, and what all other text is set in.
const PREFERRED: [(Option<&str>, &str); 3] =
    [(Some("interdisplay"), "inter"), (None, "notosans"), (None, "dejavusans")];

const INSTALL: &str = "install fonts-inter or fonts-noto-core";

/// Where fonts are looked for, and the language that decides between them.
#[derive(Clone, Debug)]
pub struct Fonts {
    folders: Vec<PathBuf>,
    locale: String,
}

impl Fonts {
    /// The system's and the user's font folders. `locale` is a language tag or a POSIX locale
    /// (`ja`, `zh-TW`, `zh_TW.UTF-8`); it decides how characters look that several languages
    /// share.
    pub fn system(locale: &str) -> Self {
        let home = env::var_os("HOME").map(PathBuf::from);
        let data_home = env::var_os("XDG_DATA_HOME")
            .map(PathBuf::from)
            .or_else(|| home.as_ref().map(|home| home.join(".local/share")));
        let data_dirs = env::var_os("XDG_DATA_DIRS")
            .filter(|dirs| !dirs.is_empty())
            .unwrap_or_else(|| "/usr/local/share:/usr/share".into());
        let mut folders: Vec<PathBuf> =
            data_home.into_iter().map(|data| data.join("fonts")).collect();
        folders.extend(home.map(|home| home.join(".fonts")));
        folders.extend(env::split_paths(&data_dirs).map(|data| data.join("fonts")));
        // Fonts are there even if a session forgets its data folders.
        for folder in ["/usr/local/share/fonts", "/usr/share/fonts"] {
            if !folders.iter().any(|known| known == Path::new(folder)) {
                folders.push(folder.into());
            }
        }
        Self::in_folders(folders, locale)
    }

    /// Only the fonts below `folders`.
    pub fn in_folders(folders: Vec<PathBuf>, locale: &str) -> Self {
        Self { folders, locale: preference::language_tag(locale) }
    }
}

/// The families that text is set in.
struct Primary {
    text: String,
    /// For large sizes, where strokes and gaps can be finer.
    display: Option<String>,
    /// Height of a capital letter in ems.
    cap_height: f32,
}

/// The fonts that are open, and the files that could be.
pub(crate) struct FontStore {
    pub(crate) system: FontSystem,
    files: Vec<FontFile>,
    opened: HashSet<PathBuf>,
    /// Blocks of 256 characters that all files have been searched for.
    searched: HashSet<u32>,
    primary: Option<Primary>,
}

impl FontStore {
    /// Text from this size on, in logical pixels, is set in the display family.
    const DISPLAY_SIZE: u16 = 28;
    /// Searches through all files, in the life of the store.
    const SEARCHES: usize = 32;

    pub(crate) fn new(fonts: Fonts, problems: &mut Problems) -> Self {
        let system = FontSystem::new_with_locale_and_db_and_fallback(
            fonts.locale,
            fontdb::Database::new(),
            Preference,
        );
        let mut store = Self {
            system,
            files: list(&fonts.folders, problems),
            opened: HashSet::new(),
            searched: HashSet::new(),
            primary: None,
        };
        store.primary = store.choose_primary(problems);
        if store.primary.is_none() {
            let folder = fonts.folders.last().map_or(Path::new("/"), PathBuf::as_path);
            problems.tell(folder, "no font for text, so none is shown", INSTALL);
        }
        store
    }

    /// The family for text of `size` logical pixels; `None` if there are no fonts at all.
    pub(crate) fn family(&self, size: u16) -> Option<String> {
        let primary = self.primary.as_ref()?;
        let display = primary.display.as_ref().filter(|_| size >= Self::DISPLAY_SIZE);
        Some(display.unwrap_or(&primary.text).clone())
    }

    /// Height of a capital letter in ems.
    pub(crate) fn cap_height(&self) -> f32 {
        self.primary.as_ref().map_or(0.72, |primary| primary.cap_height)
    }

    /// Opens more fonts because those that are open lack `missing`. Whether there are new ones.
    pub(crate) fn provide(&mut self, missing: char, problems: &mut Problems) -> bool {
        let mut found = false;
        for key in script_keys(missing) {
            found |= !self.open_family(&key, problems).is_empty();
        }
        if found {
            return true;
        }
        let block = u32::from(missing) >> 8;
        if self.searched.len() >= Self::SEARCHES || !self.searched.insert(block) {
            return false;
        }
        match self.file_with(missing) {
            Some(path) => !self.open(&[path], problems).is_empty(),
            None => {
                tell_missing(missing, problems);
                false
            }
        }
    }

    fn choose_primary(&mut self, problems: &mut Problems) -> Option<Primary> {
        for (display, text) in PREFERRED {
            if let Some(text) = self.open_latin(text, problems) {
                let display = display.and_then(|key| self.open_latin(key, problems));
                return Some(self.primary(text, display));
            }
        }
        let any = self.file_with('n')?;
        let ids = self.open(&[any], problems);
        let text = self.usable_family(&ids, problems)?;
        Some(self.primary(text, None))
    }

    fn open_latin(&mut self, key: &str, problems: &mut Problems) -> Option<String> {
        let ids = self.open_family(key, problems);
        self.usable_family(&ids, problems)
    }

    fn primary(&mut self, text: String, display: Option<String>) -> Primary {
        let regular = self.system.db().query(&fontdb::Query {
            families: &[fontdb::Family::Name(&text)],
            ..fontdb::Query::default()
        });
        let font = regular.and_then(|id| self.system.get_font(id, fontdb::Weight::NORMAL));
        let cap_height = font.and_then(|font| {
            let metrics = font.metrics();
            Some(metrics.cap_height? / f32::from(metrics.units_per_em))
        });
        let cap_height = cap_height.filter(|h| (0.4..1.2).contains(h)).unwrap_or(0.72);
        Primary { text, display, cap_height }
    }

    /// The family of `ids`, if letters can be set in each of them. Shaping ends the process when
    /// there is no font to begin with, so the first one is tried before it is relied upon.
    fn usable_family(&mut self, ids: &[fontdb::ID], problems: &mut Problems) -> Option<String> {
        let mut family = None;
        for &id in ids {
            let face = self.system.db().face(id)?;
            let (name, weight) = (face.families.first()?.0.clone(), face.weight);
            let path = source_path(&face.source);
            if covers(&mut self.system, id, weight, 'n') {
                family.get_or_insert(name);
            } else {
                problems.tell(&path, "the font can't be used", "install it again");
                self.system.db_mut().remove_face(id);
            }
        }
        family
    }

    /// Opens the files of the family that `key` names, those not open yet.
    fn open_family(&mut self, key: &str, problems: &mut Problems) -> Vec<fontdb::ID> {
        let of_family = self.files.iter().filter(|file| file.family_key == key && file.upright);
        let paths: Vec<PathBuf> = of_family.map(|file| file.path.clone()).collect();
        self.open(&paths, problems)
    }

    /// Opens `paths` and returns their faces with the aliases for missing weights.
    fn open(&mut self, paths: &[PathBuf], problems: &mut Problems) -> Vec<fontdb::ID> {
        let mut ids = Vec::new();
        for path in paths {
            if !self.opened.insert(path.clone()) {
                continue;
            }
            let source = fontdb::Source::File(path.clone());
            let faces = self.system.db_mut().load_font_source(source);
            if faces.is_empty() {
                problems.tell(path, "not a font that can be read", "install it again");
            }
            for id in faces {
                let plain = self.system.db().face(id).is_some_and(|face| {
                    face.style == Style::Normal && face.stretch == Stretch::Normal
                        // Collections carry a fixed-width twin of each family.
                        && !face.families.iter().any(|(name, _)| name.contains(" Mono "))
                });
                if plain {
                    ids.push(id);
                } else {
                    self.system.db_mut().remove_face(id);
                }
            }
        }
        // Map the files before aliases are made, so that these share the mapping.
        for &id in &ids {
            self.system.get_font(id, fontdb::Weight::NORMAL);
        }
        let aliases = self.aliases(&ids);
        let db = self.system.db_mut();
        ids.extend(aliases.into_iter().map(|alias| db.push_face_info(alias)));
        ids
    }

    /// For each family among `ids` and each weight it lacks, its face of the nearest weight.
    fn aliases(&self, ids: &[fontdb::ID]) -> Vec<fontdb::FaceInfo> {
        let faces: Vec<_> = ids.iter().filter_map(|id| self.system.db().face(*id)).collect();
        let name = |face: &fontdb::FaceInfo| face.families.first().map(|(name, _)| name.clone());
        let families: HashSet<_> = faces.iter().map(|face| name(face)).collect();
        let mut aliases = Vec::new();
        for family in families {
            let of_family = || faces.iter().filter(|face| name(face) == family);
            for weight in WEIGHTS {
                let nearest = of_family().min_by_key(|face| {
                    // Of two equally near, text rather gets bolder than fainter.
                    (face.weight.0.abs_diff(weight), u16::MAX - face.weight.0)
                });
                if let Some(face) = nearest.filter(|face| face.weight.0 != weight) {
                    let weight = fontdb::Weight(weight);
                    aliases.push(fontdb::FaceInfo { weight, ..(**face).clone() });
                }
            }
        }
        aliases.sort_by_key(|face| (face.post_script_name.clone(), face.weight));
        aliases
    }

    /// The first file, of those not open, that has `wanted`; of each family one is tried.
    fn file_with(&self, wanted: char) -> Option<PathBuf> {
        let mut tried = HashSet::new();
        let closed = self.files.iter().filter(|file| !self.opened.contains(&file.path));
        let closed = closed.filter(|file| tried.insert(file.family_key.as_str()));
        let mut scratch = FontSystem::new_with_locale_and_db_and_fallback(
            String::new(),
            fontdb::Database::new(),
            Preference,
        );
        for file in closed {
            let source = fontdb::Source::File(file.path.clone());
            for id in scratch.db_mut().load_font_source(source) {
                if covers(&mut scratch, id, fontdb::Weight::NORMAL, wanted) {
                    return Some(file.path.clone());
                }
                scratch.db_mut().remove_face(id);
            }
        }
        None
    }
}

fn tell_missing(missing: char, problems: &mut Problems) {
    let script = missing.script();
    let (cause, mend) = match script {
        Script::Common | Script::Inherited | Script::Unknown => (
            format!("no font has {missing:?} (U+{:04X})", u32::from(missing)),
            "install fonts-noto-color-emoji or fonts-noto-core",
        ),
        Script::Han | Script::Hiragana | Script::Katakana | Script::Hangul => {
            (format!("no font for the script {}", script.full_name()), "install fonts-noto-cjk")
        }
        _ => (format!("no font for the script {}", script.full_name()), "install fonts-noto-core"),
    };
    problems.tell(Path::new("/usr/share/fonts"), cause, mend);
}

fn covers(system: &mut FontSystem, id: fontdb::ID, weight: fontdb::Weight, wanted: char) -> bool {
    let font = system.get_font(id, weight);
    font.is_some_and(|font| font.as_swash().charmap().map(wanted) != 0)
}

fn source_path(source: &fontdb::Source) -> PathBuf {
    match source {
        fontdb::Source::File(path) | fontdb::Source::SharedFile(path, _) => path.clone(),
        fontdb::Source::Binary(_) => PathBuf::new(),
    }
}
