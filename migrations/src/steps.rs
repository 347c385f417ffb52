//! The instructions of each step.

use std::ops::Range;

use sha2::{Digest, Sha256};
use solana_address::Address;
use solana_compute_budget_interface::ComputeBudgetInstruction;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_loader_v3_interface::{instruction as loader, state::UpgradeableLoaderState as State};
use solana_sdk_ids::bpf_loader_upgradeable;
use solana_signer::Signer;
use solana_system_interface::instruction as system;
use solana_transaction::Transaction;

use crate::plan::{Prices, Target};

/// Longest transaction, in bytes.
const MAX_TRANSACTION_BYTES: usize = 1_232;
/// Compute units of a write: 2,370 for the loader, 150 for each compute-budget instruction.
const WRITE_UNITS: u32 = 2_700;
/// Compute units of every other transaction: the loader verifies a binary outside of this budget, and the system
/// program takes 150 for an instruction.
const OTHER_UNITS: u32 = 20_000;

/// The wallets that sign.
#[derive(Clone, Copy)]
pub struct Signers<'a> {
    /// The wallet that pays rent and fees.
    pub payer: &'a Keypair,
    /// The wallet that may upgrade the program and write to the buffer.
    pub authority: &'a Keypair,
    /// The keypair of the program id, for its first deployment.
    pub program: Option<&'a Keypair>,
}

impl<'a> Signers<'a> {
    /// All signers, the payer first.
    pub(crate) fn all(&self) -> Vec<&'a Keypair> {
        [Some(self.payer), Some(self.authority), self.program]
            .into_iter()
            .flatten()
            .collect()
    }
}

/// The signers that these instructions need, each once. The first one pays.
pub(crate) fn signers_of<'a>(
    all: &[&'a Keypair],
    instructions: &[Instruction],
) -> Vec<&'a Keypair> {
    let mut signers: Vec<&Keypair> = all.first().copied().into_iter().collect();
    for keypair in all {
        let address = keypair.pubkey();
        let mut named = instructions.iter().flat_map(|one| &one.accounts);
        let asked = named.any(|meta| meta.is_signer && meta.pubkey == address);
        if asked && signers.iter().all(|known| known.pubkey() != address) {
            signers.push(keypair);
        }
    }
    signers
}

/// The seed of a buffer's address under its authority: one for each program id and binary.
fn buffer_seed(program_id: &Address, binary: &[u8]) -> String {
    let digest = Sha256::new()
        .chain_update(b"generion/buffer/v1")
        .chain_update(program_id)
        .chain_update(Sha256::digest(binary))
        .finalize();
    // A seed has 32 characters at most.
    hex::encode(&digest[..16])
}

/// The address of a deployment's buffer. It follows from authority, program id and binary, so that a second run finds it
/// without any saved state. Creating it needs the authority's signature.
pub fn buffer_address(authority: &Address, program_id: &Address, binary: &[u8]) -> Address {
    let seed = buffer_seed(program_id, binary);
    // It hashes base, seed and owner, and refuses long seeds and owners that end like the marker of derived addresses.
    match Address::create_with_seed(authority, &seed, &bpf_loader_upgradeable::ID) {
        Ok(address) => address,
        Err(error) => unreachable!("a seed of 32 characters under the loader: {error}"),
    }
}

/// Builds transactions for one deployment.
pub struct Steps<'a> {
    pub target: &'a Target,
    pub signers: Signers<'a>,
    /// Priority fee, in micro-lamports per compute unit; 0 adds no compute-budget instruction.
    pub unit_price: u64,
}

