//! What people and programs read when a command is refused: every variant of every error, word for word. A variant
//! that has no sample here does not compile.

use std::{fmt::Write as _, io};

use generion_client::{
    ClientError, GenerionError, Refusal,
    accounts::AccountError,
    crypto::{
        capsule::MalformedCapsule, delivery::DeliveryError, document::DocumentError,
        keys::KeyFileError, locator::SealedLocatorError,
    },
    store::{FetchError, RequestError, StoreError},
};
use generion_interface::{locator::LocatorError, store::ErrorCode};
use solana_address::Address;
use solana_instruction::error::InstructionError;
use solana_rpc_client_api::client_error::{Error as RpcError, ErrorKind};
use solana_signature::Signature;
use solana_signer::SignerError;
use solana_transaction_error::TransactionError;
use url::Url;

use super::*;
use crate::key_file;

/// Named samples of an enum, at least one for each variant.
macro_rules! samples {
    ($name:ident: $error:ty { $($variant:literal $pattern:pat => $first:expr $(, $more:expr)*;)+ }) => {
        fn $name() -> Vec<(String, $error)> {
            fn variant(error: &$error) -> &'static str {
                match error { $($pattern => $variant),+ }
            }
            let samples: Vec<$error> = [$(vec![$first $(, $more)*]),+].into_iter().flatten().collect();
            let names: Vec<_> = samples.iter().map(variant).collect();
            for name in [$($variant),+] {
                assert!(names.contains(&name), "{name} has no sample");
            }
            names.into_iter().map(str::to_owned).zip(samples).collect()
        }
    };
}

fn a(seed: u8) -> Address {
    Address::new_from_array([seed; 32])
}

fn url() -> Url {
    "https://store.example/documents/1".parse().unwrap()
}

fn http_error() -> reqwest::Error {
    reqwest::Client::new()
        .get("http://[::1")
        .build()
        .unwrap_err()
}

fn disk() -> io::Error {
    io::ErrorKind::StorageFull.into()
}

samples!(requests: RequestError {
    "Client" RequestError::Client(_) => RequestError::Client(http_error());
    "Scheme" RequestError::Scheme { .. } => RequestError::Scheme { url: "gopher://store.example/1".parse().unwrap() },
        RequestError::Scheme { url: "file:///etc/passwd".parse().unwrap() };
    "PrivateAddress" RequestError::PrivateAddress { .. } => RequestError::PrivateAddress { url: url(), address: [10, 0, 0, 1].into() };
    "UnknownHost" RequestError::UnknownHost { .. } => RequestError::UnknownHost { url: url(), source: io::Error::other("no such name") };
    "Unreachable" RequestError::Unreachable { .. } => RequestError::Unreachable { url: url(), source: http_error() };
    "TooSlow" RequestError::TooSlow { .. } => RequestError::TooSlow { url: url() };
    "Redirect" RequestError::Redirect { .. } => RequestError::Redirect { url: url(), to: "https://elsewhere.example/".to_owned() };
    "NotFound" RequestError::NotFound { .. } => RequestError::NotFound { url: url() };
    "Erased" RequestError::Erased { .. } => RequestError::Erased { url: url() };
    "ClockSkew" RequestError::ClockSkew { .. } => RequestError::ClockSkew { url: url(), store_time: "Sat, 21 Nov 2026 12:00:00 GMT".to_owned() };
    "UnexpectedStatus" RequestError::UnexpectedStatus { .. } => RequestError::UnexpectedStatus { url: url(), status: 502 };
    "Refused" RequestError::Refused { .. } => RequestError::Refused { url: url(), code: ErrorCode::NotSigned, message: "sign it".to_owned() };
});

samples!(stores: StoreError {
    "Request" StoreError::Request(_) => StoreError::Request(RequestError::TooSlow { url: url() });
    "NotAStore" StoreError::NotAStore { .. } => StoreError::NotAStore { url: url() };
    "NotADocument" StoreError::NotADocument { .. } => StoreError::NotADocument { url: url() };
    "NoEraseAuthority" StoreError::NoEraseAuthority { .. } => StoreError::NoEraseAuthority { url: url() };
    "Unreadable" StoreError::Unreadable { .. } => StoreError::Unreadable { path: "scan.age".into(), source: io::ErrorKind::PermissionDenied.into() };
    "Changed" StoreError::Changed { .. } => StoreError::Changed { path: "scan.age".into(), expected: 2, found: 1 };
    "Signer" StoreError::Signer(_) => StoreError::Signer(SignerError::Custom("it is away".to_owned()));
    "Random" StoreError::Random(_) => StoreError::Random(getrandom::Error::UNSUPPORTED);
});

