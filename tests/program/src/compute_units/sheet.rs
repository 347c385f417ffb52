use solana_address::Address;
use solana_instruction::Instruction;
use solana_keypair::Keypair;

use crate::{executed::Executed, vm::World};

/// The cost of one case with one set of keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// The instruction's name.
    pub instruction: &'static str,
    /// Distinguishes the case from other cases of the instruction.
    pub case: String,
    /// Compute units of the whole transaction.
    pub compute_units: u64,
    /// Bytes of the transaction on the wire, signatures included.
    pub transaction_bytes: usize,
    /// Bytes of the account that it creates, or 0 if it creates none.
    pub account_bytes: usize,
    /// The rent minimum of that account, in lamports.
    pub rent_lamports: u64,
}

/// The samples of one set of keys, in the order of the cases.
pub struct Sheet {
    events: usize,
    samples: Vec<Sample>,
}

impl Sheet {
    /// An empty sheet, for a program that logs this many events with each change.
    pub fn new(events: usize) -> Self {
        Self {
            events,
            samples: Vec::new(),
        }
    }

    /// Runs a transaction, and records its cost without an account that it creates.
    #[track_caller]
    pub fn measure(
        &mut self,
        (instruction, case): (&'static str, impl Into<String>),
        world: &mut World,
        transaction: &[Instruction],
        signers: &[&Keypair],
    ) {
        let case = case.into();
        let landed = world
            .send(transaction, signers)
            .unwrap_or_else(|refused| panic!("{instruction}, {case}: {refused:#?}"));
        let changes = transaction
            .iter()
            .filter(|one| one.program_id == world.instructions.addresses.program_id)
            .count();
        self.note((instruction, case), &landed, changes.max(1), None);
    }

    /// Runs an instruction that creates `account`, and records its cost.
    #[track_caller]
    pub fn measure_creation(
        &mut self,
        (instruction, case): (&'static str, impl Into<String>),
        world: &mut World,
        transaction: Instruction,
        signers: &[&Keypair],
        account: &Address,
    ) {
        let case = case.into();
        let landed = world
            .send(&[transaction], signers)
            .unwrap_or_else(|refused| panic!("{instruction}, {case}: {refused:#?}"));
        let created = (world.account(account).data.len(), world.rent(account));
        self.note((instruction, case), &landed, 1, Some(created));
    }

    /// Runs an instruction whose accounts are in an address lookup table, and records its cost.
    #[track_caller]
    pub fn measure_with_table(
        &mut self,
        (instruction, case): (&'static str, impl Into<String>),
        mut world: World,
        transaction: Instruction,
        payer: &Keypair,
    ) {
        let case = case.into();
        let landed = world
            .send_with_table(transaction, payer)
            .unwrap_or_else(|refused| panic!("{instruction}, {case}: {refused:#?}"));
        self.note((instruction, case), &landed, 1, None);
    }

    #[track_caller]
    fn note(
        &mut self,
        (instruction, case): (&'static str, String),
        landed: &Executed,
        changes: usize,
        created: Option<(usize, u64)>,
    ) {
        let logged = |line: &&String| line.starts_with("Program data: ");
        let events = landed.logs.iter().filter(logged).count();
        assert_eq!(
            events,
            changes * self.events,
            "{instruction}, {case}: events"
        );
        let (account_bytes, rent_lamports) = created.unwrap_or_default();
        self.add(Sample {
            instruction,
            case,
            compute_units: landed.compute_units,
            transaction_bytes: landed.bytes,
            account_bytes,
            rent_lamports,
        });
    }

    #[track_caller]
    fn add(&mut self, sample: Sample) {
        let same =
            |other: &Sample| (other.instruction, &other.case) == (sample.instruction, &sample.case);
        assert!(
            !self.samples.iter().any(same),
            "{}, {} is measured twice",
            sample.instruction,
            sample.case
        );
        self.samples.push(sample);
    }

    /// All samples.
    pub fn into_samples(self) -> Vec<Sample> {
        self.samples
    }
}
