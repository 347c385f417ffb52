//! The research copy of a document that becomes a record.

use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
    str::FromStr,
};

use clap::Args;
use generion_client::{
    DocumentFile, NewDocument, PseudonymKeys,
    deidentify::{Action, Profile, Report as Changes, ResearchCopy, deidentify},
    present_year,
};
use serde::Serialize;
use url::Url;

use crate::{
    args::addressee::Addressee,
    command::record::{
        read::read,
        write::{DocumentCreated, WriteArgs},
    },
    context::{Context, wallets::Signers},
    document::fhir,
    output::{
        failure::{Failure, files::file_error},
        report::Report,
        text::Text,
        view::{RecordView, TransactionView},
    },
    prompt::consent::Plan,
};

/// Options for research copies.
#[derive(Args)]
pub struct CopyArgs {
    /// Also write a research copy of a FHIR document: a second record, without names, identifiers, exact dates and free
    /// text. The ledger still shows the time, the creator and the owner of the copy
    #[arg(long)]
    research_copy: bool,
    /// Owner of the research copy: another wallet of the same person, or its card [default: the owner]
    #[arg(long, value_name = "WALLET_OR_CARD", value_parser = Addressee::from_str, requires = "research_copy")]
    copy_owner: Option<Addressee>,
    /// File with the rules for research copies [default: the profile safe-harbor-document/1]
    #[arg(long, value_name = "FILE", requires = "research_copy")]
    copy_profile: Option<PathBuf>,
}

impl CopyArgs {
    /// Makes the research copy, if it is asked for.
    pub fn prepare(
        self,
        context: &Context,
        signers: &Signers<'_>,
        write: &WriteArgs,
        original: &NewDocument,
        file: &DocumentFile,
    ) -> Result<Option<PreparedCopy>, Failure> {
        if !self.research_copy {
            return Ok(None);
        }
        let own;
        let profile = match &self.copy_profile {
            None => Profile::safe_harbor(),
            Some(path) => {
                own = read_profile(path)?;
                &own
            }
        };
        let owner = self
            .copy_owner
            .as_ref()
            .map_or(original.owner, |owner| *owner.wallet());
        let deployment = context.ledger().deployment();
        let keys = PseudonymKeys::derive(deployment, signers.wallet)?;
        let key = keys.key(&original.owner, &owner);
        let mut bytes = Vec::new();
        file.reader()?
            .take(LARGEST)
            .read_to_end(&mut bytes)
            .map_err(|error| file_error(file.path(), error))?;
        let copy = deidentify(&bytes, profile, &key, present_year()).map_err(|error| {
            Failure::new(
                format!("{}: {error}", file.path().display()),
                "Nothing was written. Write the record without --research-copy.",
            )
        })?;
        let guess = fhir::guess_in(copy.document.as_slice());
        Ok(Some(PreparedCopy {
            document: write.document(original.path.clone(), owner, guess),
            file: DocumentFile::from_bytes(original.path.clone(), copy.document.clone()),
            is_same_owner: owner == original.owner,
            copy_owner: self.copy_owner,
            profile: profile.name().to_owned(),
            copy,
        }))
    }
}

/// Reads the file of `--copy-profile`.
pub fn read_profile(path: &Path) -> Result<Profile, Failure> {
    let text = fs::read_to_string(path).map_err(|error| file_error(path, error))?;
    Profile::read(&text).map_err(|error| {
        Failure::new(
            format!("{}: {error}", path.display()),
            "Correct the file (--copy-profile), or leave the option out.",
        )
    })
}

/// The most that is copied, and one byte more.
const LARGEST: u64 = (16 << 20) + 1;

/// A research copy that is no record yet.
pub struct PreparedCopy {
    document: NewDocument,
    file: DocumentFile,
    is_same_owner: bool,
    copy_owner: Option<Addressee>,
    profile: String,
    copy: ResearchCopy,
}

/// A research copy that is a record.
pub struct WrittenCopy {
    /// What the original calls it, if the original may.
    pub named: Option<[u8; 32]>,
    /// The report on it.
    pub view: CopyCreated,
}

impl PreparedCopy {
    pub async fn rent(&self, context: &Context) -> Result<u64, Failure> {
        Ok(context.ledger().rent(self.document.account()?).await?)
    }

    /// Whose record it becomes.
    pub fn owner<'a>(&'a self, original: &'a Addressee) -> &'a Addressee {
        self.copy_owner.as_ref().unwrap_or(original)
    }

