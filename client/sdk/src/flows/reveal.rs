use solana_address::Address;

use super::blocking::run_blocking;
use crate::{
    client::Client, error::ClientError, fhir::Revealed, files::staged_file::StagedFile,
    wallet::KeySource,
};

impl Client {
    /// Opens one of the owner's records and looks into it. The plain text is gone from this machine when it returns.
    ///
    /// # Errors
    /// Those of [`Self::open_record`].
    pub async fn reveal(
        &self,
        owner: &dyn KeySource,
        record: &Address,
    ) -> Result<Revealed, ClientError> {
        let document = StagedFile::temporary()?;
        self.open_record_into(owner, record, &document).await?;
        let folder = document.folder().to_owned();
        // Large documents take seconds, and signals are to be heard meanwhile.
        let path = folder.clone();
        run_blocking(&folder, move || {
            Revealed::in_document(&mut document.file())
                .map_err(|source| ClientError::File { path, source })
        })
        .await
    }
}
