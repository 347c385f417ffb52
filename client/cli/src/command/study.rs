//! Studies: public, funded calls for data. A sponsor describes, creates and funds them; participants match, join or apply.

mod admit;
mod applications;
mod apply;
mod budget;
mod create;
mod describe;
mod end;
mod file;
mod join;
mod leave;
mod list;
mod matching;
mod participant;
mod view;

use std::path::PathBuf;

use clap::Subcommand;
use generion_client::rpc::amount;

use self::{
    admit::AdmitArgs, apply::ApplyArgs, create::CreateArgs, describe::DescribeArgs, join::JoinArgs,
    list::ListArgs,
};
use crate::{
    args::{name::Name, time::Expiry},
    context::Context,
    output::{failure::Failure, report::Output},
};

#[derive(Subcommand)]
pub enum StudyCommand {
    /// Make the signed description of your next study from a JSON file
    Describe(DescribeArgs),
    /// Create a study from its signed description
    Create(CreateArgs),
    /// Add to the budget of a study
    Fund {
        /// The study: its address, the first characters of it, or SPONSOR/NUMBER
        study: Name,
        /// Amount to add, such as 2SOL
        #[arg(value_name = "AMOUNT", value_parser = amount::parse)]
        amount: u64,
    },
    /// Extend a study, or end it in 5 minutes
    Update {
        /// The study: its address, the first characters of it, or its number
        study: Name,
        /// The later time at which it is over: a duration from now such as 30days, or a date such as 2027-01-31
        #[arg(long, value_name = "WHEN", value_parser = Expiry::parse, required_unless_present = "end")]
        closes: Option<Expiry>,
        /// End the study in 5 minutes; this can't be undone
        #[arg(long, conflicts_with = "closes")]
        end: bool,
    },
    /// Take back the budget of a study that is over
    Withdraw {
        /// Number of the study among your studies
        #[arg(value_name = "NUMBER")]
        number: u64,
        /// Amount to take back [default: all]
        #[arg(long, value_name = "AMOUNT", value_parser = amount::parse)]
        amount: Option<u64>,
    },
    /// List studies
    List(ListArgs),
    /// Show a study, in words if you have its description
    #[command(visible_alias = "get")]
    Show {
        /// The study: its address, the first characters of it, or SPONSOR/NUMBER
        study: Name,
        /// File with the signed description
        #[arg(long, value_name = "FILE")]
        description: Option<PathBuf>,
    },
    /// Find out which of your records match a study; nobody else learns it
    Match {
        /// File with the study's signed description
        description: PathBuf,
    },
    /// Join a study that takes everybody who matches, which makes the required facts public
    Join(JoinArgs),
    /// Apply for a study that selects its participants
    Apply(ApplyArgs),
    /// Withdraw your application, and close your order for the study
    Leave {
        /// The study: its address, the first characters of it, or SPONSOR/NUMBER
        study: Name,
    },
    /// Read the applications for your study
    Applications {
        /// The study: its address, the first characters of it, or its number
        study: Name,
    },
    /// Admit applicants whose documents are in their stores, and pay their prices into escrow
    Admit(AdmitArgs),
    /// Close a study that is over; its seats and its budget stay
    #[command(visible_alias = "delete")]
    Close {
        /// The study: its address, the first characters of it, or its number
        study: Name,
    },
}

impl StudyCommand {
    pub async fn run(self, context: &Context) -> Result<Output, Failure> {
        match self {
            Self::Describe(args) => describe::describe(context, args).await,
            Self::Create(args) => create::create(context, args).await,
            Self::Fund { study, amount } => {
                let study = context.study(&study).await?;
                budget::fund(context, study, amount).await
            }
            Self::Update { study, closes, .. } => {
                let study = context.study(&study).await?;
                end::update(context, study, closes).await
            }
            Self::Withdraw { number, amount } => budget::withdraw(context, number, amount).await,
            Self::List(args) => list::list(context, args).await,
            Self::Show { study, description } => {
                let study = context.study(&study).await?;
                list::show(context, study, description).await
            }
            Self::Match { description } => matching::find(context, &description).await,
            Self::Join(args) => join::join(context, args).await,
            Self::Apply(args) => apply::apply(context, args).await,
            Self::Leave { study } => {
                let study = context.study(&study).await?;
                leave::leave(context, study).await
            }
            Self::Applications { study } => {
                let study = context.study(&study).await?;
                applications::list(context, study).await
            }
            Self::Admit(args) => admit::admit(context, args).await,
            Self::Close { study } => {
                let study = context.study(&study).await?;
                end::close(context, study).await
            }
        }
    }
}
