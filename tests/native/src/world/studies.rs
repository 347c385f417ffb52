//! A researcher's studies: an open one, one by selection, and one that is over.

use generion::{
    AdmitArgs, ApplyArgs, CloseSeatArgs, CreateStudyArgs, JoinStudyArgs, UpdateStudyArgs,
    WithdrawBudgetArgs,
    args::{Disclosures, Rest},
    proof::disclosure::RequiredDisclosure,
    state::{Application, Order, Purchase, Record, Study, User},
};
use generion_crypto::{capsule, facts::FactsTree, keys::Encryption, record::RecordElement};
use generion_interface::{
    Addresses, Instructions,
    accounts::{
        ApplicationAccount, LedgerAccount, OrderAccount, PurchaseAccount, RecordAccount,
        StudyAccount,
    },
    facts::Fact,
};
use solana_address::Address;
use solana_instruction::Instruction;

use super::{
    parts::{PRICE, WINDOW, account, bump, public_key},
    people::{ADMITTER, APPLICANT, CREATOR, PARTICIPANT, RESEARCHER, SPONSOR, rng, secret},
};
use crate::runtime::{Account, NOW};

/// Lamports in each study's vault.
pub const BUDGET: u64 = 20_000_000;
/// SHA-256 of each study's description.
pub const DESCRIPTION: [u8; 32] = [0xde; 32];
/// When the studies close that are not over.
pub const CLOSES_AT: i64 = NOW + 10_000;
/// The address of each study's description.
pub const URL: &str = "https://research.example/study.json";
/// Id of the next study.
pub const NEXT_STUDY: u64 = 3;

const OPEN: u64 = 0;
const BY_SELECTION: u64 = 1;
const OVER: u64 = 2;

/// The studies' part of the ledger.
pub(super) struct Studies {
    pub(super) accounts: Vec<Account>,
    /// The honest instructions from tag 13 on.
    pub(super) instructions: Vec<Instruction>,
}

/// A fact of every record here, in one of a study's groups.
fn fact(group: u8) -> Fact {
    Fact::new("code", &format!("http://loinc.org|{group}")).expect("it is short")
}

/// A fact that would serve as well, and that no record has.
fn other_fact(group: u8) -> Fact {
    Fact::new("code", &format!("http://snomed.info/sct|{group}")).expect("it is short")
}

/// The requirements of a study with some groups, two in each, in the order of their hashes.
fn requirements(groups: u8) -> Vec<(u8, [u8; 32])> {
    let mut requirements: Vec<_> = (0..groups)
        .flat_map(|group| [fact(group), other_fact(group)].map(|fact| (group, fact.hash())))
        .collect();
    requirements.sort_by_key(|(_, hash)| *hash);
    requirements
}

/// A study's tail: its requirements, the clinic and another creator, and an address.
pub fn tail(groups: u8) -> Vec<u8> {
    let mut tail = Vec::new();
    for (group, hash) in requirements(groups) {
        tail.push(group);
        tail.extend(hash);
    }
    tail.extend(CREATOR.as_ref());
    tail.extend([0xcc; 32]);
    tail.extend(URL.as_bytes());
    tail
}

/// Bytes of the study that these data of `create_study` make.
pub(super) fn created_len(data: &[u8]) -> usize {
    let tail = match data.get(97) {
        Some(1) => 130,
        _ => 98,
    };
    220 + data.len().saturating_sub(tail)
}

fn study(id: u64, groups: u8, record_count: u8, admission: u8, closes_at: i64) -> StudyAccount {
    let address = Addresses::default().study(&RESEARCHER, id);
    let state = Study {
        version: 1,
        bump: bump(&[b"study", RESEARCHER.as_ref(), &id.to_le_bytes()]),
        vault_bump: bump(&[b"vault", address.as_ref()]),
        admission,
        record_count,
        group_count: groups,
        requirement_count: 2 * groups,
        creator_count: 2,
        id,
        reward: PRICE,
        created_at: 1_790_000_000,
        closes_at,
        delivery_window: WINDOW,
        seats: 4,
        sponsor: RESEARCHER,
        admitter: ADMITTER,
        rent_payer: SPONSOR,
        study_key: public_key(7),
        description_hash: DESCRIPTION,
    };
    StudyAccount {
        state,
        tail: tail(groups),
    }
}

