//! Requests to a document store: a signed request has one form, and the signed text is that of the sent request.

use arbitrary::{Arbitrary, Unstructured};
use generion_interface::store::{
    DocumentId, ErrorBody, ErrorCode, FileId, HeaderError, LinkId, LinkNote, Nonce, Operation,
    SignedRequest, StoreRequest, canonical_host, header,
};
use sha2::{Digest, Sha256};
use solana_address::Address;

use generion_native::memory::within;

const HEADERS: [&str; 5] = [
    header::SIGNER,
    header::SIGNATURE,
    header::ERASE_AUTHORITY,
    header::TIME,
    header::NONCE,
];

/// An honest request's lines, identifiers, and refusals.
pub fn seeds() -> Vec<Vec<u8>> {
    let request = StoreRequest {
        operation: Operation::Upload(DocumentId::of(b"ciphertext").into()),
        host: "store.example:8787".to_owned(),
        erase_authority: Address::new_from_array([7; 32]),
        unix_time: 1_790_000_000,
        nonce: Nonce([0xab; 16]),
    };
    let document = DocumentId::of(b"ciphertext").to_string();
    let link = LinkId::of(1_790_000_000, b"file").to_string();
    let signed = request.signed(Address::new_from_array([9; 32]), [5; 64].into());
    let values = signed.headers().map(|(_, value)| value);
    let body = br#"{"code":"erased","message":"deleted for good"}"#;
    vec![
        [&[0], values.join("\n").as_bytes()].concat(),
        [&[0], values[..3].join("\n").as_bytes()].concat(),
        [&[1], document.as_bytes()].concat(),
        [&[1], link.as_bytes()].concat(),
        [&[1], &b"e30..note"[..]].concat(),
        [&[1], "ab".repeat(16).as_bytes()].concat(),
        [&[2], &body[..]].concat(),
        [&[3], &[0x2a; 200][..]].concat(),
    ]
}

/// The first byte selects the meaning of the rest: the headers' values line by line, an identifier, a refusal's body, or
/// bytes to make a request from.
pub fn run(input: &[u8]) {
    let Some((kind, bytes)) = input.split_first() else {
        return;
    };
    match (kind % 4, str::from_utf8(bytes)) {
        (0, Ok(text)) => headers(&text.lines().collect::<Vec<_>>()),
        (1, Ok(text)) => identifiers(text),
        (2, _) => refusal(bytes),
        (3, _) => {
            if let Ok(made) = Made::arbitrary(&mut Unstructured::new(bytes)) {
                round_trip(made);
            }
        }
        _ => {}
    }
}

/// A request from its headers' values. Headers without a value are missing.
fn read(operation: Operation, host: &str, values: &[&str]) -> Result<SignedRequest, HeaderError> {
    SignedRequest::from_headers(operation, host, |name| {
        let index = HEADERS.iter().position(|header| *header == name)?;
        values.get(index).copied()
    })
}

fn headers(values: &[&str]) {
    let length: usize = values.iter().map(|value| value.len()).sum();
    let document = DocumentId::of(b"");
    let result = within(8 * length + 4096, "headers", || {
        read(Operation::Erase(document.into()), "host", values)
    });
    match result {
        // The headers have exactly the form in which the request is written.
        Ok(request) => {
            let written = request.headers().map(|(_, value)| value);
            assert!(values.len() >= 5);
            assert_eq!(values[..5], written.each_ref().map(String::as_str));
        }
        Err(HeaderError::Missing(name)) => {
            let index = HEADERS.iter().position(|header| *header == name);
            assert!(index.is_some_and(|index| index >= values.len()));
        }
        Err(HeaderError::Malformed { name, .. }) => assert!(HEADERS.contains(&name)),
    }
}

/// Lower-case hex of the right length, and nothing else.
fn identifiers(text: &str) {
    let is_hex = |digits: usize| {
        text.len() == digits
            && text
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let document = text.parse::<DocumentId>();
    assert_eq!(document.is_ok(), is_hex(64));
    assert!(document.is_err() || document.is_ok_and(|id| id.to_string() == text));
    let nonce = text.parse::<Nonce>();
    assert_eq!(nonce.is_ok(), is_hex(32));
    assert!(nonce.is_err() || nonce.is_ok_and(|nonce| nonce.to_string() == text));
    let link = text.parse::<LinkId>();
    assert!(link.is_err() || link.is_ok_and(|link| link.to_string() == text));
    let note = text.parse::<LinkNote>();
    let is_digit = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let is_note = (1..=2048).contains(&text.len()) && text.bytes().all(is_digit);
    assert_eq!(note.is_ok(), is_note);
}

fn refusal(body: &[u8]) {
    let limit = 8 * body.len() + 4096;
    let Ok(refusal) = within(limit, "a refusal", || {
        serde_json::from_slice::<ErrorBody>(body)
    }) else {
        return;
    };
    assert!(ErrorCode::ALL.contains(&refusal.code));
    let written = serde_json::to_vec(&refusal).expect("texts are JSON");
    assert_eq!(
        serde_json::from_slice::<ErrorBody>(&written).ok(),
        Some(refusal)
    );
}

#[derive(Debug, Arbitrary)]
struct Made {
    erase: bool,
    host: String,
    port: Option<u16>,
    sha256: [u8; 32],
    /// Of a link. Without one, it is a document.
    expiry: Option<u64>,
    erase_authority: [u8; 32],
    unix_time: u64,
    nonce: [u8; 16],
    signer: [u8; 32],
    signature: [u8; 64],
    /// The header to change, the place, and the new value.
    change: (u8, u8, char),
}

/// A request that is read from its headers is the same. With a changed header it is another request, or none.
fn round_trip(made: Made) {
    let file = match made.expiry {
        None => FileId::Document(DocumentId::from_bytes(made.sha256)),
        Some(expiry) => FileId::Link(LinkId {
            expiry,
            sha256: made.sha256,
        }),
    };
    let operation = if made.erase {
        Operation::Erase(file)
    } else {
        Operation::Upload(file)
    };
    let host = canonical_host(&made.host, made.port);
    let request = StoreRequest {
        operation,
        host: host.clone(),
        erase_authority: made.erase_authority.into(),
        unix_time: made.unix_time,
        nonce: Nonce(made.nonce),
    };
    let text = request.text();
    let id: String = made.sha256.map(|byte| format!("{byte:02x}")).concat();
    let path = match made.expiry {
        None => format!("/v1/documents/{id}"),
        Some(expiry) => format!("/v1/links/{expiry}/{id}"),
    };
    let empty = format!("{:x}", Sha256::digest([]));
    let expected = [
        "generion store v1",
        &host,
        if made.erase { "DELETE" } else { "PUT" },
        &path,
        if made.erase { &empty } else { &id },
        &Address::from(made.erase_authority).to_string(),
        &made.unix_time.to_string(),
        &made.nonce.map(|byte| format!("{byte:02x}")).concat(),
        "",
    ];
    assert_eq!(text, expected.join("\n"));

    let signed = request.signed(made.signer.into(), made.signature.into());
    let mut values = signed.headers().map(|(_, value)| value);
    let again =
        |values: &[String; 5]| read(operation, &host, &values.each_ref().map(String::as_str));
    assert_eq!(again(&values).as_ref(), Ok(&signed));

    let (header, position, to) = made.change;
    let value = &mut values[usize::from(header) % 5];
    let position = usize::from(position) % value.len();
    let before = value.clone();
    value.replace_range(position..=position, to.encode_utf8(&mut [0; 4]));
    if *value != before {
        assert!(again(&values).is_ok_and(|other| other != signed) || again(&values).is_err());
    }
}
