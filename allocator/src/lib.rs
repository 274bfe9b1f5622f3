//! Has the system's allocator give large blocks of memory back when they are freed.
//!
//! glibc raises the size from which a block is given back whenever a larger one is freed, up to
//! 32 MiB. Each thread that has held a picture then keeps the room of it, and a few references take
//! some hundred mebibytes for good. A size that is set stays as it is.

/// Blocks of so many bytes are the system's again once they are freed.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const LARGE_BYTES: libc::c_int = 1024 * 1024;

/// Sets from which size on a block is given back. Call it before there are other threads. Does
/// nothing where the system's allocator is not glibc's.
pub fn give_back_large_blocks() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[expect(unsafe_code, reason = "there is no other way to tell glibc")]
    // SAFETY: it is given two numbers, and sets one of glibc's own under glibc's own lock.
    unsafe {
        // A refusal leaves everything as it was.
        libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE_BYTES);
    }
}
