//! A second decoder of the program's accounts, written from section 4 of docs/PROTOCOL.md. It shares no code with the program,
//! nor with the index: a mistake in either of these becomes visible.

use sha2::{Digest, Sha256};
use solana_address::Address;

/// The values that the index should have of an account, by the names of its columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// The kind's name.
    pub kind: &'static str,
    /// Columns of bytes.
    pub bytes: Vec<(&'static str, Option<Vec<u8>>)>,
    /// Columns of numbers.
    pub integers: Vec<(&'static str, Option<i64>)>,
    /// Columns of flags.
    pub flags: Vec<(&'static str, bool)>,
    /// The records that an order lists.
    pub records: Vec<[u8; 32]>,
}

/// Data of an account.
struct Data<'a>(&'a [u8]);

impl Data<'_> {
    fn bytes<const N: usize>(&self, offset: usize) -> Option<[u8; N]> {
        self.0.get(offset..)?.first_chunk().copied()
    }

    fn u64(&self, offset: usize) -> Option<u64> {
        self.bytes(offset).map(u64::from_le_bytes)
    }

    fn i64(&self, offset: usize) -> Option<i64> {
        self.bytes(offset).map(i64::from_le_bytes)
    }

    /// The items of the tail, whose length is at an offset, if they end with the data.
    fn tail(&self, offset: usize, item: usize) -> Option<&[u8]> {
        let count = self.bytes(offset).map(u32::from_le_bytes)?;
        let tail = self.0.get(offset + 4..)?;
        let length = item.checked_mul(usize::try_from(count).ok()?)?;
        (count > 0 && tail.len() == length).then_some(tail)
    }
}

/// The largest number of a column, for a number of the ledger above it.
fn cut(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Reads an account; `None`: it is none of the five kinds, malformed, or not at its own address.
pub fn decode(program_id: &Address, address: &Address, data: &[u8]) -> Option<Expected> {
    let data = Data(data);
    if data.bytes(8) != Some([1]) {
        return None;
    }
    let (expected, seeds): (Expected, Vec<Vec<u8>>) = match data.bytes::<8>(0)? {
        [0x9f, 0x75, 0x5f, 0xe3, 0xef, 0x97, 0x3a, 0xec] => user(&data)?,
        [0xfe, 0xe9, 0x75, 0xfc, 0x4c, 0xa6, 0x92, 0x8b] => record(&data)?,
        [0x86, 0xad, 0xdf, 0xb9, 0x4d, 0x56, 0x1c, 0x33] => order(&data)?,
        [0x21, 0xcb, 0x01, 0xfc, 0xe7, 0xe4, 0x08, 0x43] => purchase(&data)?,
        [0x05, 0xe8, 0xe1, 0x0a, 0x24, 0xb0, 0xf8, 0xd9] => share(&data)?,
        _ => return None,
    };
    let seeds: Vec<&[u8]> = seeds.iter().map(Vec::as_slice).collect();
    let (derived, _) = Address::find_program_address(&seeds, program_id);
    (derived == *address).then_some(expected)
}

type Decoded = (Expected, Vec<Vec<u8>>);

fn user(data: &Data<'_>) -> Option<Decoded> {
    let wallet = data.bytes::<32>(40)?.to_vec();
    let expected = Expected {
        kind: "user",
        bytes: vec![("wallet", Some(wallet.clone()))],
        integers: Vec::new(),
        flags: Vec::new(),
        records: Vec::new(),
    };
    (data.0.len() == 168).then(|| (expected, vec![b"user".to_vec(), wallet]))
}

fn record(data: &Data<'_>) -> Option<Decoded> {
    let locator = data.tail(288, 1).filter(|locator| locator.len() <= 512)?;
    let (owner, creator) = (data.bytes::<32>(32)?, data.bytes::<32>(64)?);
    let contents = Sha256::new()
        .chain_update(b"generion/record/v1")
        .chain_update(owner)
        .chain_update(creator)
        // owner_key, data_public_key, capsule and facts_root stand side by side.
        .chain_update(data.0.get(128..288)?)
        .chain_update(locator)
        .finalize();
    let expected = Expected {
        kind: "record",
        bytes: vec![
            ("owner", Some(owner.to_vec())),
            ("creator", Some(creator.to_vec())),
        ],
        integers: vec![("created_at", data.i64(16))],
        flags: vec![
            ("verified", data.bytes(10)? != [0]),
            ("self_issued", owner == creator),
        ],
        records: Vec::new(),
    };
    let seeds = vec![b"record".to_vec(), owner.to_vec(), contents.to_vec()];
    Some((expected, seeds))
}

fn order(data: &Data<'_>) -> Option<Decoded> {
    let records = data.tail(208, 32).filter(|tail| tail.len() <= 24 * 32)?;
    let (records, _) = records.as_chunks::<32>();
    let seller = data.bytes::<32>(64)?.to_vec();
    let label = data.bytes::<64>(108)?;
    let length = label
        .iter()
        .rposition(|byte| *byte != 0)
        .map_or(0, |last| last + 1);
    let only_buyer = data.bytes::<32>(172)?;
    let id = data.u64(16)?;
    let expected = Expected {
        kind: "order",
        bytes: vec![
            ("seller", Some(seller.clone())),
            ("label", Some(label[..length].to_vec())),
            (
                "only_buyer",
                (only_buyer != [0; 32]).then(|| only_buyer.to_vec()),
            ),
        ],
        integers: vec![
            ("number", Some(cut(id))),
            ("price", Some(cut(data.u64(96)?))),
            ("record_count", i64::try_from(records.len()).ok()),
            ("created_at", data.i64(24)),
        ],
        flags: vec![("open", data.bytes(10)? != [0])],
        records: records.to_vec(),
    };
    let seeds = vec![b"order".to_vec(), seller, id.to_le_bytes().to_vec()];
    Some((expected, seeds))
}

fn purchase(data: &Data<'_>) -> Option<Decoded> {
    data.tail(232, 64)?;
    let order = data.bytes::<32>(40)?.to_vec();
    let buyer = data.bytes::<32>(104)?.to_vec();
    let expected = Expected {
        kind: "purchase",
        bytes: vec![
            ("order_address", Some(order.clone())),
            ("seller", Some(data.bytes::<32>(72)?.to_vec())),
            ("buyer", Some(buyer.clone())),
        ],
        integers: vec![
            ("status", Some(i64::from(data.bytes::<1>(10)?[0]))),
            ("price", Some(cut(data.u64(16)?))),
            ("deadline", data.i64(24)),
        ],
        flags: Vec::new(),
        records: Vec::new(),
    };
    let seeds = match data.bytes::<1>(13)? {
        [0] => vec![b"purchase".to_vec(), order, buyer],
        // A study's seat: the buyer is the study's vault.
        _ => vec![b"seat".to_vec(), buyer, data.bytes::<32>(72)?.to_vec()],
    };
    Some((expected, seeds))
}

fn share(data: &Data<'_>) -> Option<Decoded> {
    let record = data.bytes::<32>(32)?.to_vec();
    let recipient = data.bytes::<32>(96)?.to_vec();
    let expected = Expected {
        kind: "share",
        bytes: vec![
            ("record", Some(record.clone())),
            ("owner", Some(data.bytes::<32>(64)?.to_vec())),
            ("recipient", Some(recipient.clone())),
        ],
        integers: vec![
            ("created_at", data.i64(16)),
            ("expires_at", data.i64(24).filter(|time| *time != 0)),
        ],
        flags: Vec::new(),
        records: Vec::new(),
    };
    (data.0.len() == 256).then(|| (expected, vec![b"share".to_vec(), record, recipient]))
}
