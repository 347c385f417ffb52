use anchor_lang::prelude::*;

use crate::{
    error::GenerionError,
    events::{RecordVerified, emit},
    state::RecordAccount,
};

/// Accounts of `verify_record`.
#[derive(Accounts)]
pub struct VerifyRecord {
    /// The record's owner.
    pub owner: Signer,
    /// The record.
    #[account(mut, constraint = record.owner == *owner.address() @ GenerionError::WrongOwner)]
    pub record: RecordAccount,
}

impl VerifyRecord {
    /// Marks the record as verified.
    #[inline(always)]
    pub fn verify_record(&mut self) -> Result<()> {
        self.record.verify()?;
        emit(RecordVerified {
            record: *self.record.address(),
            owner: self.record.owner,
            creator: self.record.creator,
        });
        Ok(())
    }
}
