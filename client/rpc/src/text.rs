//! Makes texts of strangers fit for a terminal.
//!
//! Labels, file names, answers of nodes and contents of documents may come from people who want to deceive the reader. A
//! terminal obeys control characters; marks of direction reorder text; and invisible characters make two different texts look
//! alike. Only these characters are escaped. Names in every script stay as they are, composed or decomposed.
//!
//! Two invisible characters stay where writing needs them: the joiner (U+200D) and the non-joiner (U+200C) of Persian,
//! of Hindi and related scripts, and of emoji. They stay behind a character of such a script and are escaped elsewhere,
//! such as between Latin letters, where they only deceive. Variation selectors and the grapheme joiner (U+034F) stay
//! too, because they belong to the character before them.

use std::{fmt::Write as _, ops::RangeInclusive};

/// The longest text of a node that is shown, in characters.
const TEXT_LENGTH: usize = 300;
/// Characters that reorder text, end a line, or are invisible and occur in no name. They follow Unicode's
/// `Bidi_Control`, `Zl`, `Zp` and `Default_Ignorable_Code_Point`.
const DECEPTIVE: [RangeInclusive<char>; 17] = [
    '\u{00ad}'..='\u{00ad}',   // soft hyphen
    '\u{061c}'..='\u{061c}',   // Arabic letter mark
    '\u{115f}'..='\u{1160}',   // Hangul fillers
    '\u{17b4}'..='\u{17b5}',   // Khmer vowels that are not written
    '\u{180e}'..='\u{180e}',   // Mongolian vowel separator
    '\u{200b}'..='\u{200b}',   // zero width space
    '\u{200e}'..='\u{200f}',   // marks of direction
    '\u{2028}'..='\u{202e}',   // separators of lines and paragraphs, embeddings and overrides
    '\u{2060}'..='\u{206f}', // word joiner, invisible operators, isolates, deprecated format characters
    '\u{3164}'..='\u{3164}', // Hangul filler
    '\u{feff}'..='\u{feff}', // byte order mark
    '\u{ffa0}'..='\u{ffa0}', // halfwidth Hangul filler
    '\u{fff0}'..='\u{fffb}', // annotations between lines
    '\u{1bca0}'..='\u{1bca3}', // format controls of shorthand
    '\u{1d173}'..='\u{1d17a}', // format controls of music
    '\u{e0000}'..='\u{e00ff}', // tags
    '\u{e01f0}'..='\u{e0fff}', // not assigned, invisible
];
const NON_JOINER: char = '\u{200c}';
const JOINER: char = '\u{200d}';
/// Characters that a joiner or non-joiner can belong to: of scripts related to Arabic, of the scripts of India and
/// South-East Asia, and emoji with their selector.
const JOINING: [RangeInclusive<char>; 9] = [
    '\u{0590}'..='\u{1cff}',
    '\u{2190}'..='\u{2bff}',
    '\u{a800}'..='\u{abff}',
    '\u{fb50}'..='\u{fdff}',
    '\u{fe0f}'..='\u{fe0f}',
    '\u{fe70}'..='\u{fefc}',
    '\u{10a00}'..='\u{11fff}',
    '\u{1e900}'..='\u{1e95f}',
    '\u{1f000}'..='\u{1faff}',
];

/// Escapes everything in a text that could deceive a reader or control a terminal, for example as `\n` or `\u{202e}`.
/// The result is one line.
pub fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut before = None;
    for c in text.chars() {
        push(&mut shown, c, before);
        before = Some(c);
    }
    shown
}

/// Like [`printable`], in quotes, so that a reader sees where the text begins and ends.
pub fn quoted(text: &str) -> String {
    let inner = printable(text);
    format!("\"{}\"", inner.replace('"', "\\\""))
}

/// Whether a character is escaped if it follows `before`.
pub fn is_escaped(c: char, before: Option<char>) -> bool {
    match c {
        JOINER | NON_JOINER => {
            !before.is_some_and(|before| JOINING.iter().any(|range| range.contains(&before)))
        }
        _ => c.is_control() || DECEPTIVE.iter().any(|range| range.contains(&c)),
    }
}

