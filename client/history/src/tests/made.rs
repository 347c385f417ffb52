//! Transactions as nodes answer them.

use anchor_lang::Event;
use base64::{Engine, prelude::BASE64_STANDARD};
use generion_interface::Instructions;
use serde_json::{Value, json};
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};
use solana_message::{AddressLookupTableAccount, Message, VersionedMessage, v0};
use solana_signature::Signature;
use solana_transaction_status_client_types::EncodedConfirmedTransactionWithStatusMeta;

/// Another program, which may call this one.
pub(crate) const OTHER: Address = Address::new_from_array([77; 32]);
/// The payer of the fees.
pub(crate) const PAYER: Address = Address::new_from_array([66; 32]);

pub(crate) fn wallet(byte: u8) -> Address {
    Address::new_from_array([byte; 32])
}

pub(crate) fn build() -> Instructions {
    Instructions::default()
}

pub(crate) fn signature(name: u8) -> Signature {
    Signature::from([name; 64])
}

/// A line of the program's log that holds an event.
pub(crate) fn data(event: &impl Event) -> String {
    format!("Program data: {}", BASE64_STANDARD.encode(event.data()))
}

/// The log of a program around these lines.
pub(crate) fn logged(program: Address, depth: usize, lines: &[String]) -> Vec<String> {
    let mut log = vec![format!("Program {program} invoke [{depth}]")];
    log.extend_from_slice(lines);
    log.push(format!("Program {program} success"));
    log
}

/// Another program's instruction, with the accounts that it needs to call this one.
pub(crate) fn calling(instruction: &Instruction) -> Instruction {
    let mut accounts = vec![AccountMeta::new_readonly(generion::ID, false)];
    accounts.extend_from_slice(&instruction.accounts);
    Instruction {
        program_id: OTHER,
        accounts,
        data: instruction.data.clone(),
    }
}

/// A transaction to be changed by a test.
pub(crate) struct Made {
    pub(crate) answer: Value,
    keys: Vec<Address>,
}

impl Made {
    /// A legacy transaction of these instructions, signed by their signers and the payer.
    pub(crate) fn of(instructions: &[Instruction]) -> Self {
        let message = Message::new(instructions, Some(&PAYER));
        let keys = message.account_keys.clone();
        Self::with(VersionedMessage::Legacy(message), keys)
    }

    /// A transaction whose accounts come from a table.
    pub(crate) fn with_table(instructions: &[Instruction], table: &[Address]) -> Self {
        let table = AddressLookupTableAccount {
            key: wallet(88),
            addresses: table.to_vec(),
        };
        let message =
            v0::Message::try_compile(&PAYER, instructions, &[table], Default::default()).unwrap();
        let keys = message.account_keys.clone();
        Self::with(VersionedMessage::V0(message), keys)
    }

    fn with(message: VersionedMessage, keys: Vec<Address>) -> Self {
        let signers = message.header().num_required_signatures;
        let mut bytes = vec![signers];
        bytes.extend_from_slice(signature(1).as_ref());
        for name in 1..signers {
            bytes.extend_from_slice(signature(200 + name).as_ref());
        }
        bytes.extend(message.serialize());
        let answer = json!({
            "slot": 7,
            "blockTime": 1_000,
            "transaction": [BASE64_STANDARD.encode(bytes), "base64"],
            "meta": {
                "err": null, "status": { "Ok": null }, "fee": 5_000,
                "preBalances": vec![1; keys.len()], "postBalances": vec![1; keys.len()],
                "innerInstructions": [], "logMessages": [],
            },
        });
        Self { answer, keys }
    }

    pub(crate) fn meta(mut self, field: &str, value: Value) -> Self {
        self.answer["meta"][field] = value;
        self
    }

    pub(crate) fn log(self, log: &[Vec<String>]) -> Self {
        self.meta("logMessages", json!(log.concat()))
    }

    /// The program ran at this place, called by the outer instruction.
    pub(crate) fn calls(self, index: u8, called: &Instruction) -> Self {
        let at = |address: &Address| self.keys.iter().position(|key| key == address).unwrap();
        let accounts: Vec<_> = called
            .accounts
            .iter()
            .map(|meta| at(&meta.pubkey))
            .collect();
        let inner = json!([{ "index": index, "instructions": [{
            "programIdIndex": at(&called.program_id), "accounts": accounts,
            "data": bs58::encode(&called.data).into_string(), "stackHeight": 2,
        }] }]);
        self.meta("innerInstructions", inner)
    }

    /// An account has no lamports left.
    pub(crate) fn closes(mut self, account: &Address) -> Self {
        let at = self.keys.iter().position(|key| key == account).unwrap();
        self.answer["meta"]["postBalances"][at] = json!(0);
        self
    }

    pub(crate) fn fails(self, error: Value) -> Self {
        self.meta("status", json!({ "Err": error.clone() }))
            .meta("err", error)
    }

    pub(crate) fn answer(&self) -> EncodedConfirmedTransactionWithStatusMeta {
        serde_json::from_value(self.answer.clone()).unwrap()
    }
}
