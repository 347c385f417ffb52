//! The bounds of an age header. Its length is a stranger's choice.

/// Bytes of the longest header that is opened. Generion's own have 200.
pub const MAX_HEADER_BYTES: usize = 16 * 1024;
/// Stanzas of a header that is opened, at most. Generion's own have one.
pub const MAX_STANZAS: usize = 64;
