//! Deleting records from the ledger, and erasing documents from their stores.

use generion_client::{
    Locator,
    locator::StoreUrl,
    rpc::{amount::Sol, causes::with_causes},
};
use serde::Serialize;
use solana_address::Address;
use solana_signer::Signer;

use crate::{
    context::Context,
    output::{
        failure::Failure,
        paid_out::paid_out,
        report::{Output, Report},
        text::Text,
        view::TransactionView,
        waiting,
    },
    prompt::consent::Plan,
};

#[derive(Serialize)]
struct Deleted {
    record: String,
    /// Rent that was returned to its payer.
    returned_lamports: u64,
    rent_payer: String,
    transaction: TransactionView,
}

pub async fn delete(context: &Context, address: Address) -> Result<Output, Failure> {
    let consent = context.consent()?;
    let signers = context.signers().await?;
    let record = context.ledger().record(&address).await?;
    context.require_funds_of(&signers, 0).await?;
    let deletion = context
        .client
        .delete_record(signers.wallet, signers.payer, &address)
        .await?;
    let dry_run = context.dry_run_before_asking(deletion.dry_run()).await?;
    let plan = Plan::new(format!("Delete record {address} of wallet {}", record.state.owner))
        .notes("its document can't be opened through the ledger any more; it stays in its stores until you erase it")
        .notes(format!("the rent is returned to wallet {}", record.state.rent_payer));
    consent.to(plan).await?;
    if let Some(dry_run) = dry_run {
        return Ok(dry_run);
    }
    let confirmed = deletion.send().await?.confirmed;
    Output::new(&Deleted {
        record: address.to_string(),
        returned_lamports: paid_out(&confirmed),
        rent_payer: record.state.rent_payer.to_string(),
        transaction: context.transaction(&confirmed),
    })
}

impl Report for Deleted {
    fn describe(&self, text: &mut Text) {
        text.field("deleted", &self.record).field(
            "rent back",
            format_args!("{} to {}", Sol(self.returned_lamports), self.rent_payer),
        );
        self.transaction.describe(text);
    }
}

#[derive(Serialize)]
struct Erased {
    record: String,
    stores: Vec<StoreErased>,
}

#[derive(Serialize)]
struct StoreErased {
    store: String,
    erased: bool,
    /// Why it was not erased; `null`: it was.
    problem: Option<String>,
}

pub async fn erase(context: &Context, address: Address) -> Result<Output, Failure> {
    let consent = context.consent()?;
    let wallet = context.wallet().await?;
    let owner = context.opener().await?;
    let locator = context.client.open_locator(&*owner, &address).await?;
    let stores: Vec<_> = locator.stores.iter().map(StoreUrl::to_string).collect();
    let plan = Plan::new(format!(
        "Erase the document of record {address} from {}",
        stores.join(" and ")
    ))
    .notes("this can't be undone: nobody can open it again, and no store accepts it a second time");
    consent.to(plan).await?;
    let erase = erase_from_stores(context, address, &locator, wallet);
    context.free_unless_dry_run(erase).await
}

async fn erase_from_stores(
    context: &Context,
    address: Address,
    locator: &Locator,
    wallet: &(dyn Signer + Sync),
) -> Result<Output, Failure> {
    let waiting = waiting::until_done("erasing the document from its stores");
    let results = context.client.erase_document(locator, wallet).await;
    drop(waiting);
    let stores: Vec<_> = results
        .into_iter()
        .map(|(store, result)| StoreErased {
            store: store.to_string(),
            erased: result.is_ok(),
            problem: result.err().map(|error| with_causes(&error)),
        })
        .collect();
    let failed: Vec<_> = stores
        .iter()
        .filter(|store| !store.erased)
        .map(|store| store.store.clone())
        .collect();
    let failure = (!failed.is_empty()).then(|| {
        Failure::new(
            format!(
                "the document of record {address} was not erased from {}",
                failed.join(" and ")
            ),
            "Run the command again when the store can be reached: what is erased stays erased.",
        )
    });
    let output = Output::new(&Erased {
        record: address.to_string(),
        stores,
    })?;
    Ok(output.with_failure(failure))
}

impl Report for Erased {
    fn describe(&self, text: &mut Text) {
        text.field("record", &self.record);
        for store in &self.stores {
            match &store.problem {
                None => text.field("erased from", &store.store),
                Some(problem) => text.field(&store.store, problem),
            };
        }
    }
}
