//! The results of looking at purchases, and the consequences of errors.

use futures::{StreamExt, stream};
use solana_address::Address;

use super::world::{Stand, World};
use crate::error::ClientError;

/// Histories that are read at a time, of purchases that are gone.
const HISTORIES_AT_A_TIME: usize = 4;

/// The result of looking at a purchase.
pub(super) enum Looked<S> {
    /// The purchase is gone; the value says whether it was settled.
    Gone(Option<bool>),
    Pending(S),
    Complete(S),
    Failed(ClientError),
}

/// Looks at purchases, with their deadlines.
pub(super) async fn look<W: World>(
    world: &W,
    due: Vec<(Address, i64)>,
) -> Vec<(Address, Looked<W::Sale>)> {
    let purchases: Vec<_> = due.iter().map(|(purchase, _)| *purchase).collect();
    let stands = world.look(&purchases).await;
    let looked = due.into_iter().zip(stands);
    let looked = stream::iter(looked).map(|((purchase, deadline), stand)| async move {
        let looked = match stand {
            Ok(Stand::Gone) => Looked::Gone(world.was_settled(&purchase, deadline).await),
            Ok(Stand::Pending(sale)) => Looked::Pending(sale),
            Ok(Stand::Complete(sale)) => Looked::Complete(sale),
            Err(error) => Looked::Failed(error),
        };
        (purchase, looked)
    });
    looked.buffered(HISTORIES_AT_A_TIME).collect().await
}

/// Whether trying again is of no use.
pub(super) fn is_lasting(error: &ClientError) -> bool {
    match error {
        ClientError::Shared(error) => is_lasting(error),
        ClientError::ForeignKey { .. }
        | ClientError::Argument(_)
        | ClientError::Signer(_)
        | ClientError::NotSigned(_)
        | ClientError::Delivery(_)
        | ClientError::UnusableSettleKey(_)
        | ClientError::TooLate { .. }
        | ClientError::SettleTooLate { .. } => true,
        _ => false,
    }
}

/// Whether the purchase, as nodes agree on it, is another one than this seller would serve.
pub(super) fn is_other(error: &ClientError) -> bool {
    matches!(
        error,
        ClientError::OtherTerms { .. } | ClientError::OtherSettleKey(_)
    )
}

/// Whether waiting, or an action of the user, can end this error.
pub(super) fn is_wait(error: &ClientError) -> bool {
    match error {
        ClientError::Shared(error) => is_wait(error),
        ClientError::Witness(_)
        | ClientError::PurchaseState { .. }
        | ClientError::SettleReserve { .. } => true,
        _ => false,
    }
}