fn push(shown: &mut String, c: char, before: Option<char>) {
    if !is_escaped(c, before) {
        shown.push(c);
        return;
    }
    // Writing to a string can't fail.
    let _ = match c {
        '\0' => write!(shown, "\\0"),
        '\t' | '\n' | '\r' => write!(shown, "{}", c.escape_default()),
        _ => write!(shown, "{}", c.escape_unicode()),
    };
}

/// Like [`printable`], cut to the longest text that is shown.
pub(crate) fn brief(text: &str) -> String {
    let cut = text.char_indices().nth(TEXT_LENGTH);
    let mut brief = printable(cut.map_or(text, |(end, _)| &text[..end]));
    if cut.is_some() {
        brief.push_str("...");
    }
    brief
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shown_as_they_are_written_in_every_script() {
        for name in [
            "Müller",
            // Decomposed, as in file names of macOS.
            "Mu\u{308}ller",
            "अनीता शर्मा",
            // With a joiner, as in Marathi and Sinhala.
            "ऱ्\u{200d}य",
            "ශ්\u{200d}රී ලංකා",
            "สมชาย ใจดี",
            "น้ำทิพย์",
            // With a non-joiner.
            "می\u{200c}خواهم",
            "علی رضا\u{200c}زاده",
            "دكتور أحمد",
            "שָׁלוֹם",
            "Nguyễn Thị Ngọc Ánh",
            "山田 太郎",
            // A variation selector, which chooses a form of the character before it.
            "葛\u{e0100}飾",
            "김민준",
            "👩\u{200d}⚕\u{fe0f}",
            "👩🏽\u{200d}🔬",
            "5 glucose values, \"fasting\" 'x' \\",
            "\u{fffd}",
        ] {
            assert_eq!(printable(name), name);
        }
    }

    #[test]
    fn what_drives_a_terminal_or_deceives_is_escaped() {
        for (text, shown) in [
            ("a\nb\r\tc\0", "a\\nb\\r\\tc\\0"),
            (
                "\u{1b}[2J\u{9b}2J\u{7f}\u{85}",
                "\\u{1b}[2J\\u{9b}2J\\u{7f}\\u{85}",
            ),
            (
                "\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}",
                "\\u{202a}\\u{202b}\\u{202c}\\u{202d}\\u{202e}",
            ),
            (
                "\u{2066}\u{2067}\u{2068}\u{2069}",
                "\\u{2066}\\u{2067}\\u{2068}\\u{2069}",
            ),
            ("\u{200e}\u{200f}\u{61c}", "\\u{200e}\\u{200f}\\u{61c}"),
            ("\u{2028}\u{2029}", "\\u{2028}\\u{2029}"),
            (
                "a\u{ad}b\u{200b}c\u{2060}d\u{feff}",
                "a\\u{ad}b\\u{200b}c\\u{2060}d\\u{feff}",
            ),
            ("\u{3164}\u{ffa0}\u{115f}", "\\u{3164}\\u{ffa0}\\u{115f}"),
            ("\u{e0041}\u{fff9}", "\\u{e0041}\\u{fff9}"),
            // Joiners between characters that can't be joined.
            ("A\u{200d}na", "A\\u{200d}na"),
            ("Nguyễ\u{200d}n", "Nguyễ\\u{200d}n"),
            ("\u{200c}A", "\\u{200c}A"),
            ("می\u{200c}\u{200c}خ", "می\u{200c}\\u{200c}خ"),
        ] {
            assert_eq!(printable(text), shown);
        }
    }

    #[test]
    fn every_character_is_shown_or_escaped_and_the_escape_is_plain() {
        for c in '\0'..=char::MAX {
            let shown = printable(&c.to_string());
            assert!(
                shown == c.to_string() || shown.starts_with('\\') && shown.is_ascii(),
                "{shown:?}"
            );
        }
    }

    #[test]
    fn quotes_end_where_the_text_does() {
        assert_eq!(
            quoted("Mu\u{308}ller\u{202e} says \"no\""),
            "\"Mu\u{308}ller\\u{202e} says \\\"no\\\"\""
        );
    }

    #[test]
    fn a_long_text_is_cut() {
        assert_eq!(brief(&"é".repeat(TEXT_LENGTH)), "é".repeat(TEXT_LENGTH));
        let cut = brief(&"é".repeat(10_000));
        assert_eq!(cut, format!("{}...", "é".repeat(TEXT_LENGTH)));
        assert_eq!(brief("\u{1b}[2J"), "\\u{1b}[2J");
    }
}
