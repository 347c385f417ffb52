//! Writing through the gateway: it builds transactions, wallets sign them, and it relays them. All of it over HTTP, on a real
//! ledger.

mod expired;
mod landing;
mod nodes;
mod pending;
mod relay;
mod sales;
mod secrets;
mod sponsored;
mod unbuilt;
mod unsponsored;
