use generion::ID;
use generion_interface::decode::Decoded;
use solana_address::Address;
use solana_message::VersionedMessage;
use solana_signature::Signature;
use solana_transaction::versioned::VersionedTransaction;

/// The request that showed a transaction to a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// `sendTransaction`.
    ToSend,
    /// `simulateTransaction`.
    ToSimulate,
    /// `getFeeForMessage`, which takes the message alone.
    ForTheFee,
}

/// A transaction that a node saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Captured {
    /// The request.
    pub asked: Asked,
    /// The bytes, of the transaction or the message.
    pub bytes: Vec<u8>,
    /// The message.
    pub message: VersionedMessage,
    signatures: Vec<Signature>,
}

impl Captured {
    /// Reads a transaction or message; `None`: the bytes are something else.
    pub fn read(asked: Asked, bytes: Vec<u8>) -> Option<Self> {
        let (message, signatures) = match asked {
            Asked::ForTheFee => (bincode::deserialize(&bytes).ok()?, Vec::new()),
            Asked::ToSend | Asked::ToSimulate => {
                let transaction: VersionedTransaction = bincode::deserialize(&bytes).ok()?;
                (transaction.message, transaction.signatures)
            }
        };
        Some(Self {
            asked,
            bytes,
            message,
            signatures,
        })
    }

    /// Its first signature, if it is signed.
    pub fn signature(&self) -> Option<Signature> {
        let signature = self.signatures.first().copied();
        signature.filter(|signature| *signature != Signature::default())
    }

    /// The transaction, ready to be sent.
    pub fn transaction(&self) -> VersionedTransaction {
        VersionedTransaction {
            signatures: self.signatures.clone(),
            message: self.message.clone(),
        }
    }

    /// The program's instructions in it.
    pub fn decoded(&self) -> Vec<Decoded> {
        decoded(&self.message)
    }
}

/// The program's instructions in a message.
pub(crate) fn decoded(message: &VersionedMessage) -> Vec<Decoded> {
    let keys = message.static_account_keys();
    let key = |index: &u8| keys.get(usize::from(*index)).copied();
    message
        .instructions()
        .iter()
        .filter(|instruction| key(&instruction.program_id_index) == Some(ID))
        .filter_map(|instruction| {
            let accounts: Option<Vec<Address>> = instruction.accounts.iter().map(key).collect();
            Decoded::decode(&instruction.data, &accounts?).ok()
        })
        .collect()
}
