use generion::{GenerionError, ID};
use generion_interface::{Instructions, accounts::LedgerAccount, events};
use litesvm::LiteSVM;
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use solana_address::Address;
use solana_clock::Clock;
use solana_instruction::{Instruction, error::InstructionError};
use solana_keypair::Keypair;
use solana_signer::Signer;
use solana_transaction_error::TransactionError;
use vm_account::Account;
use vm_message::{AddressLookupTableAccount, Message, VersionedMessage, v0};
use vm_transaction::versioned::VersionedTransaction;

use crate::executed::{Changes, Executed, Ledger};

/// The fee for a signature, in lamports.
pub const FEE: u64 = 5_000;
/// The highest length of a legacy or v0 transaction, in bytes.
pub const MAX_TRANSACTION_BYTES: usize = 1_232;

/// A VM with the program, and a random generator that is the same in every run. A clone has a ledger of its own.
#[derive(Clone)]
pub struct World {
    /// The VM.
    pub svm: LiteSVM,
    /// Builds instructions.
    pub instructions: Instructions,
    /// Makes keypairs and key material.
    pub rng: ChaCha20Rng,
}

/// Why a transaction was refused.
#[derive(Clone, Debug)]
pub struct Refused {
    /// The VM's error.
    pub error: TransactionError,
    /// The program's log.
    pub logs: Vec<String>,
}

impl Default for World {
    fn default() -> Self {
        Self::new(0)
    }
}

impl World {
    /// A new ledger. The same seed gives the same ledger.
    pub fn new(seed: u64) -> Self {
        Self::with_program(seed, ID, generion_artifact::PROGRAM)
    }

    /// A new ledger with another program on it.
    pub fn with_program(seed: u64, id: Address, program: &[u8]) -> Self {
        let mut svm = LiteSVM::default()
            .with_feature_set(LiteSVM::mainnet_feature_set())
            .with_builtins()
            .with_lamports(1_000_000_000_000_000_000)
            .with_sysvars()
            .with_feature_accounts()
            .with_default_programs()
            .with_sigverify(true)
            .with_blockhash_check(true);
        svm.add_program(id, program).expect("the program loads");
        let mut world = Self {
            svm,
            instructions: Instructions::default(),
            rng: ChaCha20Rng::seed_from_u64(seed),
        };
        world.set_time(1_800_000_000);
        world
    }

    /// The ledger's clock, in seconds since the Unix epoch.
    pub fn time(&self) -> i64 {
        self.svm.get_sysvar::<Clock>().unix_timestamp
    }

    /// Moves the clock.
    pub fn set_time(&mut self, unix_timestamp: i64) {
        let clock = Clock {
            unix_timestamp,
            ..self.svm.get_sysvar()
        };
        self.svm.set_sysvar(&clock);
    }

    /// Sends a legacy transaction, whose first signer pays the fee. Panics if lamports are not conserved, or if a
    /// refused transaction costs or changes anything but the fee.
    pub fn send(
        &mut self,
        instructions: &[Instruction],
        signers: &[&Keypair],
    ) -> Result<Executed, Refused> {
        self.svm.expire_blockhash();
        let payer = signers[0].pubkey();
        let message =
            Message::new_with_blockhash(instructions, Some(&payer), &self.svm.latest_blockhash());
        self.send_message(VersionedMessage::Legacy(message), signers)
    }

    /// Like [`Self::send`], but does not check the ledger. Returns the log of a successful transaction.
    pub fn submit(
        &mut self,
        instructions: &[Instruction],
        signers: &[&Keypair],
    ) -> Result<Vec<String>, Refused> {
        self.svm.expire_blockhash();
        let payer = signers[0].pubkey();
        let message =
            Message::new_with_blockhash(instructions, Some(&payer), &self.svm.latest_blockhash());
        let transaction = signed(VersionedMessage::Legacy(message), signers);
        match self.svm.send_transaction(transaction) {
            Ok(meta) => Ok(meta.logs),
            Err(failed) => Err(Refused {
                error: failed.err,
                logs: failed.meta.logs,
            }),
        }
    }

