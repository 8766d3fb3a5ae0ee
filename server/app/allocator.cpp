// How jemalloc is to work for this process: the allocator looks for this name when the process begins.
// Linked into the server's binary only.
// Constant.

// A request is allocated on a gateway's thread and freed on a worker's: a background thread gives pages back that nobody
// uses for a second, so that what passivated tasks have left does not stay.
extern "C" {
const char* malloc_conf = "background_thread:true,dirty_decay_ms:1000,muzzy_decay_ms:0";
}
