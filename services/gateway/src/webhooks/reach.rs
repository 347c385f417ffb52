//! Names that lead into private networks, which a receiver must not.

use std::{error::Error, net::SocketAddr};

use generion_interface::locator::is_public;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::net::lookup_host;

/// A name leads to an address that is not on the public internet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the receiver's name leads to an address that is not public")]
pub(super) struct PrivateAddress;

impl PrivateAddress {
    /// Whether it is why a request failed.
    pub(super) fn caused(error: &(dyn Error + 'static)) -> bool {
        error.is::<Self>() || error.source().is_some_and(Self::caused)
    }
}

/// Resolves names to addresses on the public internet, for each connection anew: a name with an address that is not public is
/// refused as a whole. The connection goes to the checked addresses.
#[derive(Clone, Copy, Debug)]
pub(super) struct PublicAddresses;

impl Resolve for PublicAddresses {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = lookup_host((name.as_str(), 0)).await?;
            let addresses: Vec<SocketAddr> = found.collect();
            if !addresses.iter().all(|address| is_public(address.ip())) {
                return Err(PrivateAddress.into());
            }
            let addresses: Addrs = Box::new(addresses.into_iter());
            Ok(addresses)
        })
    }
}
