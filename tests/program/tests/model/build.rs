//! Turns steps into instructions. Seals the capsules and makes the proofs as the step says, with random numbers from
//! the step's own seed.

mod builder;

use generion::{
    CreateOrderArgs, DeliverArgs, ID, PurchaseArgs, SetEncryptionKeyArgs, SettleArgs,
    ShareRecordArgs, accounts,
    args::{Capsules, NoArgs},
    instruction,
};
use generion_crypto::record::RecordElement;
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{RngCore, SeedableRng},
};
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};

use crate::{
    cast::Cast,
    model::{Made, Model},
    spoil::{spoil_capsule, spoil_secret},
    step::{At, Call, OnlyBuyer, Step},
};
use builder::{Builder, raw};

const SYSTEM: Address = Address::new_from_array([0; 32]);

/// The instruction of the step, and the values that the model stores for it.
pub fn build(model: &Model, cast: &mut Cast, step: &Step) -> (Instruction, Made) {
    let mut rng = ChaCha20Rng::seed_from_u64(step.seed);
    let mut builder = Builder {
        model,
        cast,
        rng: &mut rng,
    };
    let (mut instruction, made) = builder.build(&step.call);
    if let Some(who) = step.unsigned {
        let address = builder.wallet(who);
        let metas = instruction.accounts.iter_mut();
        metas
            .filter(|meta| meta.pubkey == address)
            .for_each(|meta| meta.is_signer = false);
    }
    (instruction, made)
}

fn instruction(
    accounts: impl anchor_lang::ToAccountMetas,
    data: impl anchor_lang::InstructionData,
) -> Instruction {
    Instruction {
        program_id: ID,
        accounts: accounts.to_account_metas(None),
        data: data.data(),
    }
}

fn none(instruction: Instruction) -> (Instruction, Made) {
    (instruction, Made::default())
}

