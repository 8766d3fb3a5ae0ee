// How jemalloc is to work for this process: the allocator looks for this name when the process begins.
// Linked into the server's binary only.
// Constant.

// A request is allocated on a gateway's thread and freed on a worker's: a background thread, of which one is enough, gives
// pages back that nobody uses for a second, so that what passivated tasks have left does not stay. Blocks from 256 KiB on,
// of large messages, have an arena of their own, which gives them back as soon as they are freed.
extern "C" {
const char* malloc_conf =
    "background_thread:true,max_background_threads:1,dirty_decay_ms:1000,muzzy_decay_ms:0,oversize_threshold:262144";
}
