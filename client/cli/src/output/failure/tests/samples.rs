//! Samples of every variant of every error. A variant that has none does not compile.

use std::io;

use generion_client::{
    CardError, ClientError, GenerionError, GenesisHash, LinkError, NodeLie, RefusedTransaction,
    accounts::AccountError,
    crypto::{
        capsule::MalformedCapsule,
        delivery::DeliveryError,
        document::DocumentError,
        health_link::{HealthLinkError, LinkNoteError, UnfitLink},
        jwe::JweError,
        keys::KeyFileError,
        locator::SealedLocatorError,
        settle::UnusableSettleKey,
    },
    deidentify::{DeidentifyError, Unreadable},
    locator::LocatorError,
    rpc::{
        cluster::{self, OtherGenesis},
        node::{Node, NodeError},
        url::{NodeUrl, PlainHttp},
        witness::{Contradiction, Said, TooFew, WitnessError},
    },
    signed_line::LineError,
    store::{FetchError, RequestError, StoreError},
};
use generion_interface::store::ErrorCode;
use solana_address::Address;
use solana_commitment_config::CommitmentConfig;
use solana_hash::Hash;
use solana_instruction::error::InstructionError;
use solana_rpc_client_api::client_error::{Error as RpcError, ErrorKind};
use solana_signature::Signature;
use solana_signer::SignerError;
use solana_transaction_error::TransactionError;
use url::Url;

