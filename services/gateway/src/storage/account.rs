//! Accounts of the program, and their values in the database's columns.

use generion::state::{Share, User};
use generion_interface::{
    Addresses,
    accounts::{AccountError, LedgerAccount, OrderAccount, PurchaseAccount, RecordAccount},
};
use solana_address::Address;
use solana_signature::Signature;
use sqlx::{ColumnIndex, Decode, FromRow, Row, Type};

/// The kinds of the program's accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AccountKind {
    /// A wallet's encryption key.
    User,
    /// A record.
    Record,
    /// An order.
    Order,
    /// A purchase.
    Purchase,
    /// A share.
    Share,
}

impl AccountKind {
    /// Each of them.
    pub const ALL: [Self; 5] = [
        Self::User,
        Self::Record,
        Self::Order,
        Self::Purchase,
        Self::Share,
    ];

    /// The kind that data begin with; `None`: no account of the program that this software knows.
    pub fn of(data: &[u8]) -> Option<Self> {
        let discriminator: &[u8; 8] = data.first_chunk()?;
        Self::ALL
            .into_iter()
            .find(|kind| kind.discriminator() == *discriminator)
    }

    /// The name of the kind.
    pub const fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Record => "record",
            Self::Order => "order",
            Self::Purchase => "purchase",
            Self::Share => "share",
        }
    }

    /// The first 8 bytes of such an account's data.
    pub const fn discriminator(self) -> [u8; 8] {
        match self {
            Self::User => User::DISCRIMINATOR,
            Self::Record => RecordAccount::DISCRIMINATOR,
            Self::Order => OrderAccount::DISCRIMINATOR,
            Self::Purchase => PurchaseAccount::DISCRIMINATOR,
            Self::Share => Share::DISCRIMINATOR,
        }
    }

    /// The table of such accounts.
    pub(super) const fn table(self) -> &'static str {
        match self {
            Self::User => "users",
            Self::Record => "records",
            Self::Order => "orders",
            Self::Purchase => "purchases",
            Self::Share => "shares",
        }
    }

    /// The columns that lists filter and sort by, in the order of [`IndexedAccount::columns`].
    pub(super) const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::User => &["wallet"],
            Self::Record => &["owner", "creator", "verified", "self_issued", "created_at"],
            Self::Order => &[
                "seller",
                "number",
                "label",
                "price",
                "open",
                "only_buyer",
                "record_count",
                "created_at",
            ],
            Self::Purchase => &[
                "order_address",
                "seller",
                "buyer",
                "status",
                "price",
                "deadline",
            ],
            Self::Share => &["record", "owner", "recipient", "created_at", "expires_at"],
        }
    }
}

/// A value of a column.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Value {
    Integer(i64),
    Flag(bool),
    Bytes(Vec<u8>),
    Text(String),
    /// No text.
    NoText,
    /// No bytes.
    NoBytes,
    /// No integer.
    NoInteger,
}

impl From<&Address> for Value {
    fn from(address: &Address) -> Self {
        Self::Bytes(address.to_bytes().to_vec())
    }
}

/// Lamports, or another number of the ledger, limited to the largest number of a column.
pub(super) fn integer(number: u64) -> Value {
    Value::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}

/// An account of the program that was read from a node and belongs at its address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexedAccount {
    /// The account's address.
    pub address: Address,
    /// The account's kind.
    pub kind: AccountKind,
    /// The account's balance.
    pub lamports: u64,
    /// The slot of the state that it was read in.
    pub slot: u64,
    /// The whole data.
    pub data: Vec<u8>,
    /// The values of the kind's columns.
    pub(super) columns: Vec<Value>,
    /// The records of an order.
    pub(super) records: Vec<Address>,
}

