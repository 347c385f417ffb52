use solana_account_decoder_client_types::{
    UiAccount, UiAccountData, UiAccountEncoding, UiDataSliceConfig,
};
use solana_address::Address;
use solana_sdk_ids::bpf_loader_upgradeable;

use crate::{error::ClientError, ledger::Ledger};

/// The version of Generion that this library is made for, as the program's `security.txt` states it.
pub const PROGRAM_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Bytes of a program that are searched for its `security.txt`. Generion has about a tenth of it.
const SEARCHED: usize = 1 << 20;
/// The state of a program of the upgradeable loader: a tag, and the address of its data.
const PROGRAM_TAG: [u8; 4] = [2, 0, 0, 0];
/// The deployed program's version, a short text that its deployer chose.
const LONGEST_VERSION: usize = 32;

/// The markers around the fields of a program's `security.txt`.
const BEGIN: &[u8] = b"=======BEGIN SECURITY.TXT V1=======\0";
const END: &[u8] = b"=======END SECURITY.TXT V1=======\0";

impl Ledger {
    /// The version of the Generion at the program's address, on the word of the first node. Where there is none, every list is
    /// empty and no account is found.
    ///
    /// The program is Generion if its `security.txt`, which is a part of its binary, says so. This distinguishes an honest
    /// mistake from an empty ledger. It proves nothing: anybody can deploy a program with the same text.
    ///
    /// # Errors
    /// [`ClientError::NoProgram`], [`ClientError::Node`].
    pub async fn program_version(&self) -> Result<String, ClientError> {
        let program_id = *self.program_id();
        let none = |found| ClientError::NoProgram {
            program_id,
            genesis: self.deployment().genesis,
            found,
        };
        let program = match self.start_of(&program_id).await? {
            Some(account) if account.executable => account,
            Some(_) => return Err(none("what is there is no program")),
            None => return Err(none("there is nothing at that address")),
        };
        let state = bytes(&program);
        let binary = match is_upgradeable(&program) {
            false => state,
            true => {
                let data = state
                    .strip_prefix(&PROGRAM_TAG)
                    .and_then(|rest| rest.first_chunk());
                let data = data.copied().map(Address::new_from_array);
                let data = data.ok_or_else(|| none("what is there is no program"))?;
                let data = self.start_of(&data).await?;
                bytes(&data.ok_or_else(|| none("the program there was closed"))?)
            }
        };
        version(&binary).ok_or_else(|| none("the program there is another one"))
    }

    /// An account with the first [`SEARCHED`] bytes of its data.
    async fn start_of(&self, address: &Address) -> Result<Option<UiAccount>, ClientError> {
        self.with_min_context_slot(|slot| {
            let mut config = self.account_config(slot);
            config.data_slice = Some(UiDataSliceConfig {
                offset: 0,
                length: SEARCHED,
            });
            self.rpc().get_ui_account_with_config(address, config)
        })
        .await
    }
}

fn is_upgradeable(program: &UiAccount) -> bool {
    program.owner.parse() == Ok(bpf_loader_upgradeable::ID)
}

/// Nothing where the node encoded the data otherwise than it was asked to.
fn bytes(account: &UiAccount) -> Vec<u8> {
    match &account.data {
        UiAccountData::Binary(_, UiAccountEncoding::Base64) => account.data.decode(),
        _ => None,
    }
    .unwrap_or_default()
}

/// The version in the `security.txt` of a binary; `None` where the binary is not Generion's.
fn version(binary: &[u8]) -> Option<String> {
    let after = |text: &[u8]| binary.windows(text.len()).position(|window| window == text);
    let text = binary.get(after(BEGIN)? + BEGIN.len()..)?;
    let end = text.windows(END.len()).position(|window| window == END)?;
    let mut words = text.get(..end)?.split(|byte| *byte == 0);
    let (mut name, mut version) = (None, None);
    while let (Some(field), Some(value)) = (words.next(), words.next()) {
        match field {
            b"name" => name = Some(value),
            b"source_release" => version = Some(value),
            _ => {}
        }
    }
    let version = version.filter(|version| version.len() <= LONGEST_VERSION)?;
    (name == Some(b"Generion")).then(|| String::from_utf8_lossy(version).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn binary(name: &str, version: &str) -> Vec<u8> {
        let text =
            format!("name\0{name}\0policy\0none\0source_release\0{version}\0auditors\0None\0");
        [b"\x7fELF code", BEGIN, text.as_bytes(), END, b"more code"].concat()
    }

    #[test]
    fn the_version_of_a_generion_is_in_its_binary() {
        assert_eq!(version(&binary("Generion", "1.2.3")).unwrap(), "1.2.3");
    }

    #[test]
    fn other_programs_have_none() {
        let cut = binary("Generion", "1.2.3");
        for binary in [
            &binary("Generion2", "1.2.3")[..],
            &binary("Generion", &"9".repeat(33)),
            &cut[..cut.len() - END.len()],
            BEGIN,
            b"",
        ] {
            assert_eq!(version(binary), None, "{binary:?}");
        }
    }
}
