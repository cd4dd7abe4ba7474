//! What glibc's allocator is told before anything else runs.
//!
//! By itself it learns from every large block that is given back to keep blocks of that size (up to 32 MiB) for later. A
//! worker that has once held a mail of 50 MB would keep a hundred megabytes for good.

/// Has blocks of a megabyte and more come from the system and go back to it. To be called before there are other threads.
pub fn give_back_large_blocks() {
    #[cfg(target_env = "gnu")]
    {
        const LARGE_BYTES_MIN: libc::c_int = 1024 * 1024;
        // SAFETY: mallopt takes plain numbers and only writes the allocator's own settings; nothing else runs yet.
        #[expect(unsafe_code, reason = "the only way to tell glibc")]
        let is_told = unsafe { libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE_BYTES_MIN) } == 1;
        debug_assert!(is_told, "glibc takes any threshold up to 32 MiB");
    }
}
