use generion_rpc::duration;

/// A time that may be over already.
pub(super) fn in_words(seconds: i64) -> String {
    duration::in_words(seconds.max(0).unsigned_abs())
}

pub(super) fn too_late(seconds_left: i64, batches: usize) -> String {
    if seconds_left <= 0 {
        return format!(
            "the time to deliver was over {} ago",
            duration::in_words(seconds_left.unsigned_abs())
        );
    }
    format!(
        "{} are left to deliver, too few for {batches} transactions",
        in_words(seconds_left)
    )
}