impl Builder<'_> {
    fn build(&mut self, call: &Call) -> (Instruction, Made) {
        match call {
            Call::SetEncryptionKey {
                wallet,
                payer,
                user,
                key_index,
                key,
            } => {
                // Nobody reads this value on the ledger.
                let mut attestation = [0; 64];
                self.rng.fill_bytes(&mut attestation);
                let args = SetEncryptionKeyArgs {
                    key_index: *key_index,
                    encryption_key: self.cast.key(*key),
                    attestation,
                };
                let accounts = accounts::SetEncryptionKey {
                    wallet: self.wallet(*wallet),
                    payer: self.wallet(*payer),
                    user: self.at(user),
                    system_program: SYSTEM,
                };
                let made = Made {
                    attestation,
                    ..Made::default()
                };
                (
                    instruction(accounts, instruction::SetEncryptionKey { args }),
                    made,
                )
            }
            Call::CreateRecord {
                creator,
                payer,
                user,
                record,
                draft,
                proof,
            } => {
                let (args, mut made) = self.record(*draft, proof);
                made.address = self.at(record).to_bytes();
                let accounts = accounts::CreateRecord {
                    creator: self.wallet(*creator),
                    payer: self.wallet(*payer),
                    user: self.at(user),
                    record: self.at(record),
                    system_program: SYSTEM,
                };
                (
                    instruction(
                        accounts,
                        instruction::CreateRecord {
                            args: Box::new(args),
                        },
                    ),
                    made,
                )
            }
            Call::VerifyRecord { owner, record } => none(instruction(
                accounts::VerifyRecord {
                    owner: self.wallet(*owner),
                    record: self.at(record),
                },
                instruction::VerifyRecord { _args: NoArgs {} },
            )),
            Call::DeleteRecord {
                authority,
                user,
                record,
                rent_payer,
            } => none(instruction(
                accounts::DeleteRecord {
                    authority: self.wallet(*authority),
                    user: self.at(user),
                    record: self.at(record),
                    rent_payer: self.wallet(*rent_payer),
                },
                instruction::DeleteRecord { _args: NoArgs {} },
            )),
            Call::ShareRecord {
                owner,
                payer,
                record,
                recipient,
                share,
                key_index,
                key,
                spoilt,
                expires_at,
            } => {
                let element = RecordElement::random(self.rng);
                let capsule = spoil_capsule(self.seal(&element, *key), *spoilt);
                let args = ShareRecordArgs {
                    key_index: *key_index,
                    capsule,
                    expires_at: *expires_at,
                };
                let accounts = accounts::ShareRecord {
                    owner: self.wallet(*owner),
                    payer: self.wallet(*payer),
                    record: self.at(record),
                    recipient: self.at(recipient),
                    share: self.at(share),
                    system_program: SYSTEM,
                };
                let made = Made {
                    capsules: vec![raw(&capsule)],
                    ..Made::default()
                };
                (
                    instruction(accounts, instruction::ShareRecord { args }),
                    made,
                )
            }
            Call::RevokeShare {
                owner,
                share,
                rent_payer,
            } => none(instruction(
                accounts::RevokeShare {
                    owner: self.wallet(*owner),
                    share: self.at(share),
                    rent_payer: self.wallet(*rent_payer),
                },
                instruction::RevokeShare { _args: NoArgs {} },
            )),
            Call::CreateOrder {
                seller,
                payer,
                user,
                order,
                id,
                price,
                window,
                only_buyer,
                label,
                records,
            } => {
                let only_buyer = match only_buyer {
                    OnlyBuyer::Anyone => None,
                    OnlyBuyer::Wallet(who) => Some(self.wallet(*who)),
                    OnlyBuyer::Zeros => Some(SYSTEM),
                };
                let args = CreateOrderArgs {
                    id: *id,
                    price: *price,
                    delivery_window: *window,
                    only_buyer,
                    label: label.clone(),
                };
                let accounts = accounts::CreateOrder {
                    seller: self.wallet(*seller),
                    payer: self.wallet(*payer),
                    user: self.at(user),
                    order: self.at(order),
                    system_program: SYSTEM,
                };
                let instruction = instruction(accounts, instruction::CreateOrder { args });
                none(self.with_records(instruction, records, true))
            }
            Call::CloseOrder {
                seller,
                order,
                rent_payer,
                records,
            } => {
                let accounts = accounts::CloseOrder {
                    seller: self.wallet(*seller),
                    order: self.at(order),
                    rent_payer: self.wallet(*rent_payer),
                };
                let data = instruction::CloseOrder { _args: NoArgs {} };
                none(self.with_records(instruction(accounts, data), records, true))
            }
            Call::Purchase {
                buyer,
                order,
                purchase,
                key,
                terms,
            } => {
                let args = PurchaseArgs {
                    buyer_key: self.cast.key(*key),
                    terms: self.cast.terms(terms),
                };
                let made = Made {
                    terms: args.terms,
                    ..Made::default()
                };
                let accounts = accounts::Purchase {
                    buyer: self.wallet(*buyer),
                    order: self.at(order),
                    purchase: self.at(purchase),
                    system_program: SYSTEM,
                };
                (instruction(accounts, instruction::Purchase { args }), made)
            }
            Call::Deliver {
                order,
                purchase,
                records,
                settle_key,
                first,
                proof: claim,
            } => {
                let (proof, capsules) = self.delivery(claim);
                let settle_key = self.settle_key(*settle_key, &claim.sale);
                let made = Made {
                    capsules: capsules.iter().map(raw).collect(),
                    settle_key,
                    ..Made::default()
                };
                let args = DeliverArgs {
                    settle_key,
                    first: *first,
                    proof,
                    capsules: Capsules(capsules),
                };
                let accounts = accounts::Deliver {
                    order: self.at(order),
                    purchase: self.at(purchase),
                };
                let instruction = instruction(accounts, instruction::Deliver { args });
                (self.with_records(instruction, records, false), made)
            }
            Call::Refund {
                authority,
                buyer,
                order,
                purchase,
            } => none(instruction(
                accounts::Refund {
                    authority: self.wallet(*authority),
                    buyer: self.wallet(*buyer),
                    order: self.at(order),
                    purchase: self.at(purchase),
                },
                instruction::Refund { _args: NoArgs {} },
            )),
            Call::ClosePurchase { buyer, purchase } => none(instruction(
                accounts::ClosePurchase {
                    buyer: self.wallet(*buyer),
                    purchase: self.at(purchase),
                },
                instruction::ClosePurchase { _args: NoArgs {} },
            )),
            Call::Settle {
                seller,
                order,
                purchase,
                sale,
                spoilt,
            } => {
                let settle_secret = spoil_secret(*self.secret(sale).to_bytes(), *spoilt);
                let accounts = accounts::Settle {
                    seller: self.wallet(*seller),
                    order: self.at(order),
                    purchase: self.at(purchase),
                };
                let made = Made {
                    settle_key: settle_secret,
                    ..Made::default()
                };
                let args = SettleArgs { settle_secret };
                (instruction(accounts, instruction::Settle { args }), made)
            }
            Call::Transfer { from, to, lamports } => {
                let (from, to) = (self.wallet(*from), self.at(to));
                none(solana_system_interface::instruction::transfer(
                    &from, &to, *lamports,
                ))
            }
        }
    }

    fn with_records(&mut self, mut to: Instruction, records: &[At], writable: bool) -> Instruction {
        to.accounts.extend(records.iter().map(|record| AccountMeta {
            pubkey: self.at(record),
            is_signer: false,
            is_writable: writable,
        }));
        to
    }
}
