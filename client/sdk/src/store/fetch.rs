use std::{io, path::Path};

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream::BoxStream};
use generion_interface::locator::Locator;
use sha2::{Digest, Sha256};
use tokio::{
    fs::{self, File},
    io::{AsyncWriteExt, BufWriter},
};
use tokio_util::io::ReaderStream;
use url::Url;

use super::{
    client::StoreClient,
    error::{FetchError, RequestError},
    http::FILE_BYTES,
    map::StoreMap,
    policy::{self, FetchPolicy},
    request,
};
use crate::{
    files::staged_file::{Existing, StagedFile, folder_of},
    progress::Activity,
};

impl StoreClient {
    /// Fetches the document that a locator names into `to`, which must not be there yet and appears only when size and
    /// SHA-256 are right. It stays encrypted. The locator's stores are tried in their order, and then those that `map` has
    /// in their place.
    ///
    /// # Errors
    /// [`FetchError`]: refused by the policy, not there, erased, not the document of the locator, not reached, or an error of
    /// this machine's disk; for several stores, the error of each.
    pub async fn download(
        &self,
        locator: &Locator,
        policy: &FetchPolicy,
        map: &StoreMap,
        to: &Path,
    ) -> Result<(), FetchError> {
        let unwritable = |source| FetchError::Unwritable {
            path: to.into(),
            source,
        };
        if fs::try_exists(to).await.map_err(unwritable)? {
            return Err(FetchError::Exists { path: to.into() });
        }
        let ciphertext = self.fetch(locator, policy, map, folder_of(to)).await?;
        ciphertext
            .place(to, Existing::Keep)
            .map_err(|error| match error.kind() {
                io::ErrorKind::AlreadyExists => FetchError::Exists { path: to.into() },
                _ => unwritable(error),
            })
    }

    /// As [`Self::download`], into a file without a name on the disk of `folder`.
    ///
    /// # Errors
    /// Those of [`Self::download`].
    pub async fn fetch(
        &self,
        locator: &Locator,
        policy: &FetchPolicy,
        map: &StoreMap,
        folder: &Path,
    ) -> Result<StagedFile, FetchError> {
        if locator.size > policy.max_size {
            return Err(FetchError::TooLarge {
                size: locator.size,
                max: policy.max_size,
            });
        }
        let mut failed = Vec::new();
        for store in map.stores(&locator.stores) {
            let url = StoreClient::document_url(store, locator.sha256);
            let tried = match url.map_err(FetchError::InvalidUrl) {
                Ok(url) => self.fetch_from(&url, locator, policy, folder).await,
                Err(error) => Err(error),
            };
            match tried {
                Ok(ciphertext) => return Ok(ciphertext),
                // Which no other store mends.
                Err(error @ FetchError::Unwritable { .. }) => return Err(error),
                Err(error) => failed.push(error),
            }
        }
        match failed.len() {
            1 => Err(failed.remove(0)),
            _ => Err(FetchError::All(failed)),
        }
    }

    async fn fetch_from(
        &self,
        url: &Url,
        locator: &Locator,
        policy: &FetchPolicy,
        folder: &Path,
    ) -> Result<StagedFile, FetchError> {
        let ciphertext = match url.scheme() {
            "file" if policy.allow_file => open(url, locator).await?,
            _ => get(url, locator, policy).await?,
        };
        let running = self
            .progress
            .begin(Activity::Downloading, Some(locator.size));
        let ciphertext = ciphertext
            .inspect_ok(move |bytes| running.advance(bytes.len() as u64))
            .boxed();
        save(ciphertext, url, locator, folder).await
    }
}

/// The source of a document: the body of an answer, or a file.
type Ciphertext = BoxStream<'static, Result<Bytes, FetchError>>;

async fn get(url: &Url, locator: &Locator, policy: &FetchPolicy) -> Result<Ciphertext, FetchError> {
    let client = policy::pinned_client(url, policy).await?;
    let time = policy.time_for(locator.size);
    let response = request::send(|| client.get(url.clone()).timeout(time), url).await?;
    if let Some(found) = response.content_length() {
        check_size(url, locator, found)?;
    }
    let url = url.clone();
    let broken = move |source: reqwest::Error| match source.is_timeout() {
        true => RequestError::TooSlow { url: url.clone() }.into(),
        false => FetchError::Interrupted {
            url: url.clone(),
            source: source.into(),
        },
    };
    Ok(response.bytes_stream().map_err(broken).boxed())
}

async fn open(url: &Url, locator: &Locator) -> Result<Ciphertext, FetchError> {
    let path = url
        .to_file_path()
        .map_err(|()| RequestError::Scheme { url: url.clone() })?;
    let unreadable = {
        let path = path.clone();
        move |source| FetchError::Unreadable {
            path: path.clone(),
            source,
        }
    };
    // Before it is opened, since opening a pipe waits for a writer.
    let found = fs::metadata(&path).await.map_err(&unreadable)?;
    if !found.is_file() {
        return Err(unreadable(io::Error::other("not a regular file")));
    }
    check_size(url, locator, found.len())?;
    let file = File::open(&path).await.map_err(&unreadable)?;
    Ok(ReaderStream::with_capacity(file, FILE_BYTES)
        .map_err(unreadable)
        .boxed())
}

/// Writes the received bytes into a file that is removed with every error.
async fn save(
    mut ciphertext: Ciphertext,
    url: &Url,
    locator: &Locator,
    folder: &Path,
) -> Result<StagedFile, FetchError> {
    let unwritable = |source| FetchError::Unwritable {
        path: folder.into(),
        source,
    };
    let staged = StagedFile::create(folder).map_err(unwritable)?;
    let file = staged.file().try_clone().map_err(unwritable)?;
    let mut file = BufWriter::with_capacity(FILE_BYTES, File::from_std(file));
    let (mut hasher, mut received) = (Sha256::new(), 0);
    while let Some(bytes) = ciphertext.try_next().await? {
        received += bytes.len() as u64;
        if received > locator.size {
            break;
        }
        hasher.update(&bytes);
        file.write_all(&bytes).await.map_err(unwritable)?;
    }
    check_size(url, locator, received)?;
    let found: [u8; 32] = hasher.finalize().into();
    if found != locator.sha256 {
        return Err(FetchError::WrongHash {
            url: url.clone(),
            found,
        });
    }
    file.flush().await.map_err(unwritable)?;
    Ok(staged)
}

fn check_size(url: &Url, locator: &Locator, found: u64) -> Result<(), FetchError> {
    match found == locator.size {
        true => Ok(()),
        false => Err(FetchError::WrongSize {
            url: url.clone(),
            expected: locator.size,
            found,
        }),
    }
}
