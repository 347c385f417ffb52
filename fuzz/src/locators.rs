//! Locators, sealed and plain, and the addresses in them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use arbitrary::{Arbitrary, Unstructured};
use generion_crypto::locator::{open, seal};
use generion_interface::locator::{Locator, LocatorError, is_public};
use url::{Host, Url};

use crate::{
    memory::within,
    world::{WORLD, rng},
};

/// What Borsh reserves for a text before it has seen its bytes, for each of the three.
const ON_CREDIT: usize = 3 << 20;

/// Locators in both lengths, a sealed one, addresses, and what to make a locator from.
pub fn seeds() -> Vec<Vec<u8>> {
    let plain = |locator: &Locator| locator.encode().expect("it is short");
    let long = Locator {
        url: format!("https://store.example/{}", "d".repeat(200)),
        ..WORLD.locator.clone()
    };
    let mut seeds = vec![
        [&[0], &plain(&WORLD.locator)[..]].concat(),
        [&[0], &plain(&long)[..]].concat(),
        [&[1], &WORLD.sealed_locator[..]].concat(),
        [&[2], &[0; 8][..]].concat(),
        [&[3], &[0x61; 160][..]].concat(),
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

/// The first byte says what the rest is: a plain locator, a sealed one, changes to a sealed one, what to make one from,
/// an address as text, or the bytes of an address.
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
    let decoded = within(ON_CREDIT + 2 * bytes.len() + 512, "a locator", || {
        Locator::decode(bytes)
    });
    let expected = second_reader(bytes);
    match (&decoded, bytes.first()) {
        (Err(LocatorError::UnknownVersion(version)), Some(first)) => {
            assert_eq!(version, first);
            assert_ne!(*version, 1);
            return;
        }
        (result, _) => assert_eq!(result.clone().ok(), expected),
    }
    let Some(locator) = expected else { return };
    // The encoding again, but for how many zeros follow it.
    let encoded = locator.encode().expect("it was in as many bytes");
    let common = encoded.len().min(bytes.len());
    assert_eq!(encoded[..common], bytes[..common]);
    assert!(encoded.len() <= bytes.len());
    assert!(bytes[common..].iter().all(|byte| *byte == 0));
}

/// docs/PROTOCOL.md, section 3, read field by field.
fn second_reader(bytes: &[u8]) -> Option<Locator> {
    fn take<'a>(rest: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
        let (taken, behind) = rest.split_at_checked(count)?;
        *rest = behind;
        Some(taken)
    }
    fn text(rest: &mut &[u8]) -> Option<String> {
        let length = u32::from_le_bytes(take(rest, 4)?.try_into().ok()?);
        String::from_utf8(take(rest, length as usize)?.to_vec()).ok()
    }
    let rest = &mut &bytes[..];
    let is_known = take(rest, 1)? == [1] && matches!(bytes.len(), 192 | 448);
    let locator = Locator {
        url: text(rest)?,
        sha256: take(rest, 32)?.try_into().ok()?,
        size: u64::from_le_bytes(take(rest, 8)?.try_into().ok()?),
        media_type: text(rest)?,
        kind: text(rest)?,
    };
    (is_known && rest.iter().all(|byte| *byte == 0)).then_some(locator)
}

/// Only the honest seal opens: nobody finds another one for this key by changing bytes.
fn opened(sealed: &[u8]) {
    let limit = ON_CREDIT + 4 * sealed.len() + 1024;
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
    let [position, length, mask]: [u8; 3] = source.arbitrary().unwrap_or_default();
    let position = usize::from(position) % sealed.len();
    sealed[position] ^= mask;
    match length {
        0..=127 => {}
        128..=191 => sealed.truncate(sealed.len() - usize::from(length - 127)),
        192.. => sealed.resize(sealed.len() + usize::from(length - 191), 0),
    }
    sealed
}

fn arbitrary_locator(source: &mut Unstructured) -> arbitrary::Result<Locator> {
    let mut text = |longest| -> arbitrary::Result<String> {
        let length = source.int_in_range(0..=longest)?;
        // Every character of up to four bytes, as many as asked for.
        (0..length).map(|_| char::arbitrary(source)).collect()
    };
    let (url, media_type, kind) = (text(300)?, text(40)?, text(60)?);
    Ok(Locator {
        url,
        sha256: source.arbitrary()?,
        size: source.arbitrary()?,
        media_type,
        kind,
    })
}

/// A locator survives, plain and sealed, in one of two lengths; or it is too long for both.
fn round_trip(locator: &Locator) {
    let texts = [&locator.url, &locator.media_type, &locator.kind];
    let length = 1 + 32 + 8 + texts.iter().map(|text| 4 + text.len()).sum::<usize>();
    let key = WORLD.record_key.data_public_key();
    match locator.encode() {
        Ok(bytes) => {
            assert_eq!(bytes.len(), if length <= 192 { 192 } else { 448 });
            assert_eq!(Locator::decode(&bytes).as_ref(), Ok(locator));
            let sealed = seal(locator, &key, &mut rng(1)).expect("it was encoded");
            assert_eq!(sealed.len(), bytes.len() + 48);
            assert_eq!(open(&sealed, &WORLD.record_key).as_ref(), Ok(locator));
        }
        Err(error) => {
            assert_eq!(error, LocatorError::TooLong(length));
            assert!(length > 448);
        }
    }
}

/// The host that an address leads to: where it is a number in any spelling, the rule sees the number.
fn address_in(text: &str) {
    let Ok(url) = within(128 * text.len() + 8192, "an address", || Url::parse(text)) else {
        return;
    };
    let address = match url.host() {
        Some(Host::Ipv4(address)) => IpAddr::V4(address),
        Some(Host::Ipv6(address)) => IpAddr::V6(address),
        Some(Host::Domain(name)) if matches!(url.scheme(), "http" | "https") => {
            // What is not a number by then is none for a resolver either.
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
