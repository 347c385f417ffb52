//! The seller whose purchases are delivered.

use generion_client::{KeySource, Markers, SettleOptions, Settler, Wallet};
use solana_keypair::Keypair;

use crate::{context::Context, output::failure::Failure};

/// The seller's keys, and the wallet that pays the fees. With a key file and a fee payer, the seller's wallet is not
/// needed.
pub struct Seller<'a> {
    pub context: &'a Context,
    pub wallet: Option<&'a Keypair>,
    pub payer: &'a Keypair,
    pub markers: Markers,
}

impl<'a> Seller<'a> {
    pub async fn new(context: &'a Context) -> Result<Self, Failure> {
        let wallet = match context.key_file().await? {
            Some(_) => None,
            None => Some(context.wallet().await?),
        };
        context.create_data()?;
        Ok(Self {
            context,
            wallet,
            payer: context.fee_payer().await?,
            markers: Markers::new(context.data().settlements()),
        })
    }

    /// The wallet that pays for settling.
    pub fn settler(&self) -> Settler<'_> {
        Settler {
            payer: self.payer,
            markers: &self.markers,
            options: SettleOptions::default(),
        }
    }

    pub async fn keys(&self) -> Result<Box<dyn KeySource + '_>, Failure> {
        if let Some(wallet) = self.wallet {
            return Ok(Box::new(Wallet { signer: wallet }));
        }
        match self.context.key_file().await? {
            Some(file) => Ok(Box::new(file)),
            None => Err(Failure::new(
                "there are no keys to deliver",
                "Pass the seller's wallet (-k) or key file (--key-file).",
            )),
        }
    }
}
