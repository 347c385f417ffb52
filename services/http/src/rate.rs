//! Requests a second of each client.

use std::{num::NonZero, time::Duration};

use governor::{DefaultKeyedRateLimiter, Quota, clock::Clock};

use crate::client_address::ClientAddress;

/// How many clients are remembered before those that have been quiet are forgotten.
const FORGET_AT: usize = 10_000;

/// A limit on the requests of each client. Of IPv6 addresses, a network of 64 bits counts as one client.
pub struct RateLimit {
    limiter: DefaultKeyedRateLimiter<ClientAddress>,
}

impl RateLimit {
    /// So many requests a second in the long run, and `burst` at once.
    pub fn new(per_second: NonZero<u32>, burst: NonZero<u32>) -> Self {
        let quota = Quota::per_second(per_second).allow_burst(burst);
        Self {
            limiter: DefaultKeyedRateLimiter::keyed(quota),
        }
    }

    /// Counts a request.
    ///
    /// # Errors
    /// How long the client has to wait, in whole seconds, if it has sent too many.
    pub fn check(&self, client: ClientAddress) -> Result<(), u64> {
        if self.limiter.len() > FORGET_AT {
            self.limiter.retain_recent();
        }
        self.limiter.check_key(&client).map_err(|refused| {
            let wait = refused.wait_time_from(self.limiter.clock().now());
            whole_seconds(wait)
        })
    }
}

/// At least one second.
fn whole_seconds(time: Duration) -> u64 {
    time.as_millis()
        .div_ceil(1_000)
        .try_into()
        .unwrap_or(u64::MAX)
        .max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(address: &str) -> ClientAddress {
        ClientAddress::of(address.parse().unwrap())
    }

    /// One client that sends too much does not slow another one down, and a network of 64 bits is one client.
    #[test]
    fn each_client_has_a_rate_of_its_own() {
        let limit = RateLimit::new(NonZero::<u32>::MIN, NonZero::new(2).unwrap());
        for _ in 0..2 {
            limit.check(client("2001:db8::1")).unwrap();
        }
        assert_eq!(limit.check(client("2001:db8::2")), Err(1));
        limit.check(client("2001:db8:0:1::1")).unwrap();
    }
}
