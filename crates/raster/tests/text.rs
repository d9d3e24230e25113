//! Text as the shell sees it: measured, drawn, cut and set in the fonts that there are.

mod common;

use common::{asset, columns, fonts, ink, rasterizer, text, with_fonts};
use purje_raster::{Bitmap, Rasterizer};
use scene::{Align, TextMeasure, TextStyle, Weight};

const SCALES: [u32; 5] = [120, 150, 180, 240, 330];

#[test]
fn what_is_measured_has_room_at_every_scale() {
    let rasterizer = rasterizer();
    for sample in ["Kello", "Ääniä", "Съешь ещё", "天地玄黃", "مرحبا بالعالم", "שלום", "fjord, gyp"]
    {
        for style in [TextStyle::new(14), TextStyle::new(28).weight(Weight::SemiBold)] {
            let size = rasterizer.measure(sample, &style, 400.0);
            for scale in SCALES {
                let px = |logical: f64| (logical * f64::from(scale) / 120.0) as u32;
                let (width, height) = (px(size.width), px(size.height));
                let tight = rasterizer.draw(&text((width, height), sample, style, scale));
                let wide = rasterizer.draw(&text((width * 2, height * 2), sample, style, scale));
                assert_eq!(ink(&tight), ink(&wide), "{sample:?} at {scale}/120");
                assert!(ink(&tight) > 0, "{sample:?}");
            }
        }
    }
    assert_eq!(rasterizer.take_problems(), vec![]);
}

/// Whether `sample`, which needs no ellipsis of ours, gives the same picture as `cut`, but for the
/// fraction of a pixel that the ellipsis may stand elsewhere.
fn fits_and_looks_like(rasterizer: &Rasterizer, sample: &str, cut: &Bitmap) -> bool {
    let style = TextStyle::new(16);
    // Boxes may be a pixel narrower than what was measured.
    if rasterizer.measure(sample, &style, 1000.0).width > f64::from(cut.width + 1) {
        return false;
    }
    let drawn = rasterizer.draw(&text((cut.width, cut.height), sample, style, 120));
    let (Some((left, right)), Some((cut_left, cut_right))) = (columns(&drawn), columns(cut)) else {
        return false;
    };
    left == cut_left
        && right.abs_diff(cut_right) <= 1
        && ink(&drawn).abs_diff(ink(cut)) <= ink(cut) / 200
}

#[test]
fn what_does_not_fit_ends_in_an_ellipsis_right_after_a_character() {
    let rasterizer = rasterizer();
    let (whole, style) = ("Every label is cut somewhere", TextStyle::new(16));
    let full = rasterizer.measure(whole, &style, 1000.0).width as u32;
    for width in (40..full - 4).step_by(7) {
        let size = rasterizer.measure(whole, &style, f64::from(width));
        assert!(size.width <= f64::from(width) && size.height == 20.0);
        let cut = rasterizer.draw(&text((width, 20), whole, style, 120));
        let (_, right) = columns(&cut).expect("something shows");
        let room = width - right;
        assert!(room < 16 + 6, "{room} pixels unused at {width}");
        let mut kept = (1..whole.len()).map(|end| format!("{}…", whole[..end].trim_end()));
        assert!(
            kept.any(|kept| fits_and_looks_like(&rasterizer, &kept, &cut)),
            "cut at {width} is no beginning with an ellipsis"
        );
    }
}

#[test]
fn a_character_of_several_code_points_is_never_cut_apart() {
    let rasterizer = rasterizer();
    let style = TextStyle::new(16);
    let combined = "e\u{301}".repeat(40);
    for width in 30..60 {
        let cut = rasterizer.draw(&text((width, 20), &combined, style, 120));
        let mut kept = (1..40).map(|count| format!("{}…", "e\u{301}".repeat(count)));
        let whole_ones = kept.any(|kept| fits_and_looks_like(&rasterizer, &kept, &cut));
        assert!(whole_ones, "at {width}");
    }
}

