use std::sync::{Mutex, PoisonError};

use generion_interface::decode::Decoded;
use solana_address::Address;
use solana_keypair::Keypair;
use solana_message::VersionedMessage;
use solana_signature::Signature;
use solana_signer::{Signer, SignerError};

use crate::captured::decoded;

/// A wallet that records everything that it signs.
pub struct Recorder {
    keypair: Keypair,
    signed: Mutex<Vec<Vec<u8>>>,
}

impl Recorder {
    /// A recorder that signs as this wallet.
    pub fn of(wallet: &Keypair) -> Self {
        Self {
            keypair: wallet.insecure_clone(),
            signed: Mutex::default(),
        }
    }

    /// The lines of text that it signed.
    pub fn lines(&self) -> Vec<String> {
        let signed = self.signed();
        let lines = signed.iter().filter(|bytes| is_line(bytes));
        lines
            .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
            .collect()
    }

    /// The messages of transactions that it signed.
    pub fn messages(&self) -> Vec<VersionedMessage> {
        let signed = self.signed();
        let messages = signed.iter().filter(|bytes| !is_line(bytes));
        messages
            .map(|bytes| bincode::deserialize(bytes).expect("what is no line is a message"))
            .collect()
    }

    /// The program's instructions that it signed. The transactions may hold no others, except for the compute budget.
    #[track_caller]
    pub fn instructions(&self) -> Vec<Decoded> {
        let messages = self.messages();
        messages
            .iter()
            .flat_map(|message| {
                let keys = message.static_account_keys();
                for instruction in message.instructions() {
                    let program = keys.get(usize::from(instruction.program_id_index));
                    let is_known = [generion::ID, solana_sdk_ids::compute_budget::ID];
                    let program = program.expect("a message names its programs");
                    assert!(is_known.contains(program), "{program} was called");
                }
                decoded(message)
            })
            .collect()
    }

    fn signed(&self) -> Vec<Vec<u8>> {
        let signed = self.signed.lock();
        signed.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Whether the bytes are a line of the protocol. A message begins with its number of signatures instead.
fn is_line(bytes: &[u8]) -> bool {
    bytes.starts_with(b"Generion ") || bytes.starts_with(b"generion ")
}

impl Signer for Recorder {
    fn try_pubkey(&self) -> Result<Address, SignerError> {
        self.keypair.try_pubkey()
    }

    fn try_sign_message(&self, message: &[u8]) -> Result<Signature, SignerError> {
        let mut signed = self.signed.lock().unwrap_or_else(PoisonError::into_inner);
        signed.push(message.to_vec());
        self.keypair.try_sign_message(message)
    }

    fn is_interactive(&self) -> bool {
        false
    }
}
