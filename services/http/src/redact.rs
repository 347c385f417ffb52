//! Removes ids from log messages, because ids identify people.

use std::io;

/// The length of a word from which it counts as an id: of a document, a blob, a wallet, a nonce or a signature. (The
/// shortest of these, an address, has 32 characters.)
const ID_LENGTH: usize = 24;
/// How many characters of an id remain: enough to recognize an id that one knows.
const PREFIX_LENGTH: usize = 8;

/// Shortens every id in `text` to its beginning.
pub fn redact(text: &str) -> String {
    let mut redacted = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest
            .find(|c: char| !c.is_ascii_alphanumeric())
            .unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        match word.len() < ID_LENGTH {
            true => redacted.push_str(word),
            false => {
                redacted.push_str(&word[..PREFIX_LENGTH]);
                redacted.push('…');
            }
        }
        let gap = after
            .find(|c: char| c.is_ascii_alphanumeric())
            .unwrap_or(after.len());
        redacted.push_str(&after[..gap]);
        rest = &after[gap..];
    }
    redacted
}

/// A writer that redacts each log line, including the errors of libraries, which may name files and requests. Logs are
/// copied and searched by people who must not see ids.
#[derive(Clone, Copy, Debug, Default)]
pub struct Redacting<W>(pub W);

impl<W: io::Write> io::Write for Redacting<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let redacted = redact(&String::from_utf8_lossy(line));
        self.0.write_all(redacted.as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use solana_address::Address;

    use super::*;

    #[test]
    fn ids_are_shortened_and_words_are_not() {
        let address = Address::new_from_array([7; 32]).to_string();
        let document = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let nonce = format!("nonces/1790000000.{address}.abababababababababababababababab");
        let line = format!("can't create {nonce}: documents/{document}: Permission denied (é)\n");
        let mut log = Redacting(Vec::new());
        log.write_all(line.as_bytes()).unwrap();
        assert_eq!(
            String::from_utf8(log.0).unwrap(),
            "can't create nonces/1790000000.US517G59….abababab…: documents/e3b0c442…: Permission denied (é)\n"
        );
        let plain = "object_store::client::retry internationalisation 2026-01-01T00:00:00.000000Z";
        assert_eq!(redact(plain), plain);
    }
}
