//! What came of looking at purchases, and what follows from what went wrong.

use futures::{StreamExt, stream};
use solana_address::Address;

use super::world::{Stand, World};
use crate::error::ClientError;

/// Histories that are read at a time, of purchases that are gone.
const HISTORIES_AT_A_TIME: usize = 4;

/// What came of looking at a purchase.
pub(super) enum Looked<S> {
    /// It is gone; whether it was settled.
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

/// Whether a purchase is, by what nodes agree on, another one than this seller would serve.
pub(super) fn is_other(error: &ClientError) -> bool {
    matches!(
        error,
        ClientError::OtherTerms { .. } | ClientError::OtherSettleKey(_)
    )
}

/// Whether it is waited for what will come by itself, or by what the user is told to do.
pub(super) fn is_wait(error: &ClientError) -> bool {
    match error {
        ClientError::Shared(error) => is_wait(error),
        ClientError::Witness(_)
        | ClientError::PurchaseState { .. }
        | ClientError::SettleReserve { .. } => true,
        _ => false,
    }
}
