//! Decodes the program's instructions with their accounts: the opposite of [`Instructions`](crate::Instructions).
//!
//! Anyone can put anything into a transaction. If an instruction decodes, its bytes and its number of accounts are those of
//! an instruction of the program. The program has checked the accounts only if the transaction succeeded.

use core::convert::identity;

use anchor_lang::{
    BORSH_CONFIG, BorshConfig, Discriminator,
    wincode::{self, SchemaRead},
};
use generion::{
    AdmitArgs, ApplyArgs, CloseSeatArgs, CreateOrderArgs, CreateRecordArgs, CreateStudyArgs,
    DeliverArgs, JoinStudyArgs, PurchaseArgs, SetEncryptionKeyArgs, SettleArgs, ShareRecordArgs,
    UpdateStudyArgs, WithdrawBudgetArgs, args::NoArgs, instruction,
};
use solana_address::Address;

/// Why data and accounts are not an instruction that this software knows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The data are empty and have no tag.
    #[error("the instruction has no data")]
    Empty,
    /// The tag is unknown: the program may be newer than this software.
    #[error("no instruction has the tag {0}")]
    UnknownTag(u8),
    /// The data after the tag are not exactly the instruction's arguments.
    #[error("the data are not the arguments of {0}")]
    Arguments(&'static str),
    /// Accounts are missing.
    #[error("{instruction} takes {needed} accounts, and {given} are given")]
    Accounts {
        /// The instruction's name.
        instruction: &'static str,
        /// Number of accounts that it takes, without the records that follow.
        needed: usize,
        /// Number of accounts that are given.
        given: usize,
    },
}

