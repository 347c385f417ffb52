//! A document as text, with white space and escapes here and there.

use arbitrary::Unstructured;

use super::json::Made;

/// One text of a value, of many.
pub fn text(value: &Made, source: &mut Unstructured) -> String {
    let mut text = String::new();
    write(value, source, &mut text);
    space(source, &mut text);
    text
}

/// Whether one of eight times, as long as there are bytes.
fn seldom(source: &mut Unstructured) -> bool {
    source.arbitrary::<u8>().is_ok_and(|byte| byte % 8 == 7)
}

fn space(source: &mut Unstructured, text: &mut String) {
    if seldom(source) {
        text.push_str([" ", "\t", "\r\n", "\n  "][text.len() % 4]);
    }
}

fn write(value: &Made, source: &mut Unstructured, text: &mut String) {
    space(source, text);
    match value {
        Made::Null => text.push_str("null"),
        Made::Bool(bool) => text.push_str(&bool.to_string()),
        Made::Number(number) => text.push_str(number),
        Made::String(string) => quoted(string, source, text),
        Made::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write(item, source, text);
            }
            space(source, text);
            text.push(']');
        }
        Made::Object(members) => {
            text.push('{');
            for (index, (name, member)) in members.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                space(source, text);
                quoted(name, source, text);
                space(source, text);
                text.push(':');
                write(member, source, text);
            }
            space(source, text);
            text.push('}');
        }
    }
}

fn quoted(string: &str, source: &mut Unstructured, text: &mut String) {
    text.push('"');
    for character in string.chars() {
        let must = matches!(character, '"' | '\\' | '\0'..='\x1f');
        match character {
            '"' | '\\' if !seldom(source) => {
                text.push('\\');
                text.push(character);
            }
            _ if must || seldom(source) => {
                let mut units = [0; 2];
                for unit in character.encode_utf16(&mut units) {
                    text.push_str(&format!("\\u{unit:04x}"));
                }
            }
            _ => text.push(character),
        }
    }
    text.push('"');
}
