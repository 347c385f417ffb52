//! The options of deliveries: the purchases to deliver, and the offers to compare them with.

use std::io;

use clap::Args;
use generion_client::{Agent, AgentEvent, AgentOptions, Belief, KeySource, Offers};

use crate::{
    args::{name::Name, offers::OffersFile},
    command::deliver::seller::Seller,
    context::Context,
    output::failure::{Failure, files::file_error},
};

#[derive(Args)]
pub struct DeliverArgs {
    #[command(flatten)]
    pub which: Which,
    #[command(flatten)]
    offers_file: OffersFile,
    /// Deliver every purchase that the ledger shows, without comparing it with your offers
    #[arg(long)]
    any_order: bool,
    /// Number of transactions to send at the same time
    #[arg(long, value_name = "COUNT", default_value_t = AgentOptions::default().in_flight as u16,
          value_parser = clap::value_parser!(u16).range(1..=64))]
    in_flight: u16,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
pub struct Which {
    /// The purchases: addresses, or the first characters of them
    #[arg(value_name = "PURCHASE", num_args = 1.., value_delimiter = ',')]
    pub purchases: Vec<Name>,
    /// Deliver and settle all purchases that are not settled yet, then end
    #[arg(long)]
    pub all: bool,
    /// Deliver and settle all purchases, and continue with new ones until you press Ctrl-C
    #[arg(long)]
    pub watch: bool,
}

/// The offers that purchases are compared with.
pub enum Believed {
    Offers(Offers),
    Ledger,
}

impl Believed {
    pub const fn belief(&self) -> Belief<'_> {
        match self {
            Self::Offers(offers) => Belief::Offers(offers),
            Self::Ledger => Belief::Ledger,
        }
    }
}

impl DeliverArgs {
    /// The offers to compare purchases with. If they can't be read, settlements in progress are continued before this
    /// fails: their secrets may already be public, and they don't need the offers.
    pub async fn offers_or_resume(
        &self,
        context: &Context,
        seller: &Seller<'_>,
        keys: &dyn KeySource,
    ) -> Result<Believed, Failure> {
        match self.offers(context) {
            Ok(offers) => Ok(offers),
            Err(failure) => {
                context
                    .client
                    .resume_settlements(keys, &seller.settler(), |_, _| {})
                    .await?;
                Err(failure)
            }
        }
    }

    /// The offers to compare purchases with.
    pub fn offers(&self, context: &Context) -> Result<Believed, Failure> {
        if self.any_order {
            return Ok(Believed::Ledger);
        }
        let path = context.offers_path(self.offers_file.orders.clone())?;
        if self.offers_file.orders.is_some() && !path.exists() {
            // A named file must exist: with a typo in its name, nothing would be delivered.
            let absent = io::Error::new(io::ErrorKind::NotFound, "the file does not exist");
            return Err(file_error(&path, absent));
        }
        let offers = Offers::load(&path, context.ledger().deployment())?;
        Ok(Believed::Offers(offers))
    }

    /// An agent that serves the seller as these options say.
    pub fn agent<'a>(
        &self,
        context: &'a Context,
        keys: &'a dyn KeySource,
        seller: &'a Seller<'_>,
        offers: &'a Believed,
        on_event: impl FnMut(AgentEvent) + Send + 'a,
    ) -> Agent<'a> {
        let options = AgentOptions {
            in_flight: self.in_flight.into(),
            ..AgentOptions::default()
        };
        let (settler, belief) = (seller.settler(), offers.belief());
        Agent::new(&context.client, keys, settler, belief, options, on_event)
    }
}
