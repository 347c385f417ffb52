//! A node that shows an earlier state.

use generion_e2e::{Market, Running, http::StaleNode};
use serde_json::Value;
use solana_signer::Signer;

use crate::number;

const PRICE: u64 = 10_000_000;

/// A second run at a node that lags pays nothing twice, and ends well once the node has caught up.
#[test]
fn a_node_that_shows_the_past_makes_nobody_pay_twice() {
    let market = Market::open();
    let order = market.order(&market.records(1), PRICE);
    let purchases = market.buy(&order, &market.buyers(3));
    market.key_file();
    let node = StaleNode::before(&market.rpc_url, 2);
    let before =
        [&market.seller, &market.fee_payer].map(|wallet| market.lamports(&wallet.pubkey()));

    let run = || {
        // `--url` may be given once, so the command's own is replaced.
        let own = market.agent_command(&["--all"]);
        let mut command = std::process::Command::new(own.get_program());
        for argument in own.get_args() {
            match argument == market.rpc_url.as_str() {
                true => command.arg(&node.server.url),
                false => command.arg(argument),
            };
        }
        for (name, value) in own.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command.current_dir(&market.folder);
        let mut agent = Running::start(command, Some(generion_e2e::PASSPHRASE));
        let status = agent.ended();
        let said = agent.printed.join("\n");
        assert!(status.success(), "{said}");
        serde_json::from_str::<Value>(&said).expect("JSON")
    };
    let first = run();
    assert_eq!(number(&first, "/totals/earned_lamports"), 3 * PRICE);
    let answered = node.stale_answers();
    let second = run();
    assert!(
        node.stale_answers() > answered,
        "nothing stale was answered"
    );
    assert_eq!(number(&second, "/totals/earned_lamports"), 0);
    assert_eq!(number(&second, "/totals/fee_lamports"), 0, "{second}");

    assert_eq!(market.settled(&purchases), 3);
    let fees = number(&first, "/totals/fee_lamports");
    let after = [&market.seller, &market.fee_payer].map(|wallet| market.lamports(&wallet.pubkey()));
    assert_eq!(after, [before[0] + 3 * PRICE, before[1] - fees]);
}
