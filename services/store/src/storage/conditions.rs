//! Whether a storage honours the condition that everything rests on: of several writers at once, one creates an object.
//!
//! There is storage that speaks S3 and ignores the condition, and storage that looks first and writes then. On either,
//! two uploads at once could both be told that they fixed the erase authority.

use bytes::Bytes;
use futures::future::join_all;
use object_store::{
    Error as ObjectError, ObjectStore, ObjectStoreExt, PutMode, PutOptions, path::Path,
};

use super::{
    error::{OpenError, StorageError, failed},
    key::{BlobId, StorageKey},
};

/// Objects that are fought for, one after the other.
const ROUNDS: usize = 4;
/// Writers that fight for each.
const WRITERS: u8 = 8;

/// Has writers fight for objects, side by side and after each other, and looks whether each has one winner.
pub async fn check(objects: &dyn ObjectStore) -> Result<(), OpenError> {
    for _ in 0..ROUNDS {
        let probe = BlobId::random().map_err(StorageError::Random);
        let path = StorageKey::Probe(probe.map_err(OpenError::Unreachable)?).path();
        let fought = fight(objects, &path).await;
        // Whatever came of it.
        let removed = objects.delete(&path).await;
        match (fought?, removed) {
            (true, Ok(()) | Err(ObjectError::NotFound { .. })) => {}
            (true, Err(source)) => {
                return Err(OpenError::Unreachable(failed("remove", path, source)));
            }
            (false, _) => return Err(OpenError::NoConditionalWrites),
        }
    }
    Ok(())
}

/// Whether one of several writers created the object, and nobody after it.
async fn fight(objects: &dyn ObjectStore, path: &Path) -> Result<bool, OpenError> {
    let create = async |writer: u8| {
        let options = PutOptions::from(PutMode::Create);
        let content = Bytes::copy_from_slice(&[writer]);
        match objects.put_opts(path, content.into(), options).await {
            Ok(_) => Ok(Some(writer)),
            Err(ObjectError::AlreadyExists { .. }) => Ok(None),
            // Then there is no such thing as a condition: whoever went through did so without.
            Err(ObjectError::NotImplemented { .. }) => Err(OpenError::NoConditionalWrites),
            Err(source) => {
                let failed = failed("create", path.clone(), source);
                Err(OpenError::Unreachable(failed))
            }
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
        Err(source) => {
            return Err(OpenError::Unreachable(failed("read", path.clone(), source)));
        }
    };
    match (&winners[..], content) {
        ([winner], Some(content)) if *content == [*winner] => {}
        // The winner's answer was lost, and it was told of its own object when it asked again.
        ([], Some(_)) => {}
        // S3 may tell all of them that they were in each other's way (409), and has written nothing.
        ([], None) => match failure {
            Some(failure) => return Err(failure),
            None => return Ok(create(0).await?.is_some() && create(1).await?.is_none()),
        },
        _ => return Ok(false),
    }
    Ok(create(WRITERS).await?.is_none())
}
