//! Reads transactions from their bytes, as wallets sign them. The bytes are a stranger's: nothing in them is believed until
//! it is checked.
//!
//! Only transactions that show all of their accounts are read: legacy ones, and those of version 0 without lookup tables.

use solana_address::Address;
use solana_message::VersionedMessage;
use solana_sdk_ids::compute_budget;
use solana_signature::Signature;
use solana_transaction::versioned::VersionedTransaction;

/// Most bytes of a legacy or version 0 transaction, signatures included.
pub const MAX_TRANSACTION_BYTES: usize = 1_232;
/// The fee of a transaction for each of its signatures, in lamports.
pub const FEE_PER_SIGNATURE: u64 = 5_000;
/// Most compute units that a transaction may ask for.
pub const MAX_COMPUTE_UNITS: u32 = 1_400_000;
/// The compute units that a transaction gets for each instruction if it does not ask for a number.
pub const DEFAULT_COMPUTE_UNITS: u32 = 200_000;
/// Micro-lamports of a lamport.
const MICRO: u128 = 1_000_000;

/// Why bytes are not a transaction that this software reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidTransaction {
    /// No packet holds it.
    #[error("a transaction has at most {MAX_TRANSACTION_BYTES} bytes, and this one has {0}")]
    TooLong(usize),
    /// The bytes are not exactly a transaction, or contradict themselves.
    #[error("the bytes are not a transaction of the legacy form or of version 0")]
    Malformed,
    /// Some of its accounts are in lookup tables, so that the bytes do not show them.
    #[error("the transaction takes accounts from lookup tables: name all accounts in it")]
    LookupTables,
}

/// Why a transaction's compute budget can't be read. The ledger refuses such a transaction too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the instructions for the compute budget contradict themselves or can't be read")]
pub struct InvalidComputeBudget;

/// A transaction with all of its accounts. Its signatures are not checked by reading it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadTransaction {
    transaction: VersionedTransaction,
    message: Vec<u8>,
}

/// An instruction of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call<'a> {
    /// The program.
    pub program_id: Address,
    /// The accounts, in order.
    pub accounts: Vec<Address>,
    /// The data.
    pub data: &'a [u8],
}

/// The values that a transaction sets by compute-budget instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ComputeBudget {
    /// The most compute units that it may use.
    pub unit_limit: u32,
    /// Micro-lamports for each unit of the limit.
    pub unit_price: u64,
}

impl ComputeBudget {
    /// The priority fee, in lamports: the part of the fee that is not for signatures.
    pub fn priority_fee(&self) -> u64 {
        let micro = u128::from(self.unit_price) * u128::from(self.unit_limit);
        u64::try_from(micro.div_ceil(MICRO)).unwrap_or(u64::MAX)
    }
}

impl ReadTransaction {
    /// Reads a transaction. Its signatures may be missing or wrong.
    ///
    /// # Errors
    /// [`InvalidTransaction`].
    pub fn read(bytes: &[u8]) -> Result<Self, InvalidTransaction> {
        if bytes.len() > MAX_TRANSACTION_BYTES {
            return Err(InvalidTransaction::TooLong(bytes.len()));
        }
        let transaction: VersionedTransaction =
            bincode::deserialize(bytes).map_err(|_| InvalidTransaction::Malformed)?;
        // No catch-all arm here: somebody has to decide about the fields of a further version.
        match &transaction.message {
            VersionedMessage::Legacy(_) => {}
            VersionedMessage::V0(message) if message.address_table_lookups.is_empty() => {}
            VersionedMessage::V0(_) => return Err(InvalidTransaction::LookupTables),
        }
        // The decoder ignores bytes that are left over.
        let again = bincode::serialize(&transaction).map_err(|_| InvalidTransaction::Malformed)?;
        if again != bytes || transaction.sanitize().is_err() {
            return Err(InvalidTransaction::Malformed);
        }
        Ok(Self {
            message: transaction.message.serialize(),
            transaction,
        })
    }

