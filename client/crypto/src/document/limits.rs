//! Limits for age headers, whose length is chosen by a stranger.

/// The length of the longest header that is accepted, in bytes. Generion's own headers have 200 bytes.
pub const MAX_HEADER_BYTES: usize = 16 * 1024;
/// The highest number of stanzas in a header. Generion's own headers have one.
pub const MAX_STANZAS: usize = 64;
