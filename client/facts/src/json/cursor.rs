/// Reads a text from its beginning.
pub struct Cursor<'a> {
    text: &'a str,
    /// The next byte.
    at: usize,
}

impl<'a> Cursor<'a> {
    /// At the beginning of a text.
    pub const fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// The next byte, which stays.
    pub fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Takes the next byte.
    pub fn byte(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    /// Takes this byte if it is the next one.
    pub fn take(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    /// Takes bytes while they are wanted. Both ends have to be at a character's boundary.
    pub fn while_bytes(&mut self, is_wanted: impl Fn(u8) -> bool) -> &'a str {
        let start = self.at;
        while self.peek().is_some_and(&is_wanted) {
            self.at += 1;
        }
        &self.text[start..self.at]
    }

    /// Takes white space.
    pub fn skip_space(&mut self) {
        self.while_bytes(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
    }

    /// How many bytes were taken.
    pub const fn position(&self) -> usize {
        self.at
    }

    /// What was taken since an earlier position.
    pub fn since(&self, position: usize) -> &'a str {
        &self.text[position..self.at]
    }
}
