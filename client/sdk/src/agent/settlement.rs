//! A running settlement, beside the agent's other actions.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use futures::{FutureExt, future::BoxFuture};

use super::{
    event::{AgentEvent, OnEvent},
    world::{Believed, World},
};
use crate::{
    error::ClientError,
    saved::markers::Marker,
    settlement::event::{SettleEnd, SettleEvent},
    transaction::confirmed::ConfirmedTransaction,
};

pub(super) struct Settlement<'a> {
    pub(super) marker: Marker,
    /// The settlement began before this run.
    pub(super) is_resumed: bool,
    future: BoxFuture<'a, Result<End, ClientError>>,
    is_shown: Arc<AtomicBool>,
}

/// A settlement that is over.
pub(super) struct Over {
    pub(super) marker: Marker,
    pub(super) is_resumed: bool,
    /// Whether the secret may have been shown.
    pub(super) is_shown: bool,
}

/// The end of a settlement.
pub(super) enum End {
    /// A transaction of this run settled the purchase.
    Settled(ConfirmedTransaction),
    /// Otherwise; whether it was settled, by another transaction then.
    Gone(Option<bool>),
}

impl<'a> Settlement<'a> {
    /// A settlement of a complete delivery.
    pub(super) fn begin<W: World>(world: &'a W, on_event: OnEvent<'a>, sale: W::Sale) -> Self
    where
        W::Sale: 'a,
    {
        let marker = sale.marker();
        let is_shown = Arc::new(AtomicBool::new(world.may_be_shown(&marker)));
        let shown = is_shown.clone();
        let future = async move {
            let mut report = reporter(on_event, marker, shown);
            let end = world.settle(&sale, &mut report).await?;
            Ok(end_of(world, &marker, end).await)
        };
        Self {
            marker,
            is_resumed: false,
            future: Box::pin(future),
            is_shown,
        }
    }

    /// A settlement that began before this run.
    pub(super) fn resume<W: World>(world: &'a W, on_event: OnEvent<'a>, marker: Marker) -> Self {
        let is_shown = Arc::new(AtomicBool::new(true));
        let shown = is_shown.clone();
        let future = async move {
            let mut report = reporter(on_event, marker, shown);
            let end = world.resume(&marker, &mut report).await?;
            Ok(end_of(world, &marker, end).await)
        };
        Self {
            marker,
            is_resumed: true,
            future: Box::pin(future),
            is_shown,
        }
    }
}

impl Future for Settlement<'_> {
    type Output = (Over, Result<End, ClientError>);

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let end = self.future.poll_unpin(context);
        end.map(|end| {
            let over = Over {
                marker: self.marker,
                is_resumed: self.is_resumed,
                is_shown: self.is_shown.load(Ordering::Relaxed),
            };
            (over, end)
        })
    }
}

fn reporter<'a>(
    on_event: OnEvent<'a>,
    marker: Marker,
    shown: Arc<AtomicBool>,
) -> impl FnMut(SettleEvent) + Send + 'a {
    move |event| {
        if matches!(event, SettleEvent::Sent { .. }) {
            shown.store(true, Ordering::Relaxed);
        }
        let purchase = marker.purchase;
        on_event(AgentEvent::Settling { purchase, event });
    }
}

async fn end_of<W: World>(world: &W, marker: &Marker, end: SettleEnd) -> End {
    match end {
        SettleEnd::Settled {
            confirmed: Some(own),
        }
        | SettleEnd::Gone {
            confirmed: Some(own),
        } => End::Settled(own),
        SettleEnd::Settled { confirmed: None } => End::Gone(Some(true)),
        SettleEnd::Gone { confirmed: None } | SettleEnd::Replaced { .. } => {
            End::Gone(world.was_settled(&marker.purchase, marker.deadline).await)
        }
    }
}