macro_rules! decoded {
    ($(
        $(#[$attr:meta])*
        $name:ident $text:literal $(($args:ty))?: { $($(#[$account_attr:meta])* $account:ident,)* }
        $(then $rest:ident)?;
    )*) => {
        $(
            $(#[$attr])*
            #[derive(Clone, Debug, PartialEq, Eq)]
            pub struct $name {
                $($(#[$account_attr])* pub $account: Address,)*
                $(#[doc = "The records that follow the declared accounts, in order."] pub $rest: Vec<Address>,)?
                $(#[doc = "The arguments."] pub args: $args,)?
            }
        )*

        /// An instruction of the program. The fields are named as in the protocol, section 5. A new instruction is a breaking
        /// change, so that every program that reads them learns of it when it is compiled.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Decoded {
            $(
                #[doc = concat!("`", $text, "`")]
                $name($name),
            )*
        }

        impl Decoded {
            /// Decodes an instruction from its data and the addresses of its accounts, in order. Further accounts are its
            /// records if it takes any; otherwise they are ignored, as the program does.
            ///
            /// # Errors
            /// [`DecodeError`] if this is not an instruction that this software knows.
            pub fn decode(data: &[u8], accounts: &[Address]) -> Result<Self, DecodeError> {
                let (tag, bytes) = data.split_first().ok_or(DecodeError::Empty)?;
                $(
                    if instruction::$name::DISCRIMINATOR == [*tag] {
                        return Ok(Self::$name($name::decode(bytes, accounts)?));
                    }
                )*
                Err(DecodeError::UnknownTag(*tag))
            }

            /// The instruction's name.
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => $text,)*
                }
            }
        }

        $(
            impl $name {
                // Some instructions have no arguments or no records.
                #[allow(unused_variables)]
                fn decode(bytes: &[u8], accounts: &[Address]) -> Result<Self, DecodeError> {
                    let args = read::<decoded!(@args $($args)?)>(bytes).ok_or(DecodeError::Arguments($text))?;
                    let ([$($account,)*], behind) = split($text, accounts)?;
                    Ok(Self {
                        $($account: *$account,)*
                        $($rest: behind.to_vec(),)?
                        $(args: identity::<$args>(args),)?
                    })
                }
            }
        )*
    };
    (@args) => { NoArgs };
    (@args $args:ty) => { $args };
}

decoded! {
    /// A wallet publishes its first encryption key or its next one.
    SetEncryptionKey "set_encryption_key" (SetEncryptionKeyArgs): {
        /// The wallet that the key belongs to.
        wallet,
        /// Pays the rent of a new User account.
        payer,
        /// The wallet's User account.
        user,
        /// The system program.
        system_program,
    };
    /// A creator creates a record for a user.
    CreateRecord "create_record" (CreateRecordArgs): {
        /// The record's creator.
        creator,
        /// Pays the rent, and gets it back.
        payer,
        /// The owner's User account. The owner's wallet is not an account of this instruction.
        user,
        /// The record.
        record,
        /// The system program.
        system_program,
    };
    /// The owner verifies a record.
    VerifyRecord "verify_record": {
        /// The record's owner.
        owner,
        /// The record.
        record,
    };
    /// The owner or the creator deletes a record.
    DeleteRecord "delete_record": {
        /// The wallet that deletes the record.
        authority,
        /// The owner's User account.
        user,
        /// The record.
        record,
        /// Gets the rent back.
        rent_payer,
    };
    /// The owner shares a record with another user.
    ShareRecord "share_record" (ShareRecordArgs): {
        /// The record's owner.
        owner,
        /// Pays the rent, and gets it back.
        payer,
        /// The record.
        record,
        /// The recipient's User account. The recipient's wallet is not an account of this instruction.
        recipient,
        /// The share.
        share,
        /// The system program.
        system_program,
    };
    /// The owner revokes a share.
    RevokeShare "revoke_share": {
        /// The record's owner.
        owner,
        /// The share.
        share,
        /// Gets the rent back.
        rent_payer,
    };
    /// A seller offers records for sale.
    CreateOrder "create_order" (CreateOrderArgs): {
        /// The seller.
        seller,
        /// Pays the rent, and gets it back.
        payer,
        /// The seller's User account.
        user,
        /// The order.
        order,
        /// The system program.
        system_program,
    } then records;
    /// The seller stops the sales of an order with pending purchases, or closes an order without.
    CloseOrder "close_order": {
        /// The seller.
        seller,
        /// The order.
        order,
        /// Gets the rent back.
        rent_payer,
    } then records;
    /// A buyer pays into escrow.
    Purchase "purchase" (PurchaseArgs): {
        /// The buyer.
        buyer,
        /// The order.
        order,
        /// The purchase.
        purchase,
        /// The system program.
        system_program,
    };
    /// Anyone submits capsules for the buyer, with the seller's proof.
    Deliver "deliver" (DeliverArgs): {
        /// The order.
        order,
        /// The purchase.
        purchase,
    } then records;
    /// Price and rent go back to the buyer.
    Refund "refund": {
        /// The wallet that signs the refund.
        authority,
        /// The buyer. Gets price and rent.
        buyer,
        /// The order.
        order,
        /// The purchase.
        purchase,
    };
    /// The buyer closes a settled purchase.
    ClosePurchase "close_purchase": {
        /// The buyer.
        buyer,
        /// The purchase.
        purchase,
    };
    /// Anyone submits the settle secret of a locked purchase, and the seller is paid.
    Settle "settle" (SettleArgs): {
        /// The seller. Gets the price.
        seller,
        /// The order.
        order,
        /// The purchase.
        purchase,
    };
    /// A sponsor calls for data.
    CreateStudy "create_study" (CreateStudyArgs): {
        /// The study's sponsor.
        sponsor,
        /// Pays the rent, and gets it back.
        payer,
        /// The sponsor's User account.
        user,
        /// The study.
        study,
        /// The system program.
        system_program,
    };
    /// The sponsor extends a study, or ends it.
    UpdateStudy "update_study" (UpdateStudyArgs): {
        /// The study's sponsor.
        sponsor,
        /// The study.
        study,
    };
    /// The sponsor withdraws lamports from the vault of a study that is over.
    WithdrawBudget "withdraw_budget" (WithdrawBudgetArgs): {
        /// The study's sponsor.
        sponsor,
        /// The study.
        study,
        /// The study's vault.
        vault,
        /// The system program.
        system_program,
    };
    /// A participant discloses facts and takes a seat.
    JoinStudy "join_study" (JoinStudyArgs): {
        /// The participant.
        participant,
        /// The study.
        study,
        /// The study's vault.
        vault,
        /// The participant's order.
        order,
        /// The seat.
        seat,
        /// The system program.
        system_program,
    } then records;
    /// A participant applies for a seat.
    Apply "apply" (ApplyArgs): {
        /// The participant.
        participant,
        /// Pays the rent, and gets it back.
        payer,
        /// The study.
        study,
        /// The participant's order.
        order,
        /// The application.
        application,
        /// The system program.
        system_program,
    };
    /// The admitter gives an applicant a seat.
    Admit "admit" (AdmitArgs): {
        /// The study's admitter.
        admitter,
        /// The study.
        study,
        /// The study's vault.
        vault,
        /// The application.
        application,
        /// Gets the rent back.
        rent_payer,
        /// The participant's order.
        order,
        /// The seat.
        seat,
        /// The system program.
        system_program,
    };
    /// The participant or the rent payer withdraws an application.
    WithdrawApplication "withdraw_application": {
        /// The wallet that withdraws the application.
        authority,
        /// The study.
        study,
        /// The application.
        application,
        /// Gets the rent back.
        rent_payer,
    };
    /// The sponsor closes a settled seat.
    CloseSeat "close_seat" (CloseSeatArgs): {
        /// The study's sponsor.
        sponsor,
        /// The study.
        study,
        /// The study's vault.
        vault,
        /// The seat.
        seat,
    };
    /// The sponsor closes a study that is over.
    CloseStudy "close_study": {
        /// The study's sponsor.
        sponsor,
        /// The study.
        study,
        /// Gets the rent back.
        rent_payer,
    };
}

/// Reads arguments, without bytes left over.
fn read<A: for<'a> SchemaRead<'a, BorshConfig, Dst = A>>(bytes: &[u8]) -> Option<A> {
    wincode::config::deserialize(bytes, BORSH_CONFIG).ok()
}

/// The accounts that an instruction takes, and those that follow.
fn split<'a, const N: usize>(
    instruction: &'static str,
    accounts: &'a [Address],
) -> Result<(&'a [Address; N], &'a [Address]), DecodeError> {
    accounts.split_first_chunk().ok_or(DecodeError::Accounts {
        instruction,
        needed: N,
        given: accounts.len(),
    })
}

#[cfg(test)]
mod tests;
