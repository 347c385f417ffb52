use super::*;

mod lengths;

fn store(text: &str) -> StoreUrl {
    text.parse().unwrap()
}

/// A locator whose encoding without padding is longer by what the kind is longer: 193 bytes and the kind.
fn locator(kind_length: usize) -> Locator {
    Locator {
        stores: vec![store("https://a.example")],
        sha256: [7; 32],
        size: 4711,
        media_type: "text/plain".into(),
        kind: "k".repeat(kind_length),
        profile: "document/1".into(),
        copy: None,
        signature: None,
    }
}

/// Without the kind: the sum of all other lengths.
const UNPADDED: usize = 1 + (4 + 4 + 17) + 32 + 8 + (4 + 10) + 4 + (4 + 10) + 32 + 64;

#[test]
fn round_trips_in_both_lengths() {
    let [short, long] = PADDED_LENGTHS;
    for (kind_length, padded) in [
        (0, short),
        (short - UNPADDED, short),
        (short - UNPADDED + 1, long),
        (long - UNPADDED, long),
    ] {
        for (copy, signature) in [
            (None, None),
            (Some([1; 32]), None),
            (None, Some([2; 64])),
            (Some([1; 32]), Some([2; 64])),
        ] {
            let locator = Locator {
                copy,
                signature,
                ..locator(kind_length)
            };
            let bytes = locator.encode().unwrap();
            assert_eq!(bytes.len(), padded, "{kind_length}");
            assert_eq!(Locator::decode(&bytes), Ok(locator));
        }
    }
    assert_eq!(
        locator(long - UNPADDED + 1).encode(),
        Err(LocatorError::TooLong(long + 1))
    );
}

#[test]
fn up_to_three_different_stores_are_named() {
    let stores = ["https://a.example", "https://b.example", "http://[::1]:1/c"].map(store);
    for count in 1..=3 {
        let locator = Locator {
            stores: stores[..count].to_vec(),
            ..locator(8)
        };
        assert_eq!(
            Locator::decode(&locator.encode().unwrap()),
            Ok(locator.clone())
        );
        let hash = "07".repeat(32);
        let expected = stores[..count]
            .iter()
            .map(|store| format!("{store}/v1/documents/{hash}"));
        assert!(locator.documents().eq(expected));
    }
    let [a, b, c] = stores;
    for stores in [
        vec![],
        vec![a.clone(), a.clone()],
        vec![a.clone(), b.clone(), a.clone()],
        vec![a, b, c, store("https://d.example")],
    ] {
        let count = stores.len();
        let locator = Locator {
            stores,
            ..locator(8)
        };
        assert_eq!(locator.encode(), Err(LocatorError::Stores(count)));
    }
}

#[test]
fn a_field_that_is_there_is_not_zero() {
    for (copy, signature) in [(Some([0; 32]), None), (None, Some([0; 64]))] {
        let locator = Locator {
            copy,
            signature,
            ..locator(8)
        };
        assert_eq!(locator.encode(), Err(LocatorError::Malformed));
    }
}

#[test]
fn other_versions_are_refused_by_name() {
    let mut bytes = locator(8).encode().unwrap();
    for (version, error, text) in [
        (1, LocatorError::Version1, "the locator has version 1, "),
        (
            3,
            LocatorError::UnknownVersion(3),
            "the locator has version 3, ",
        ),
        (
            0,
            LocatorError::UnknownVersion(0),
            "the locator has version 0, ",
        ),
    ] {
        bytes[0] = version;
        assert_eq!(Locator::decode(&bytes), Err(error));
        assert_eq!(Locator::decode(&bytes[..1]), Err(error));
        assert!(error.to_string().starts_with(text), "{error}");
    }
}

/// The encoding, put together by hand: each part can be replaced.
struct Parts {
    stores: Vec<Vec<u8>>,
    count: u32,
    texts: [Vec<u8>; 3],
    padded: usize,
    padding: u8,
}

