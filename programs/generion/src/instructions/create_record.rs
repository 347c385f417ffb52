use alloc::vec::Vec;
use anchor_lang::{address_eq, prelude::*};

use crate::{
    account::NewPda,
    args::instruction_args,
    constants::{ACCOUNT_VERSION, MAX_LOCATOR_LEN, RECORD_SEED},
    error::{GenerionError, require},
    events::{RecordCreated, emit},
    ledger::{canonical_bump, now, rent},
    proof::{
        Capsule,
        capsule::{CapsuleProof, CapsuleStatement},
    },
    state::{Record, RecordContents, UserAccount},
};

instruction_args! {
    /// Arguments of `create_record`.
    pub struct CreateRecordArgs {
        /// X25519 public key to which document and locator are encrypted.
        pub data_public_key: [u8; 32],
        /// The record's group element, encrypted to the user's current key.
        pub capsule: Capsule,
        /// Proof that the creator made the capsule for this record and that key.
        pub proof: CapsuleProof,
        /// Root of the facts that the creator attests about the document. The program accepts any value.
        pub facts_root: [u8; 32],
        /// Locations of the encrypted document, sealed to the data public key: 1 to 512 bytes.
        pub locator: Vec<u8> as &'ix [u8],
    }
}

/// Accounts of `create_record`.
#[derive(Accounts)]
pub struct CreateRecord {
    /// The wallet that creates the record: a clinic's, or the user's own.
    pub creator: Signer,
    /// Pays the rent, and gets it back when the record is deleted. May be the creator.
    #[account(mut, unsafe(dup))]
    pub payer: Signer,
    /// The User account of the record's owner.
    #[account(mut)]
    pub user: UserAccount,
    /// The new record. Its address follows from its contents.
    #[account(mut)]
    pub record: UncheckedAccount,
    /// The system program, which creates the account.
    pub system_program: Program<System>,
}

impl CreateRecord {
    /// Checks the capsule proof and creates the record.
    #[inline(always)]
    pub fn create_record(&mut self, args: &CreateRecordArgs) -> Result<()> {
        require(
            (1..=MAX_LOCATOR_LEN).contains(&args.locator.len()),
            GenerionError::LocatorLength,
        )?;
        let owner = self.user.wallet;
        let creator = self.creator.address();
        let contents = RecordContents {
            owner: &owner,
            creator,
            owner_key: &self.user.encryption_key,
            data_public_key: &args.data_public_key,
            capsule: &args.capsule,
            facts_root: &args.facts_root,
            locator: &args.locator,
        }
        .hash();
        let seeds = [RECORD_SEED, owner.as_ref(), &contents];
        let bump = canonical_bump(self.record.address(), &seeds)?;

        CapsuleStatement {
            program_id: &crate::id::ID,
            record: self.record.address(),
            creator,
            owner_key: &self.user.encryption_key,
            data_public_key: &args.data_public_key,
            capsule: &args.capsule,
        }
        .verify(&args.proof)?;
        self.user.add_record()?;

        let verified = u8::from(address_eq(creator, &owner));
        let created_at = now()?;
        NewPda {
            payer: self.payer.account(),
            payer_seeds: &[],
            target: self.record.account(),
            seeds: &seeds,
            bump,
            rent: rent()?,
            deposit: 0,
        }
        .create_with_tail(
            args.locator.len(),
            |record: &mut Record, locator: &mut [u8]| {
                *record = Record {
                    version: ACCOUNT_VERSION,
                    bump,
                    verified,
                    reserved: 0,
                    key_index: self.user.key_index,
                    created_at,
                    listings: 0,
                    owner,
                    creator: *creator,
                    rent_payer: *self.payer.address(),
                    owner_key: self.user.encryption_key,
                    data_public_key: args.data_public_key,
                    capsule: args.capsule,
                    facts_root: args.facts_root,
                };
                locator.copy_from_slice(&args.locator);
                Ok(())
            },
        )?;
        emit(RecordCreated {
            record: *self.record.address(),
            owner,
            creator: *creator,
            rent_payer: *self.payer.address(),
            data_public_key: args.data_public_key,
            facts_root: args.facts_root,
            created_at: created_at.into(),
            key_index: self.user.key_index.into(),
            verified,
        });
        Ok(())
    }
}
