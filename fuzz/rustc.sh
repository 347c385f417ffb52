#!/bin/sh
# The compiler for the fuzz targets (cargo's RUSTC_WRAPPER): takes libFuzzer's instrumentation away from arithmetic, which
# takes most of the time and has no branch to be guided to, and LLVM's coverage counters from all that is not ours.
# They come in RUSTFLAGS, so that cargo builds anew when they change.
coverage=drop
guidance=keep
case ${CARGO_PKG_NAME:-} in
    generion*) coverage=keep ;;
    curve25519-dalek | ring | salsa20 | sha2 | subtle) guidance=drop ;;
esac
for argument; do
    shift
    case $coverage-$guidance-$argument in
        drop-*--Cinstrument-coverage) ;;
        *-drop--Cpasses=sancov-module | *-drop--Cllvm-args=-sanitizer-coverage-*) ;;
        *) set -- "$@" "$argument" ;;
    esac
done
exec "$@"
