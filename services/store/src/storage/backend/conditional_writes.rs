//! Checks that a storage supports conditional writes: of several writers at the same time, one creates an object.
//!
//! Some storage that speaks S3 ignores the condition, and some checks it first and writes later. On either, two
//! uploads at the same time could both set the erase authority of one document.

use bytes::Bytes;
use futures::future::join_all;
use object_store::{
    Error as ObjectError, ObjectStore, ObjectStoreExt, PutMode, PutOptions, path::Path,
};

use crate::storage::{
    error::{OpenError, StorageError, object_error},
    key::{BlobId, StorageKey},
};

/// How many objects the writers try to create, one after the other.
const ROUNDS: usize = 4;
/// How many writers try to create each object.
const WRITERS: u8 = 8;

/// Lets several writers create the same objects, at the same time and one after the other, and checks that each object
/// is created once.
pub async fn check(objects: &dyn ObjectStore) -> Result<(), OpenError> {
    for _ in 0..ROUNDS {
        let probe = BlobId::random().map_err(StorageError::Random);
        let path = StorageKey::Probe(probe.map_err(OpenError::Unreachable)?).path();
        let has_one_winner = race(objects, &path).await;
        // The object is removed whatever the result is.
        let removed = objects.delete(&path).await;
        match (has_one_winner?, removed) {
            (true, Ok(()) | Err(ObjectError::NotFound { .. })) => {}
            (true, Err(source)) => {
                return Err(OpenError::Unreachable(object_error(
                    "remove", &path, source,
                )));
            }
            (false, _) => return Err(OpenError::NoConditionalWrites),
        }
    }
    Ok(())
}

/// Whether exactly one of several writers created the object, and none after them.
async fn race(objects: &dyn ObjectStore, path: &Path) -> Result<bool, OpenError> {
    let create = async |writer: u8| {
        let options = PutOptions::from(PutMode::Create);
        let content = Bytes::copy_from_slice(&[writer]);
        match objects.put_opts(path, content.into(), options).await {
            Ok(_) => Ok(Some(writer)),
            Err(ObjectError::AlreadyExists { .. }) => Ok(None),
            // The storage knows no conditions at all.
            Err(ObjectError::NotImplemented { .. }) => Err(OpenError::NoConditionalWrites),
            Err(source) => Err(OpenError::Unreachable(object_error("create", path, source))),
        }
    };
    let mut winners = Vec::new();
    let mut failure = None;
    for answer in join_all((0..WRITERS).map(create)).await {
        match answer {
            Ok(winner) => winners.extend(winner),
            Err(error @ OpenError::NoConditionalWrites) => return Err(error),
            Err(error) => failure = Some(error),
        }
    }
    let content = async { objects.get(path).await?.bytes().await };
    let content = match content.await {
        Ok(content) => Some(content),
        Err(ObjectError::NotFound { .. }) => None,
        Err(source) => return Err(OpenError::Unreachable(object_error("read", path, source))),
    };
    match (&winners[..], content) {
        ([winner], Some(content)) if *content == [*winner] => {}
        // The answer to the winner was lost, and its repeated request found the object that the first one had created.
        ([], Some(_)) => {}
        // S3 may answer 409 to all writers that conflicted, and has written nothing.
        ([], None) => match failure {
            Some(failure) => return Err(failure),
            None => return Ok(create(0).await?.is_some() && create(1).await?.is_none()),
        },
        _ => return Ok(false),
    }
    Ok(create(WRITERS).await?.is_none())
}