/// A study's vault.
fn vault(study: &Address) -> Account {
    Account {
        address: Addresses::default().vault(study),
        owner: Address::default(),
        lamports: BUDGET,
        data: Vec::new(),
    }
}

/// An order for a study's vault.
fn order(seller: Address, id: u64, vault: Address, records: Vec<Address>) -> OrderAccount {
    let state = Order {
        version: 1,
        bump: bump(&[b"order", seller.as_ref(), &id.to_le_bytes()]),
        open: 1,
        reserved: 0,
        pending_purchases: 0,
        id,
        created_at: 1_790_000_100,
        rent_payer: seller,
        seller,
        price: PRICE,
        delivery_window: WINDOW,
        label: [0; 64],
        only_buyer: vault,
        settled_purchases: 0,
    };
    OrderAccount { state, records }
}

/// What the participant needs to join the open study.
pub struct Joining {
    /// Study, vault, order and records.
    pub accounts: Vec<Account>,
    /// The honest `join_study`.
    pub instruction: Instruction,
}

impl Joining {
    /// Of a study that asks for some records, and for a fact of each group in each.
    pub fn new(record_count: u8, groups: u8) -> Self {
        let addresses = Addresses::default();
        let study = study(OPEN, groups, record_count, 0, CLOSES_AT);
        let study_address = study.address(&addresses);
        let vault = vault(&study_address);
        let mut rng = rng(11);
        let owner_key = secret::<Encryption>(8).public_key();
        let mut records: Vec<_> = (0..record_count)
            .map(|_| {
                let element = RecordElement::random(&mut rng);
                let data_public_key = element.record_key(&PARTICIPANT, &CREATOR).data_public_key();
                let facts = (0..4).map(fact).collect();
                let tree = FactsTree::new(&element, &data_public_key, facts).expect("they are few");
                let state = Record {
                    version: 1,
                    bump: 0,
                    verified: 1,
                    reserved: 0,
                    key_index: 0,
                    created_at: 1_790_000_000,
                    listings: 1,
                    owner: PARTICIPANT,
                    creator: CREATOR,
                    rent_payer: SPONSOR,
                    owner_key: owner_key.to_bytes(),
                    data_public_key: data_public_key.0,
                    capsule: capsule::seal(&element, &owner_key, &mut rng).0,
                    facts_root: tree.root(),
                };
                let locator = vec![7; 304];
                let record = RecordAccount { state, locator };
                (record.address(&addresses), record, tree)
            })
            .collect();
        records.sort_by_key(|(address, ..)| *address);
        let listed: Vec<_> = records.iter().map(|(address, ..)| *address).collect();
        let order = order(PARTICIPANT, 0, vault.address, listed.clone());
        let order_address = order.address(&addresses);

        let requirements = requirements(groups);
        let mut disclosures = Vec::new();
        for (.., tree) in &records {
            for group in 0..groups {
                let fact = fact(group);
                let position = requirements
                    .iter()
                    .position(|(_, hash)| *hash == fact.hash())
                    .expect("it is required");
                let disclosure = tree.disclose(&fact).expect("every record has it");
                disclosures.push(RequiredDisclosure {
                    requirement: u8::try_from(position).expect("they are few"),
                    disclosure: bytemuck::pod_read_unaligned(&disclosure.to_bytes()),
                });
            }
        }
        let args = JoinStudyArgs {
            description_hash: DESCRIPTION,
            deadline: NOW + 1_000,
            disclosures: Disclosures(disclosures),
        };
        let instruction = Instructions::default().join_study(
            PARTICIPANT,
            study_address,
            order_address,
            &listed,
            args,
        );
        let mut accounts = vec![
            account(study_address, &study, 0),
            vault,
            account(order_address, &order, 0),
        ];
        accounts.extend(
            records
                .iter()
                .map(|(address, record, _)| account(*address, record, 0)),
        );
        Self {
            accounts,
            instruction,
        }
    }
}

