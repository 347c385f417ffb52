//! The answer of a server to `GET /health`, so that an operator sees which build is running.

use generion::constants::ACCOUNT_VERSION;
use serde::{Deserialize, Serialize};
use solana_address::Address;

/// The version of the protocol that this crate speaks: the version byte of the program's accounts.
pub const PROTOCOL_VERSION: u8 = ACCOUNT_VERSION;

/// The answer to `GET /health`, in JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// Always `ok`: a server that can't serve requests doesn't answer.
    pub status: String,
    /// The version of the server, such as `0.1.0`.
    pub version: String,
    /// [`PROTOCOL_VERSION`] of the server.
    pub protocol_version: u8,
    /// The id of the program that the server was built or configured for, in base58.
    pub program_id: String,
}

impl Health {
    /// The answer of a server that is running. `version` is the server's own, `env!("CARGO_PKG_VERSION")`.
    pub fn ok(version: &str, program_id: &Address) -> Self {
        Self {
            status: "ok".to_owned(),
            version: version.to_owned(),
            protocol_version: PROTOCOL_VERSION,
            program_id: program_id.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Addresses;

    /// The JSON of `/health` has exactly its four fields.
    #[test]
    fn the_json_has_four_fields() {
        let program_id = Addresses::default().program_id;
        let json = serde_json::to_string(&Health::ok("1.2.3", &program_id)).unwrap();
        assert_eq!(
            json,
            format!(
                r#"{{"status":"ok","version":"1.2.3","protocol_version":1,"program_id":"{program_id}"}}"#
            )
        );
    }
}
