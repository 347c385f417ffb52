//! Locators, sealed and plain, and the addresses in them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use arbitrary::{Arbitrary, Unstructured};
use generion_crypto::locator::{open, seal};
use generion_interface::locator::{Locator, LocatorError, is_public};
use url::{Host, Url};

use crate::stores;
use generion_native::{
    memory::within,
    world::{WORLD, rng},
};

/// Memory that Borsh reserves for the first text that is cut short, before it sees its bytes, and for a list of texts.
const ON_CREDIT: usize = (1 << 20) + (8 << 10);

/// Locators in both lengths and of another version, a sealed one, addresses, and bytes to make a locator from.
pub fn seeds() -> Vec<Vec<u8>> {
    let plain = |locator: &Locator| locator.encode().expect("it is short");
    let store = |text: &str| text.parse().expect("a store's address");
    let long = Locator {
        stores: vec![
            store(&format!("https://store.example/{}", "d".repeat(100))),
            store("file:///srv/documents"),
            store("http://[::1]:8787"),
        ],
        copy: Some([3; 32]),
        signature: Some([4; 64]),
        ..WORLD.locator.clone()
    };
    let mut version_1 = plain(&WORLD.locator);
    version_1[0] = 1;
    let mut seeds = vec![
        [&[0], &plain(&WORLD.locator)[..]].concat(),
        [&[0], &plain(&long)[..]].concat(),
        [&[0], &version_1[..]].concat(),
        [&[1], &WORLD.sealed_locator[..]].concat(),
        [&[2], &[0; 8][..]].concat(),
        [&[3], &[0x61; 400][..]].concat(),
        [&[3], &[0x12; 400][..]].concat(),
    ];
    let addresses = [
        "http://127.0.0.1:8787/v1/documents/7",
        "https://store.example/",
        "http://0x7f.1/",
        "http://2130706433/",
        "http://017700000001/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://[64:ff9b::a00:1]/",
        "http://[2606:4700:4700::1111]/",
        "http://1.1.1.1/",
        "http://169.254.169.254/latest",
        "http://user@10.0.0.1/",
        "file:///etc/passwd",
    ];
    seeds.extend(addresses.map(|url| [&[4], url.as_bytes()].concat()));
    seeds.extend([
        [&[5], &Ipv4Addr::new(172, 31, 0, 1).octets()[..]].concat(),
        [&[5], &Ipv6Addr::LOCALHOST.octets()[..]].concat(),
    ]);
    seeds
}

/// The first byte selects the meaning of the rest: a plain locator, a sealed one, changes to a sealed one, bytes to make one
/// from, an address as text, or the bytes of an address.
pub fn run(input: &[u8]) {
    let Some((kind, bytes)) = input.split_first() else {
        return;
    };
    let mut source = Unstructured::new(bytes);
    match kind % 6 {
        0 => decode(bytes),
        1 => opened(bytes),
        2 => opened(&changed(&mut source)),
        3 => {
            if let Ok(locator) = arbitrary_locator(&mut source) {
                round_trip(&locator);
            }
        }
        4 => {
            if let Ok(text) = str::from_utf8(bytes) {
                address_in(text);
            }
        }
        _ => reachable(bytes),
    }
}

fn decode(bytes: &[u8]) {
    let decoded = within(ON_CREDIT + 64 * bytes.len(), "a locator", || {
        Locator::decode(bytes)
    });
    let expected = match bytes.first() {
        Some(2) => second_reader(bytes).ok_or(LocatorError::Malformed),
        Some(1) => Err(LocatorError::Version1),
        Some(version) => Err(LocatorError::UnknownVersion(*version)),
        None => Err(LocatorError::Malformed),
    };
    assert_eq!(decoded, expected);
    if let Ok(locator) = expected {
        assert_eq!(locator.encode().as_deref(), Ok(bytes), "one encoding");
    }
}

