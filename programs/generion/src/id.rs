//! The program id: a build input with a committed default.

/// The base58 program id that this build is for: the build's `GENERION_PROGRAM_ID`, or `program-id.txt` without it.
pub const PROGRAM_ID: &str = match option_env!("GENERION_PROGRAM_ID") {
    Some(id) => id,
    None => include_str!("../program-id.txt").trim_ascii(),
};

anchor_lang::declare_id!(PROGRAM_ID);
