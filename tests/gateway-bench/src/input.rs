//! Made-up accounts as the answers of a node, which the index starts from.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use generion_gateway::storage::AccountKind;
use generion_interface::Addresses;
use generion_synthetic_ledger::SyntheticLedger;

/// The seed of the made-up ledgers and of what is asked.
pub const SEED: u64 = 13;
/// The slot that the answers are of.
pub const SLOT: u64 = 1_000;

/// The file with the answer to a question for a kind.
pub fn file(folder: &Path, kind: AccountKind) -> PathBuf {
    folder.join(format!("{kind:?}.json").to_lowercase())
}

/// Writes an answer for each kind of account.
pub fn write(ledger: SyntheticLedger, folder: &Path) -> io::Result<()> {
    fs::create_dir(folder)?;
    let program = Addresses::default().program_id;
    let mut open: Option<(AccountKind, BufWriter<File>)> = None;
    // The ledger's accounts come kind by kind.
    for account in ledger.accounts() {
        let Some(kind) = AccountKind::of(&account.data) else {
            return Err(io::Error::other("an account of no kind"));
        };
        let separator = match &open {
            Some((of, _)) if *of == kind => ",",
            _ => {
                finish(open.take())?;
                let mut answer = BufWriter::new(File::create(file(folder, kind))?);
                write!(
                    answer,
                    r#"{{"jsonrpc":"2.0","result":{{"context":{{"slot":{SLOT}}},"value":["#
                )?;
                open = Some((kind, answer));
                ""
            }
        };
        if let Some((_, answer)) = &mut open {
            let (address, lamports) = (account.address, account.lamports);
            let (data, space) = (BASE64_STANDARD.encode(&account.data), account.data.len());
            write!(
                answer,
                r#"{separator}{{"pubkey":"{address}","account":{{"lamports":{lamports},"data":["{data}","base64"],"owner":"{program}","executable":false,"rentEpoch":18446744073709551615,"space":{space}}}}}"#
            )?;
        }
    }
    finish(open)
}

fn finish(answer: Option<(AccountKind, BufWriter<File>)>) -> io::Result<()> {
    match answer {
        Some((_, mut answer)) => {
            answer.write_all(br#"]},"id":1}"#)?;
            answer.flush()
        }
        None => Ok(()),
    }
}
