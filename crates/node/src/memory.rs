//! Memory of the process.

/// Gives memory that nothing uses back to the operating system: an import needs far more for a
/// moment than the node does afterwards, and the allocator of glibc keeps it.
pub fn give_back() {
    #[cfg(target_env = "gnu")]
    #[expect(unsafe_code, reason = "glibc offers it as a C function only")]
    // SAFETY: `malloc_trim` takes no pointer, may be called at any time and from any thread.
    unsafe {
        libc::malloc_trim(0);
    }
}
