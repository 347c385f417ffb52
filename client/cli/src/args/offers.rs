//! The option for the seller's offers.

use std::path::PathBuf;

use clap::Args;

/// The file with a seller's offers, if the user names one.
#[derive(Args)]
pub struct OffersFile {
    /// File with your offers: `order create` saves them, and `deliver` leaves out purchases on other terms [default:
    /// offers.json in the data folder]
    #[arg(
        long,
        value_name = "FILE",
        env = "GENERION_ORDERS",
        hide_env_values = true
    )]
    pub orders: Option<PathBuf>,
}