impl Steps<'_> {
    /// Bytes of the binary that one write transaction holds.
    pub fn chunk(&self) -> usize {
        let empty = self.unsigned(&self.write(&(0..0)));
        // The length of the instruction's data takes a second byte from 128 on.
        MAX_TRANSACTION_BYTES - wire_len(&empty) - 1
    }

    /// The instructions that write one part.
    pub fn write(&self, part: &Range<usize>) -> Vec<Instruction> {
        let bytes = self.target.binary.get(part.clone()).unwrap_or_default();
        let authority = self.signers.authority.pubkey();
        // A program has at most 10 MiB.
        let offset = part.start as u32;
        let write = loader::write(&self.target.buffer, &authority, offset, bytes.to_vec());
        self.budgeted(vec![write], WRITE_UNITS)
    }

    /// Creates the buffer, also at an address that has lamports already. `create_account` refuses such an address, and
    /// anybody can send lamports there.
    pub fn create_buffer(&self, lamports: u64) -> Vec<Instruction> {
        let Target {
            program_id,
            binary,
            buffer,
            ..
        } = self.target;
        let authority = self.signers.authority.pubkey();
        let (seed, owner) = (buffer_seed(program_id, binary), bpf_loader_upgradeable::ID);
        let space = State::size_of_buffer(binary.len()) as u64;
        let mut instructions = self.top_up(buffer, lamports);
        instructions.extend([
            system::allocate_with_seed(buffer, &authority, &seed, space, &owner),
            Instruction {
                program_id: owner,
                accounts: vec![
                    solana_instruction::AccountMeta::new(*buffer, false),
                    solana_instruction::AccountMeta::new_readonly(authority, false),
                ],
                data: wincode::serialize(&loader::UpgradeableLoaderInstruction::InitializeBuffer)
                    .unwrap_or_default(),
            },
        ]);
        self.budgeted(instructions, OTHER_UNITS)
    }

    /// Creates the program from the buffer.
    pub fn deploy(&self, lamports: u64) -> Vec<Instruction> {
        let Target {
            program_id,
            buffer,
            max_len,
            ..
        } = self.target;
        let [payer, authority] = [self.signers.payer, self.signers.authority].map(Signer::pubkey);
        let mut instructions = self.top_up(program_id, lamports);
        instructions.extend([
            system::allocate(program_id, State::size_of_program() as u64),
            system::assign(program_id, &bpf_loader_upgradeable::ID),
        ]);
        // Of the two that it returns the first creates the account, which is done above for an address with lamports.
        let deploy = loader::deploy_with_max_program_len(
            &payer, program_id, buffer, &authority, 0, *max_len, true,
        );
        instructions.extend(deploy.into_iter().flatten().skip(1));
        self.budgeted(instructions, OTHER_UNITS)
    }

    /// Replaces the program's binary by the buffer's. The buffer's lamports go back to the payer.
    pub fn upgrade(&self) -> Vec<Instruction> {
        let [payer, authority] = [self.signers.payer, self.signers.authority].map(Signer::pubkey);
        let Target {
            program_id, buffer, ..
        } = self.target;
        let upgrade = loader::upgrade(program_id, buffer, &authority, &payer, true);
        self.budgeted(vec![upgrade], OTHER_UNITS)
    }

    /// Extends the program's account.
    pub fn extend(&self, bytes: u32) -> Vec<Instruction> {
        let payer = self.signers.payer.pubkey();
        let extend = loader::extend_program(&self.target.program_id, Some(&payer), bytes);
        self.budgeted(vec![extend], OTHER_UNITS)
    }

    /// Adds the fees to `rents`: `per_signature` lamports for each signature, and the priority fee.
    pub fn prices(&self, per_signature: u64, rents: Prices) -> Prices {
        let fee = |signatures: u64, units: u32| {
            let priority = u128::from(self.unit_price) * u128::from(units);
            let priority = u64::try_from(priority.div_ceil(1_000_000)).unwrap_or(u64::MAX);
            per_signature
                .saturating_mul(signatures)
                .saturating_add(priority)
        };
        let [payer, authority] = [self.signers.payer, self.signers.authority].map(Signer::pubkey);
        let both = 1 + u64::from(payer != authority);
        Prices {
            write_fee: fee(both, WRITE_UNITS),
            deploy_fee: fee(both + 1, OTHER_UNITS),
            other_fee: fee(both, OTHER_UNITS),
            ..rents
        }
    }

    fn top_up(&self, to: &Address, lamports: u64) -> Vec<Instruction> {
        let transfer = system::transfer(&self.signers.payer.pubkey(), to, lamports);
        if lamports == 0 {
            vec![]
        } else {
            vec![transfer]
        }
    }

    fn budgeted(&self, instructions: Vec<Instruction>, units: u32) -> Vec<Instruction> {
        if self.unit_price == 0 {
            return instructions;
        }
        let mut all = vec![
            ComputeBudgetInstruction::set_compute_unit_limit(units),
            ComputeBudgetInstruction::set_compute_unit_price(self.unit_price),
        ];
        all.extend(instructions);
        all
    }

    fn unsigned(&self, instructions: &[Instruction]) -> Transaction {
        Transaction::new_with_payer(instructions, Some(&self.signers.payer.pubkey()))
    }
}

/// Bytes of a transaction on the wire, with all its signatures.
fn wire_len(transaction: &Transaction) -> usize {
    // The number of signatures is one byte up to 127 of them.
    let signatures = usize::from(transaction.message.header.num_required_signatures);
    1 + 64 * signatures + transaction.message.serialize().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(len: usize) -> Target {
        let binary = vec![7; len];
        Target {
            program_id: Address::new_from_array([1; 32]),
            authority: Address::new_from_array([2; 32]),
            buffer: Address::new_from_array([3; 32]),
            max_len: binary.len(),
            has_program_key: true,
            binary,
        }
    }

    /// One byte more would not fit, for any signers and any fee.
    #[test]
    fn a_chunk_fills_a_transaction() {
        let (payer, other) = (Keypair::new(), Keypair::new());
        let target = target(2_000);
        for authority in [&payer, &other] {
            for unit_price in [0, 1, u64::MAX] {
                let signers = Signers {
                    payer: &payer,
                    authority,
                    program: None,
                };
                let steps = Steps {
                    target: &target,
                    signers,
                    unit_price,
                };
                let chunk = steps.chunk();
                let len = |chunk| wire_len(&steps.unsigned(&steps.write(&(0..chunk))));
                assert_eq!(len(chunk), MAX_TRANSACTION_BYTES);
                assert_eq!(len(chunk + 1), MAX_TRANSACTION_BYTES + 1);
            }
        }
    }

    #[test]
    fn a_buffer_is_of_one_authority_program_and_binary() {
        let [one, two] = [[1; 32], [2; 32]].map(Address::new_from_array);
        let base = buffer_address(&one, &one, b"binary");
        assert_eq!(base, buffer_address(&one, &one, b"binary"));
        for other in [
            buffer_address(&two, &one, b"binary"),
            buffer_address(&one, &two, b"binary"),
            buffer_address(&one, &one, b"binarz"),
        ] {
            assert_ne!(base, other);
        }
    }

    #[test]
    fn fees_follow_from_signatures_and_price() {
        let (payer, other, program) = (Keypair::new(), Keypair::new(), Keypair::new());
        let target = target(10);
        let steps = |authority, unit_price| Steps {
            target: &target,
            signers: Signers {
                payer: &payer,
                authority,
                program: Some(&program),
            },
            unit_price,
        };
        let prices = steps(&payer, 0).prices(5_000, Prices::default());
        let fees = |prices: Prices| (prices.write_fee, prices.deploy_fee, prices.other_fee);
        assert_eq!(fees(prices), (5_000, 10_000, 5_000));
        let prices = steps(&other, 1_000_000).prices(5_000, Prices::default());
        assert_eq!(fees(prices), (12_700, 35_000, 30_000));
    }
}
