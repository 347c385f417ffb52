//! What a client makes of nodes that lie: nothing is believed because one of them says so, and what is secret is shown
//! only when all is certain.

mod account_data;
mod agents;
mod call;
mod facts;
mod joining;
mod keys;
mod not_settled;
mod opening;
mod reads;
mod records;
mod sales;
mod seat_receipts;
mod selection;
mod settling;
mod shares;
mod studies;
mod town;
mod world;
