//! The program in a VM with mainnet's feature set. One module for each instruction: what it does to the last field
//! and lamport, then each of its refusals by its error. What every instruction refuses alike is in `matrix`.
#![allow(missing_docs)] // test modules: their docs say why, the names what

mod matrix;
mod prover;
mod research;
mod support;

mod admit;
mod apply;
mod close_order;
mod close_purchase;
mod close_seat;
mod close_study;
mod create_order;
mod create_record;
mod create_study;
mod delete_record;
mod deliver;
mod join_study;
mod purchase;
mod refund;
mod revoke_share;
mod set_encryption_key;
mod settle;
mod share_record;
mod update_study;
mod verify_record;
mod withdraw_application;
mod withdraw_budget;

mod account_attacks;
mod capsule_proofs;
mod delivery_proofs;
mod dispatch;
mod escrow_attacks;
mod history;
mod lamports_sent_ahead;
mod layouts;
mod lifecycle;
mod settle_attacks;
mod settle_keys;
mod sizes;
mod study_accounts;
mod study_attacks;
mod study_history;
mod study_money;

mod specification;
