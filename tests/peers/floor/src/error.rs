//! Why an instruction is refused.

use pinocchio::error::ProgramError;

pub const DATA: ProgramError = ProgramError::Custom(1);
pub const ACCOUNT: ProgramError = ProgramError::Custom(2);
pub const SIGNATURE: ProgramError = ProgramError::Custom(3);
pub const AUTHORITY: ProgramError = ProgramError::Custom(4);
pub const POINT: ProgramError = ProgramError::Custom(5);
pub const ID: ProgramError = ProgramError::Custom(6);
pub const STATE: ProgramError = ProgramError::Custom(7);
pub const DONE: ProgramError = ProgramError::Custom(8);
pub const PROOF: ProgramError = ProgramError::Custom(9);
pub const TIME: ProgramError = ProgramError::Custom(10);
pub const KEY: ProgramError = ProgramError::Custom(11);
pub const SCALAR: ProgramError = ProgramError::Custom(12);
