//! The details of a change, from its instruction and its event.

mod event;
mod instruction;
mod studies;

use solana_address::Address;

macro_rules! details {
    (
        roles { $($(#[$role_attr:meta])* $role:ident,)* }
        values { $($(#[$attr:meta])* $value:ident: $type:ty,)* }
    ) => {
        /// The details of a change; `None` stands for an unknown value. The names are those of the protocol, sections 5 and 8.
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct ChangeDetails {
            $($(#[$role_attr])* pub $role: Option<Address>,)*
            $($(#[$attr])* pub $value: Option<$type>,)*
        }

        impl ChangeDetails {
            /// The known addresses, with the names of their roles in the change.
            pub fn roles(&self) -> impl Iterator<Item = (&'static str, &Address)> {
                let roles = [$((stringify!($role), &self.$role)),*];
                roles.into_iter().filter_map(|(role, address)| Some((role, address.as_ref()?)))
            }

            /// Both combined; `None` where they contradict each other.
            pub(crate) fn with(&self, other: &Self) -> Option<Self> {
                Some(Self {
                    $($role: agreed(&self.$role, &other.$role)?,)*
                    $($value: agreed(&self.$value, &other.$value)?,)*
                })
            }
        }
    };
}

details! {
    roles {
        /// The wallet whose key was published.
        wallet,
        /// Owner of the record.
        owner,
        /// Creator of the record.
        creator,
        /// The wallet that deleted, refunded or withdrew.
        authority,
        /// The wallet that the record is shared with.
        recipient,
        /// Seller of the order.
        seller,
        /// Buyer of the order; of a seat, the study's vault.
        buyer,
        /// The only wallet that may buy the order; of an order that was created, `None`: anyone may.
        only_buyer,
        /// The wallet that paid the rent, or got it back.
        rent_payer,
        /// The wallet that paid the rent of a User account, or would have paid it if the account had not existed.
        payer,
        /// The User account of the wallet, of the record's owner, or of the seller.
        user,
        /// The recipient's User account.
        recipient_user,
        /// The record.
        record,
        /// The share.
        share,
        /// The order.
        order,
        /// The purchase, or the seat.
        purchase,
        /// Sponsor of the study.
        sponsor,
        /// Who admits participants to the study.
        admitter,
        /// Who applied for a seat.
        participant,
        /// The study.
        study,
        /// The application.
        application,
    }
    values {
        /// The records that are listed, unlisted or delivered, in the order's order.
        records: Vec<Address>,
        /// Id of the order, or of the study.
        id: u64,
        /// Index of the encryption key.
        key_index: u32,
        /// The encryption key.
        encryption_key: [u8; 32],
        /// The wallet's signature over the line that names its key; the program stores it unread.
        attestation: [u8; 64],
        /// The key that the record's document is encrypted to.
        data_public_key: [u8; 32],
        /// Root of the facts that the record's creator attests about the document.
        facts_root: [u8; 32],
        /// Whether the record was verified when it was created, being its owner's own.
        verified: bool,
        /// The time of the program's account, by the ledger's clock, in seconds since the Unix epoch.
        created_at: i64,
        /// Expiry of the share, likewise; 0: never.
        expires_at: i64,
        /// Price of the order, in lamports.
        price: u64,
        /// Seconds for the delivery.
        delivery_window: u32,
        /// The order's label.
        label: String,
        /// The buyer's key for this purchase.
        buyer_key: [u8; 32],
        /// When the delivery has to be made by, in seconds since the Unix epoch.
        deadline: i64,
        /// SHA-256 of the terms that the buyer agreed to.
        terms: [u8; 32],
        /// Records of the purchased order.
        record_count: u8,
        /// `S` of a delivery: its capsules are made for the buyer's key plus this one.
        settle_key: [u8; 32],
        /// When a purchase has to be settled by that this delivery locked, in seconds since the Unix epoch; 0: it did not
        /// lock it.
        settle_by: i64,
        /// `s` of a settlement: with the buyer's secret it opens the capsules.
        settle_secret: [u8; 32],
        /// Position in the order of the first record that was delivered.
        first: u8,
        /// The number of records that were delivered.
        count: u8,
        /// Purchases that were pending when sales were stopped.
        pending_purchases: u32,
        /// Purchases that were settled when the order was closed.
        settled_purchases: u32,
        /// The study's key, for which all its seats are made.
        study_key: [u8; 32],
        /// SHA-256 of the file with the study's description.
        description_hash: [u8; 32],
        /// Price of each participant's order, in lamports.
        reward: u64,
        /// When the study is over, in seconds since the Unix epoch.
        closes_at: i64,
        /// 0: the study admits everybody who discloses the required facts; 1: by selection.
        admission: u8,
        /// What the study asks for, as in its account.
        tail: Vec<u8>,
        /// Seats that were ever made in the study.
        seats: u32,
        /// The requirements that a participant showed to be met, by their positions in the study's tail.
        disclosed: Vec<u8>,
        /// The lamports that left an account of the program: all lamports of a closed account, or the price of a settled
        /// purchase.
        lamports: u64,
    }
}

fn agreed<T: Clone + PartialEq>(one: &Option<T>, other: &Option<T>) -> Option<Option<T>> {
    match (one, other) {
        (Some(one), Some(other)) if one != other => None,
        (Some(known), _) | (None, Some(known)) => Some(Some(known.clone())),
        (None, None) => Some(None),
    }
}

impl ChangeDetails {
    /// Whether one of those that have a part in the change is such.
    pub(crate) fn name_any(&self, is_such: impl Fn(&Address) -> bool) -> bool {
        let roles = self.roles().map(|(_, address)| address);
        roles.chain(self.records()).any(is_such)
    }

    /// The records beside [`Self::record`]; none where they are not known.
    pub(crate) fn records(&self) -> &[Address] {
        self.records.as_deref().unwrap_or_default()
    }
}
