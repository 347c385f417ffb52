use solana_address::Address;
use solana_instruction::Instruction;
use solana_keypair::Keypair;

use crate::{Landed, World};

/// What one case cost under one set of keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// The instruction's name.
    pub instruction: &'static str,
    /// What tells the case from others of the instruction.
    pub case: String,
    /// Compute units of the whole transaction.
    pub compute_units: u64,
    /// Bytes of the transaction on the wire, signatures included.
    pub transaction_bytes: usize,
    /// Bytes of the account that it created; 0: none.
    pub account_bytes: usize,
    /// Rent minimum of that account, in lamports.
    pub rent_lamports: u64,
}

/// The samples of one set of keys, in the order of the cases.
#[derive(Default)]
pub struct Sheet {
    samples: Vec<Sample>,
}

impl Sheet {
    /// Lands an instruction that creates no account, and notes what it cost.
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
        self.note((instruction, case), &landed, None);
    }

    /// Lands an instruction that creates `account`, and notes what it cost.
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
        self.note((instruction, case), &landed, Some(created));
    }

    /// Notes what a transaction cost that has landed.
    #[track_caller]
    pub fn note(
        &mut self,
        (instruction, case): (&'static str, impl Into<String>),
        landed: &Landed,
        created: Option<(usize, u64)>,
    ) {
        assert_eq!(landed.events.len(), 1, "every change has its event");
        let (account_bytes, rent_lamports) = created.unwrap_or_default();
        self.add(Sample {
            instruction,
            case: case.into(),
            compute_units: landed.compute_units,
            transaction_bytes: landed.bytes,
            account_bytes,
            rent_lamports,
        });
    }

    /// Adds a sample.
    #[track_caller]
    pub fn add(&mut self, sample: Sample) {
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