samples!(fetches: FetchError {
    "Request" FetchError::Request(_) => FetchError::Request(RequestError::TooSlow { url: url() });
    "InvalidUrl" FetchError::InvalidUrl { .. } => FetchError::InvalidUrl { url: "store".to_owned(), source: "store".parse::<Url>().unwrap_err() };
    "TooLarge" FetchError::TooLarge { .. } => FetchError::TooLarge { url: url(), size: 2, max: 1 };
    "WrongSize" FetchError::WrongSize { .. } => FetchError::WrongSize { url: url(), expected: 2, found: 1 };
    "WrongHash" FetchError::WrongHash { .. } => FetchError::WrongHash { url: url(), found: [7; 32] };
    "Interrupted" FetchError::Interrupted { .. } => FetchError::Interrupted { url: url(), source: http_error() };
    "Unreadable" FetchError::Unreadable { .. } => FetchError::Unreadable { path: "scan.age".into(), source: io::ErrorKind::NotFound.into() };
    "Exists" FetchError::Exists { .. } => FetchError::Exists { path: "scan.pdf".into() };
    "Unwritable" FetchError::Unwritable { .. } => FetchError::Unwritable { path: "scan.pdf".into(), source: disk() };
});

samples!(accounts: AccountError {
    "WrongOwner" AccountError::WrongOwner { .. } => AccountError::WrongOwner { owner: a(3), program_id: a(4) };
    "WrongKind" AccountError::WrongKind(_) => AccountError::WrongKind("record");
    "UnknownVersion" AccountError::UnknownVersion(_) => AccountError::UnknownVersion(2);
    "Malformed" AccountError::Malformed(_) => AccountError::Malformed(9);
});

samples!(documents: DocumentError {
    "Io" DocumentError::Io(_) => DocumentError::Io(disk());
    "WrongKey" DocumentError::WrongKey => DocumentError::WrongKey;
    "Damaged" DocumentError::Damaged => DocumentError::Damaged;
    "UnusableKey" DocumentError::UnusableKey => DocumentError::UnusableKey;
});

samples!(locators: SealedLocatorError {
    "WrongKey" SealedLocatorError::WrongKey => SealedLocatorError::WrongKey;
    "TooLong" SealedLocatorError::Locator(LocatorError::TooLong(_)) => SealedLocatorError::Locator(LocatorError::TooLong(500));
    "Malformed" SealedLocatorError::Locator(LocatorError::Malformed) => SealedLocatorError::Locator(LocatorError::Malformed);
    "UnknownVersion" SealedLocatorError::Locator(LocatorError::UnknownVersion(_)) => SealedLocatorError::Locator(LocatorError::UnknownVersion(9));
});

samples!(deliveries: DeliveryError {
    "MalformedCapsule" DeliveryError::MalformedCapsule(_) => DeliveryError::MalformedCapsule(a(1));
    "Batch" DeliveryError::Batch(_) => DeliveryError::Batch(GenerionError::BatchLength);
});

samples!(key_files: KeyFileError {
    "Io" KeyFileError::Io(_) => KeyFileError::Io(disk());
    "WrongPassphrase" KeyFileError::WrongPassphrase => KeyFileError::WrongPassphrase;
    "ExcessiveWork" KeyFileError::ExcessiveWork(_) => KeyFileError::ExcessiveWork(30);
    "Malformed" KeyFileError::Malformed => KeyFileError::Malformed;
    "Taken" KeyFileError::Taken(_) => KeyFileError::Taken(2);
});

