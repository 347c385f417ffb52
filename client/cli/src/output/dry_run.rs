//! The reports of dry runs.

use generion_client::{DryRun, DryRunAccount, rpc::amount::Sol};
use serde::Serialize;

use crate::output::{report::Report, text::Text};

/// The report of a transaction's dry run.
#[derive(Serialize)]
pub struct DryRunView {
    dry_run: TransactionDryRun,
}

#[derive(Serialize)]
struct TransactionDryRun {
    accounts: Vec<AccountView>,
    /// The amount that the paying wallet would lose; negative: gain.
    cost_lamports: i128,
    /// The transaction's fee, part of the cost.
    fee_lamports: u64,
    compute_units: u64,
    transaction_bytes: usize,
}

#[derive(Serialize)]
struct AccountView {
    address: String,
    is_signer: bool,
    is_writable: bool,
    lamports: u64,
    lamports_after: u64,
}

impl From<&DryRun> for DryRunView {
    fn from(dry_run: &DryRun) -> Self {
        let view = |account: &DryRunAccount| AccountView {
            address: account.address.to_string(),
            is_signer: account.is_signer,
            is_writable: account.is_writable,
            lamports: account.lamports,
            lamports_after: account.lamports_after,
        };
        let payer = dry_run.accounts.first();
        Self {
            dry_run: TransactionDryRun {
                accounts: dry_run.accounts.iter().map(view).collect(),
                cost_lamports: payer
                    .map_or(0, |payer| -change(payer.lamports, payer.lamports_after)),
                fee_lamports: dry_run.fee,
                compute_units: dry_run.compute_units,
                transaction_bytes: dry_run.size,
            },
        }
    }
}

/// Change of a balance in lamports.
fn change(lamports: u64, lamports_after: u64) -> i128 {
    i128::from(lamports_after) - i128::from(lamports)
}

/// A signed amount of SOL, exact.
fn signed(lamports: i128) -> String {
    let sign = if lamports < 0 { "-" } else { "" };
    let amount = u64::try_from(lamports.unsigned_abs()).unwrap_or(u64::MAX);
    format!("{sign}{}", Sol(amount))
}

impl Report for DryRunView {
    fn describe(&self, text: &mut Text) {
        let TransactionDryRun {
            accounts,
            cost_lamports,
            fee_lamports,
            compute_units,
            transaction_bytes,
        } = &self.dry_run;
        let rows = accounts.iter().map(|account| {
            let use_of = match (account.is_signer, account.is_writable) {
                (true, true) => "signs, written to",
                (true, false) => "signs",
                (false, true) => "written to",
                (false, false) => "read",
            };
            let change = match change(account.lamports, account.lamports_after) {
                0 => String::new(),
                more @ 1.. => format!("+{}", signed(more)),
                less => signed(less),
            };
            [account.address.clone(), use_of.to_owned(), change]
        });
        text.table(["ACCOUNT", "USE", "CHANGE"], rows, "no accounts")
            .field("cost", signed(*cost_lamports))
            .field("of which fee", Sol(*fee_lamports))
            .detail("compute units", compute_units)
            .detail("transaction", format_args!("{transaction_bytes} bytes"))
            .line("dry run: nothing was signed or sent");
    }
}

/// The dry run of a command that sends no transaction, or several; its plan describes the effects.
#[derive(Serialize)]
pub struct Planned {
    dry_run: Cost,
}

#[derive(Serialize)]
struct Cost {
    /// The highest possible cost.
    cost_lamports: u64,
}

impl Planned {
    /// A report with the highest possible cost.
    pub const fn costing(cost_lamports: u64) -> Self {
        Self {
            dry_run: Cost { cost_lamports },
        }
    }
}

impl Report for Planned {
    fn describe(&self, text: &mut Text) {
        text.field("cost", Sol(self.dry_run.cost_lamports))
            .line("dry run: nothing was done");
    }
}
