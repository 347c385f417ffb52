//! Instruction arguments: Borsh on the wire. A decoder refuses bytes that are left over.

use alloc::{string::String, vec::Vec};
use anchor_lang::wincode::{
    ReadResult, SchemaRead, SchemaWrite, TypeMeta, WriteResult,
    config::ConfigCore,
    error::{invalid_utf8_encoding, trailing_bytes},
    io::{Reader, Writer},
};
use core::mem::MaybeUninit;

use crate::{
    constants::{MAX_DELIVERY_BATCH, MAX_OPEN_DISCLOSURES},
    proof::{Capsule, disclosure::RequiredDisclosure},
};

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

/// Declares a list of items of fixed size that fills the rest of an instruction, without a length prefix.
macro_rules! items_to_the_end {
    ($(#[$attr:meta])* $name:ident of $item:ty, at most $max:ident: $idl:literal) => {
        $(#[$attr])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(pub Vec<$item>);

        // SAFETY: `read` initialises `dst` just before it returns `Ok`, and nowhere else.
        unsafe impl<'a, C: ConfigCore> SchemaRead<'a, C> for $name {
            type Dst = Self;

            #[inline(always)]
            fn read(mut reader: impl Reader<'a>, dst: &mut MaybeUninit<Self>) -> ReadResult<()> {
                // A reader does not tell how many bytes are left. Asking for the largest number of items first, and
                // copying them at once, is cheaper than reading them one by one.
                for count in (0..=$max).rev() {
                    if let Ok(bytes) = reader.take_scoped(count.wrapping_mul(size_of::<$item>())) {
                        let items = bytemuck::try_cast_slice(bytes).map_err(|_| trailing_bytes())?;
                        dst.write(Self(items.to_vec()));
                        return Ok(());
                    }
                }
                Err(trailing_bytes())
            }
        }

        // SAFETY: `size_of` returns the number of bytes that `write` writes.
        unsafe impl<C: ConfigCore> SchemaWrite<C> for $name {
            type Src = Self;
            const TYPE_META: TypeMeta = TypeMeta::Dynamic;

            fn size_of(src: &Self) -> WriteResult<usize> {
                Ok(size_of_val(src.0.as_slice()))
            }

            fn write(mut writer: impl Writer, src: &Self) -> WriteResult<()> {
                Ok(writer.write(bytemuck::cast_slice(&src.0))?)
            }
        }

        impl anchor_lang::IdlAccountType for $name {
            fn __idl_type_def() -> Option<&'static str> {
                Some(concat!(
                    r#"{"name":""#, stringify!($name), r#"","docs":[""#, $idl,
                    r#""],"type":{"kind":"struct","fields":[]}}"#
                ))
            }

            #[cfg(feature = "idl-build")]
            fn __register_idl_deps(
                accounts: &mut Vec<&'static str>,
                types: &mut Vec<&'static str>,
            ) {
                <$item as anchor_lang::IdlAccountType>::__register_idl_deps(accounts, types);
            }
        }
    };
}

items_to_the_end! {
    /// The capsules of a delivery: the rest of the instruction, without a length prefix, so that nine fit into one legacy
    /// transaction. At most [`MAX_DELIVERY_BATCH`] are read.
    Capsules of Capsule, at most MAX_DELIVERY_BATCH:
    "R' || C', 64 bytes for each record of the batch, to the end of the instruction, without a length prefix."
}

items_to_the_end! {
    /// The disclosures of a participant: the rest of the instruction, without a length prefix. At most
    /// [`MAX_OPEN_DISCLOSURES`] are read.
    Disclosures of RequiredDisclosure, at most MAX_OPEN_DISCLOSURES:
    "Position of the requirement, salt and five siblings, 193 bytes for each record and group, to the end of the instruction, without a length prefix."
}

/// The rest of an instruction, without a length prefix. At most 1,023 bytes are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rest(pub Vec<u8>);

impl Rest {
    /// Bytes of the longest rest that is read: the sum of the pieces in which it is read.
    pub const MAX_LEN: usize = 2 * Self::LARGEST_PIECE - 1;

    const LARGEST_PIECE: usize = 512;
}

// SAFETY: `read` initialises `dst` just before it returns `Ok`, and nowhere else.
unsafe impl<'a, C: ConfigCore> SchemaRead<'a, C> for Rest {
    type Dst = Self;

    #[inline(never)]
    fn read(mut reader: impl Reader<'a>, dst: &mut MaybeUninit<Self>) -> ReadResult<()> {
        // A reader does not tell how many bytes are left. Each length is a sum of different powers of two, the largest
        // first, so ten attempts find it.
        let mut rest = Vec::with_capacity(Self::MAX_LEN);
        let mut piece = Self::LARGEST_PIECE;
        while piece > 0 {
            if let Ok(bytes) = reader.take_scoped(piece) {
                rest.extend_from_slice(bytes);
            }
            piece >>= 1;
        }
        dst.write(Self(rest));
        Ok(())
    }
}

// SAFETY: `size_of` returns the number of bytes that `write` writes.
unsafe impl<C: ConfigCore> SchemaWrite<C> for Rest {
    type Src = Self;
    const TYPE_META: TypeMeta = TypeMeta::Dynamic;

    fn size_of(src: &Self) -> WriteResult<usize> {
        Ok(src.0.len())
    }

    fn write(mut writer: impl Writer, src: &Self) -> WriteResult<()> {
        Ok(writer.write(&src.0)?)
    }
}

impl anchor_lang::IdlAccountType for Rest {
    fn __idl_type_def() -> Option<&'static str> {
        Some(concat!(
            r#"{"name":"Rest","docs":["Bytes to the end of the instruction, without a length prefix."],"#,
            r#""type":{"kind":"struct","fields":[]}}"#
        ))
    }
}