/// What the ledger refuses a transaction for: every rule of the program, and what else has words of its own.
fn refusals() -> Vec<(String, Refusal)> {
    let custom = |code| TransactionError::InstructionError(0, InstructionError::Custom(code));
    let refusal = |error, logs: &[&str]| {
        Refusal::new(
            None,
            error,
            logs.iter().map(|line| (*line).to_owned()).collect(),
        )
    };
    let rules = (6_000..).zip(GenerionError::ALL).map(|(code, rule)| {
        let refusal = refusal(custom(code), &[]);
        assert_eq!(refusal.rule, Some(*rule));
        (format!("{rule:?}"), refusal)
    });
    let seeds = TransactionError::InstructionError(0, InstructionError::InvalidSeeds);
    let poor = ["Transfer: insufficient lamports 1, need 2"];
    let others = [
        ("InvalidSeeds", refusal(seeds, &[])),
        ("insufficient lamports", refusal(custom(1), &poor)),
        (
            "AccountNotFound",
            refusal(TransactionError::AccountNotFound, &[]),
        ),
        (
            "InsufficientFundsForFee",
            refusal(TransactionError::InsufficientFundsForFee, &[]),
        ),
        (
            "another error",
            refusal(TransactionError::AccountInUse, &[]),
        ),
    ];
    rules
        .chain(others.map(|(name, refusal)| (name.to_owned(), refusal)))
        .collect()
}

samples!(clients: ClientError {
    "Node" ClientError::Node { .. } => ClientError::Node {
        url: "https://node.example".to_owned(),
        source: Box::new(RpcError::from(ErrorKind::Custom("connection refused".to_owned()))),
    };
    "Refused" ClientError::Refused(_) => ClientError::Refused(Box::new(refusals().remove(0).1));
    "Unknown" ClientError::Unknown(_) => ClientError::Unknown(Signature::from([1; 64]));
    "Expired" ClientError::Expired(_) => ClientError::Expired(Signature::from([1; 64]));
    "SentTooLate" ClientError::SentTooLate { .. } => ClientError::SentTooLate { now: 2, not_after: 1 };
    "Stale" ClientError::Stale { .. } => ClientError::Stale { url: "https://node.example".to_owned(), slot: 7 };
    "Crowded" ClientError::Crowded { .. } => ClientError::Crowded { owner: a(1), lost: 12, written: 40, writers: vec![(a(2), 39), (a(3), 1)] },
        ClientError::Crowded { owner: a(1), lost: 12, written: 12, writers: vec![] };
    "Journal" ClientError::Journal { .. } => ClientError::Journal { path: "scans.generion-journal".into(), reason: "another run is using it".to_owned() };
    "NotFound" ClientError::NotFound { .. } => ClientError::NotFound { kind: "record", address: a(1) };
    "Account" ClientError::Account { .. } => ClientError::Account { address: a(1), source: AccountError::WrongKind("record") };
    "NoKey" ClientError::NoKey(_) => ClientError::NoKey(a(1));
    "Signer" ClientError::Signer(_) => ClientError::Signer("the wallet does not sign: it is away".to_owned());
    "ForeignKey" ClientError::ForeignKey { .. } => ClientError::ForeignKey { wallet: a(1), index: 2 };
    "Capsule" ClientError::Capsule { .. } => ClientError::Capsule { record: a(1), source: MalformedCapsule };
    "DataKeyMismatch" ClientError::DataKeyMismatch(_) => ClientError::DataKeyMismatch(a(1));
    "Locator" ClientError::Locator { .. } => ClientError::Locator { record: a(1), source: SealedLocatorError::WrongKey };
    "HashMismatch" ClientError::HashMismatch(_) => ClientError::HashMismatch(a(1));
    "Fetch" ClientError::Fetch { .. } => ClientError::Fetch { record: a(1), source: Box::new(FetchError::TooLarge { url: url(), size: 2, max: 1 }) };
    "Document" ClientError::Document { .. } => ClientError::Document { record: a(1), source: DocumentError::Damaged };
    "Encrypt" ClientError::Encrypt { .. } => ClientError::Encrypt { path: "scan.pdf".into(), source: DocumentError::Io(disk()) };
    "EraseAuthority" ClientError::EraseAuthority { .. } => ClientError::EraseAuthority { record: a(1), expected: a(2), actual: a(3) };
    "Store" ClientError::Store(_) => ClientError::Store(Box::new(StoreError::NotAStore { url: url() }));
    "Delivery" ClientError::Delivery(_) => ClientError::Delivery(DeliveryError::MalformedCapsule(a(1)));
    "SelfIssued" ClientError::SelfIssued { .. } => ClientError::SelfIssued { order: a(1), record: a(2), seller: a(3) };
    "TooLate" ClientError::TooLate { .. } => ClientError::TooLate { purchase: a(1), seconds_left: -3, batches: 2 },
        ClientError::TooLate { purchase: a(1), seconds_left: 3, batches: 2 };
    "NotDelivered" ClientError::NotDelivered { .. } => ClientError::NotDelivered { purchase: a(1), delivered: 1, total: 2 };
    "Receipt" ClientError::Receipt { .. } => ClientError::Receipt { path: "receipts/1.json".into(), reason: "it is damaged".to_owned() };
    "File" ClientError::File { .. } => ClientError::File { path: "scan.pdf".into(), source: io::ErrorKind::NotFound.into() },
        ClientError::File { path: "scan.pdf".into(), source: io::ErrorKind::AlreadyExists.into() };
    "Shared" ClientError::Shared(_) => ClientError::Shared(std::sync::Arc::new(ClientError::NoKey(a(1))));
    "DryRun" ClientError::DryRun(_) => ClientError::DryRun(Box::new(DryRun { accounts: vec![], fee: 0, compute_units: 0, size: 0 }));
    "Argument" ClientError::Argument(_) => ClientError::Argument("the price is below the least".to_owned());
});

