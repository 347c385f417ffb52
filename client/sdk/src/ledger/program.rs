use solana_account_decoder_client_types::UiDataSliceConfig;

use crate::{error::ClientError, ledger::Ledger};

impl Ledger {
    /// Makes sure that there is a program at the program's address, on the word of the first node. Where there is none, every
    /// list is empty and no account is found. Which program it is, this does not show.
    ///
    /// # Errors
    /// [`ClientError::NoProgram`], [`ClientError::Node`].
    pub async fn check_program(&self) -> Result<(), ClientError> {
        let program_id = *self.program_id();
        let program = self
            .with_min_context_slot(|slot| {
                let mut config = self.account_config(slot);
                // The program itself may be a megabyte.
                config.data_slice = Some(UiDataSliceConfig {
                    offset: 0,
                    length: 0,
                });
                self.rpc().get_ui_account_with_config(&program_id, config)
            })
            .await?;
        let found = match program {
            Some(account) if account.executable => return Ok(()),
            Some(_) => "what is there is no program",
            None => "there is nothing at that address",
        };
        Err(ClientError::NoProgram {
            program_id,
            genesis: self.deployment().genesis,
            found,
        })
    }
}