/// docs/PROTOCOL.md, section 3, read field by field.
fn second_reader(bytes: &[u8]) -> Option<Locator> {
    fn take<'a>(rest: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
        let (taken, behind) = rest.split_at_checked(count)?;
        *rest = behind;
        Some(taken)
    }
    fn number(rest: &mut &[u8]) -> Option<usize> {
        usize::try_from(u32::from_le_bytes(take(rest, 4)?.try_into().ok()?)).ok()
    }
    fn text(rest: &mut &[u8]) -> Option<String> {
        let length = number(rest)?;
        String::from_utf8(take(rest, length)?.to_vec()).ok()
    }
    fn unless_zeros<const N: usize>(rest: &mut &[u8]) -> Option<Option<[u8; N]>> {
        let field: [u8; N] = take(rest, N)?.try_into().ok()?;
        Some(field.iter().any(|byte| *byte != 0).then_some(field))
    }
    let rest = &mut &bytes[..];
    let is_known = take(rest, 1)? == [2];
    let count = number(rest)?;
    let mut stores = Vec::new();
    for _ in 0..count {
        let store = text(rest)?;
        if !stores::is_store_address(&store) || stores.contains(&store) || stores.len() == 3 {
            return None;
        }
        stores.push(store);
    }
    let locator = Locator {
        stores: stores
            .iter()
            .map(|store| store.parse().expect("a store's address"))
            .collect(),
        sha256: take(rest, 32)?.try_into().ok()?,
        size: u64::from_le_bytes(take(rest, 8)?.try_into().ok()?),
        media_type: text(rest)?,
        kind: text(rest)?,
        profile: text(rest)?,
        copy: unless_zeros(rest)?,
        signature: unless_zeros(rest)?,
    };
    let is_padded = match bytes.len() - rest.len() {
        0..=256 => bytes.len() == 256,
        _ => bytes.len() == 448,
    };
    (is_known && is_padded && !stores.is_empty() && rest.iter().all(|byte| *byte == 0))
        .then_some(locator)
}

/// Only the honest seal opens: no change of bytes gives another seal for this key.
fn opened(sealed: &[u8]) {
    let limit = ON_CREDIT + 64 * sealed.len() + 1024;
    let result = within(limit, "a seal", || open(sealed, &WORLD.record_key));
    if sealed == WORLD.sealed_locator {
        assert_eq!(result.as_ref(), Ok(&WORLD.locator));
    } else {
        assert!(result.is_err(), "{result:?}");
    }
}

/// The honest seal with a byte changed, and cut or continued.
fn changed(source: &mut Unstructured) -> Vec<u8> {
    let mut sealed = WORLD.sealed_locator.clone();
    let [low, high, length, mask]: [u8; 4] = source.arbitrary().unwrap_or_default();
    let position = usize::from(u16::from_le_bytes([low, high])) % sealed.len();
    sealed[position] ^= mask;
    match length {
        0..=127 => {}
        128..=191 => sealed.truncate(sealed.len() - usize::from(length - 127)),
        192.. => sealed.resize(sealed.len() + usize::from(length - 191), 0),
    }
    sealed
}

fn arbitrary_locator(source: &mut Unstructured) -> arbitrary::Result<Locator> {
    let stores = (0..source.int_in_range(0..=4)?)
        .map(|_| stores::arbitrary_store(source))
        .collect::<arbitrary::Result<_>>()?;
    let mut text = |longest| -> arbitrary::Result<String> {
        let length = source.int_in_range(0..=longest)?;
        // Characters of one to four bytes, in the selected number.
        (0..length).map(|_| char::arbitrary(source)).collect()
    };
    let (media_type, kind, profile) = (text(60)?, text(60)?, text(60)?);
    Ok(Locator {
        stores,
        sha256: source.arbitrary()?,
        size: source.arbitrary()?,
        media_type,
        kind,
        profile,
        copy: source.arbitrary()?,
        signature: source.arbitrary()?,
    })
}

