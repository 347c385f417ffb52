use anchor_lang::prelude::*;

use crate::{
    error::GenerionError,
    events::{ShareRevoked, emit},
    state::ShareAccount,
};

/// Accounts of `revoke_share`. The record is not among them, because it may be deleted already.
#[derive(Accounts)]
pub struct RevokeShare {
    /// The owner of the shared record.
    pub owner: Signer,
    /// The share.
    #[account(mut, constraint = share.owner == *owner.address() @ GenerionError::WrongOwner)]
    pub share: ShareAccount,
    /// The wallet that paid the share's rent and gets it back.
    #[account(mut, unsafe(dup), address = share.rent_payer @ GenerionError::WrongRentPayer)]
    pub rent_payer: UncheckedAccount,
}

impl RevokeShare {
    /// Closes the share.
    #[inline(always)]
    pub fn revoke_share(&mut self) -> Result<()> {
        emit(ShareRevoked {
            share: *self.share.address(),
            record: self.share.record,
            owner: self.share.owner,
            recipient: self.share.recipient,
            rent_payer: self.share.rent_payer,
            lamports: self.share.view().lamports().into(),
        });
        self.share.close(*self.rent_payer.account())
    }
}
