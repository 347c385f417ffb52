//! The texts of refused commands, for people and for programs: every variant of every error, word for word.

mod samples;

use std::{error::Error, fmt::Write as _};

use generion_client::{
    ClientError,
    store::{RequestError, StoreError},
};
use generion_interface::store::ErrorCode;

use self::samples::{
    a, accounts, clients, deliveries, documents, fetches, key_files, locators, refusals, requests,
    stores, url, witnesses,
};
use super::{files::key_file_error, *};

/// All failures with their messages and advice, for a snapshot.
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
fn what_nodes_can_not_be_believed_for() {
    insta::assert_snapshot!(page(record_failure(witnesses(), |error| error)));
}

fn boxed<E: Error + 'static>(samples: Vec<(String, E)>) -> Vec<(String, Box<dyn Error>)> {
    let boxed = |(name, error)| (name, Box::new(error) as Box<dyn Error>);
    samples.into_iter().map(boxed).collect()
}

/// A failure shows an error and all its sources, so that none of them may have the text of the next one in it.
#[test]
fn no_error_repeats_its_source() {
    let all = [
        boxed(clients()),
        boxed(witnesses()),
        boxed(refusals()),
        boxed(requests()),
        boxed(stores()),
        boxed(fetches()),
        boxed(accounts()),
        boxed(documents()),
        boxed(locators()),
        boxed(deliveries()),
        boxed(key_files()),
    ];
    let mut sources = 0;
    for (name, error) in all.iter().flatten() {
        let mut error: &dyn Error = &**error;
        while let Some(source) = error.source() {
            let (text, cause) = (error.to_string(), source.to_string());
            assert!(
                !text.contains(&cause),
                "{name}: {text:?} has {cause:?} in it"
            );
            error = source;
            sources += 1;
        }
    }
    assert!(sources > 30, "only {sources} sources were compared");
}

/// Messages show only the scheme, host and port of a node's or a store's URL.
#[test]
fn no_key_of_a_service_is_shown() {
    let failures = record_failure(clients(), |error| error)
        .into_iter()
        .chain(record_failure(witnesses(), |error| error))
        .chain(record_failure(requests(), |error| {
            StoreError::Request(error).into()
        }));
    for (name, failure) in failures {
        let text = format!("{failure:?}");
        assert!(!text.contains("example/"), "{name}: {text}");
    }
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
    let failure = |(name, error)| (name, key_file_error("keys".as_ref(), error));
    insta::assert_snapshot!(page(key_files().into_iter().map(failure)));
}

#[test]
fn programs_get_all_of_it() {
    let failure = Failure::from(ClientError::Refused(Box::new(refusals().remove(0).1)));
    insta::assert_snapshot!(format!("{:#}", serde_json::json!({ "error": failure })));
}