impl Studies {
    pub(super) fn new() -> Self {
        let build = Instructions::default();
        let addresses = build.addresses;
        let joining = Joining::new(1, 2);
        let (mut accounts, join) = (joining.accounts, joining.instruction);

        let researcher = User {
            next_study_id: NEXT_STUDY,
            ..User::new(
                RESEARCHER,
                bump(&[b"user", RESEARCHER.as_ref()]),
                public_key(9),
                [7; 64],
            )
        };
        accounts.push(account(addresses.user(&RESEARCHER), &researcher, 0));

        // By selection: the participant has applied, and the applicant is about to.
        let selective = study(BY_SELECTION, 1, 1, 1, CLOSES_AT);
        let selecting = selective.address(&addresses);
        let selecting_vault = vault(&selecting);
        let orders = [PARTICIPANT, APPLICANT].map(|seller| {
            let listed = vec![[0x3c; 32].into()];
            order(seller, 1, selecting_vault.address, listed)
        });
        let order_addresses = [&orders[0], &orders[1]].map(|order| order.address(&addresses));
        let application = ApplicationAccount {
            state: Application {
                version: 1,
                bump: bump(&[b"application", selecting.as_ref(), PARTICIPANT.as_ref()]),
                reserved: [0; 6],
                created_at: 1_790_000_300,
                study: selecting,
                order: order_addresses[0],
                participant: PARTICIPANT,
                rent_payer: SPONSOR,
            },
            letter: vec![0x1e; 304],
        };
        let applied = application.address(&addresses);
        accounts.push(account(selecting, &selective, 0));
        accounts.push(selecting_vault);
        for (address, order) in order_addresses.iter().zip(&orders) {
            accounts.push(account(*address, order, 0));
        }
        accounts.push(account(applied, &application, 0));

        // Over: the participant was paid.
        let over = study(OVER, 1, 1, 0, NOW);
        let ended = over.address(&addresses);
        let ended_vault = vault(&ended);
        let seat = PurchaseAccount {
            state: Purchase {
                version: 1,
                bump: bump(&[b"seat", ended_vault.address.as_ref(), PARTICIPANT.as_ref()]),
                status: 2,
                record_count: 1,
                delivered_count: 1,
                seat: 1,
                reserved: [0; 2],
                price: PRICE,
                deadline: 1_790_004_000,
                settle_by: 1_790_087_400,
                order: addresses.order(&PARTICIPANT, 2),
                seller: PARTICIPANT,
                buyer: ended_vault.address,
                buyer_key: public_key(7),
                settle_key: *secret::<Encryption>(10).to_bytes(),
                terms: [0x7e; 32],
            },
            capsules: vec![Some(generion::proof::Capsule {
                ephemeral: public_key(5),
                masked: public_key(6),
            })],
        };
        accounts.push(account(ended, &over, 0));
        accounts.push(ended_vault);
        accounts.push(account(seat.address(&addresses), &seat, 0));

        let open = addresses.study(&RESEARCHER, OPEN);
        let instructions = vec![
            build.create_study(RESEARCHER, SPONSOR, created(0, 1, 2)),
            build.update_study(
                RESEARCHER,
                open,
                UpdateStudyArgs {
                    closes_at: Some(CLOSES_AT + 1),
                },
            ),
            build.withdraw_budget(
                RESEARCHER,
                WithdrawBudgetArgs {
                    id: OVER,
                    lamports: PRICE,
                },
            ),
            join,
            build.apply(
                APPLICANT,
                SPONSOR,
                selecting,
                order_addresses[1],
                ApplyArgs {
                    description_hash: DESCRIPTION,
                    letter: Rest(vec![0x1e; 304]),
                },
            ),
            build.admit(
                ADMITTER,
                applied,
                &application.state,
                AdmitArgs {
                    terms: orders[0].terms(&order_addresses[0]),
                },
            ),
            build.withdraw_application(PARTICIPANT, applied, &application.state),
            build.close_seat(RESEARCHER, &PARTICIPANT, CloseSeatArgs { id: OVER }),
            build.close_study(ended, &over.state),
        ];
        Self {
            accounts,
            instructions,
        }
    }
}

/// The arguments of the researcher's next study.
pub fn created(admission: u8, record_count: u8, groups: u8) -> CreateStudyArgs {
    CreateStudyArgs {
        id: NEXT_STUDY,
        reward: PRICE,
        closes_at: CLOSES_AT,
        delivery_window: WINDOW,
        admission,
        record_count,
        requirement_count: 2 * groups,
        creator_count: 2,
        study_key: public_key(7),
        description_hash: DESCRIPTION,
        admitter: Some(ADMITTER),
        tail: Rest(tail(groups)),
    }
}
