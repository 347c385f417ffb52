//! The applications for a sponsor's study.

use generion_client::{
    Applicant, ClientError, KeyedAccount, Wallet,
    accounts::{ApplicationAccount, StudyAccount},
};
use serde::Serialize;
use solana_address::Address;

use crate::{
    context::Context,
    output::{
        failure::Failure,
        report::{Output, Report},
        text::Text,
    },
};

#[derive(Serialize)]
struct Applications {
    study: String,
    applications: Vec<ApplicationView>,
}

#[derive(Serialize)]
struct ApplicationView {
    application: String,
    participant: String,
    order: String,
    /// Whether order, records, letter and facts are right. Whether the documents are in their stores is looked up by admitting.
    right: bool,
    /// The reason why it is not right; `null`: it is.
    reason: Option<String>,
    records: Vec<String>,
    /// The participant's words; `null`: the letter can't be read.
    words: Option<String>,
}

/// An application, and whether it is right.
pub type Judged = (
    KeyedAccount<ApplicationAccount>,
    Result<Applicant, ClientError>,
);

/// Reads the applications for a study of the wallet's. A failing node is a failure, and a wrong application is not.
pub async fn judged(context: &Context, address: Address) -> Result<Vec<Judged>, Failure> {
    let signer = context.wallet().await?;
    let (ledger, client) = (context.ledger(), &context.client);
    let account: StudyAccount = ledger.get(&address).await?;
    let study = KeyedAccount { address, account };
    let secret = Wallet { signer }.study_secret(ledger.deployment(), &address)?;
    if secret.public_key().to_bytes() != study.account.state.study_key {
        return Err(Failure::new(
            format!("this wallet has not the key of study {address}, to which letters are sealed"),
            "Use the sponsor's wallet (-k).",
        ));
    }
    let mut judged = Vec::new();
    for application in client.applications(&address).await? {
        let applicant = client.check_application(&study, &secret, application.clone());
        match applicant.await {
            Err(error @ ClientError::Node(_)) => return Err(error.into()),
            result => judged.push((application, result)),
        }
    }
    Ok(judged)
}

pub async fn list(context: &Context, study: Address) -> Result<Output, Failure> {
    let judged = judged(context, study).await?;
    let is_empty = judged.is_empty();
    let applications = judged.iter().map(|(application, result)| {
        let (applicant, reason) = match result {
            Ok(applicant) => (Some(applicant), None),
            Err(error) => (None, Some(Failure::from(error).message)),
        };
        let records = applicant.map_or_else(Vec::new, |applicant| {
            let records = applicant.records.iter();
            records.map(|record| record.address.to_string()).collect()
        });
        ApplicationView {
            application: application.address.to_string(),
            participant: application.account.state.participant.to_string(),
            order: application.account.state.order.to_string(),
            right: reason.is_none(),
            reason,
            records,
            words: applicant.map(|applicant| applicant.letter.words.clone()),
        }
    });
    let report = Applications {
        study: study.to_string(),
        applications: applications.collect(),
    };
    Output::listed(&report, is_empty)
}

impl Report for Applications {
    fn describe(&self, text: &mut Text) {
        let rows = self.applications.iter().map(|one| {
            [
                one.participant.clone(),
                match &one.reason {
                    None => "right".to_owned(),
                    Some(reason) => format!("NOT RIGHT: {reason}"),
                },
                one.words.clone().unwrap_or_default(),
            ]
        });
        text.table(["PARTICIPANT", "STATE", "WORDS"], rows, "no applications");
    }
}
