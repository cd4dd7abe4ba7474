//! What glibc's allocator is told before anything else runs.
//!
//! By itself it learns from every large block that is given back to keep blocks of that size (up to 32 MiB) for later. A
//! worker that has once held a mail of 50 MB would keep a hundred megabytes for good.

/// Blocks from this size on come from the system and go back to it.
const LARGE_BYTES_MIN: i32 = 1024 * 1024;

/// Has large blocks given back to the system at once. To be called before there are other threads.
pub fn give_back_large_blocks() {
    #[cfg(target_env = "gnu")]
    {
        #[expect(unsafe_code, reason = "the only way to tell glibc; nothing else runs yet")]
        // SAFETY: mallopt takes plain numbers and only writes the allocator's own settings.
        let told = unsafe { libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE_BYTES_MIN) };
        debug_assert_eq!(told, 1, "glibc takes any threshold up to 32 MiB");
    }
}
