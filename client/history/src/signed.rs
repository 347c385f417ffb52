//! Decodes a signed transaction of any version that ledgers take. The bytes come from a node, and are hostile input.

use base64::{Engine, prelude::BASE64_STANDARD};
use solana_address::Address;
use solana_signature::Signature;
use solana_transaction_status_client_types::{
    EncodedTransaction, TransactionBinaryEncoding, UiTransactionStatusMeta,
    option_serializer::OptionSerializer,
};

/// The first byte of a transaction of version 1. Older ones begin with the number of their signatures, which is below
/// 128.
const VERSION_1: u8 = 0x81;
/// Bytes of the values that each known bit of a version 1 configuration stands for. The first two belong together: the
/// priority fee's 8 bytes.
const CONFIG_BYTES: [usize; 5] = [4; 5];
/// The bits of the priority fee.
const PRIORITY_FEE: u32 = 0b11;

/// A signed message, and its signatures.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Signed {
    pub(crate) signatures: Vec<Signature>,
    /// The number of signers among the keys: the first keys, beginning with the payer of the fee.
    pub(crate) signers: usize,
    /// Without those that come from lookup tables.
    pub(crate) keys: Vec<Address>,
    /// The number of further keys, from lookup tables.
    pub(crate) looked_up: usize,
    pub(crate) instructions: Vec<Outer>,
}

/// An instruction of the transaction itself.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Outer {
    /// Index of the program among the keys.
    pub(crate) program: u8,
    /// Indexes of its accounts.
    pub(crate) accounts: Vec<u8>,
    pub(crate) data: Vec<u8>,
}

impl Signed {
    /// `None`: of no form that this software knows.
    pub(crate) fn read(encoded: &EncodedTransaction) -> Option<Self> {
        let EncodedTransaction::Binary(text, TransactionBinaryEncoding::Base64) = encoded else {
            return None;
        };
        let bytes = BASE64_STANDARD.decode(text).ok()?;
        if let Some((&VERSION_1, rest)) = bytes.split_first() {
            return Self::of_version_1(rest);
        }
        let transaction = encoded.decode()?;
        let message = &transaction.message;
        let tables = message.address_table_lookups().unwrap_or_default().iter();
        let outer = message.instructions().iter();
        Some(Self {
            signers: message.header().num_required_signatures.into(),
            keys: message.static_account_keys().to_vec(),
            looked_up: tables
                .map(|table| table.writable_indexes.len() + table.readonly_indexes.len())
                .sum(),
            instructions: outer
                .map(|outer| Outer {
                    program: outer.program_id_index,
                    accounts: outer.accounts.clone(),
                    data: outer.data.clone(),
                })
                .collect(),
            signatures: transaction.signatures,
        })
    }

    /// SIMD-0385, from behind the version to the last byte: three counts of signers and read-only accounts, a mask of
    /// the configuration, a block hash, counts of instructions and addresses; then addresses, configuration, a head and
    /// then a body of each instruction, and a signature of each signer.
    fn of_version_1(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes;
        let [signers, _, _] = take(&mut rest)?;
        let mask = u32::from_le_bytes(take(&mut rest)?);
        let _block_hash: [u8; 32] = take(&mut rest)?;
        let [instructions, addresses] = take(&mut rest)?;
        let is_known = mask >> CONFIG_BYTES.len() == 0;
        if !is_known || !matches!(mask & PRIORITY_FEE, 0 | PRIORITY_FEE) {
            return None;
        }
        let keys = (0..addresses)
            .map(|_| take(&mut rest).map(Address::new_from_array))
            .collect::<Option<Vec<_>>>()?;
        let bits = (0..CONFIG_BYTES.len()).filter(|bit| (mask >> bit) & 1 == 1);
        skip(&mut rest, bits.map(|bit| CONFIG_BYTES[bit]).sum())?;
        let heads = (0..instructions)
            .map(|_| take::<4>(&mut rest))
            .collect::<Option<Vec<_>>>()?;
        let body = |[program, accounts, low, high]: [u8; 4]| {
            Some(Outer {
                program,
                accounts: skip(&mut rest, accounts.into())?.to_vec(),
                data: skip(&mut rest, u16::from_le_bytes([low, high]).into())?.to_vec(),
            })
        };
        let instructions = heads.into_iter().map(body).collect::<Option<Vec<_>>>()?;
        let signatures = (0..signers)
            .map(|_| take::<64>(&mut rest).map(Signature::from))
            .collect::<Option<Vec<_>>>()?;
        (rest.is_empty() && usize::from(signers) <= keys.len()).then_some(Self {
            signatures,
            signers: signers.into(),
            keys,
            looked_up: 0,
            instructions,
        })
    }
}

/// The addresses that came from lookup tables, `count` of them.
///
/// # Errors
/// An error that says that the node does not show the looked-up keys.
pub(crate) fn loaded(meta: &UiTransactionStatusMeta, count: usize) -> Result<Vec<Address>, String> {
    let loaded: Option<Vec<Address>> = match &meta.loaded_addresses {
        OptionSerializer::Some(loaded) => loaded
            .writable
            .iter()
            .chain(&loaded.readonly)
            .map(|address| address.parse().ok())
            .collect(),
        _ => Some(Vec::new()),
    };
    loaded
        .filter(|loaded| loaded.len() == count)
        .ok_or_else(|| {
            "the node does not tell the addresses that it looked up in tables".to_owned()
        })
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, behind) = rest.split_first_chunk()?;
    *rest = behind;
    Some(*taken)
}

fn skip<'a>(rest: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (skipped, behind) = rest.split_at_checked(count)?;
    *rest = behind;
    Some(skipped)
}
