/* Every fsync and fdatasync takes SLOW_SYNC_US microseconds longer, as on a memory card.
 *   cc -shared -fPIC -O2 -o slow_sync.so slow_sync.c -ldl;  LD_PRELOAD=./slow_sync.so SLOW_SYNC_US=5000 program */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

typedef int (*sync_call)(int);

static int slowly(const char *name, int fd)
{
    const char *more = getenv("SLOW_SYNC_US");
    sync_call real = (sync_call)dlsym(RTLD_NEXT, name);

    if (more)
        usleep((useconds_t)atol(more));
    return real(fd);
}

int fsync(int fd) { return slowly("fsync", fd); }
int fdatasync(int fd) { return slowly("fdatasync", fd); }