    /// The length of a legacy transaction in bytes, whether it fits or not. Its first signer pays the fee.
    pub fn size_of(&self, instructions: &[Instruction], signers: &[&Keypair]) -> usize {
        let payer = signers[0].pubkey();
        let blockhash = self.svm.latest_blockhash();
        let message = Message::new_with_blockhash(instructions, Some(&payer), &blockhash);
        let message = VersionedMessage::Legacy(message);
        let transaction =
            VersionedTransaction::try_new(message, signers).expect("all signers are there");
        bytes_of(&transaction)
    }

    /// Sends an instruction in a v0 transaction whose address lookup table holds all its accounts, so that more
    /// accounts fit.
    pub fn send_with_table(
        &mut self,
        instruction: Instruction,
        payer: &Keypair,
    ) -> Result<Executed, Refused> {
        self.svm.expire_blockhash();
        let addresses: Vec<Address> = instruction
            .accounts
            .iter()
            .map(|meta| meta.pubkey)
            .collect();
        let table = AddressLookupTableAccount {
            key: self.lookup_table(&addresses),
            addresses,
        };
        let blockhash = self.svm.latest_blockhash();
        let message =
            v0::Message::try_compile(&payer.pubkey(), &[instruction], &[table], blockhash)
                .expect("the instruction compiles");
        self.send_message(VersionedMessage::V0(message), &[payer])
    }

    /// Writes an address lookup table: a state of 56 bytes (kind 1, never deactivated, without an authority), then the
    /// addresses.
    fn lookup_table(&mut self, addresses: &[Address]) -> Address {
        let mut data = vec![0; 56];
        data[0] = 1;
        data[4..12].copy_from_slice(&u64::MAX.to_le_bytes());
        data.extend(addresses.iter().flat_map(|address| address.to_bytes()));
        let key = Address::new_from_array([0x7a; 32]);
        let owner = Address::from_str_const("AddressLookupTab1e1111111111111111111111111");
        let lamports = self.svm.minimum_balance_for_rent_exemption(data.len());
        let table = Account {
            lamports,
            data,
            owner,
            ..Account::default()
        };
        self.svm
            .set_account(key, table)
            .expect("a table is no sysvar");
        // An address can be looked up in the slots after the one in which it was added.
        let next_slot = self.svm.get_sysvar::<Clock>().slot + 1;
        self.svm.warp_to_slot(next_slot);
        key
    }

    fn send_message(
        &mut self,
        message: VersionedMessage,
        signers: &[&Keypair],
    ) -> Result<Executed, Refused> {
        let transaction = signed(message, signers);
        let bytes = bytes_of(&transaction);
        let fee = FEE * transaction.signatures.len() as u64;
        let before: Ledger = self.ledger().clone();
        let outcome = self.svm.send_transaction(transaction);
        let changes = Changes::between(&before, self.ledger(), signers[0].pubkey(), fee);
        match outcome {
            Ok(meta) => Ok(Executed {
                compute_units: meta.compute_units_consumed,
                bytes,
                events: events::from_logs(&ID, meta.logs.iter().map(String::as_str)),
                logs: meta.logs,
                changes,
            }),
            Err(failed) => {
                assert_eq!(
                    changes,
                    Changes::default(),
                    "a refused transaction changed more than the fee payer's balance"
                );
                Err(Refused {
                    error: failed.err,
                    logs: failed.meta.logs,
                })
            }
        }
    }

    fn ledger(&self) -> &Ledger {
        &self.svm.accounts_db().inner
    }

    /// Sends an instruction that must succeed.
    #[track_caller]
    pub fn lands(&mut self, instruction: Instruction, signers: &[&Keypair]) -> Executed {
        self.send(&[instruction], signers)
            .unwrap_or_else(|refused| panic!("refused: {refused:#?}"))
    }

    /// Sends an instruction that the program must refuse by one of its rules, and that must change nothing.
    #[track_caller]
    pub fn refuses(&mut self, instruction: Instruction, signers: &[&Keypair], rule: GenerionError) {
        self.refuses_with(instruction, signers, code_of(rule));
    }

