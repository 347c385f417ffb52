//! The result: an unsigned transaction, and all that its signer has to know.

use solana_address::Address;
use solana_hash::Hash;

/// A transaction without signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsigned {
    /// The bytes, as they are sent to a node, with zeros for the signatures. It is of the legacy form, which every wallet
    /// signs.
    pub transaction: Vec<u8>,
    /// The wallet that pays the fee.
    pub fee_payer: Address,
    /// The wallets that have to sign, in the order of their signatures.
    pub signers: Vec<Address>,
    /// The costs.
    pub cost: Cost,
    /// All accounts that it names.
    pub accounts: Vec<TouchedAccount>,
    /// The effects, as sentences.
    pub effects: Vec<String>,
    /// The account that it creates.
    pub creates: Option<Address>,
    /// The block hash.
    pub blockhash: Hash,
    /// The last block height at which the transaction can reach the ledger.
    pub last_valid_block_height: u64,
    /// When that will be, about: Unix time in seconds.
    pub expires_at: i64,
    /// The compute units that it may use.
    pub compute_unit_limit: u32,
}

/// The costs of a transaction, in lamports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// The fee for signatures and priority.
    pub fee: u64,
    /// The part of the fee that is for priority.
    pub priority_fee: u64,
    /// The rent of the account that it creates.
    pub rent: u64,
    /// The price that goes into escrow.
    pub price: u64,
    /// The amount that is returned to the wallet that paid it before.
    pub returned: u64,
}

/// An account of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TouchedAccount {
    /// The account's address.
    pub address: Address,
    /// The account's role in the transaction, as the protocol names it.
    pub roles: Vec<&'static str>,
    /// Whether the transaction may write to it.
    pub is_writable: bool,
    /// Whether it has to sign.
    pub is_signer: bool,
}
