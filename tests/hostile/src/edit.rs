use bytemuck::{Pod, Zeroable};
use solana_account::Account;

/// Bytes in front of every account's state: Anchor's discriminator.
const DISCRIMINATOR: usize = 8;

/// An account of the program with fields of its state changed; what is behind the state stays as it is.
#[track_caller]
pub fn edited<T: Pod + Zeroable>(mut account: Account, edit: impl FnOnce(&mut T)) -> Account {
    let body = account
        .data
        .get_mut(DISCRIMINATOR..DISCRIMINATOR + size_of::<T>())
        .expect("an account of this kind is as long");
    let mut state: T = bytemuck::pod_read_unaligned(body);
    edit(&mut state);
    body.copy_from_slice(bytemuck::bytes_of(&state));
    account
}
