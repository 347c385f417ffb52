//! Texts from elsewhere, as they may be shown.

use std::ops::RangeInclusive;

/// Longest text of a node's that is shown, in characters.
const TEXT_LENGTH: usize = 300;
/// Characters that show nothing, or turn the order of what is shown.
const INVISIBLE: [RangeInclusive<char>; 4] = [
    '\u{200b}'..='\u{200f}',
    '\u{2028}'..='\u{202e}',
    '\u{2060}'..='\u{206f}',
    '\u{feff}'..='\u{feff}',
];
/// A text from elsewhere, in one line, without what a terminal would obey, and not too long.
pub(crate) fn plain(text: &str) -> String {
    let is_harmless =
        |c: char| !c.is_control() && !INVISIBLE.iter().any(|range| range.contains(&c));
    let plain = text.chars().map(|c| if is_harmless(c) { c } else { ' ' });
    let mut plain: String = plain.take(TEXT_LENGTH + 1).collect();
    if let Some((end, _)) = plain.char_indices().nth(TEXT_LENGTH) {
        plain.truncate(end);
        plain.push_str("...");
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_taken_out() {
        assert_eq!(
            plain("\u{1b}[2J\ngo\u{202e}ne \u{7f}\u{9b}"),
            " [2J go ne   "
        );
        assert_eq!(plain("Grüße, 世界"), "Grüße, 世界");
    }

    #[test]
    fn a_long_text_is_cut() {
        assert_eq!(plain(&"é".repeat(TEXT_LENGTH)), "é".repeat(TEXT_LENGTH));
        let cut = plain(&"é".repeat(10_000));
        assert_eq!(cut, format!("{}...", "é".repeat(TEXT_LENGTH)));
    }
}
