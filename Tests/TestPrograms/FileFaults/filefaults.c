// Preloaded into a program, it lets one of the program's calls that change files fail, or the program end there.
//
// FILE_FAULT is `count`, `kill:N` (before the call), `torn:N` (a write is half done, any other call is done, then the end),
// `full:N` (from that call on nothing can be added: ENOSPC), `sync:N` (the N-th sync fails once: EIO).
// FILE_FAULT_LOG is a file that gets a line for each call: its number, name and path.
// Only calls on regular files and folders count, in whatever thread.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum mode { count, kill_before, torn, full, failing_sync };
/// What a call does: writes bytes, adds a name or space, takes some away, or syncs.
enum kind { data, addition, removal, sync_file };

static enum mode mode = count;
static long chosen = 0;
static int log_file = -1;
static atomic_long calls = 0;
static atomic_long syncs = 0;

__attribute__((constructor)) static void begin(void) {
    const char *fault = getenv("FILE_FAULT");
    if (!fault) return;
    static const struct { const char *name; enum mode mode; } modes[] = {
        {"kill:", kill_before}, {"torn:", torn}, {"full:", full}, {"sync:", failing_sync},
    };
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        size_t length = strlen(modes[i].name);
        if (strncmp(fault, modes[i].name, length)) continue;
        mode = modes[i].mode;
        chosen = strtol(fault + length, NULL, 10);
    }
    const char *path = getenv("FILE_FAULT_LOG");
    if (path) log_file = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static void end(void) {
    syscall(SYS_kill, getpid(), SIGKILL);
    for (;;) pause();
}

static int counts(int file) {
    struct stat status;
    int before = errno;
    int answer = syscall(SYS_fstat, file, &status) == 0 && (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode));
    errno = before;
    return answer;
}

static void note(long number, const char *call, int file, const char *path) {
    if (log_file < 0) return;
    int before = errno;
    char link[64], target[1024] = "", line[1200];
    if (!path) {
        snprintf(link, sizeof link, "/proc/self/fd/%d", file);
        long length = syscall(SYS_readlinkat, AT_FDCWD, link, target, sizeof target - 1);
        if (length > 0) target[length] = 0;
        path = target;
    }
    int length = snprintf(line, sizeof line, "%ld %s %s\n", number, call, path);
    syscall(SYS_write, log_file, line, length);
    errno = before;
}

enum answer { go_on, half, done_then_end, fails };

/// What becomes of a call; errno is set where it fails.
static enum answer before_call(const char *call, enum kind kind, int file, const char *path) {
    long number = atomic_fetch_add(&calls, 1) + 1;
    note(number, call, file, path);
    switch (mode) {
    case count: return go_on;
    case kill_before:
        if (number == chosen) end();
        return go_on;
    case torn: return number != chosen ? go_on : kind == data ? half : done_then_end;
    case full:
        if (number < chosen || kind == removal || kind == sync_file) return go_on;
        errno = ENOSPC;
        return fails;
    case failing_sync:
        if (kind != sync_file || atomic_fetch_add(&syncs, 1) + 1 != chosen) return go_on;
        errno = EIO;
        return fails;
    }
    return go_on;
}

static long ended(enum answer answer, long result) {
    if (answer != go_on) end();
    return result;
}

// MARK: What a file contains

ssize_t write(int file, const void *bytes, size_t n) {
    if (!counts(file)) return syscall(SYS_write, file, bytes, n);
    enum answer answer = before_call("write", data, file, NULL);
    if (answer == fails) return -1;
    return ended(answer, syscall(SYS_write, file, bytes, answer == half ? n / 2 : n));
}

static ssize_t write_at(int file, const void *bytes, size_t n, off_t offset) {
    if (!counts(file)) return syscall(SYS_pwrite64, file, bytes, n, offset);
    enum answer answer = before_call("pwrite", data, file, NULL);
    if (answer == fails) return -1;
    return ended(answer, syscall(SYS_pwrite64, file, bytes, answer == half ? n / 2 : n, offset));
}
ssize_t pwrite(int file, const void *bytes, size_t n, off_t offset) { return write_at(file, bytes, n, offset); }
ssize_t pwrite64(int file, const void *bytes, size_t n, off_t offset) { return write_at(file, bytes, n, offset); }