/// A locator that is written and read, plain and sealed, is the same and has one of two lengths. Otherwise it is too long for
/// both, or has an optional field of zeros.
fn round_trip(locator: &Locator) {
    let Locator { stores, .. } = locator;
    let texts = [&locator.media_type, &locator.kind, &locator.profile];
    let length = 1 + 4 + 32 + 8 + 32 + 64;
    let length = length + texts.iter().map(|text| 4 + text.len()).sum::<usize>();
    let length = length
        + stores
            .iter()
            .map(|store| 4 + store.as_str().len())
            .sum::<usize>();
    let has_twins = (0..stores.len()).any(|index| stores[index + 1..].contains(&stores[index]));
    let has_zeros = locator.copy == Some([0; 32]) || locator.signature == Some([0; 64]);
    let expected = match stores.len() {
        count @ (0 | 4..) => Err(LocatorError::Stores(count)),
        count if has_twins => Err(LocatorError::Stores(count)),
        _ if has_zeros => Err(LocatorError::Malformed),
        _ if length > 448 => Err(LocatorError::TooLong(length)),
        _ if length > 256 => Ok(448),
        _ => Ok(256),
    };
    let encoded = locator.encode();
    assert_eq!(encoded.as_ref().map(Vec::len), expected.as_ref().copied());
    let Ok(bytes) = encoded else { return };
    assert_eq!(Locator::decode(&bytes).as_ref(), Ok(locator));
    let key = WORLD.record_key.data_public_key();
    let sealed = seal(locator, &key, &mut rng(1)).expect("it was encoded");
    assert_eq!(sealed.len(), bytes.len() + 48);
    assert_eq!(open(&sealed, &WORLD.record_key).as_ref(), Ok(locator));
}

/// The host of an address. If it is a number in any spelling, the rule sees the number.
fn address_in(text: &str) {
    let Ok(url) = within(128 * text.len() + 8192, "an address", || Url::parse(text)) else {
        return;
    };
    let address = match url.host() {
        Some(Host::Ipv4(address)) => IpAddr::V4(address),
        Some(Host::Ipv6(address)) => IpAddr::V6(address),
        Some(Host::Domain(name)) if matches!(url.scheme(), "http" | "https") => {
            // A text that is not a number here is not a number for a resolver either.
            assert!(name.parse::<IpAddr>().is_err(), "{name}");
            return;
        }
        _ => return,
    };
    check(address);
}

fn reachable(bytes: &[u8]) {
    if let Some(octets) = bytes.first_chunk::<16>() {
        check(IpAddr::from(*octets));
    } else if let Some(octets) = bytes.first_chunk::<4>() {
        check(IpAddr::from(*octets));
    }
}

fn check(address: IpAddr) {
    assert_eq!(is_public(address), second_rule(address), "{address}");
}

/// The blocks of IANA's registries that are not for one host of the public internet.
const SPECIAL_V4: [([u8; 4], u32); 15] = [
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 168, 0, 0], 16),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    ([224, 0, 0, 0], 4),
    ([240, 0, 0, 0], 4),
    ([255, 255, 255, 255], 32),
];

/// Those within `2000::/3`, outside of which nothing is public but NAT64's prefix.
const SPECIAL_V6: [([u16; 8], u32); 4] = [
    ([0x2001, 0, 0, 0, 0, 0, 0, 0], 23),
    ([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32),
    ([0x2002, 0, 0, 0, 0, 0, 0, 0], 16),
    ([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20),
];

fn second_rule(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let in_block = |(block, bits): &([u8; 4], u32)| {
                (u32::from_be_bytes(*block) ^ address.to_bits()) >> (32 - bits) == 0
            };
            !SPECIAL_V4.iter().any(in_block)
        }
        IpAddr::V6(address) => {
            let in_block = |(block, bits): &([u16; 8], u32)| {
                (Ipv6Addr::from(*block).to_bits() ^ address.to_bits()) >> (128 - bits) == 0
            };
            if in_block(&([0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 96)) {
                return second_rule(Ipv4Addr::from_bits(address.to_bits() as u32).into());
            }
            in_block(&([0x2000, 0, 0, 0, 0, 0, 0, 0], 3)) && !SPECIAL_V6.iter().any(in_block)
        }
    }
}