    /// The transaction's bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        bincode::serialize(&self.transaction).unwrap_or_default()
    }

    /// The transaction.
    pub const fn transaction(&self) -> &VersionedTransaction {
        &self.transaction
    }

    /// The message, which is signed.
    pub fn message_bytes(&self) -> &[u8] {
        &self.message
    }

    /// The transaction's signature: that of the wallet that pays the fee, which identifies the transaction on the ledger. It
    /// may be missing still.
    pub fn signature(&self) -> Signature {
        self.transaction
            .signatures
            .first()
            .copied()
            .unwrap_or_default()
    }

    /// The transaction's accounts: first the wallet that pays the fee, then the other signers.
    pub fn accounts(&self) -> &[Address] {
        self.message().static_account_keys()
    }

    /// The wallet that pays the fee.
    pub fn fee_payer(&self) -> Address {
        self.accounts().first().copied().unwrap_or_default()
    }

    /// The wallets that have to sign it, each with its signature; zeros: it is missing.
    pub fn signers(&self) -> impl Iterator<Item = (Address, Signature)> + '_ {
        let signatures = self.transaction.signatures.iter().copied();
        self.accounts().iter().copied().zip(signatures)
    }

    /// The wallets whose signatures are missing.
    pub fn missing_signers(&self) -> Vec<Address> {
        let missing = |(address, signature)| (signature == Signature::default()).then_some(address);
        self.signers().filter_map(missing).collect()
    }

    /// The wallets whose signatures are wrong.
    pub fn wrong_signers(&self) -> Vec<Address> {
        self.signers()
            .filter(|(_, signature)| *signature != Signature::default())
            .filter(|(address, signature)| !signature.verify(address.as_ref(), &self.message))
            .map(|(address, _)| address)
            .collect()
    }

    /// Puts a signature in its place. `false`: this wallet does not sign the transaction.
    pub fn put_signature(&mut self, signer: &Address, signature: Signature) -> bool {
        let place = self.accounts().iter().position(|key| key == signer);
        match place.and_then(|place| self.transaction.signatures.get_mut(place)) {
            Some(slot) => {
                *slot = signature;
                true
            }
            None => false,
        }
    }

    /// The transaction's instructions, in order.
    pub fn calls(&self) -> impl Iterator<Item = Call<'_>> + '_ {
        let keys = self.accounts();
        // `sanitize` has checked all indexes.
        let key = move |index: &u8| keys.get(usize::from(*index)).copied().unwrap_or_default();
        self.message().instructions().iter().map(move |call| Call {
            program_id: key(&call.program_id_index),
            accounts: call.accounts.iter().map(key).collect(),
            data: &call.data,
        })
    }

    /// The values that the transaction sets by compute-budget instructions.
    ///
    /// # Errors
    /// [`InvalidComputeBudget`] where an instruction for it is unknown, malformed or there twice.
    pub fn compute_budget(&self) -> Result<ComputeBudget, InvalidComputeBudget> {
        let (mut limit, mut price) = (None, None);
        let (mut heap, mut accounts_size) = (None, None);
        let mut others: u32 = 0;
        for call in self.calls() {
            if call.program_id != compute_budget::ID {
                others = others.saturating_add(1);
                continue;
            }
            let (tag, value) = call.data.split_first().ok_or(InvalidComputeBudget)?;
            let is_first = match tag {
                1 => heap.replace(number::<4>(value)?).is_none(),
                2 => limit.replace(number::<4>(value)?).is_none(),
                3 => price.replace(number::<8>(value)?).is_none(),
                4 => accounts_size.replace(number::<4>(value)?).is_none(),
                _ => false,
            };
            if !is_first {
                return Err(InvalidComputeBudget);
            }
        }
        let default = DEFAULT_COMPUTE_UNITS.saturating_mul(others);
        let limit = limit.map_or(default, |limit| u32::try_from(limit).unwrap_or(u32::MAX));
        Ok(ComputeBudget {
            unit_limit: limit.min(MAX_COMPUTE_UNITS),
            unit_price: price.unwrap_or_default(),
        })
    }

    /// The whole fee, in lamports: for signatures and for priority.
    ///
    /// # Errors
    /// Those of [`Self::compute_budget`].
    pub fn fee(&self) -> Result<u64, InvalidComputeBudget> {
        let signatures = u64::from(self.message().header().num_required_signatures);
        let priority = self.compute_budget()?.priority_fee();
        Ok((signatures * FEE_PER_SIGNATURE).saturating_add(priority))
    }

    const fn message(&self) -> &VersionedMessage {
        &self.transaction.message
    }
}

/// A number of exactly this many bytes, the lowest first.
fn number<const N: usize>(bytes: &[u8]) -> Result<u64, InvalidComputeBudget> {
    let bytes: &[u8; N] = bytes.try_into().map_err(|_| InvalidComputeBudget)?;
    Ok(bytes
        .iter()
        .rev()
        .fold(0, |number, byte| (number << 8) | u64::from(*byte)))
}

#[cfg(test)]
mod tests;
