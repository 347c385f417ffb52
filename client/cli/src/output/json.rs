//! JSON that is safe to show on a terminal.

use std::fmt::Write;

use generion_client::rpc::text::is_escaped;

/// Escapes the characters that [`printable`](generion_client::rpc::text::printable) escapes, in JSON's own notation,
/// so that the JSON parses to the same values.
pub fn printable_json(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    let mut before = None;
    for c in json.chars() {
        // Line feeds here are JSON's layout: those within strings are already escaped.
        if c != '\n' && is_escaped(c, before) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                // Writing to a string can't fail.
                let _ = write!(shown, "\\u{unit:04x}");
            }
        } else {
            shown.push(c);
        }
        before = Some(c);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_strangers_wrote_can_not_drive_the_terminal_from_json_either() {
        let text = "a\nb\x1b[2Jc\u{9b}2J\u{202e}d\0\u{e0041}";
        let name = "Mu\u{308}ller अनीता शर्मा رضا\u{200c}زاده สมชาย";
        let json = serde_json::to_string_pretty(&[text, name]).unwrap();
        let shown = printable_json(&json);
        assert!(shown.contains(name), "{shown}");
        assert!(
            shown.contains("\\u009b2J\\u202ed\\u0000\\udb40\\udc41"),
            "{shown}"
        );
        assert_eq!(
            serde_json::from_str::<[String; 2]>(&shown).unwrap(),
            [text, name]
        );
    }
}
