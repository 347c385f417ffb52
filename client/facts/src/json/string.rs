use std::borrow::Cow;

use super::cursor::Cursor;

/// The string at the cursor, whose opening quote is taken. `None`: it is none, or holds what RFC 7493 forbids.
pub fn string<'a>(cursor: &mut Cursor<'a>) -> Option<Cow<'a, str>> {
    let plain = run(cursor)?;
    if cursor.take(b'"') {
        return Some(Cow::Borrowed(plain));
    }
    let mut text = plain.to_owned();
    loop {
        match cursor.byte()? {
            b'"' => return Some(Cow::Owned(text)),
            b'\\' => text.push(escape(cursor)?),
            // A control character, which would have to be escaped.
            _ => return None,
        }
        text.push_str(run(cursor)?);
    }
}

/// Characters up to a quote or a backslash.
fn run<'a>(cursor: &mut Cursor<'a>) -> Option<&'a str> {
    let text = cursor.while_bytes(|byte| !matches!(byte, b'"' | b'\\' | 0..0x20));
    text.chars()
        .all(|character| !is_noncharacter(character))
        .then_some(text)
}

/// The character of an escape, whose backslash is taken.
fn escape(cursor: &mut Cursor<'_>) -> Option<char> {
    Some(match cursor.byte()? {
        byte @ (b'"' | b'\\' | b'/') => char::from(byte),
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => {
            let character = match unit(cursor)? {
                high @ 0xd800..0xdc00 => {
                    let is_escaped = cursor.take(b'\\') && cursor.take(b'u');
                    let low = if is_escaped {
                        unit(cursor)?
                    } else {
                        return None;
                    };
                    if !(0xdc00..0xe000).contains(&low) {
                        return None;
                    }
                    char::from_u32(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00))?
                }
                // `None` for a low surrogate.
                unit => char::from_u32(unit)?,
            };
            if is_noncharacter(character) {
                return None;
            }
            character
        }
        _ => return None,
    })
}

/// Four hex digits.
fn unit(cursor: &mut Cursor<'_>) -> Option<u32> {
    (0..4).try_fold(0, |unit, _| {
        Some(unit * 16 + char::from(cursor.byte()?).to_digit(16)?)
    })
}

/// Code points that stand for no character, for ever.
fn is_noncharacter(character: char) -> bool {
    let code = u32::from(character);
    (0xfdd0..=0xfdef).contains(&code) || code & 0xfffe == 0xfffe
}
