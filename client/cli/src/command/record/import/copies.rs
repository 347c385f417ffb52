//! Options for research copies of all documents of an import.

use std::{path::PathBuf, str::FromStr, time::Duration};

use clap::Args;
use generion_client::{
    PseudonymKeys,
    batch::{CopyRules, HoldBack},
};

use crate::{
    args::{addressee::Addressee, time::parse_seconds},
    command::record::copy::read_profile,
    context::{Context, wallets::Signers},
    output::failure::Failure,
};

#[derive(Args)]
pub struct ImportCopyArgs {
    /// Also write a research copy of each FHIR document: a second record, without names, identifiers, exact dates and free
    /// text. The ledger still shows the time, the creator and the owner of the copy
    #[arg(long)]
    research_copies: bool,
    /// Hold each copy back for a random time between two, such as 1d..7d, so that times don't show which records belong
    /// together. Later runs of the same command write the copies that are due
    #[arg(long, value_name = "FROM..TO", value_parser = hold_back, requires = "research_copies")]
    hold_back: Option<HoldBack>,
    /// Owner of all research copies: another wallet of the same person, or its card [default: the document's owner]
    #[arg(long, value_name = "WALLET_OR_CARD", value_parser = Addressee::from_str, requires_all = ["research_copies", "owner"])]
    pub copy_owner: Option<Addressee>,
    /// File with the rules for research copies [default: the profile safe-harbor-document/1]
    #[arg(long, value_name = "FILE", requires = "research_copies")]
    copy_profile: Option<PathBuf>,
}

impl ImportCopyArgs {
    /// The rules, if copies are asked for.
    pub fn rules(
        &self,
        context: &Context,
        signers: &Signers<'_>,
    ) -> Result<Option<CopyRules>, Failure> {
        if !self.research_copies {
            return Ok(None);
        }
        let keys = PseudonymKeys::derive(context.ledger().deployment(), signers.wallet)?;
        let mut rules = CopyRules::new(keys);
        if let Some(path) = &self.copy_profile {
            rules = rules.by(read_profile(path)?);
        }
        if let Some(hold_back) = self.hold_back {
            rules = rules.held_back(hold_back);
        }
        Ok(Some(rules))
    }

    /// Whether copies that are made now are written by a later run.
    pub fn are_held(&self) -> bool {
        self.hold_back
            .is_some_and(|hold_back| hold_back.longest() > Duration::ZERO)
    }
}

/// Reads two durations, such as `1d..7d`.
fn hold_back(text: &str) -> Result<HoldBack, String> {
    let expected = || "expected two durations, such as 1d..7d, the shorter one first".to_owned();
    let (from, to) = text.split_once("..").ok_or_else(expected)?;
    let [from, to] = [parse_seconds(from)?, parse_seconds(to)?];
    let seconds = |seconds: u32| Duration::from_secs(seconds.into());
    HoldBack::between(seconds(from), seconds(to)).ok_or_else(expected)
}

/// A number of research copies, in words.
pub fn count_copies(count: usize) -> String {
    match count {
        1 => "1 research copy".to_owned(),
        count => format!("{count} research copies"),
    }
}