/// Both forms of every failure, under the name of what failed.
fn page(failures: impl IntoIterator<Item = (String, Failure)>) -> String {
    let mut page = String::new();
    for (name, failure) in failures {
        for line in [&failure.message, &failure.advice] {
            assert!(!line.is_empty() && !line.contains('\n'), "{name}: {line:?}");
        }
        let rule = failure
            .rule
            .map_or_else(String::new, |rule| format!(" [{rule}]"));
        writeln!(
            page,
            "{name}{rule}\n  {}\n  {}",
            failure.message, failure.advice
        )
        .unwrap();
    }
    page
}

fn record_failure<E>(
    samples: Vec<(String, E)>,
    wrap: impl Fn(E) -> ClientError,
) -> Vec<(String, Failure)> {
    samples
        .into_iter()
        .map(|(name, error)| (name, Failure::from(wrap(error))))
        .collect()
}

#[test]
fn what_a_client_refuses() {
    insta::assert_snapshot!(page(record_failure(clients(), |error| error)));
}

#[test]
fn what_the_ledger_refuses() {
    insta::assert_snapshot!(page(record_failure(refusals(), |refusal| {
        ClientError::Refused(Box::new(refusal))
    })));
}

#[test]
fn what_a_request_ends_with() {
    insta::assert_snapshot!(page(record_failure(requests(), |error| {
        StoreError::Request(error).into()
    })));
}

#[test]
fn what_a_store_refuses() {
    let codes = ErrorCode::ALL.iter().map(|code| {
        let error = RequestError::Refused {
            url: url(),
            code: *code,
            message: "in the store's words".to_owned(),
        };
        (format!("Refused {code}"), StoreError::Request(error))
    });
    let all = stores().into_iter().chain(codes).collect();
    insta::assert_snapshot!(page(record_failure(all, ClientError::from)));
}

#[test]
fn what_a_locator_can_not_lead_to() {
    insta::assert_snapshot!(page(record_failure(fetches(), |source| {
        ClientError::Fetch {
            record: a(1),
            source: Box::new(source),
        }
    })));
}

#[test]
fn what_is_wrong_with_what_was_found() {
    let account = |source| ClientError::Account {
        address: a(1),
        source,
    };
    let document = |source| ClientError::Document {
        record: a(1),
        source,
    };
    let locator = |source| ClientError::Locator {
        record: a(1),
        source,
    };
    let all = [
        record_failure(accounts(), account),
        record_failure(documents(), document),
        record_failure(locators(), locator),
        record_failure(deliveries(), ClientError::Delivery),
    ];
    insta::assert_snapshot!(page(all.into_iter().flatten()));
}

#[test]
fn what_is_wrong_with_a_key_file() {
    let failure = |(name, error)| (name, key_file::failure("keys".as_ref(), error));
    insta::assert_snapshot!(page(key_files().into_iter().map(failure)));
}

#[test]
fn programs_get_all_of_it() {
    let failure = Failure::from(ClientError::Refused(Box::new(refusals().remove(0).1)));
    insta::assert_snapshot!(format!("{:#}", serde_json::json!({ "error": failure })));
}
