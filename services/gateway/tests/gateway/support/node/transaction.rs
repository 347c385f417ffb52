//! Transactions of a made-up ledger.

use base64::{Engine, prelude::BASE64_STANDARD};
use generion_interface::Addresses;
use serde_json::{Value, json};
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};
use solana_signature::Signature;
use solana_transaction::{Message, Transaction};

/// A transaction as a node shows it.
#[derive(Clone)]
pub struct ShownTransaction {
    pub slot: u64,
    pub signature: Signature,
    bytes: Vec<u8>,
}

impl ShownTransaction {
    pub fn new(slot: u64, instruction: Instruction) -> Self {
        let payer = Address::new_from_array([200; 32]);
        let mut transaction = Transaction::new_unsigned(Message::new(&[instruction], Some(&payer)));
        let mut signature = [0; 64];
        signature[..8].copy_from_slice(&slot.to_be_bytes());
        // Two forks may have one transaction each in the same slot.
        let of_accounts = transaction.message.account_keys[1].to_bytes();
        signature[8..40].copy_from_slice(&of_accounts);
        let signature = Signature::from(signature);
        transaction.signatures.fill(signature);
        Self {
            slot,
            signature,
            bytes: bincode::serialize(&transaction).unwrap(),
        }
    }

    /// As `getTransaction` answers it; its log is lost.
    pub fn answer(&self) -> Value {
        json!({
            "slot": self.slot,
            "blockTime": 1_767_000_000 + self.slot,
            "version": "legacy",
            "transaction": [BASE64_STANDARD.encode(&self.bytes), "base64"],
            "meta": {
                "err": null,
                "status": { "Ok": null },
                "fee": 5000,
                "preBalances": [],
                "postBalances": [],
                "innerInstructions": [],
                "logMessages": ["Log truncated"],
                "preTokenBalances": [],
                "postTokenBalances": [],
                "rewards": [],
            },
        })
    }
}

/// An instruction of the program that names accounts, with data that nobody can read.
pub fn naming(addresses: &[Address]) -> Instruction {
    let accounts = (addresses.iter()).map(|address| AccountMeta::new(*address, false));
    Instruction {
        program_id: Addresses::default().program_id,
        accounts: accounts.collect(),
        data: vec![255],
    }
}
