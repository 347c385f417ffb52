//! Steps as instructions: capsules are sealed and proofs made as the step says, from the step's own seed.

use generion::{
    CreateOrderArgs, CreateRecordArgs, DeliverArgs, ID, PurchaseArgs, SetEncryptionKeyArgs,
    ShareRecordArgs, accounts,
    args::{Capsules, NoArgs},
    instruction,
    proof::{Capsule, capsule::CapsuleProof},
};
use generion_crypto::{
    capsule::{self, RecordBinding},
    delivery::{self, Delivery, DeliveryRecord},
    keys::{EncryptionKey, PurchaseKey},
    record::{DataPublicKey, RecordElement},
};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};

use crate::{
    cast::Cast,
    model::{Made, Model},
    spoil::{flip, spoil_capsule, spoil_delivery},
    step::{At, Call, CapsuleClaim, DeliveryClaim, Key, Spoilt, Step, Who},
};

const SYSTEM: Address = Address::new_from_array([0; 32]);

/// The step's instruction, and what it brings along.
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

struct Builder<'a> {
    model: &'a Model,
    cast: &'a mut Cast,
    rng: &'a mut ChaCha20Rng,
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
    fn wallet(&mut self, who: Who) -> Address {
        self.cast.address(At::Wallet(who))
    }

    fn at(&mut self, at: &At) -> Address {
        self.cast.address(*at)
    }

    fn build(&mut self, call: &Call) -> (Instruction, Made) {
        match call {
            Call::SetEncryptionKey {
                wallet,
                payer,
                user,
                key,
            } => none(instruction(
                accounts::SetEncryptionKey {
                    wallet: self.wallet(*wallet),
                    payer: self.wallet(*payer),
                    user: self.at(user),
                    system_program: SYSTEM,
                },
                instruction::SetEncryptionKey {
                    args: SetEncryptionKeyArgs {
                        encryption_key: self.cast.key(*key),
                    },
                },
            )),
            Call::CreateRecord {
                creator,
                payer,
                user,
                record,
                id,
                locator_len,
                proof,
            } => {
                let (args, made) = self.record(*user, *id, *locator_len, proof);
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
                key,
                spoilt,
                expires_at,
            } => {
                let element = RecordElement::random(self.rng);
                let capsule = spoil_capsule(self.seal(&element, *key).0, *spoilt);
                let args = ShareRecordArgs {
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
                label,
                records,
            } => {
                let args = CreateOrderArgs {
                    id: *id,
                    price: *price,
                    delivery_window: *window,
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
                price,
                window,
                record_count,
            } => {
                let args = PurchaseArgs {
                    buyer_key: self.cast.key(*key),
                    price: *price,
                    delivery_window: *window,
                    record_count: *record_count,
                };
                none(instruction(
                    accounts::MakePurchase {
                        buyer: self.wallet(*buyer),
                        order: self.at(order),
                        purchase: self.at(purchase),
                        system_program: SYSTEM,
                    },
                    instruction::Purchase { args },
                ))
            }
            Call::Deliver {
                seller,
                order,
                purchase,
                records,
                first,
                proof,
            } => {
                let Delivery { proof, capsules } = self.delivery(proof);
                let made = Made {
                    capsules: capsules.iter().map(raw).collect(),
                    ..Made::default()
                };
                let args = DeliverArgs {
                    first: *first,
                    proof,
                    capsules: Capsules(capsules),
                };
                let accounts = accounts::Deliver {
                    seller: self.wallet(*seller),
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

    fn seal(
        &mut self,
        element: &RecordElement,
        key: Key,
    ) -> (Capsule, capsule::CapsuleRandomness, EncryptionKey) {
        let key = EncryptionKey::from_bytes(&self.cast.key(key)).expect("capsules are for keys");
        let (capsule, randomness) = capsule::seal(element, &key, self.rng);
        (capsule, randomness, key)
    }

    fn record(
        &mut self,
        user: At,
        id: u64,
        len: usize,
        claim: &CapsuleClaim,
    ) -> (CreateRecordArgs, Made) {
        let At::User(owner) = user else {
            unreachable!("{user:?} is no user")
        };
        let (owner, creator) = (self.wallet(owner), self.wallet(claim.creator));
        let element = RecordElement::random(self.rng);
        let data_public_key = element.record_key(&owner, &creator).data_public_key();
        let (capsule, randomness, owner_key) = self.seal(&element, claim.key);
        let proven_key = match claim.other_data_key {
            true => DataPublicKey([7; 32]),
            false => data_public_key,
        };
        let binding = RecordBinding {
            program_id: ID,
            record: self.at(&claim.record),
            creator,
            owner_key,
            data_public_key: proven_key,
        };
        let mut proof = capsule::prove(&binding, &capsule, &randomness, self.rng);
        if let Some(Spoilt::Proof(at)) = claim.spoilt {
            flip(bytemuck::bytes_of_mut::<CapsuleProof>(&mut proof), at);
        }
        let capsule = spoil_capsule(capsule, claim.spoilt);
        let made = Made {
            data_public_key: data_public_key.0,
            capsules: vec![raw(&capsule)],
            ciphertext_hash: [data_public_key.0[0]; 32],
            locator: vec![data_public_key.0[1]; len],
        };
        let args = CreateRecordArgs {
            id,
            data_public_key: made.data_public_key,
            capsule,
            proof,
            ciphertext_hash: made.ciphertext_hash,
            locator: made.locator.clone(),
        };
        (args, made)
    }

    fn delivery(&mut self, claim: &DeliveryClaim) -> Delivery {
        let purchase = self.at(&claim.purchase);
        let buyer_key = PurchaseKey::from_bytes(&self.cast.key(claim.buyer_key)).expect("a key");
        let records: Vec<DeliveryRecord> = claim
            .records
            .iter()
            .map(|at| DeliveryRecord {
                record: self.at(at),
                capsule: self.capsule_of(at),
            })
            .collect();
        let Key::Encryption(who, index) = claim.secret else {
            unreachable!("{:?} opens no record", claim.secret)
        };
        let secret = self.cast.secret(who, index);
        let made = delivery::deliver(&ID, &purchase, secret, &buyer_key, &records, self.rng);
        let mut made = made.unwrap_or_else(|_| {
            assert!(records.is_empty(), "only an empty batch can't be proven");
            Delivery {
                proof: bytemuck::Zeroable::zeroed(),
                capsules: vec![],
            }
        });
        spoil_delivery(&mut made, claim.spoilt);
        made
    }

    /// The capsule of a record, or any where there is none.
    fn capsule_of(&mut self, at: &At) -> Capsule {
        let At::Record(id) = at else {
            unreachable!("{at:?} is no record")
        };
        match self.model.records.get(id) {
            Some(record) => bytemuck::pod_read_unaligned(&record.made.capsules[0]),
            None => Capsule {
                ephemeral: generion::curve::GENERATOR,
                masked: generion::curve::GENERATOR,
            },
        }
    }
}

fn raw(capsule: &Capsule) -> [u8; 64] {
    bytemuck::cast(*capsule)
}
