//! The program id: the address that the program is built for.

use std::fmt;

use crate::error::{Error, Result};

/// The environment variable that builds the program for another id than the committed one.
pub const ID_VARIABLE: &str = "GENERION_PROGRAM_ID";

/// The file of the committed id, in the program's folder.
pub(crate) const ID_FILE: &str = "program-id.txt";

/// An address, as base58 text that is known to decode to 32 bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgramId(String);

impl ProgramId {
    /// Takes base58 text of 32 bytes; `origin` is named in the error.
    pub(crate) fn parse(text: &str, origin: &str) -> Result<Self> {
        let refuse = |reason: String| Error::ProgramId {
            text: text.to_owned(),
            origin: origin.to_owned(),
            reason,
        };
        let bytes = bs58::decode(text)
            .into_vec()
            .map_err(|error| refuse(error.to_string()))?;
        if bytes.len() != 32 {
            return Err(refuse(format!("it has {} bytes", bytes.len())));
        }
        Ok(Self(text.to_owned()))
    }

    /// The base58 text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProgramId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(text: &str) -> String {
        match ProgramId::parse(text, "a test") {
            Err(Error::ProgramId { reason, .. }) => reason,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn takes_an_address_and_nothing_else() {
        let id = "GeneRion11111111111111111111111111111111111";
        assert_eq!(ProgramId::parse(id, "a test").unwrap().as_str(), id);
        assert_eq!(reason("GeneRion"), "it has 6 bytes");
        assert_eq!(reason(&id.repeat(2)), "it has 63 bytes");
        assert!(
            reason("GeneRi0n11111111111111111111111111111111111").contains("invalid character '0'")
        );
    }
}
