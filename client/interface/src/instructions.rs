//! Builds the program's instructions. Nothing here signs or takes a secret: capsules and proofs are made elsewhere.

mod studies;

use generion::{
    CreateOrderArgs, CreateRecordArgs, DeliverArgs, PurchaseArgs, SetEncryptionKeyArgs, SettleArgs,
    ShareRecordArgs, accounts, args::NoArgs, curve::Point, instruction, state,
};
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};

use crate::addresses::Addresses;

/// Builds the instructions of a program id. The methods take the accounts that can't be derived, then the arguments.
#[derive(Clone, Copy, Debug, Default)]
pub struct Instructions {
    /// Derives the addresses.
    pub addresses: Addresses,
}

/// The system program, which owns wallets and creates accounts.
const SYSTEM_PROGRAM: Address = Address::new_from_array([0; 32]);

impl Instructions {
    /// Builds the instructions of the program with this id.
    pub const fn new(program_id: Address) -> Self {
        Self {
            addresses: Addresses::new(program_id),
        }
    }

    /// Signed by `wallet` and `payer`.
    pub fn set_encryption_key(
        &self,
        wallet: Address,
        payer: Address,
        args: SetEncryptionKeyArgs,
    ) -> Instruction {
        let user = self.addresses.user(&wallet);
        self.build(
            accounts::SetEncryptionKey {
                wallet,
                payer,
                user,
                system_program: SYSTEM_PROGRAM,
            },
            instruction::SetEncryptionKey { args },
        )
    }

    /// Signed by `creator` and `payer`. `owner_key` is the key that the capsule is made for, the owner's current key: the
    /// record's address follows from it.
    pub fn create_record(
        &self,
        owner: &Address,
        owner_key: &Point,
        creator: Address,
        payer: Address,
        args: CreateRecordArgs,
    ) -> Instruction {
        let user = self.addresses.user(owner);
        let record = self.addresses.record(&state::RecordContents {
            owner,
            creator: &creator,
            owner_key,
            data_public_key: &args.data_public_key,
            capsule: &args.capsule,
            facts_root: &args.facts_root,
            locator: &args.locator,
        });
        self.build(
            accounts::CreateRecord {
                creator,
                payer,
                user,
                record,
                system_program: SYSTEM_PROGRAM,
            },
            instruction::CreateRecord {
                args: Box::new(args),
            },
        )
    }

    /// Signed by `owner`.
    pub fn verify_record(&self, owner: Address, record: Address) -> Instruction {
        self.build(
            accounts::VerifyRecord { owner, record },
            instruction::VerifyRecord { _args: NoArgs {} },
        )
    }

    /// Signed by `authority`: the record's owner, or its creator where the creator may delete it.
    pub fn delete_record(
        &self,
        authority: Address,
        record: Address,
        state: &state::Record,
    ) -> Instruction {
        let user = self.addresses.user(&state.owner);
        self.build(
            accounts::DeleteRecord {
                authority,
                user,
                record,
                rent_payer: state.rent_payer,
            },
            instruction::DeleteRecord { _args: NoArgs {} },
        )
    }

    /// Signed by `owner` and `payer`.
    pub fn share_record(
        &self,
        owner: Address,
        payer: Address,
        record: Address,
        recipient: &Address,
        args: ShareRecordArgs,
    ) -> Instruction {
        let share = self.addresses.share(&record, recipient);
        let recipient = self.addresses.user(recipient);
        self.build(
            accounts::ShareRecord {
                owner,
                payer,
                record,
                recipient,
                share,
                system_program: SYSTEM_PROGRAM,
            },
            instruction::ShareRecord { args },
        )
    }

    /// Signed by the owner of the shared record.
    pub fn revoke_share(&self, share: Address, state: &state::Share) -> Instruction {
        self.build(
            accounts::RevokeShare {
                owner: state.owner,
                share,
                rent_payer: state.rent_payer,
            },
            instruction::RevokeShare { _args: NoArgs {} },
        )
    }

    /// Signed by `seller` and `payer`. `records` are in strictly increasing order of their bytes.
    pub fn create_order(
        &self,
        seller: Address,
        payer: Address,
        records: &[Address],
        args: CreateOrderArgs,
    ) -> Instruction {
        let user = self.addresses.user(&seller);
        let order = self.addresses.order(&seller, args.id);
        let mut instruction = self.build(
            accounts::CreateOrder {
                seller,
                payer,
                user,
                order,
                system_program: SYSTEM_PROGRAM,
            },
            instruction::CreateOrder { args },
        );
        instruction.accounts.extend(
            records
                .iter()
                .map(|record| AccountMeta::new(*record, false)),
        );
        instruction
    }

    /// Signed by the seller. Stops the sales if purchases are pending, otherwise closes the order. `records` are the order's,
    /// in the order's order.
    pub fn close_order(
        &self,
        order: Address,
        state: &state::Order,
        records: &[Address],
    ) -> Instruction {
        let mut instruction = self.build(
            accounts::CloseOrder {
                seller: state.seller,
                order,
                rent_payer: state.rent_payer,
            },
            instruction::CloseOrder { _args: NoArgs {} },
        );
        instruction.accounts.extend(
            records
                .iter()
                .map(|record| AccountMeta::new(*record, false)),
        );
        instruction
    }

    /// Signed by `buyer`.
    pub fn purchase(&self, buyer: Address, order: Address, args: PurchaseArgs) -> Instruction {
        let purchase = self.addresses.purchase(&order, &buyer);
        self.build(
            accounts::Purchase {
                buyer,
                order,
                purchase,
                system_program: SYSTEM_PROGRAM,
            },
            instruction::Purchase { args },
        )
    }

    /// Signed only by the fee payer. `records` are those of the order from position `args.first` on.
    pub fn deliver(
        &self,
        purchase: Address,
        state: &state::Purchase,
        records: &[Address],
        args: DeliverArgs,
    ) -> Instruction {
        let mut instruction = self.build(
            accounts::Deliver {
                order: state.order,
                purchase,
            },
            instruction::Deliver { args },
        );
        instruction.accounts.extend(
            records
                .iter()
                .map(|record| AccountMeta::new_readonly(*record, false)),
        );
        instruction
    }

    /// Signed only by the fee payer. The arguments contain the settle secret: never simulate this instruction, only send it.
    pub fn settle(
        &self,
        purchase: Address,
        state: &state::Purchase,
        args: SettleArgs,
    ) -> Instruction {
        self.build(
            accounts::Settle {
                seller: state.seller,
                order: state.order,
                purchase,
            },
            instruction::Settle { args },
        )
    }

    /// Signed by `authority`: the seller until the purchase is locked, or anyone from 300 seconds after the end of the time
    /// to deliver or, if the purchase is locked, to settle.
    pub fn refund(
        &self,
        authority: Address,
        purchase: Address,
        state: &state::Purchase,
    ) -> Instruction {
        self.build(
            accounts::Refund {
                authority,
                buyer: state.buyer,
                order: state.order,
                purchase,
            },
            instruction::Refund { _args: NoArgs {} },
        )
    }

    /// Signed by the buyer.
    pub fn close_purchase(&self, buyer: Address, purchase: Address) -> Instruction {
        self.build(
            accounts::ClosePurchase { buyer, purchase },
            instruction::ClosePurchase { _args: NoArgs {} },
        )
    }

    fn build(
        &self,
        accounts: impl anchor_lang::ToAccountMetas,
        data: impl anchor_lang::InstructionData,
    ) -> Instruction {
        Instruction {
            program_id: self.addresses.program_id,
            accounts: accounts.to_account_metas(None),
            data: data.data(),
        }
    }
}