/// Named samples of an enum, at least one for each variant.
macro_rules! samples {
    ($name:ident: $error:ty { $($variant:literal $pattern:pat => $first:expr $(, $more:expr)*;)+ }) => {
        pub fn $name() -> Vec<(String, $error)> {
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

pub fn a(seed: u8) -> Address {
    Address::new_from_array([seed; 32])
}

pub fn url() -> Url {
    "https://store.example/documents/1".parse().unwrap()
}

fn http_error() -> reqwest::Error {
    let client = reqwest::Client::new();
    client.get("http://[::1").build().unwrap_err()
}

fn disk() -> io::Error {
    io::ErrorKind::StorageFull.into()
}

samples!(requests: RequestError {
    "Client" RequestError::Client(_) => RequestError::Client(http_error().into());
    "Scheme" RequestError::Scheme { .. } => RequestError::Scheme { url: "gopher://store.example/1".parse().unwrap() },
        RequestError::Scheme { url: "file:///etc/passwd".parse().unwrap() };
    "PlainHttp" RequestError::PlainHttp { .. } => RequestError::PlainHttp { url: "http://store.example/1".parse().unwrap() };
    "PrivateAddress" RequestError::PrivateAddress { .. } => RequestError::PrivateAddress { url: url(), address: [10, 0, 0, 1].into() };
    "UnknownHost" RequestError::UnknownHost { .. } => RequestError::UnknownHost { url: url(), source: io::Error::other("no such name") };
    "Unreachable" RequestError::Unreachable { .. } => RequestError::Unreachable { url: url(), source: http_error().into() };
    "TooSlow" RequestError::TooSlow { .. } => RequestError::TooSlow { url: url() };
    "Redirect" RequestError::Redirect { .. } => RequestError::Redirect { url: url(), to: "https://elsewhere.example/".to_owned() };
    "NotFound" RequestError::NotFound { .. } => RequestError::NotFound { url: url() };
    "Erased" RequestError::Erased { .. } => RequestError::Erased { url: url() };
    "ClockSkew" RequestError::ClockSkew { .. } => RequestError::ClockSkew { url: url(), store_time: "Sat, 21 Nov 2026 12:00:00 GMT".to_owned() };
    "UnexpectedStatus" RequestError::UnexpectedStatus { .. } => RequestError::UnexpectedStatus { url: url(), status: 502 };
    "Refused" RequestError::Refused { .. } => RequestError::Refused { url: url(), code: ErrorCode::NotSigned, message: "sign it".to_owned() };
    "RefusedByNewerStore" RequestError::RefusedByNewerStore { .. } => RequestError::RefusedByNewerStore { url: Box::new(url()), code: "closed_for_lunch".to_owned(), message: "come back later".to_owned() };
});

samples!(stores: StoreError {
    "Request" StoreError::Request(_) => StoreError::Request(RequestError::TooSlow { url: url() });
    "InvalidUrl" StoreError::InvalidUrl(_) => StoreError::InvalidUrl("store".parse::<Url>().unwrap_err());
    "NotADocument" StoreError::NotADocument { .. } => StoreError::NotADocument { url: url() };
    "NoEraseAuthority" StoreError::NoEraseAuthority { .. } => StoreError::NoEraseAuthority { url: url() };
    "NoLink" StoreError::NoLink { .. } => StoreError::NoLink { url: url() };
    "TooLarge" StoreError::TooLarge { .. } => StoreError::TooLarge { url: url(), max: 64 << 20 };
    "NotAList" StoreError::NotAList { .. } => StoreError::NotAList { url: url() };
    "Unreadable" StoreError::Unreadable { .. } => StoreError::Unreadable { path: "scan.age".into(), source: io::ErrorKind::PermissionDenied.into() };
    "Changed" StoreError::Changed { .. } => StoreError::Changed { path: "scan.age".into(), expected: 2, found: 1 };
    "Signer" StoreError::Signer(_) => StoreError::Signer(SignerError::Custom("it is away".to_owned()));
    "Random" StoreError::Random(_) => StoreError::Random(getrandom::Error::UNSUPPORTED);
});

samples!(fetches: FetchError {
    "Request" FetchError::Request(_) => FetchError::Request(RequestError::TooSlow { url: url() });
    "All" FetchError::All(_) => FetchError::All(vec![
        FetchError::WrongHash { url: url(), found: [7; 32] },
        FetchError::Request(RequestError::PrivateAddress { url: url(), address: [10, 0, 0, 1].into() }),
    ]);
    "InvalidUrl" FetchError::InvalidUrl(_) => FetchError::InvalidUrl("store".parse::<Url>().unwrap_err());
    "TooLarge" FetchError::TooLarge { .. } => FetchError::TooLarge { size: 2, max: 1 };
    "WrongSize" FetchError::WrongSize { .. } => FetchError::WrongSize { url: url(), expected: 2, found: 1 };
    "WrongHash" FetchError::WrongHash { .. } => FetchError::WrongHash { url: url(), found: [7; 32] };
    "Interrupted" FetchError::Interrupted { .. } => FetchError::Interrupted { url: url(), source: http_error().into() };
    "Unreadable" FetchError::Unreadable { .. } => FetchError::Unreadable { path: "scan.age".into(), source: io::ErrorKind::NotFound.into() };
    "Exists" FetchError::Exists { .. } => FetchError::Exists { path: "scan.pdf".into() };
    "Unwritable" FetchError::Unwritable { .. } => FetchError::Unwritable { path: "scan.pdf".into(), source: disk() };
});

samples!(accounts: AccountError {
    "WrongOwner" AccountError::WrongOwner { .. } => AccountError::WrongOwner { owner: a(3), program_id: a(4) };
    "WrongKind" AccountError::WrongKind(_) => AccountError::WrongKind("record");
    "UnknownVersion" AccountError::UnknownVersion(_) => AccountError::UnknownVersion(2);
    "Malformed" AccountError::Malformed(_) => AccountError::Malformed(9);
    "WrongAddress" AccountError::WrongAddress { .. } => AccountError::WrongAddress { kind: "record", asked: a(1), expected: a(2) };
});

samples!(documents: DocumentError {
    "Io" DocumentError::Io(_) => DocumentError::Io(disk());
    "WrongKey" DocumentError::WrongKey => DocumentError::WrongKey;
    "Damaged" DocumentError::Damaged => DocumentError::Damaged;
    "HeaderTooLong" DocumentError::HeaderTooLong => DocumentError::HeaderTooLong;
    "UnusableKey" DocumentError::UnusableKey => DocumentError::UnusableKey;
});

samples!(locators: SealedLocatorError {
    "WrongKey" SealedLocatorError::WrongKey => SealedLocatorError::WrongKey;
    "TooLong" SealedLocatorError::Locator(LocatorError::TooLong(_)) => SealedLocatorError::Locator(LocatorError::TooLong(500));
    "Stores" SealedLocatorError::Locator(LocatorError::Stores(_)) => SealedLocatorError::Locator(LocatorError::Stores(4));
    "Version1" SealedLocatorError::Locator(LocatorError::Version1) => SealedLocatorError::Locator(LocatorError::Version1);
    "Malformed" SealedLocatorError::Locator(LocatorError::Malformed) => SealedLocatorError::Locator(LocatorError::Malformed);
    "UnknownVersion" SealedLocatorError::Locator(LocatorError::UnknownVersion(_)) => SealedLocatorError::Locator(LocatorError::UnknownVersion(9));
});

samples!(deliveries: DeliveryError {
    "MalformedCapsule" DeliveryError::MalformedCapsule(_) => DeliveryError::MalformedCapsule(a(1));
    "Batch" DeliveryError::Batch(_) => DeliveryError::Batch(GenerionError::BatchLength);
    "SettleKey" DeliveryError::SettleKey(_) => DeliveryError::SettleKey(UnusableSettleKey);
});

samples!(key_files: KeyFileError {
    "Io" KeyFileError::Io(_) => KeyFileError::Io(disk());
    "WrongPassphrase" KeyFileError::WrongPassphrase => KeyFileError::WrongPassphrase;
    "ExcessiveWork" KeyFileError::ExcessiveWork(_) => KeyFileError::ExcessiveWork(30);
    "Malformed" KeyFileError::Malformed => KeyFileError::Malformed;
    "Version1" KeyFileError::Version1 => KeyFileError::Version1;
    "UnknownVersion" KeyFileError::UnknownVersion(_) => KeyFileError::UnknownVersion(3);
    "Taken" KeyFileError::Taken(_) => KeyFileError::Taken(2);
    "NoKey" KeyFileError::NoKey(_) => KeyFileError::NoKey(2);
    "Attestation" KeyFileError::Attestation { .. } => KeyFileError::Attestation { index: 2, source: LineError::NotTheWallets(a(1)) };
});

/// The ledger's refusals of a transaction: every rule of the program, and every other error with a text of its own.
pub fn refusals() -> Vec<(String, RefusedTransaction)> {
    let custom = |code| TransactionError::InstructionError(0, InstructionError::Custom(code));
    let refusal = |error, logs: &[&str]| {
        RefusedTransaction::new(
            None,
            error,
            logs.iter().map(|line| (*line).to_owned()).collect(),
        )
    };
    let rules = GenerionError::ALL.iter().map(|rule| {
        let refusal = refusal(custom(rule.code()), &[]);
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

/// The message of a node with a key in its address.
fn node_error() -> NodeError {
    let url = NodeUrl::parse("https://node.example/key", PlainHttp::ThisMachineOnly).unwrap();
    let node = Node::new(url, CommitmentConfig::confirmed());
    let error = ErrorKind::Custom("connection to https://node.example/key refused".to_owned());
    node.error(RpcError::from(error))
}

fn said(node: &str, words: &str) -> Said {
    Said {
        node: format!("https://{node}.example"),
        slot: Some(7),
        words: words.to_owned(),
    }
}

fn lie() -> NodeLie {
    NodeLie {
        node: "https://node.example".to_owned(),
        address: a(1),
        reason: "the record that was returned for it belongs to another address".to_owned(),
    }
}

fn other_genesis(shown: Hash) -> OtherGenesis {
    OtherGenesis {
        node: "https://node.example".to_owned(),
        shown,
        expected: cluster::MAINNET_BETA_GENESIS,
    }
}

/// The lies of nodes.
pub fn witnesses() -> Vec<(String, ClientError)> {
    let localnet = cluster::LOCALNET_GENESIS;
    let contradiction = Contradiction {
        subject: a(1).to_string(),
        said: vec![said("a", "it is settled"), said("b", "it is not settled")],
        is_one_slot: true,
    };
    let too_few = TooFew {
        answered: vec!["https://a.example".to_owned()],
        needed: 2,
        silent: vec![node_error()],
    };
    let invalid = WitnessError::InvalidBlockHash {
        hash: Hash::new_from_array([7; 32]),
        said: vec![said("a", "it is valid"), said("b", "it is not valid")],
    };
    [
        ("NoNodes", WitnessError::NoNodes),
        (
            "TooManyAccounts",
            WitnessError::TooManyAccounts {
                asked: 100,
                most: 99,
            },
        ),
        (
            "OtherGenesis",
            other_genesis(cluster::DEVNET_GENESIS).into(),
        ),
        ("OtherGenesis", other_genesis(localnet).into()),
        (
            "OtherGenesis",
            other_genesis(Hash::new_from_array([7; 32])).into(),
        ),
        ("TooFew", too_few.into()),
        ("Contradiction", contradiction.into()),
        ("InvalidBlockHash", invalid),
    ]
    .map(|(name, error)| (name.to_owned(), ClientError::Witness(Box::new(error))))
    .into()
}

samples!(clients: ClientError {
    "Node" ClientError::Node(_) => ClientError::Node(node_error());
    "OtherGenesis" ClientError::OtherGenesis(_) => ClientError::OtherGenesis(other_genesis(cluster::DEVNET_GENESIS));
    "Lie" ClientError::Lie(_) => ClientError::Lie(lie());
    "Witness" ClientError::Witness(_) => ClientError::Witness(Box::new(WitnessError::NoNodes));
    "Refused" ClientError::Refused(_) => ClientError::Refused(Box::new(refusals().remove(0).1));
    "Unknown" ClientError::Unknown(_) => ClientError::Unknown(Signature::from([1; 64]));
    "Expired" ClientError::Expired(_) => ClientError::Expired(Signature::from([1; 64]));
    "SentTooLate" ClientError::SentTooLate { .. } => ClientError::SentTooLate { now: 2, not_after: 1 };
    "Stale" ClientError::Stale { .. } => ClientError::Stale { node: "https://node.example".to_owned(), slot: 7 };
    "NoResearchCopy" ClientError::NoResearchCopy { .. } => ClientError::NoResearchCopy { path: "scans/a.json".into(), source: DeidentifyError::Unreadable(Unreadable::NoResource) };
    "ContentChanged" ClientError::ContentChanged { .. } => ClientError::ContentChanged { path: "scans/a.json".into() };
    "OtherBatch" ClientError::OtherBatch { .. } => ClientError::OtherBatch { path: "scans.generion-journal".into(), reason: "it is of another local ledger".to_owned() };
    "Journal" ClientError::Journal { .. } => ClientError::Journal { path: "scans.generion-journal".into(), source: io::Error::other("another run is using it") };
    "NoProgram" ClientError::NoProgram { .. } => ClientError::NoProgram { program_id: a(1), genesis: GenesisHash::LOCALNET, found: "there is nothing at that address" };
    "NotFound" ClientError::NotFound { .. } => ClientError::NotFound { kind: "record", address: a(1) };
    "Account" ClientError::Account { .. } => ClientError::Account { address: a(1), source: AccountError::WrongKind("record") };
    "NoKey" ClientError::NoKey(_) => ClientError::NoKey(a(1));
    "Unattested" ClientError::Unattested { .. } => ClientError::Unattested { node: "https://node.example".to_owned(), wallet: a(1), source: LineError::Missing };
    "OlderKey" ClientError::OlderKey { .. } => ClientError::OlderKey { node: "https://node.example".to_owned(), wallet: a(1), index: 0, seen: 1 };
    "Card" ClientError::Card(_) => ClientError::Card(CardError::Malformed);
    "UnusableCard" ClientError::UnusableCard(_) => ClientError::UnusableCard("it is for another program".to_owned());
    "KeyMemory" ClientError::KeyMemory { .. } => ClientError::KeyMemory { path: "keys-seen.json".into(), source: io::ErrorKind::PermissionDenied.into() };
    "NotSigned" ClientError::NotSigned(_) => ClientError::NotSigned(SignerError::Custom("it is away".to_owned()));
    "Signer" ClientError::Signer(_) => ClientError::Signer("the key file has no key with index 2".to_owned());
    "ForeignKey" ClientError::ForeignKey { .. } => ClientError::ForeignKey { wallet: a(1), index: 2 };
    "Capsule" ClientError::Capsule { .. } => ClientError::Capsule { record: a(1), source: MalformedCapsule };
    "DataKeyMismatch" ClientError::DataKeyMismatch(_) => ClientError::DataKeyMismatch(a(1));
    "Locator" ClientError::Locator { .. } => ClientError::Locator { record: a(1), source: SealedLocatorError::WrongKey };
    "FactsMismatch" ClientError::FactsMismatch(_) => ClientError::FactsMismatch(a(1));
    "CreatorSignature" ClientError::CreatorSignature { .. } => ClientError::CreatorSignature { record: a(1), creator: a(2), source: LineError::NotTheWallets(a(2)) };
    "Fetch" ClientError::Fetch { .. } => ClientError::Fetch { record: a(1), source: Box::new(FetchError::TooLarge { size: 2, max: 1 }) };
    "StoreOfRecord" ClientError::StoreOfRecord { .. } => ClientError::StoreOfRecord { record: a(1), source: Box::new(StoreError::NotADocument { url: url() }) };
    "Document" ClientError::Document { .. } => ClientError::Document { record: a(1), source: DocumentError::Damaged };
    "Encrypt" ClientError::Encrypt { .. } => ClientError::Encrypt { path: "scan.pdf".into(), source: DocumentError::Io(disk()) };
    "EraseAuthority" ClientError::EraseAuthority { .. } => ClientError::EraseAuthority { record: a(1), store: "https://store.example".to_owned(), expected: a(2), actual: a(3) };
    "Store" ClientError::Store(_) => ClientError::Store(Box::new(StoreError::NotADocument { url: url() }));
    "Link" ClientError::Link(_) => ClientError::Link(LinkError::Unfit(UnfitLink::LongUrl { found: 140 })),
        ClientError::Link(LinkError::Unfit(UnfitLink::LongLabel { found: 81 })),
        ClientError::Link(LinkError::Unfit(UnfitLink::UnprintableLabel)),
        ClientError::Link(LinkError::TooLarge { record: a(1), bytes: 40_000_000, max: 32 << 20 }),
        ClientError::Link(LinkError::Note(LinkNoteError::TooLong)),
        ClientError::Link(LinkError::Text(HealthLinkError::Malformed)),
        ClientError::Link(LinkError::Text(HealthLinkError::Version(2))),
        ClientError::Link(LinkError::Text(HealthLinkError::Manifest)),
        ClientError::Link(LinkError::File(JweError::WrongKey)),
        ClientError::Link(LinkError::File(JweError::TooLarge { max: 64 << 20 }));
    "Delivery" ClientError::Delivery(_) => ClientError::Delivery(DeliveryError::MalformedCapsule(a(1)));
    "UnusableSettleKey" ClientError::UnusableSettleKey(_) => ClientError::UnusableSettleKey(UnusableSettleKey);
    "SelfIssued" ClientError::SelfIssued { .. } => ClientError::SelfIssued { order: a(1), record: a(2), seller: a(3) };
    "OnlyBuyer" ClientError::OnlyBuyer { .. } => ClientError::OnlyBuyer { order: a(1), only_buyer: a(2), buyer: a(3) };
    "NotOffered" ClientError::NotOffered { .. } => ClientError::NotOffered { order: a(1), path: "offers.json".into() };
    "Offers" ClientError::Offers { .. } => ClientError::Offers { path: "offers.json".into(), source: io::Error::other("it is no file of offers") };
    "OtherTerms" ClientError::OtherTerms { .. } => ClientError::OtherTerms { purchase: a(1), order: a(2), difference: "the buyer agreed to other terms".to_owned() };
    "OtherSettleKey" ClientError::OtherSettleKey(_) => ClientError::OtherSettleKey(a(1));
    "PurchaseState" ClientError::PurchaseState { .. } => ClientError::PurchaseState { purchase: a(1), state: "it is settled already" };
    "SettleTooLate" ClientError::SettleTooLate { .. } => ClientError::SettleTooLate { purchase: a(1), seconds_left: 60, needed: 3_600 };
    "SettleReserve" ClientError::SettleReserve { .. } => ClientError::SettleReserve { payer: a(1), held: 1, needed: 2 };
    "Marker" ClientError::Marker { .. } => ClientError::Marker { path: "settlements/1.settling.json".into(), source: io::Error::other("it is damaged") };
    "TooLate" ClientError::TooLate { .. } => ClientError::TooLate { purchase: a(1), seconds_left: -3, batches: 2 },
        ClientError::TooLate { purchase: a(1), seconds_left: 3, batches: 2 };
    "NotDelivered" ClientError::NotDelivered { .. } => ClientError::NotDelivered { purchase: a(1), delivered: 1, total: 2 };
    "NotSettled" ClientError::NotSettled(_) => ClientError::NotSettled(a(1));
    "Receipt" ClientError::Receipt { .. } => ClientError::Receipt { path: "receipts/1.json".into(), source: io::Error::other("it is damaged") };
    "ReceiptNotSaved" ClientError::ReceiptNotSaved { .. } => ClientError::ReceiptNotSaved { path: "receipts/1.json".into(), source: io::ErrorKind::StorageFull.into() };
    "Changed" ClientError::Changed { .. } => ClientError::Changed { path: "scan.pdf".into() };
    "File" ClientError::File { .. } => ClientError::File { path: "scan.pdf".into(), source: io::ErrorKind::NotFound.into() },
        ClientError::File { path: "scan.pdf".into(), source: io::ErrorKind::AlreadyExists.into() };
    "Shared" ClientError::Shared(_) => ClientError::Shared(std::sync::Arc::new(ClientError::NoKey(a(1))));
    "Argument" ClientError::Argument(_) => ClientError::Argument("the price is below the least".to_owned());
});
