//! Moving the validator's clock forward.

use std::time::{Duration, Instant};

use clap::Args;
use generion_client::Ledger;
use serde::Serialize;
use serde_json::{Value, json};
use solana_rpc_client_api::request::RpcRequest;
use tokio::time::sleep;

use crate::{
    args::time::Expiry,
    context::Context,
    output::{
        failure::Failure,
        report::{Output, Report},
        text::Text,
        time,
    },
};

/// The longest time until the ledger shows its new time.
const PATIENCE: Duration = Duration::from_secs(30);
/// The time between two reads of the clock while waiting.
const POLL: Duration = Duration::from_millis(50);

#[derive(Args)]
pub struct ClockArgs {
    /// Duration to move the clock by, such as 2h, or a later time, such as 2027-01-31T00:00:00Z
    #[arg(value_name = "TIME", value_parser = Expiry::parse)]
    to: Expiry,
}

/// The ledger's time before and after, in Unix seconds.
#[derive(Serialize)]
struct Moved {
    before_at: i64,
    now_at: i64,
}

impl ClockArgs {
    pub async fn run(&self, context: &Context) -> Result<Output, Failure> {
        let ledger = context.ledger();
        let before = ledger.unix_time().await?;
        let to = self.to.unix_time(before);
        if to < before {
            return Err(Failure::new(
                format!(
                    "the ledger's clock shows {} and can't go back to {}",
                    time::show(before),
                    time::show(to)
                ),
                "Start a new ledger with `generion localnet --reset`.",
            ));
        }
        travel(ledger, to).await?;
        Output::new(&Moved {
            before_at: before,
            now_at: arrived(ledger, to).await?,
        })
    }
}

/// Asks the validator to move its clock, by a method that only the local node has.
async fn travel(ledger: &Ledger, unix_time: i64) -> Result<(), Failure> {
    let method = RpcRequest::Custom {
        method: "surfnet_timeTravel",
    };
    let to = json!([{ "absoluteTimestamp": unix_time.saturating_mul(1_000) }]);
    let moved = ledger.rpc().send::<Value>(method, to).await;
    moved.map(drop).map_err(|error| {
        Failure::new(
            format!("the clock was not moved: {}", ledger.primary().error(error)),
            "Only the clock of `generion localnet` can be moved: pass its URL with --url.",
        )
    })
}

/// Waits until the ledger shows the time, and returns the time that it shows.
async fn arrived(ledger: &Ledger, unix_time: i64) -> Result<i64, Failure> {
    let begun = Instant::now();
    loop {
        let now = ledger.unix_time().await?;
        if now >= unix_time {
            return Ok(now);
        }
        if begun.elapsed() > PATIENCE {
            return Err(Failure::new(
                format!("the ledger still shows {}", time::show(now)),
                "Check the validator's messages: the clock stands still while it makes no blocks.",
            ));
        }
        sleep(POLL).await;
    }
}

impl Report for Moved {
    fn describe(&self, text: &mut Text) {
        text.field("before", time::show(self.before_at))
            .field("now", time::show(self.now_at));
    }
}
