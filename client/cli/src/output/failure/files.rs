//! Failures with files on the user's machine.

use std::{io, path::Path};

use generion_client::{ClientError, crypto::keys::KeyFileError, rpc::causes::with_causes};

use crate::output::failure::Failure;

/// A file that can't be read or written, or is there already.
pub fn file_error(path: &Path, source: io::Error) -> Failure {
    let source = match source.kind() {
        kind @ io::ErrorKind::AlreadyExists => io::Error::new(kind, "it is there already"),
        _ => source,
    };
    let path = path.to_owned();
    ClientError::File { path, source }.into()
}

/// A key file that can't be read or written.
pub fn key_file_error(path: &Path, error: KeyFileError) -> Failure {
    let advice = match error {
        KeyFileError::Io(error) => return file_error(path, error),
        KeyFileError::WrongPassphrase => "Try again with the passphrase that you chose for it.",
        KeyFileError::Taken(_) => "Pass another key file (--key-file): this one was not changed.",
        KeyFileError::Version1 => "Do that, or write a new one with `generion key export`.",
        KeyFileError::UnknownVersion(_) => "Update this software. The file was not changed.",
        KeyFileError::ExcessiveWork(_)
        | KeyFileError::Malformed
        | KeyFileError::NoKey(_)
        | KeyFileError::Attestation { .. } => {
            "Pass a file that `generion key export` wrote (--key-file)."
        }
    };
    let reason = with_causes(&error);
    Failure::new(format!("key file {}: {reason}", path.display()), advice)
}