#[test]
fn lines_break_at_words_and_stop_at_their_limit() {
    let rasterizer = rasterizer();
    let style = TextStyle::new(16).lines(3);
    let long = "one two three four five six seven eight nine ten eleven twelve";
    assert_eq!(rasterizer.measure(long, &style, 120.0).height, 60.0);
    assert_eq!(rasterizer.measure("one", &style, 120.0).height, 20.0);
    assert_eq!(rasterizer.measure("one\ntwo", &style, 120.0).height, 40.0);
    assert_eq!(rasterizer.measure("a\nb\nc\nd\ne", &style, 120.0).height, 60.0);
    assert_eq!(rasterizer.measure("one\ntwo", &TextStyle::new(16), 120.0).height, 20.0);
    let draw = |sample: &str| rasterizer.draw(&text((120, 60), sample, style, 120));
    assert_eq!(draw("a\nb\nc\nd"), draw("a\nb\nc…"), "what is left out is hinted at");
    assert_eq!(draw("a\r\nb\u{2029}c"), draw("a\nb\nc"));
}

#[test]
fn a_script_from_the_right_starts_at_the_right() {
    let rasterizer = rasterizer();
    let edges = |sample: &str, align: Align| {
        let style = TextStyle::new(16).align(align);
        columns(&rasterizer.draw(&text((300, 20), sample, style, 120))).expect("it shows")
    };
    for (sample, start, end) in
        [("Kello", 0..4, 296..300), ("مرحبا", 296..300, 0..4), ("שלום (1)", 296..300, 0..4)]
    {
        let from_left = start.start == 0;
        let outer = |edges: (u32, u32), left: bool| if left { edges.0 } else { edges.1 };
        assert!(start.contains(&outer(edges(sample, Align::Start), from_left)), "{sample}");
        assert!(end.contains(&outer(edges(sample, Align::End), !from_left)), "{sample}");
        let (left, right) = edges(sample, Align::Center);
        assert!(left.abs_diff(299 - right) <= 3, "{sample}: {left} {right}");
    }
}

#[test]
fn a_long_text_from_the_right_is_cut_at_the_left() {
    let rasterizer = rasterizer();
    let style = TextStyle::new(16);
    let long = "نص عربي طويل جدا لا يتسع";
    let cut = rasterizer.draw(&text((90, 20), long, style, 120));
    let (left, right) = columns(&cut).expect("it shows");
    assert!(left < 22 && right >= 86, "{left} {right}");
    let whole = rasterizer.draw(&text((300, 20), long, style, 120));
    let row = |bitmap: &Bitmap, from_right: u32| {
        (0..20)
            .map(|y| bitmap.data[((y * bitmap.width + bitmap.width - from_right) * 4 + 3) as usize])
            .collect::<Vec<_>>()
    };
    for from_right in 1..40 {
        assert_eq!(row(&cut, from_right), row(&whole, from_right), "the beginning is kept");
    }
}

#[test]
fn a_box_as_high_as_a_line_cuts_no_script() {
    let rasterizer = rasterizer();
    let style = TextStyle::new(16);
    for sample in ["Ägypten", "نص عربي", "ÄÖgjpqy"] {
        let line = rasterizer.draw(&text((200, 40), sample, style, 240));
        let high = rasterizer.draw(&text((200, 120), sample, style, 240));
        assert_eq!(ink(&line), ink(&high), "{sample}");
    }
}

#[test]
fn tabular_digits_are_equally_wide() {
    let rasterizer = rasterizer();
    let width = |sample: &str, style: TextStyle| rasterizer.measure(sample, &style, 900.0).width;
    let style = TextStyle::new(76);
    assert_ne!(width("11:11", style), width("00:00", style));
    let clock = style.tabular();
    for hour in ["11:11", "23:59", "04:07"] {
        // The first and the last digit have different bearings; the advance is the same.
        assert!((width(hour, clock) - width("00:00", clock)).abs() <= 1.0, "{hour}");
    }
}

#[test]
fn a_weight_that_is_not_installed_is_the_nearest() {
    let rasterizer = rasterizer();
    let draw = |weight| {
        let style = TextStyle::new(16).weight(weight);
        rasterizer.draw(&text((100, 20), "Weight", style, 120))
    };
    assert_eq!(draw(Weight::Light), draw(Weight::Regular));
    assert_eq!(draw(Weight::Medium), draw(Weight::SemiBold), "rather bolder than fainter");
    assert!(ink(&draw(Weight::SemiBold)) > ink(&draw(Weight::Regular)));
}

