use bytemuck::{Pod, Zeroable};
use solana_account::Account;

/// Length of Anchor's discriminator, before every account's state.
const DISCRIMINATOR: usize = 8;

/// An account of the program with fields of its state changed. The bytes after the state stay as they are.
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