    /// Makes sure that its owner has a key and that the ledger would take it. Nothing is sent.
    pub async fn check(
        &self,
        context: &Context,
        signers: &Signers<'_>,
        original: &Addressee,
    ) -> Result<(), Failure> {
        let owner = self.owner(original);
        context.recipient(owner).await?;
        let placeholder = context
            .client
            .record_placeholder(signers.wallet, signers.payer, &self.document, owner.card())
            .await?;
        // The report is of the record: its copy costs the same.
        let dry_run = context.dry_run_before_asking(placeholder.dry_run());
        dry_run.await.map(|_| ())
    }

    /// What the user agrees to.
    pub fn notes(&self, plan: Plan) -> Plan {
        let report = &self.copy.report;
        let whose = match self.is_same_owner {
            true => "for the same wallet".to_owned(),
            false => format!(
                "for wallet {}, which the record does not name",
                self.document.owner
            ),
        };
        plan.notes(format!(
            "its research copy, another record {whose}, by the profile {}: {} dropped, {} generalized",
            self.profile,
            dropped(report),
            report.count(Action::Generalized) + report.count(Action::Rounded)
        ))
        .notes("the ledger shows the copy's time, your wallet and its owner's wallet to everybody")
    }

    /// Writes it.
    pub async fn write(
        &self,
        context: &Context,
        signers: &Signers<'_>,
        original: &Addressee,
    ) -> Result<WrittenCopy, Failure> {
        let card = self.owner(original).card();
        let created = context
            .client
            .create_record_from(
                signers.wallet,
                signers.payer,
                &self.document,
                &self.file,
                card,
            )
            .await?;
        let view = CopyCreated {
            record: read(context, created.address)
                .await
                .map_err(|failure| failure.after(&created.confirmed))?,
            document: DocumentCreated {
                urls: created.documents.iter().map(Url::to_string).collect(),
                media_type: self.document.media_type.clone(),
                kind: self.document.kind.clone(),
                plain_size: self.file.length(),
                signed: created.signature.is_some(),
            },
            profile: self.profile.clone(),
            changes: shown_changes(&self.copy.report),
            transaction: context.transaction(&created.confirmed),
        };
        Ok(WrittenCopy {
            named: self.is_same_owner.then_some(created.contents),
            view,
        })
    }
}

impl WrittenCopy {
    /// The failure where the original could not be written after its copy.
    pub fn without_original(&self, failure: Failure) -> Failure {
        Failure {
            message: format!(
                "the research copy was written as record {}, but not the record itself: {}",
                self.view.record.address, failure.message
            ),
            advice: format!(
                "{} Before you run the command again, delete that record (`generion record delete`): another one is written.",
                failure.advice
            ),
            ..failure
        }
    }
}

pub fn dropped(report: &Changes) -> usize {
    report.count(Action::Redacted) + report.count(Action::Masked)
}

/// What was done to the elements of originals.
pub fn shown_changes(report: &Changes) -> Vec<Change> {
    let changes = report.changes();
    changes
        .map(|(element, action, count)| Change {
            element: element.to_owned(),
            action: action.to_string(),
            count,
        })
        .collect()
}

impl Change {
    /// A row of a table: what was done, how often, and to what.
    pub fn row(&self) -> [String; 3] {
        let Self {
            element,
            action,
            count,
        } = self;
        [action.clone(), count.to_string(), element.clone()]
    }
}

/// A research copy that was written.
#[derive(Serialize)]
pub struct CopyCreated {
    record: RecordView,
    document: DocumentCreated,
    /// The rules that it was made by.
    profile: String,
    /// What was done to the original's elements.
    changes: Vec<Change>,
    transaction: TransactionView,
}

/// What was done to an element.
#[derive(Serialize)]
pub struct Change {
    /// As FHIR calls it, e.g. `Observation.code.text`.
    element: String,
    action: String,
    /// How often.
    count: usize,
}

impl Report for CopyCreated {
    fn describe(&self, text: &mut Text) {
        text.line(format!("research copy, by the profile {}", self.profile));
        self.record.describe(text);
        self.document.describe(text);
        self.transaction.describe(text);
        let rows = self.changes.iter().map(Change::row);
        text.table(["DONE", "TIMES", "ELEMENT"], rows, "nothing was dropped");
    }
}
