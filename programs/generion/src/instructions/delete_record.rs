use anchor_lang::prelude::*;

use crate::{
    error::GenerionError,
    events::{RecordDeleted, emit},
    ledger::now,
    state::{RecordAccount, UserAccount},
};

/// Accounts of `delete_record`.
#[derive(Accounts)]
pub struct DeleteRecord {
    /// The record's owner, or its creator where the creator may delete it.
    pub authority: Signer,
    /// The owner's User account, which counts the owner's records.
    #[account(mut, constraint = user.wallet == record.owner @ GenerionError::WrongUser)]
    pub user: UserAccount,
    /// The record.
    #[account(mut)]
    pub record: RecordAccount,
    /// The wallet that paid the record's rent and gets it back.
    #[account(mut, unsafe(dup), address = record.rent_payer @ GenerionError::WrongRentPayer)]
    pub rent_payer: UncheckedAccount,
}

impl DeleteRecord {
    /// Deletes the record.
    #[inline(always)]
    pub fn delete_record(&mut self) -> Result<()> {
        let authority = *self.authority.address();
        self.record.require_deletable(&authority, now()?)?;
        self.user.remove_record()?;
        emit(RecordDeleted {
            record: *self.record.address(),
            owner: self.record.owner,
            creator: self.record.creator,
            authority,
            rent_payer: self.record.rent_payer,
            lamports: self.record.view().lamports().into(),
        });
        self.record.close(*self.rent_payer.account())
    }
}
