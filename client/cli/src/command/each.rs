//! Several things that one command line names, one after the other.

use solana_address::Address;

use crate::output::{failure::Failure, report::Output};

/// Runs a command for each of them, in order, until one fails. The commands before it are reported all the same.
pub async fn in_order(
    addresses: Vec<Address>,
    run: impl AsyncFn(Address) -> Result<Output, Failure>,
) -> Result<Output, Failure> {
    let (count, mut done) = (addresses.len(), None::<Output>);
    for (index, address) in addresses.into_iter().enumerate() {
        match (run(address).await, done.take()) {
            (Ok(output), None) => done = Some(output),
            (Ok(output), Some(before)) => done = Some(before.then(output)),
            (Err(failure), None) => return Err(failure),
            (Err(mut failure), Some(before)) => {
                failure
                    .message
                    .push_str(&format!(" ({index} of {count} were done before)"));
                return Ok(before.with_failure(Some(failure)));
            }
        }
        if done.as_ref().is_some_and(Output::has_failure) {
            break;
        }
    }
    Ok(done.unwrap_or_else(Output::nothing))
}