impl Parts {
    fn new() -> Self {
        Self {
            stores: vec![b"https://a.example".to_vec()],
            count: 1,
            texts: [&b"text/plain"[..], b"kkkkkkkk", b"document/1"].map(<[u8]>::to_vec),
            padded: PADDED_LENGTHS[0],
            padding: 0,
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let text = |text: &Vec<u8>| [&(text.len() as u32).to_le_bytes(), &text[..]].concat();
        let mut bytes = vec![2];
        bytes.extend(self.count.to_le_bytes());
        bytes.extend(self.stores.iter().flat_map(text));
        bytes.extend([7; 32]);
        bytes.extend(4711_u64.to_le_bytes());
        bytes.extend(self.texts.iter().flat_map(text));
        bytes.extend([0; 96]);
        bytes.resize(self.padded.max(bytes.len()), 0);
        *bytes.last_mut().unwrap() = self.padding;
        bytes
    }
}

#[test]
fn refuses_what_it_does_not_write() {
    assert_eq!(Parts::new().bytes(), locator(8).encode().unwrap());
    let changes: [fn(&mut Parts); 13] = [
        |parts| parts.padding = 1,
        // Padded further than to the shortest length that fits, or not at all, or to any other.
        |parts| parts.padded = PADDED_LENGTHS[1],
        |parts| parts.padded = 0,
        |parts| parts.padded = PADDED_LENGTHS[0] - 1,
        |parts| parts.padded = PADDED_LENGTHS[0] + 1,
        |parts| parts.count = 0,
        |parts| parts.count = u32::MAX,
        |parts| (parts.count, parts.stores) = (2, vec![parts.stores[0].clone(); 2]),
        |parts| parts.stores[0] = b"https://a.example/".to_vec(),
        |parts| parts.stores[0] = b"https://user@a.example".to_vec(),
        |parts| parts.stores[0] = vec![0xff; 4],
        |parts| parts.texts[1] = vec![0xff; 8],
        |parts| parts.texts[2] = vec![b'a'; PADDED_LENGTHS[1]],
    ];
    for (index, change) in changes.into_iter().enumerate() {
        let mut parts = Parts::new();
        change(&mut parts);
        assert_eq!(
            Locator::decode(&parts.bytes()),
            Err(LocatorError::Malformed),
            "{index}"
        );
    }
    let good = Parts::new().bytes();
    for length in 1..good.len() {
        assert_eq!(
            Locator::decode(&good[..length]),
            Err(LocatorError::Malformed),
            "{length}"
        );
    }
    assert_eq!(Locator::decode(&[]), Err(LocatorError::Malformed));
}

/// What is canonical here is so for the URL standard, and what is not canonical there is refused here.
#[test]
fn store_addresses_are_urls() {
    for text in [
        "https://store.example",
        "https://store.example:8443/a/b",
        "http://127.0.0.1:8787",
        "http://[::1]:8787",
        "http://[2001:db8::1]/~a",
        "https://xn--mnchen-3ya.example",
        "https://0x.example/a.b",
        "file:///srv/documents",
    ] {
        let url = url::Url::parse(text).unwrap();
        let canonical = url.as_str();
        let path_is_empty = url.path() == "/";
        let expected = if path_is_empty {
            format!("{text}/")
        } else {
            text.into()
        };
        assert_eq!(canonical, expected);
        assert_eq!(store(text).scheme(), url.scheme());
        let host = url.host_str().unwrap_or_default();
        let host = crate::store::canonical_host(host, url.port());
        assert_eq!(store(text).host(), host);
    }
    for text in [
        "https://Store.example",
        "https://store.example:443",
        "https://store.example:0443",
        "https://store.example/a/../b",
        "https://store.example/a b",
        "https://1.2.3",
        "https://0x7f.1",
        "https://1.2.3.04",
        "https://[0:0:0:0:0:0:0:1]",
        "https://[::ffff:1.2.3.4]",
        "https://m\u{fc}nchen.example",
        "https:store.example",
        "https://store.example\\a",
    ] {
        let url = url::Url::parse(text).unwrap();
        assert_ne!(url.as_str().trim_end_matches('/'), text);
        assert!(text.parse::<StoreUrl>().is_err(), "{text}");
    }
}

/// Texts made of the parts that addresses are made of, good and bad ones: each text that is accepted here is the canonical form
/// of the URL standard.
#[test]
fn what_is_taken_is_what_the_url_standard_writes() {
    const PARTS: [&str; 34] = [
        ":",
        "/",
        ".",
        "..",
        "a",
        "B",
        "-",
        "--",
        "_",
        "~",
        "1",
        "0",
        "0x1",
        "0xg",
        "256",
        "127.0.0.1",
        "8080",
        "80",
        "443",
        ":443",
        ":1",
        "[",
        "]",
        "::1",
        "[::1]",
        "[1::]",
        "[::ffff:1.2.3.4]",
        "%41",
        "?",
        "#",
        "@",
        "\\",
        " ",
        "/b",
    ];
    let mut state = 4711_u64;
    let mut draw = |below: usize| {
        // Knuth's generator; its high bits are good enough here.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let mut taken = 0;
    for _ in 0..100_000 {
        let mut text =
            ["https://", "http://", "file:///", "file://", "HTTP://"][draw(5)].to_owned();
        for _ in 0..=draw(6) {
            text.push_str(PARTS[draw(PARTS.len())]);
        }
        if text.parse::<StoreUrl>().is_ok() {
            let url = url::Url::parse(&text).unwrap();
            assert_eq!(url.as_str().trim_end_matches('/'), text);
            taken += 1;
        }
    }
    assert!(taken > 1_000, "{taken}");
}
