//! Instruction arguments: Borsh on the wire. A decoder refuses bytes that are left over.

use alloc::{string::String, vec::Vec};
use anchor_lang::wincode::{
    ReadResult, SchemaRead, SchemaWrite, TypeMeta, WriteResult,
    config::ConfigCore,
    error::{invalid_utf8_encoding, trailing_bytes},
    io::{Reader, Writer},
};
use core::mem::MaybeUninit;

use crate::{constants::MAX_DELIVERY_BATCH, proof::Capsule};

/// Declares an argument struct whose decoder refuses bytes that are left over. Anchor's own decoder ignores them.
///
/// `Vec<u8> as &'ix [u8]` reads a field through a borrowed type: the owned one's decoder reserves as much memory as the
/// length prefix claims, and a false claim would end in a panic instead of an error.
macro_rules! instruction_args {
    (
        $(#[$attr:meta])*
        pub struct $name:ident {
            $($(#[$field_attr:meta])* pub $field:ident: $type:ty $(as $borrowed:ty)?,)*
        }
    ) => {
        $(#[$attr])*
        #[derive(Clone, Debug, PartialEq, Eq, anchor_lang::SchemaWrite, anchor_lang::IdlType)]
        pub struct $name {
            $($(#[$field_attr])* pub $field: $type,)*
        }

        // SAFETY: `read` initialises `dst` if and only if it returns `Ok`. It reads each field, with the reader of the
        // field's own type, or returns that reader's error. If bytes are left over, it drops the fields again where memory
        // is given back at all. The tests of `tests/rules/arguments.rs` run this code under Miri (docs/MUTATION.md).
        unsafe impl<'ix, C: anchor_lang::wincode::config::Config> anchor_lang::wincode::SchemaRead<'ix, C> for $name {
            type Dst = Self;

            // Reads each field into its place. Building the struct first would copy it once more, at one compute unit per
            // 4 bytes.
            #[inline(always)]
            #[allow(unused)]
            fn read(
                mut reader: impl anchor_lang::wincode::io::Reader<'ix>,
                dst: &mut core::mem::MaybeUninit<Self>,
            ) -> anchor_lang::wincode::ReadResult<()> {
                let args = dst.as_mut_ptr();
                $(
                    // SAFETY: `args` points to `dst`, so the field is in bounds and aligned, and nothing else refers to
                    // it, since `dst` is borrowed mutably. `&raw mut` makes no reference to the field, which is not
                    // initialised yet, and a `MaybeUninit` of its type has its layout and accepts any bytes.
                    let field = unsafe {
                        &mut *(&raw mut (*args).$field).cast::<core::mem::MaybeUninit<$type>>()
                    };
                    $crate::args::instruction_args!(@read reader, field, $type $(, $borrowed)?);
                )*
                let end = $crate::args::require_end(reader);
                // The program frees no memory. Elsewhere the caller forgets a `dst` that it believes uninitialised.
                #[cfg(not(target_os = "solana"))]
                if end.is_err() {
                    // SAFETY: the fields above are initialised, and they are all.
                    unsafe { dst.assume_init_drop() };
                }
                end
            }
        }
    };
    (@read $reader:ident, $field:ident, $type:ty) => {
        <$type as anchor_lang::wincode::SchemaRead<'ix, C>>::read($reader.by_ref(), $field)?
    };
    (@read $reader:ident, $field:ident, $type:ty, $borrowed:ty) => {
        core::mem::MaybeUninit::<$type>::write(
            $field,
            <$type as $crate::args::FromBytes>::from_bytes(
                <$borrowed as anchor_lang::wincode::SchemaRead<'ix, C>>::get($reader.by_ref())?,
            )?,
        )
    };
}
pub(crate) use instruction_args;

/// A type that is read through a borrowed slice of bytes.
pub(crate) trait FromBytes: Sized {
    fn from_bytes(bytes: &[u8]) -> ReadResult<Self>;
}

impl FromBytes for Vec<u8> {
    #[inline(always)]
    fn from_bytes(bytes: &[u8]) -> ReadResult<Self> {
        Ok(bytes.to_vec())
    }
}

impl FromBytes for String {
    /// Checks the copy and not the borrowed bytes: the copy is aligned, so the check reads words instead of bytes.
    #[inline(always)]
    fn from_bytes(bytes: &[u8]) -> ReadResult<Self> {
        Self::from_utf8(bytes.to_vec()).map_err(|error| invalid_utf8_encoding(error.utf8_error()))
    }
}

/// Refuses bytes that are left over after the last argument.
#[inline(always)]
pub(crate) fn require_end<'a>(mut reader: impl Reader<'a>) -> ReadResult<()> {
    if reader.take_byte().is_ok() {
        Err(trailing_bytes())
    } else {
        Ok(())
    }
}

instruction_args! {
    /// Arguments of an instruction that takes none.
    pub struct NoArgs {}
}

/// The capsules of a delivery: the rest of the instruction, without a length prefix, so that nine fit into one legacy
/// transaction. At most [`MAX_DELIVERY_BATCH`] are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capsules(pub Vec<Capsule>);

// SAFETY: `read` initialises `dst` just before it returns `Ok`, and nowhere else.
unsafe impl<'a, C: ConfigCore> SchemaRead<'a, C> for Capsules {
    type Dst = Self;

    #[inline(always)]
    fn read(mut reader: impl Reader<'a>, dst: &mut MaybeUninit<Self>) -> ReadResult<()> {
        // A reader does not tell how many bytes are left. Asking for the largest number of capsules first, and copying
        // them at once, is cheaper than reading them one by one.
        for count in (0..=MAX_DELIVERY_BATCH).rev() {
            if let Ok(bytes) = reader.take_scoped(count.wrapping_mul(Capsule::LEN)) {
                let capsules = bytemuck::try_cast_slice(bytes).map_err(|_| trailing_bytes())?;
                dst.write(Self(capsules.to_vec()));
                return Ok(());
            }
        }
        Err(trailing_bytes())
    }
}

// SAFETY: `size_of` returns the number of bytes that `write` writes.
unsafe impl<C: ConfigCore> SchemaWrite<C> for Capsules {
    type Src = Self;
    const TYPE_META: TypeMeta = TypeMeta::Dynamic;

    fn size_of(src: &Self) -> WriteResult<usize> {
        Ok(size_of_val(src.0.as_slice()))
    }

    fn write(mut writer: impl Writer, src: &Self) -> WriteResult<()> {
        Ok(writer.write(bytemuck::cast_slice(&src.0))?)
    }
}

impl anchor_lang::IdlAccountType for Capsules {
    fn __idl_type_def() -> Option<&'static str> {
        Some(concat!(
            r#"{"name":"Capsules","docs":["R' || C', 64 bytes for each record of the batch, to the end of the "#,
            r#"instruction, without a length prefix."],"type":{"kind":"struct","fields":[]}}"#
        ))
    }
}
