//! Reading the passphrase of a key file from the terminal or a file descriptor; never from the command line or the
//! environment, which other programs can see.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::PathBuf,
};

use generion_client::crypto::keys::Passphrase;
use zeroize::Zeroizing;

use crate::{output::failure::Failure, prompt::secret};

/// Maximum length of a passphrase in bytes.
const MAX_BYTES: u64 = 1024;

/// Asks for the passphrase of an existing file.
pub async fn ask(fd: Option<u32>) -> Result<Passphrase, Failure> {
    let text = match fd {
        Some(fd) => from_fd(fd)?,
        None => from_terminal("Passphrase of the key file: ").await?,
    };
    Ok(take(text))
}

/// Asks for a new passphrase, on a terminal twice.
pub async fn choose(fd: Option<u32>) -> Result<Passphrase, Failure> {
    let text = match fd {
        Some(fd) => from_fd(fd)?,
        None => {
            let text = from_terminal("New passphrase for the key file: ").await?;
            if text != from_terminal("Repeat the passphrase: ").await? {
                return Err(Failure::new(
                    "the two passphrases differ",
                    "Try again; nothing was written.",
                ));
            }
            text
        }
    };
    if text.is_empty() {
        return Err(Failure::new(
            "the passphrase is empty",
            "Choose one that nobody can guess: it protects all records that the file can open.",
        ));
    }
    Ok(take(text))
}

fn take(mut text: Zeroizing<String>) -> Passphrase {
    Passphrase::new(std::mem::take(&mut *text))
}

fn from_fd(fd: u32) -> Result<Zeroizing<String>, Failure> {
    let read = || -> io::Result<Zeroizing<String>> {
        let path = PathBuf::from(format!("/dev/fd/{fd}"));
        // The full capacity is allocated first, so that growing never leaves a copy of the secret behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_BYTES as usize));
        let file = File::open(path)?;
        BufReader::with_capacity(1, file)
            .take(MAX_BYTES)
            .read_until(b'\n', &mut bytes)?;
        let line = std::str::from_utf8(&bytes)
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8"))?;
        let line = line.strip_suffix('\n').unwrap_or(line);
        let line = line.strip_suffix('\r').unwrap_or(line);
        Ok(Zeroizing::new(line.to_owned()))
    };
    read().map_err(|error| {
        Failure::new(
            format!("can't read the passphrase from file descriptor {fd}: {error}"),
            "Open it for the command, as in `generion … --passphrase-fd 3 3<FILE`.",
        )
    })
}

async fn from_terminal(question: &str) -> Result<Zeroizing<String>, Failure> {
    let what = "the passphrase of the key file";
    let instead = "Pass it with --passphrase-fd where there is no terminal.";
    secret::hidden(question, what, instead).await
}