#[test]
fn without_fonts_the_shell_still_runs_and_says_what_is_missing() {
    let folder = fonts(&[]);
    let rasterizer = with_fonts(folder.path());
    let style = TextStyle::new(16);
    let drawn = rasterizer.draw(&text((100, 20), "Kello", style, 120));
    assert_eq!(ink(&drawn), 0);
    assert_eq!(rasterizer.measure("Kello", &style, 100.0).height, 20.0);
    let problems = rasterizer.take_problems();
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(problems[0].path, folder.path());
    assert!(problems[0].mend.contains("fonts-inter"));
    assert_eq!(rasterizer.take_problems(), vec![]);
}

#[test]
fn a_broken_font_is_told_and_the_next_one_used() {
    let folder = fonts(&["Another.ttf"]);
    let whole = std::fs::read(asset("fonts/Inter-Regular.otf")).expect("a font");
    // The table that maps characters to glyphs, made unreadable.
    let mut damaged = whole.clone();
    let at = damaged.windows(4).position(|tag| tag == b"cmap").expect("a cmap");
    damaged[at..at + 4].copy_from_slice(b"xxxx");
    for (broken, bytes) in
        [("garbage", b"not a font".to_vec()), ("cut", whole[..600].to_vec()), ("cmap", damaged)]
    {
        let inter = folder.path().join("Inter-Regular.otf");
        std::fs::write(&inter, bytes).expect("written");
        std::fs::copy(asset("fonts/Inter-SemiBold.otf"), folder.path().join("DejaVuSans.otf"))
            .expect("a font");
        let rasterizer = with_fonts(folder.path());
        let drawn = rasterizer.draw(&text((100, 20), "Kello", TextStyle::new(16), 120));
        assert!(ink(&drawn) > 0, "{broken}");
        let problems = rasterizer.take_problems();
        assert_eq!(problems.len(), 1, "{broken}: {problems:?}");
        assert_eq!(problems[0].path, inter, "{broken}");
    }
}

#[test]
fn a_font_whose_name_says_nothing_is_found_when_its_characters_are_needed() {
    let style = TextStyle::new(16);
    let georgian = "აბგ";
    let draw = |rasterizer: &Rasterizer| rasterizer.draw(&text((100, 20), georgian, style, 120));
    let with = rasterizer();
    assert!(ink(&draw(&with)) > 0);
    assert_eq!(with.take_problems(), vec![]);

    let folder = fonts(&["Inter-Regular.otf"]);
    let without = with_fonts(folder.path());
    assert_ne!(draw(&without), draw(&with));
    draw(&without);
    let problems = without.take_problems();
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].cause.contains("Georgian"), "{problems:?}");
}

/// Titles and messages come from anybody.
#[test]
fn no_text_ends_the_process() {
    let rasterizer = rasterizer();
    let pieces = [
        "a",
        "Wide ",
        " ",
        "\n",
        "\r",
        "\t",
        "\0",
        "ا",
        "שלום",
        "天",
        "\u{2029}",
        "\u{2028}",
        "\u{85}",
        "\u{1c}",
        "\u{202e}",
        "\u{202d}",
        "\u{2066}",
        "\u{2067}",
        "\u{2069}",
        "\u{202c}",
        "\u{200d}",
        "\u{200b}",
        "\u{ad}",
        "\u{301}",
        "👩\u{200d}🚀",
        "🇫🇮",
        "\u{fffd}",
        "\u{10ffff}",
        "…",
        "-",
        "١٢",
        "1",
        "(",
        "]",
        "\u{feff}",
        "აბ",
    ];
    let mut state = 7_u64;
    let mut random = |below: usize| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for _ in 0..1500 {
        let sample: String = (0..random(12)).map(|_| pieces[random(pieces.len())]).collect();
        let style = TextStyle::new(random(30) as u16).lines(random(4) as u8);
        let width = [0.0, 1.0, 17.5, 60.0, 300.0, f64::INFINITY, f64::NAN, -5.0][random(8)];
        let size = rasterizer.measure(&sample, &style, width);
        assert!(size.width >= 0.0 && size.height.is_finite(), "{sample:?}");
        rasterizer.draw(&text((random(80) as u32, 20), &sample, style, 120));
    }
}
