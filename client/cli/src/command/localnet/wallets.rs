use std::{
    io,
    path::{Path, PathBuf},
};

use generion_client::{Existing, StagedFile};
use serde::Serialize;
use solana_keypair::{Keypair, read_keypair_file, write_keypair};
use solana_signer::Signer;
use zeroize::Zeroizing;

use crate::output::failure::{Failure, files::file_error};

/// The roles that get a wallet.
pub const ROLES: [&str; 4] = ["patient", "clinic", "doctor", "buyer"];

/// The wallet of a role.
#[derive(Serialize)]
pub struct RoleWallet {
    pub role: &'static str,
    pub address: String,
    pub keypair: PathBuf,
    pub balance_lamports: u64,
}

impl RoleWallet {
    /// Reads the wallet from the folder, or creates it. `funds` is the balance in lamports that the validator gives
    /// it.
    pub fn open(folder: &Path, role: &'static str, funds: u64) -> Result<Self, Failure> {
        let path = folder.join(format!("{role}.json"));
        let keypair = if path.exists() {
            read(&path)?
        } else {
            create(folder, &path)?
        };
        Ok(Self {
            role,
            address: keypair.pubkey().to_string(),
            keypair: path,
            balance_lamports: funds,
        })
    }
}

fn read(path: &Path) -> Result<Keypair, Failure> {
    read_keypair_file(path).map_err(|error| {
        let message = format!("can't read the keypair file {}: {error}", path.display());
        Failure::new(
            message,
            "Remove the file, so that a new wallet is made, or pass another folder with --dir.",
        )
    })
}

/// Writes a keypair file that only this user can read, in full or not at all.
fn create(folder: &Path, path: &Path) -> Result<Keypair, Failure> {
    let write = || -> io::Result<Keypair> {
        let keypair = Keypair::new();
        let staged = StagedFile::in_folder(folder).map_err(io::Error::other)?;
        // The function returns the text that it wrote, which is the secret key.
        let _text = Zeroizing::new(
            write_keypair(&keypair, &mut staged.writer())
                .map_err(|error| io::Error::other(error.to_string()))?,
        );
        staged.place(path, Existing::Keep)?;
        Ok(keypair)
    };
    write().map_err(|error| file_error(path, error))
}