ssize_t writev(int file, const struct iovec *parts, int n) {
    if (!counts(file)) return syscall(SYS_writev, file, parts, n);
    enum answer answer = before_call("writev", data, file, NULL);
    if (answer == fails) return -1;
    return ended(answer, syscall(SYS_writev, file, parts, answer == half ? (n + 1) / 2 : n));
}

static int resize(int file, off_t length) {
    struct stat status;
    int shrinks = syscall(SYS_fstat, file, &status) == 0 && length <= status.st_size;
    enum answer answer = before_call("ftruncate", shrinks ? removal : addition, file, NULL);
    if (answer == fails) return -1;
    return ended(answer, syscall(SYS_ftruncate, file, length));
}
int ftruncate(int file, off_t length) { return resize(file, length); }
int ftruncate64(int file, off_t length) { return resize(file, length); }

static int allocate(int file, off_t offset, off_t length) {
    enum answer answer = before_call("fallocate", addition, file, NULL);
    if (answer == fails) return -1;
    return ended(answer, syscall(SYS_fallocate, file, 0, offset, length));
}
int posix_fallocate(int file, off_t offset, off_t length) { return allocate(file, offset, length) == 0 ? 0 : errno; }
int posix_fallocate64(int file, off_t offset, off_t length) { return allocate(file, offset, length) == 0 ? 0 : errno; }

int fsync(int file) {
    enum answer answer = before_call("fsync", sync_file, file, NULL);
    if (answer == fails) return -1;
    return ended(answer, syscall(SYS_fsync, file));
}

int fdatasync(int file) {
    enum answer answer = before_call("fdatasync", sync_file, file, NULL);
    if (answer == fails) return -1;
    return ended(answer, syscall(SYS_fdatasync, file));
}

// MARK: Names

static int open_file(int folder, const char *path, int flags, mode_t given) {
    struct stat status;
    int before = errno;
    int makes = (flags & O_CREAT) && syscall(SYS_newfstatat, folder, path, &status, AT_SYMLINK_NOFOLLOW) != 0;
    errno = before;
    if (!makes) return syscall(SYS_openat, folder, path, flags, given);
    enum answer answer = before_call("open", addition, -1, path);
    if (answer == fails) return -1;
    return ended(answer, syscall(SYS_openat, folder, path, flags, given));
}

static mode_t permissions(int flags, va_list rest) { return flags & O_CREAT ? va_arg(rest, mode_t) : 0; }

#define OPEN(FOLDER)                                                                                                   \
    {                                                                                                                  \
        va_list rest;                                                                                                  \
        va_start(rest, flags);                                                                                         \
        mode_t given = permissions(flags, rest);                                                                       \
        va_end(rest);                                                                                                  \
        return open_file(FOLDER, path, flags, given);                                                                  \
    }
int open(const char *path, int flags, ...) OPEN(AT_FDCWD)
int open64(const char *path, int flags, ...) OPEN(AT_FDCWD)
int openat(int folder, const char *path, int flags, ...) OPEN(folder)
int openat64(int folder, const char *path, int flags, ...) OPEN(folder)

int mkdir(const char *path, mode_t given) {
    enum answer answer = before_call("mkdir", addition, -1, path);
    if (answer == fails) return -1;
    return ended(answer, syscall(SYS_mkdirat, AT_FDCWD, path, given));
}

int rename(const char *from, const char *to) {
    enum answer answer = before_call("rename", addition, -1, to);
    if (answer == fails) return -1;
    return ended(answer, syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}

int link(const char *from, const char *to) {
    enum answer answer = before_call("link", addition, -1, to);
    if (answer == fails) return -1;
    return ended(answer, syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0));
}

int unlink(const char *path) {
    return ended(before_call("unlink", removal, -1, path), syscall(SYS_unlinkat, AT_FDCWD, path, 0));
}
