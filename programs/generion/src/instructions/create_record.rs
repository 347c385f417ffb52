use alloc::vec::Vec;
use anchor_lang::{address_eq, prelude::*};

use crate::{
    account::NewAccount,
    args::instruction_args,
    constants::{ACCOUNT_VERSION, MAX_LOCATOR_LEN, RECORD_SEED},
    error::{GenerionError, require},
    events::{RecordCreated, emit},
    ledger::{canonical_bump, now, rent},
    proof::{
        Capsule,
        capsule::{CapsuleProof, CapsuleStatement},
    },
    state::{Record, UserAccount},
};

instruction_args! {
    /// Arguments of `create_record`.
    pub struct CreateRecordArgs {
        /// The user's next record id.
        pub id: u64,
        /// X25519 public key that document and locator are encrypted to.
        pub data_public_key: [u8; 32],
        /// The record's group element, encrypted to the user's present key.
        pub capsule: Capsule,
        /// Shows that the creator made the capsule, for this record and that key.
        pub proof: CapsuleProof,
        /// SHA-256 of the encrypted document; zeros: not disclosed.
        pub ciphertext_hash: [u8; 32],
        /// Where the encrypted document is, sealed to the data public key: 1 to 512 bytes.
        pub locator: Vec<u8> as &'ix [u8],
    }
}

/// Accounts of `create_record`.
#[derive(Accounts)]
pub struct CreateRecord {
    /// The wallet that writes the record: a clinic, or the user.
    pub creator: Signer,
    /// Pays the rent and gets it back; may be the creator.
    #[account(mut, unsafe(dup))]
    pub payer: Signer,
    /// The user that the record is for.
    #[account(mut)]
    pub user: UserAccount,
    /// The record, created at the user's next id.
    #[account(mut)]
    pub record: UncheckedAccount,
    /// Creates the account.
    pub system_program: Program<System>,
}

impl CreateRecord {
    /// Checks the capsule proof and writes the record.
    #[inline(always)]
    pub fn create_record(&mut self, args: &CreateRecordArgs) -> Result<()> {
        require(
            (1..=MAX_LOCATOR_LEN).contains(&args.locator.len()),
            GenerionError::LocatorLength,
        )?;
        let owner = self.user.wallet;
        let id = self.user.next_record_id.to_le_bytes();
        let seeds = [RECORD_SEED, owner.as_ref(), &id];
        let bump = canonical_bump(self.record.address(), &seeds)?;

        let creator = self.creator.address();
        CapsuleStatement {
            program_id: &crate::ID,
            record: self.record.address(),
            creator,
            owner_key: &self.user.encryption_key,
            data_public_key: &args.data_public_key,
            capsule: &args.capsule,
        }
        .verify(&args.proof)?;
        self.user.add_record(args.id)?;

        let verified = u8::from(address_eq(creator, &owner));
        let created_at = now()?;
        NewAccount {
            payer: self.payer.account(),
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
                    id: args.id,
                    created_at,
                    listings: 0,
                    owner,
                    creator: *creator,
                    rent_payer: *self.payer.address(),
                    owner_key: self.user.encryption_key,
                    data_public_key: args.data_public_key,
                    capsule: args.capsule,
                    ciphertext_hash: args.ciphertext_hash,
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
            ciphertext_hash: args.ciphertext_hash,
            id: args.id.into(),
            created_at: created_at.into(),
            key_index: self.user.key_index.into(),
            verified,
        });
        Ok(())
    }
}