impl IndexedAccount {
    /// Reads an account that a node returned for `address`.
    ///
    /// # Errors
    /// [`AccountError`] where it is no account of the program that this software knows, or belongs to another address.
    pub fn read(
        addresses: &Addresses,
        address: Address,
        owner: &Address,
        lamports: u64,
        slot: u64,
        data: Vec<u8>,
    ) -> Result<Self, AccountError> {
        let kind = match AccountKind::of(&data) {
            Some(kind) => kind,
            // Says which owner or which kind it is.
            None => return Err(User::decode(&addresses.program_id, owner, &data).unwrap_err()),
        };
        let mut records = Vec::new();
        let columns = match kind {
            AccountKind::User => {
                let user = User::read(addresses, &address, owner, &data)?;
                vec![Value::from(&user.wallet)]
            }
            AccountKind::Record => {
                let state = RecordAccount::read(addresses, &address, owner, &data)?.state;
                vec![
                    Value::from(&state.owner),
                    Value::from(&state.creator),
                    Value::Flag(state.verified != 0),
                    Value::Flag(state.owner == state.creator),
                    Value::Integer(state.created_at),
                ]
            }
            AccountKind::Order => {
                let order = OrderAccount::read(addresses, &address, owner, &data)?;
                records = order.records;
                let state = order.state;
                let label = state.label.as_slice();
                let padding = label.iter().rev().take_while(|byte| **byte == 0).count();
                vec![
                    Value::from(&state.seller),
                    integer(state.id),
                    Value::Bytes(label[..label.len() - padding].to_vec()),
                    integer(state.price),
                    Value::Flag(state.open != 0),
                    match state.only_buyer == Address::default() {
                        true => Value::NoBytes,
                        false => Value::from(&state.only_buyer),
                    },
                    Value::Integer(records.len().try_into().unwrap_or(i64::MAX)),
                    Value::Integer(state.created_at),
                ]
            }
            AccountKind::Purchase => {
                let state = PurchaseAccount::read(addresses, &address, owner, &data)?.state;
                vec![
                    Value::from(&state.order),
                    Value::from(&state.seller),
                    Value::from(&state.buyer),
                    Value::Integer(state.status.into()),
                    integer(state.price),
                    Value::Integer(state.deadline),
                ]
            }
            AccountKind::Share => {
                let state = Share::read(addresses, &address, owner, &data)?;
                vec![
                    Value::from(&state.record),
                    Value::from(&state.owner),
                    Value::from(&state.recipient),
                    Value::Integer(state.created_at),
                    match state.expires_at {
                        0 => Value::NoInteger,
                        time => Value::Integer(time),
                    },
                ]
            }
        };
        Ok(Self {
            address,
            kind,
            lamports,
            slot,
            data,
            columns,
            records,
        })
    }
}

/// An account as the index has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAccount {
    /// The account's address.
    pub address: Address,
    /// The account's balance.
    pub lamports: u64,
    /// The slot of the state that it was read in.
    pub slot: u64,
    /// The transaction that changed it last, where it is known.
    pub signature: Option<Signature>,
    /// Whether nodes disagree on it.
    pub disputed: bool,
    /// The whole data.
    pub data: Vec<u8>,
}

impl StoredAccount {
    /// The columns that it is read from.
    pub(super) const COLUMNS: &str = "address, lamports, slot, signature, disputed, data";
}

impl<'r, R: Row> FromRow<'r, R> for StoredAccount
where
    &'static str: ColumnIndex<R>,
    &'r [u8]: Decode<'r, R::Database> + Type<R::Database>,
    i64: Decode<'r, R::Database> + Type<R::Database>,
    bool: Decode<'r, R::Database> + Type<R::Database>,
{
    fn from_row(row: &'r R) -> sqlx::Result<Self> {
        let address: &[u8] = row.try_get("address")?;
        let signature: Option<&[u8]> = row.try_get("signature")?;
        let data: &[u8] = row.try_get("data")?;
        Ok(Self {
            address: address
                .try_into()
                .map_err(|error| broken("address", error))?,
            lamports: number(row, "lamports")?,
            slot: number(row, "slot")?,
            signature: signature
                .map(Signature::try_from)
                .transpose()
                .map_err(|_| broken("signature", "a signature has 64 bytes"))?,
            disputed: row.try_get("disputed")?,
            data: data.to_vec(),
        })
    }
}

/// A number that is never negative.
pub(super) fn number<'r, R: Row>(row: &'r R, column: &'static str) -> sqlx::Result<u64>
where
    &'static str: ColumnIndex<R>,
    i64: Decode<'r, R::Database> + Type<R::Database>,
{
    let number: i64 = row.try_get(column)?;
    u64::try_from(number).map_err(|error| broken(column, error))
}

fn broken(
    column: &str,
    source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> sqlx::Error {
    sqlx::Error::ColumnDecode {
        index: column.to_owned(),
        source: source.into(),
    }
}
