//! What a log line says about people: nothing.

use std::io;

/// Letters and digits in a row from which on they are taken for an id: a document's, a blob's, a wallet's, a nonce or
/// a signature. (The shortest, an address, has 32.)
const ID_LENGTH: usize = 24;
/// Of these so many stay, enough to find something again of which one has the id.
const KEPT: usize = 8;

/// `text` with every id cut to its beginning.
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
                redacted.push_str(&word[..KEPT]);
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

/// Redacts what is written through it, line by line as a log writes them: libraries' errors name files and requests
/// too, and a log is kept, copied and searched by people who should learn nothing from it.
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
    fn ids_are_cut_and_words_are_not() {
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
