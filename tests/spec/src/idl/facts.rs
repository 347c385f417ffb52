//! Facts that Anchor's macros can't describe: addresses with seeds other than accounts and constants, tails, and the
//! records that follow the declared accounts. Seeds that the macros can describe are in the program.

use generion::{
    constants::{
        APPLICATION_SEED, MAX_DELIVERY_BATCH, MAX_LETTER_LEN, MAX_LOCATOR_LEN,
        MAX_OPEN_DISCLOSURES, MAX_ORDER_RECORDS, MAX_STUDY_TAIL, ORDER_SEED, PURCHASE_SEED,
        RECORD_SEED, SEAT_SEED, SHARE_SEED, STUDY_SEED, USER_SEED,
    },
    proof::Capsule,
    state::{Application, Order, Purchase, Record, Share, Study, User},
};
use serde_json::{Value, json};
use solana_address::Address;

/// One seed of an address.
pub(super) enum Seed {
    /// Constant bytes.
    Constant(&'static [u8]),
    /// A value that the caller knows: its name and type.
    Variable(&'static str, &'static str),
    /// 32 bytes that the caller computes: their name, and how to compute them.
    Hash(&'static str, &'static str),
    /// An account of the instruction.
    Account(&'static str),
    /// A field of an account of the instruction: path and the account's kind.
    Field(&'static str, &'static str),
    /// An argument of the instruction.
    Argument(&'static str),
}

impl Seed {
    pub(super) fn to_json(&self) -> Value {
        match self {
            Self::Constant(value) => json!({"kind": "const", "value": value}),
            Self::Variable(name, kind) => json!({"kind": "variable", "name": name, "type": kind}),
            Self::Hash(name, about) => json!({
                "kind": "variable",
                "name": name,
                "type": {"array": ["u8", 32]},
                "docs": [about],
            }),
            Self::Account(path) => json!({"kind": "account", "path": path}),
            Self::Field(path, account) => {
                json!({"kind": "account", "path": path, "account": account})
            }
            Self::Argument(path) => json!({"kind": "arg", "path": path}),
        }
    }
}

/// The address, size and tail of an account.
pub(super) struct Account {
    pub(super) name: &'static str,
    pub(super) seeds: &'static [Seed],
    /// The size of the fixed part in bytes, including the discriminator.
    pub(super) size: usize,
    pub(super) tail: Option<Tail>,
}

/// The tail after the fixed part: a u32 with the number of items, and the items.
pub(super) struct Tail {
    pub(super) field: &'static str,
    pub(super) about: &'static str,
    /// The type of an item in Anchor's format.
    pub(super) kind: &'static str,
    pub(super) item_size: usize,
    pub(super) max_items: usize,
}

const DISCRIMINATOR_LEN: usize = 8;

/// How the last seed of a record's address is computed.
const RECORD_CONTENTS: &str = "SHA-256 of RECORD_DOMAIN, owner, creator, owner_key, data_public_key, capsule, facts_root and locator.";

pub(super) const ACCOUNTS: &[Account] = &[
    Account {
        name: "User",
        seeds: &[
            Seed::Constant(USER_SEED),
            Seed::Variable("wallet", "pubkey"),
        ],
        size: DISCRIMINATOR_LEN + size_of::<User>(),
        tail: None,
    },
    Account {
        name: "Record",
        seeds: &[
            Seed::Constant(RECORD_SEED),
            Seed::Variable("owner", "pubkey"),
            Seed::Hash("contents", RECORD_CONTENTS),
        ],
        size: DISCRIMINATOR_LEN + size_of::<Record>(),
        tail: Some(Tail {
            field: "locator",
            about: "The sealed locator.",
            kind: r#""bytes""#,
            item_size: 1,
            max_items: MAX_LOCATOR_LEN,
        }),
    },
    Account {
        name: "Order",
        seeds: &[
            Seed::Constant(ORDER_SEED),
            Seed::Variable("seller", "pubkey"),
            Seed::Variable("id", "u64"),
        ],
        size: DISCRIMINATOR_LEN + size_of::<Order>(),
        tail: Some(Tail {
            field: "records",
            about: "Addresses of the seller's records, in strictly increasing order of their bytes.",
            kind: r#"{"vec": "pubkey"}"#,
            item_size: size_of::<Address>(),
            max_items: MAX_ORDER_RECORDS,
        }),
    },
    Account {
        name: "Purchase",
        seeds: &[
            Seed::Constant(PURCHASE_SEED),
            Seed::Variable("order", "pubkey"),
            Seed::Variable("buyer", "pubkey"),
        ],
        size: DISCRIMINATOR_LEN + size_of::<Purchase>(),
        tail: Some(Tail {
            field: "capsules",
            about: "One capsule for each record, in the order's order. A capsule of zeros is not delivered yet.",
            kind: r#"{"vec": {"defined": {"name": "Capsule"}}}"#,
            item_size: size_of::<Capsule>(),
            max_items: MAX_ORDER_RECORDS,
        }),
    },
    Account {
        name: "Share",
        seeds: &[
            Seed::Constant(SHARE_SEED),
            Seed::Variable("record", "pubkey"),
            Seed::Variable("recipient", "pubkey"),
        ],
        size: DISCRIMINATOR_LEN + size_of::<Share>(),
        tail: None,
    },
    Account {
        name: "Study",
        seeds: &[
            Seed::Constant(STUDY_SEED),
            Seed::Variable("sponsor", "pubkey"),
            Seed::Variable("id", "u64"),
        ],
        size: DISCRIMINATOR_LEN + size_of::<Study>(),
        tail: Some(Tail {
            field: "tail",
            about: "Requirements (group and hash of the fact, 33 bytes each), accepted creators, address of the description.",
            kind: r#""bytes""#,
            item_size: 1,
            max_items: MAX_STUDY_TAIL,
        }),
    },
    Account {
        name: "Application",
        seeds: &[
            Seed::Constant(APPLICATION_SEED),
            Seed::Variable("study", "pubkey"),
            Seed::Variable("participant", "pubkey"),
        ],
        size: DISCRIMINATOR_LEN + size_of::<Application>(),
        tail: Some(Tail {
            field: "letter",
            about: "The letter, sealed to the study's key.",
            kind: r#""bytes""#,
            item_size: 1,
            max_items: MAX_LETTER_LEN,
        }),
    },
];

/// The addresses of an instruction that Anchor does not print, and the records that follow its accounts.
pub(super) struct Instruction {
    pub(super) name: &'static str,
    pub(super) addresses: &'static [(&'static str, &'static [Seed])],
    /// Addresses with a seed that the caller computes, which Anchor's format can't describe.
    pub(super) computed: &'static [(&'static str, &'static [Seed])],
    pub(super) records: Option<Records>,
}

/// Records that follow the declared accounts.
pub(super) struct Records {
    pub(super) about: &'static str,
    pub(super) writable: bool,
    pub(super) min: usize,
    pub(super) max: usize,
}

pub(super) const INSTRUCTIONS: &[Instruction] = &[
    Instruction {
        name: "create_record",
        addresses: &[],
        computed: &[(
            "record",
            &[
                Seed::Constant(RECORD_SEED),
                Seed::Field("user.wallet", "User"),
                Seed::Hash("contents", RECORD_CONTENTS),
            ],
        )],
        records: None,
    },
    Instruction {
        name: "delete_record",
        addresses: &[(
            "user",
            &[
                Seed::Constant(USER_SEED),
                Seed::Field("record.owner", "Record"),
            ],
        )],
        computed: &[],
        records: None,
    },
    Instruction {
        name: "share_record",
        addresses: &[(
            "share",
            &[
                Seed::Constant(SHARE_SEED),
                Seed::Account("record"),
                Seed::Field("recipient.wallet", "User"),
            ],
        )],
        computed: &[],
        records: None,
    },
    Instruction {
        name: "create_order",
        addresses: &[(
            "order",
            &[
                Seed::Constant(ORDER_SEED),
                Seed::Account("seller"),
                Seed::Argument("args.id"),
            ],
        )],
        computed: &[],
        records: Some(Records {
            about: "The records of the order, in strictly increasing order of their addresses' bytes.",
            writable: true,
            min: 1,
            max: MAX_ORDER_RECORDS,
        }),
    },
    Instruction {
        name: "close_order",
        addresses: &[],
        computed: &[],
        records: Some(Records {
            about: "If no purchases are pending, all records of the order, in the order's order. Otherwise none.",
            writable: true,
            min: 0,
            max: MAX_ORDER_RECORDS,
        }),
    },
    Instruction {
        name: "deliver",
        addresses: &[],
        computed: &[],
        records: Some(Records {
            about: "The records of the batch, in the order's order.",
            writable: false,
            min: 1,
            max: MAX_DELIVERY_BATCH,
        }),
    },
    Instruction {
        name: "create_study",
        addresses: &[(
            "study",
            &[
                Seed::Constant(STUDY_SEED),
                Seed::Account("sponsor"),
                Seed::Argument("args.id"),
            ],
        )],
        computed: &[],
        records: None,
    },
    Instruction {
        name: "withdraw_budget",
        addresses: &[(
            "study",
            &[
                Seed::Constant(STUDY_SEED),
                Seed::Account("sponsor"),
                Seed::Argument("args.id"),
            ],
        )],
        computed: &[],
        records: None,
    },
    Instruction {
        name: "close_seat",
        addresses: &[(
            "study",
            &[
                Seed::Constant(STUDY_SEED),
                Seed::Account("sponsor"),
                Seed::Argument("args.id"),
            ],
        )],
        computed: &[],
        records: None,
    },
    Instruction {
        name: "join_study",
        addresses: &[],
        computed: &[],
        records: Some(Records {
            about: "The records of the order, in the order's order.",
            writable: false,
            min: 1,
            max: MAX_OPEN_DISCLOSURES,
        }),
    },
    Instruction {
        name: "admit",
        addresses: &[(
            "seat",
            &[
                Seed::Constant(SEAT_SEED),
                Seed::Account("vault"),
                Seed::Field("application.participant", "Application"),
            ],
        )],
        computed: &[],
        records: None,
    },
];
