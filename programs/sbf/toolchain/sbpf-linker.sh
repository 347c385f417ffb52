#!/bin/sh
# sbpf-linker under the loader and C library that its libLLVM was built for, which the machine's own may be older than.
here=${0%/*}
lib=$here/debian/usr/lib/x86_64-linux-gnu
LD_LIBRARY_PATH=$here/llvm exec "$lib/ld-linux-x86-64.so.2" --library-path "$lib" "$here/linker/bin/sbpf-linker" "$@"
