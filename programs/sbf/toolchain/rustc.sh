#!/bin/sh
# rustc with a sysroot of its own: this machine's host libraries beside the patched library sources. Crates are
# compiled under `/name-version` in place of their folder, so that no path of this machine gets into the program.
here=${0%/*}
exec "$here/host/bin/rustc" --sysroot "$here/sysroot" \
    ${CARGO_PKG_NAME:+"--remap-path-prefix=$CARGO_MANIFEST_DIR=/$CARGO_PKG_NAME-$CARGO_PKG_VERSION"} "$@"