    /// Sends an instruction that must be refused with an error of Anchor, the runtime or another program, and that must
    /// change nothing but the fee payer's balance.
    #[track_caller]
    pub fn refuses_with(
        &mut self,
        instruction: Instruction,
        signers: &[&Keypair],
        error: InstructionError,
    ) {
        self.refuses_at(&[instruction], signers, 0, error);
    }

    /// Sends one transaction of several instructions. The one with this index must fail, and nothing must change.
    #[track_caller]
    pub fn refuses_at(
        &mut self,
        instructions: &[Instruction],
        signers: &[&Keypair],
        index: u8,
        error: InstructionError,
    ) {
        match self.send(instructions, signers) {
            Ok(_) => panic!("landed, but {error:?} was expected"),
            Err(refused) => {
                let expected = TransactionError::InstructionError(index, error);
                assert_eq!(refused.error, expected, "{:#?}", refused.logs);
            }
        }
    }

    /// The lamports of an address.
    pub fn lamports(&self, address: &Address) -> u64 {
        self.svm.get_balance(address).unwrap_or(0)
    }

    /// The rent minimum of an account.
    pub fn rent(&self, address: &Address) -> u64 {
        let len = self
            .svm
            .get_account(address)
            .map_or(0, |account| account.data.len());
        self.svm.minimum_balance_for_rent_exemption(len)
    }

    /// The rent for a byte. An account pays for 128 bytes more than it has.
    pub fn lamports_per_byte(&self) -> u64 {
        self.svm.minimum_balance_for_rent_exemption(0) / 128
    }

    /// An account of the program, decoded.
    #[track_caller]
    pub fn read<T: LedgerAccount>(&self, address: &Address) -> T {
        let account = self.account(address);
        T::decode(&ID, &account.owner, &account.data)
            .unwrap_or_else(|error| panic!("{address}: {error}"))
    }

    /// An account as the ledger has it.
    #[track_caller]
    pub fn account(&self, address: &Address) -> Account {
        self.svm
            .get_account(address)
            .unwrap_or_else(|| panic!("no account {address}"))
    }

    /// Overwrites an account, as no instruction can. Returns the earlier account.
    #[track_caller]
    pub fn replace(&mut self, address: &Address, change: impl FnOnce(&mut Account)) -> Account {
        let before = self.account(address);
        let mut after = before.clone();
        change(&mut after);
        self.svm.set_account(*address, after).expect("no sysvar");
        before
    }

    /// Overwrites fields of an account of the program, as no instruction can.
    #[track_caller]
    pub fn edit<H: bytemuck::Pod>(&mut self, address: &Address, change: impl FnOnce(&mut H)) {
        self.replace(address, |account| {
            let bytes = &mut account.data[8..8 + size_of::<H>()];
            let mut header: H = bytemuck::pod_read_unaligned(bytes);
            change(&mut header);
            bytes.copy_from_slice(bytemuck::bytes_of(&header));
        });
    }

    /// Whether the address has no account, or one without lamports and data.
    pub fn is_closed(&self, address: &Address) -> bool {
        self.svm
            .get_account(address)
            .is_none_or(|account| account.lamports == 0 && account.data.is_empty())
    }
}

fn signed(message: VersionedMessage, signers: &[&Keypair]) -> VersionedTransaction {
    let transaction =
        VersionedTransaction::try_new(message, signers).expect("all signers are there");
    let bytes = bytes_of(&transaction);
    assert!(
        bytes <= MAX_TRANSACTION_BYTES,
        "{bytes} bytes do not fit a transaction"
    );
    transaction
}

/// The length on the wire, in bytes.
fn bytes_of(transaction: &VersionedTransaction) -> usize {
    1 + 64 * transaction.signatures.len() + transaction.message.serialize().len()
}

/// A rule of the program as the runtime reports it.
pub fn code_of(rule: GenerionError) -> InstructionError {
    InstructionError::Custom(rule.code())
}
