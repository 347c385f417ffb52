//! The bytes of an event in the log.

use anchor_lang::prelude::*;
use bytemuck::{Pod, Zeroable};

/// The logged form of an event.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C, packed)]
pub(super) struct Logged<E> {
    pub discriminator: [u8; 8],
    pub event: E,
}

/// Logs an event of fixed size from the stack and as one slice: each additional slice costs 100 compute units. Anchor's
/// macro of this name builds the same bytes on the heap.
#[inline(always)]
pub(crate) fn emit<E: Pod + Discriminator>(event: E) {
    anchor_lang::event::sol_log_data(&[bytemuck::bytes_of(&Logged {
        discriminator: discriminator::<E>(),
        event,
    })]);
}

/// The first bytes of an event.
pub(super) const fn discriminator<E: Discriminator>() -> [u8; 8] {
    match E::DISCRIMINATOR.first_chunk() {
        Some(bytes) => *bytes,
        None => panic!("a discriminator has eight bytes"),
    }
}
