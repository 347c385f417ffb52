//! The delivery agent as a long-running program.

use std::{
    io::{self, Write},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use generion_client::{AgentEvent, rpc::amount::Sol, rpc::text::printable};
use solana_signer::Signer;
use tokio::sync::Notify;

use crate::{
    command::deliver::{args::DeliverArgs, line::Line, report::Totals, seller::Seller},
    context::Context,
    output::{
        failure::Failure, format::Format, json::printable_json, redaction::hide_typed,
        report::Output, time,
    },
    signals::{self, ending::Ending},
};

/// The time that nodes may be unreachable before the status of a sent transaction counts as unknown. The agent then reads the
/// ledger again, so this costs time only.
const PATIENCE: Duration = Duration::from_secs(120);

/// Delivers until the user stops it. It then waits for transactions in progress, unless the user stops it a second
/// time.
pub async fn watch(
    args: &DeliverArgs,
    mut context: Context,
    ending: Ending,
) -> Result<Output, Failure> {
    let stopped = signals::requested()?;
    context.be_patient(PATIENCE);
    let format = context.format();
    let websocket = context.websocket()?;
    let seller = Seller::new(&context).await?;
    let keys = seller.keys().await?;
    let explorer = context.explorer();
    let offers = args.offers_or_resume(&context, &seller, &*keys).await?;
    say(
        format,
        &format!(
            "delivering for wallet {}; fees are paid by {}",
            keys.wallet(),
            seller.payer.pubkey()
        ),
    );

    let (mut last_reason, mut total) = (String::new(), 0_u64);
    let on_event = |event: AgentEvent| {
        context.warn_of_lies();
        let earned = match &event {
            AgentEvent::Settled { earned, .. } => *earned,
            _ => 0,
        };
        total = total.saturating_add(earned);
        let Some(line) = Line::new(event, explorer) else {
            return;
        };
        match format {
            Format::Json | Format::JsonCompact => print(&printable_json(
                &serde_json::to_string(&line).unwrap_or_default(),
            )),
            Format::Display => {
                // An unreachable node causes the same message for every purchase, again and again; print it once.
                if let Some(reason) = line.reason() {
                    if reason == last_reason {
                        return;
                    }
                    last_reason = reason.to_owned();
                } else {
                    last_reason.clear();
                }
                say(format, &line.text());
                if earned > 0 {
                    say(format, &format!("earned {} since the start", Sol(total)));
                }
            }
        }
    };
    // Until here the first signal ends the program: no transaction is in progress.
    ending.in_order();
    let agent = args.agent(&context, &*keys, &seller, &offers, on_event);
    let is_stopping = Notify::new();
    let stop = async {
        stopped.await;
        say(format, "waiting for transactions in progress");
        is_stopping.notify_one();
    };
    let stopped_twice = async {
        is_stopping.notified().await;
        match signals::requested() {
            Ok(again) => again.await,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        tally = agent.watch(&websocket, stop) => Output::new(&Totals::from(&tally?)),
        () = stopped_twice => Err(Failure::new(
            "interrupted",
            "Run the command again: it continues with the deliveries and settlements that are left.",
        )),
    }
}

/// Prints a line with the time for people, and nothing for programs, which get JSON only.
fn say(format: Format, line: &str) {
    if format == Format::Display {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
        print(&format!("{}  {}", time::show(now), printable(line)));
    }
}

/// Prints a line. If standard output is closed, the agent continues to deliver.
fn print(line: &str) {
    let mut stdout = io::stdout().lock();
    let line = hide_typed(line);
    let _ = writeln!(stdout, "{line}").and_then(|()| stdout.flush());
}
