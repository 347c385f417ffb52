use super::{
    cursor::Cursor,
    string::string,
    value::{Object, Value},
};

/// How deep arrays and objects may be nested. The outermost one counts.
const MAX_LEVELS: usize = 64;

/// The value of a document, which is all of it. `None`: it is not JSON, or not as RFC 7493 wants it, or nested too deep.
pub fn read(document: &[u8]) -> Option<Value<'_>> {
    let mut reader = Reader {
        cursor: Cursor::new(str::from_utf8(document).ok()?),
    };
    let value = reader.value(0)?;
    reader.cursor.skip_space();
    (reader.cursor.position() == document.len()).then_some(value)
}

struct Reader<'a> {
    cursor: Cursor<'a>,
}

impl<'a> Reader<'a> {
    /// The next value, inside `levels` arrays and objects.
    fn value(&mut self, levels: usize) -> Option<Value<'a>> {
        self.cursor.skip_space();
        let is_nested = matches!(self.cursor.peek()?, b'{' | b'[');
        if is_nested && levels == MAX_LEVELS {
            return None;
        }
        match self.cursor.peek()? {
            b'{' => self.object(levels + 1),
            b'[' => self.array(levels + 1),
            b'"' => {
                self.cursor.byte();
                Some(Value::String(string(&mut self.cursor)?))
            }
            b'-' | b'0'..=b'9' => self.number(),
            _ => match self.cursor.while_bytes(|byte| byte.is_ascii_alphabetic()) {
                "null" => Some(Value::Null),
                "true" => Some(Value::Bool(true)),
                "false" => Some(Value::Bool(false)),
                _ => None,
            },
        }
    }

    fn object(&mut self, levels: usize) -> Option<Value<'a>> {
        self.cursor.byte();
        let mut members = Vec::new();
        self.cursor.skip_space();
        if !self.cursor.take(b'}') {
            loop {
                self.cursor.skip_space();
                let name = self.cursor.take(b'"').then(|| string(&mut self.cursor))??;
                self.cursor.skip_space();
                let value = self.cursor.take(b':').then(|| self.value(levels))??;
                members.push((name, value));
                self.cursor.skip_space();
                match self.cursor.byte()? {
                    b',' => {}
                    b'}' => break,
                    _ => return None,
                }
            }
        }
        Object::new(members).map(Value::Object)
    }

    fn array(&mut self, levels: usize) -> Option<Value<'a>> {
        self.cursor.byte();
        let mut items = Vec::new();
        self.cursor.skip_space();
        if !self.cursor.take(b']') {
            loop {
                items.push(self.value(levels)?);
                self.cursor.skip_space();
                match self.cursor.byte()? {
                    b',' => {}
                    b']' => break,
                    _ => return None,
                }
            }
        }
        Some(Value::Array(items))
    }

    fn number(&mut self) -> Option<Value<'a>> {
        let start = self.cursor.position();
        self.cursor.take(b'-');
        // No digit follows a zero.
        if !self.cursor.take(b'0') {
            self.digits()?;
        }
        if self.cursor.take(b'.') {
            self.digits()?;
        }
        if self.cursor.take(b'e') || self.cursor.take(b'E') {
            let _ = self.cursor.take(b'-') || self.cursor.take(b'+');
            self.digits()?;
        }
        Some(Value::Number(self.cursor.since(start)))
    }

    /// At least one.
    fn digits(&mut self) -> Option<()> {
        let digits = self.cursor.while_bytes(|byte| byte.is_ascii_digit());
        (!digits.is_empty()).then_some(())
    }
}
