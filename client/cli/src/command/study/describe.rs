//! Describing a study: the sponsor's draft becomes the signed file that participants agree to.

use std::path::{Path, PathBuf};

use clap::Args;
use generion_client::{
    Wallet,
    rpc::causes::with_causes,
    studies::description::{Description, DescriptionFile},
};
use serde::Serialize;
use serde_json::{Map, Value};
use solana_address::Address;
use solana_signer::Signer;

use super::file;
use crate::{
    context::Context,
    files::destination::{existing, require_free},
    output::{
        failure::Failure,
        report::{Output, Report},
        text::Text,
    },
};

#[derive(Args)]
pub struct DescribeArgs {
    /// JSON file with the description, as docs/study.schema.json says; the command fills in the study and its key
    draft: PathBuf,
    /// File to write the signed description to
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
    /// Replace an existing file
    #[arg(long)]
    force: bool,
}

#[derive(Serialize)]
struct Described {
    /// Address that the study will have.
    study: String,
    /// SHA-256 of the file, by which stores address it.
    sha256: String,
    path: PathBuf,
}

pub async fn describe(context: &Context, args: DescribeArgs) -> Result<Output, Failure> {
    context.refuse_dry_run("generion study describe")?;
    let existing = existing(args.force);
    require_free(&args.to, existing)?;
    let draft = draft(&args.draft)?;
    let wallet = context.wallet().await?;
    let (sponsor, deployment) = (wallet.pubkey(), *context.ledger().deployment());
    let (_, study) = context.client.next_study(&sponsor).await?;
    let secret = Wallet { signer: wallet }.study_secret(&deployment, &study)?;
    let key = hex::encode(secret.public_key().to_bytes());
    let description = complete(&args.draft, draft, &study, &key)?;
    let sign = |line: &[u8]| wallet.try_sign_message(line).map(Into::into);
    let file = DescriptionFile::sign(&description, deployment, sponsor, sign)
        .map_err(|error| Failure::new(with_causes(&error), "Check the wallet (-k)."))?
        .map_err(|error| unfit(&args.draft, &with_causes(&error)))?;
    file::write(&args.to, &file, existing)?;
    Output::new(&Described {
        study: study.to_string(),
        sha256: hex::encode(file.hash()),
        path: args.to,
    })
}

fn draft(path: &Path) -> Result<Map<String, Value>, Failure> {
    serde_json::from_slice(&file::bytes(path)?).map_err(|error| unfit(path, &error.to_string()))
}

/// The draft with the study's address and key, which are not the sponsor's choice.
fn complete(
    path: &Path,
    mut draft: Map<String, Value>,
    study: &Address,
    key: &str,
) -> Result<Description, Failure> {
    for (name, value) in [("study", study.to_string()), ("study_key", key.to_owned())] {
        let value = Value::String(value);
        if draft.get(name).is_some_and(|own| *own != value) {
            return Err(unfit(
                path,
                &format!("{name} is {}, but your next study has {value}", draft[name]),
            ));
        }
        draft.insert(name.to_owned(), value);
    }
    serde_json::from_value(Value::Object(draft)).map_err(|error| unfit(path, &error.to_string()))
}

fn unfit(path: &Path, reason: &str) -> Failure {
    Failure::new(
        format!("{} is no description of a study: {reason}", path.display()),
        "Nothing was signed. Change the file as docs/study.schema.json says.",
    )
}

impl Report for Described {
    fn describe(&self, text: &mut Text) {
        text.field("study", &self.study)
            .field("signed description", self.path.display())
            .field("SHA-256", &self.sha256);
    }
}
