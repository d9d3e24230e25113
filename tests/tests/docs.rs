//! What the book and the README say is what the programs read.

use std::{
    fs,
    path::{Path, PathBuf},
};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

fn text(file: &str) -> String {
    let path = Path::new(ROOT).join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// README and all chapters, by their paths from the root.
fn pages() -> Vec<PathBuf> {
    let chapters = fs::read_dir(Path::new(ROOT).join("docs")).expect("the book");
    let chapters =
        chapters.map(|entry| Path::new("docs").join(entry.expect("a chapter").file_name()));
    let mut pages: Vec<_> =
        chapters.filter(|path| path.extension().is_some_and(|e| e == "md")).collect();
    pages.push("README.md".into());
    pages
}

/// The fenced blocks of a page: what stands after the fence, and what is in them.
fn blocks(page: &str) -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(info) = line.trim_start().strip_prefix("```") else { continue };
        let body: Vec<_> = lines.by_ref().take_while(|line| line.trim() != "```").collect();
        blocks.push((info.to_owned(), body.join("\n")));
    }
    blocks
}

/// Where links and images of a page lead.
fn links(page: &str) -> Vec<&str> {
    let ends = [("](", ')'), ("src=\"", '"')];
    let to = ends.into_iter().flat_map(|(begin, end)| {
        page.split(begin).skip(1).filter_map(move |rest| rest.split_once(end).map(|(to, _)| to))
    });
    to.filter(|to| !to.contains("://")).collect()
}

/// The anchor that mdBook makes of a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

#[test]
fn every_toml_example_is_read_without_a_complaint() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("example.toml");
    let (mut configs, mut profiles) = (0, 0);
    for page in pages() {
        let page = page.to_str().expect("a plain name");
        for (info, example) in blocks(&text(page)) {
            let complaints = match info.as_str() {
                "toml,config" => {
                    configs += 1;
                    fs::write(&file, &example).expect("a file");
                    config::load(std::slice::from_ref(&file), None).1
                }
                "toml,profile" => {
                    profiles += 1;
                    fs::write(&file, &example).expect("a file");
                    device_profile::Profile::load(&file).1
                }
                other => {
                    assert!(
                        !other.starts_with("toml"),
                        "{page}: mark {other} as config or profile"
                    );
                    continue;
                }
            };
            assert!(complaints.is_empty(), "{page}: {complaints:#?}\n{example}");
        }
    }
    assert!(configs > 0 && profiles > 0, "examples were not found");
}

#[test]
fn no_link_leads_nowhere() {
    for page in pages() {
        let name = page.display();
        for link in links(&text(page.to_str().expect("a plain name"))) {
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = match file {
                "" => page.clone(),
                file => page.parent().expect("a folder").join(file),
            };
            assert!(Path::new(ROOT).join(&target).is_file(), "{name}: {link}");
            if heading.is_empty() {
                continue;
            }
            let chapter = text(target.to_str().expect("a plain name"));
            let mut headings = chapter.lines().filter_map(|line| line.strip_prefix('#'));
            let leads = headings.any(|line| anchor(line.trim_start_matches(['#', ' '])) == heading);
            assert!(leads, "{name}: {link}");
        }
    }
}

#[test]
fn every_chapter_is_in_the_summary() {
    let summary = text("docs/SUMMARY.md");
    let listed = links(&summary);
    for page in pages().iter().filter_map(|page| page.strip_prefix("docs").ok()) {
        let page = page.to_str().expect("a plain name");
        assert!(page == "SUMMARY.md" || listed.contains(&page), "{page}");
    }
}

#[test]
fn every_setting_has_a_row() {
    let schema = text("crates/config/schema.json");
    let schema: serde_json::Value = serde_json::from_str(&schema).expect("a schema");
    let page = text("docs/using.md");
    let sections = schema["properties"].as_object().expect("sections");
    for (section, shape) in sections {
        let reference = shape["$ref"].as_str().expect("a reference").trim_start_matches('#');
        let keys = schema.pointer(reference).and_then(|s| s["properties"].as_object());
        for key in keys.expect("keys").keys() {
            assert!(page.contains(&format!("\n| `{section}.{key}` |")), "{section}.{key}");
        }
    }
}

#[test]
fn tables_are_those_of_the_code() {
    for (page, source) in [
        ("docs/power.md", "crates/power-policy/src/states.rs"),
        ("docs/using.md", "crates/shell/src/shell/edges.rs"),
    ] {
        let (source, page_text) = (text(source), text(page));
        let rows: Vec<_> = source.lines().filter_map(|line| line.strip_prefix("//! |")).collect();
        assert!(rows.len() > 5, "the table was not found");
        for row in rows {
            assert!(page_text.contains(&format!("\n|{row}\n")), "{page} lacks |{row}");
        }
    }
}

#[test]
fn screenshots_are_small_enough_for_a_page() {
    let images = fs::read_dir(Path::new(ROOT).join("docs/images")).expect("pictures");
    for image in images.map(|entry| entry.expect("a picture")) {
        let size = image.metadata().expect("its size").len();
        assert!(size < 120_000, "{:?} has {size} bytes", image.path());
    }
}
