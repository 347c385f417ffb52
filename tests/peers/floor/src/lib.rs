//! A hand-written lower bound of the protocol: raw byte layouts on pinocchio, to show what its bytes, hashes, curve
//! operations and system calls cost without a framework. It is for measuring, and not for use.
//!
//! What it leaves out, and Generion has:
//!
//! * events;
//! * a search for bumps: callers pass them, and the runtime checks the address when it creates the account. A bump that
//!   is not canonical passes;
//! * rent payers of their own: who creates an account pays, and the rent goes back to the signer;
//! * rotation and attestation of keys; a count of a user's records, and their deletion; shares; closing of orders;
//! * labels, and orders for one buyer: neither is in the terms that are hashed;
//! * a comparison of the terms with those that the buyer agrees to, limits of price, window, locator and number of
//!   records, own orders;
//! * a grace period after the deadline and after the time to settle, and a refund by anyone but the buyer;
//! * errors by name, layout versions, duplicate accounts in one instruction;
//! * checked arithmetic, and bounds checks in general.
//!
//! The statements that are proven, and the curve operations that verify them, are the same.
//!
//! | tag | instruction | accounts | data |
//! | ---: | --- | --- | --- |
//! | 0 | register | wallet `s w`, user `w`, system program | bump, key |
//! | 1 | create_record | creator `s w`, user, record `w`, system program | `c` (16), `z`, bump, data public key, `R`, `C`, facts root, locator |
//! | 2 | verify_record | owner `s`, record `w` | |
//! | 3 | create_order | seller `s w`, user `w`, order `w`, system program, records `w` | bump, id, price, window |
//! | 4 | purchase | buyer `s w`, order `w`, purchase `w`, system program | bump, buyer's key |
//! | 5 | deliver | order, purchase `w`, records | `S`, first, `e` (16), `s1`, `s2`, `R'` and `C'` of each record |
//! | 6 | refund | buyer `s w`, order `w`, purchase `w` | |
//! | 7 | close_purchase | buyer `s w`, purchase `w` | |
//! | 8 | settle | seller `w`, order `w`, purchase `w` | `s` |

mod account;
mod curve;
mod deliver;
mod error;
mod layout;
mod memory;
mod records;
mod sales;

use pinocchio::{
    AccountView, Address, ProgramResult, default_allocator, default_panic_handler,
    program_entrypoint,
};

program_entrypoint!(process, 64);
default_allocator!();
default_panic_handler!();

fn process(id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
    let Some((tag, data)) = data.split_first() else {
        return Err(error::DATA);
    };
    // SAFETY: the accounts that an instruction opens are distinct in every transaction that is measured. A lower bound
    // does not check it.
    unsafe {
        match tag {
            0 => records::register(id, accounts, data),
            1 => records::create_record(id, accounts, data),
            2 => records::verify_record(id, accounts),
            3 => sales::create_order(id, accounts, data),
            4 => sales::purchase(id, accounts, data),
            5 => deliver::deliver(id, accounts, data),
            6 => sales::refund(id, accounts),
            7 => sales::close_purchase(id, accounts),
            8 => sales::settle(id, accounts, data),
            _ => Err(error::DATA),
        }
    }
}
