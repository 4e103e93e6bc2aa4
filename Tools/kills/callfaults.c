// Runs a program, and lets one of its system calls that change files fail, or the program end there.
//
// callfaults FAULT LOG FOLDER PROGRAM ARGUMENT…
//
// FAULT is `count`, `kill:N` (before the call), `torn:N` (a write is half done, any other call is done, then the end), `full:N`
// (from that call on nothing can be added: ENOSPC), `sync:N` (the N-th sync fails once: EIO). LOG gets a line for each call: its
// number, name and path. Calls count that are about files in FOLDER, and those that write to standard output, in whatever thread;
// of the latter none fails.
//
// The kernel stops the program at these calls alone, so it sees those of every library, also of a program that is linked
// statically. For Linux on x86-64. Exit status 75 where a program may not be traced.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { unavailable = 75, path_size = 4096 };
/// What a call does: writes bytes, adds a name or space, takes some away, or syncs.
enum kind { data, addition, removal, sync_file };

/// A call, and the position of its descriptor, or of its path and of the folder that it starts from; -1 for none.
struct call {
    long number;
    const char *name;
    enum kind kind;
    int file, path, folder;
};

static const struct call calls[] = {
    {SYS_write, "write", data, 0, -1, -1},
    {SYS_pwrite64, "pwrite64", data, 0, -1, -1},
    {SYS_writev, "writev", data, 0, -1, -1},
    {SYS_pwritev, "pwritev", data, 0, -1, -1},
    {SYS_pwritev2, "pwritev2", data, 0, -1, -1},
    {SYS_sendfile, "sendfile", addition, 0, -1, -1},
    {SYS_copy_file_range, "copy_file_range", addition, 2, -1, -1},
    {SYS_fsync, "fsync", sync_file, 0, -1, -1},
    {SYS_fdatasync, "fdatasync", sync_file, 0, -1, -1},
    {SYS_sync_file_range, "sync_file_range", sync_file, 0, -1, -1},
    {SYS_ftruncate, "ftruncate", addition, 0, -1, -1},
    {SYS_truncate, "truncate", addition, -1, 0, -1},
    {SYS_fallocate, "fallocate", addition, 0, -1, -1},
    {SYS_open, "open", addition, -1, 0, -1},
    {SYS_openat, "openat", addition, -1, 1, 0},
    {SYS_creat, "creat", addition, -1, 0, -1},
    {SYS_mkdir, "mkdir", addition, -1, 0, -1},
    {SYS_mkdirat, "mkdirat", addition, -1, 1, 0},
    {SYS_rename, "rename", addition, -1, 1, -1},
    {SYS_renameat, "renameat", addition, -1, 3, 2},
    {SYS_renameat2, "renameat2", addition, -1, 3, 2},
    {SYS_link, "link", addition, -1, 1, -1},
    {SYS_linkat, "linkat", addition, -1, 3, 2},
    {SYS_symlink, "symlink", addition, -1, 1, -1},
    {SYS_symlinkat, "symlinkat", addition, -1, 2, 1},
    {SYS_unlink, "unlink", removal, -1, 0, -1},
    {SYS_unlinkat, "unlinkat", removal, -1, 1, 0},
    {SYS_rmdir, "rmdir", removal, -1, 0, -1},
    {SYS_chmod, "chmod", removal, -1, 0, -1},
    {SYS_fchmod, "fchmod", removal, 0, -1, -1},
    {SYS_fchmodat, "fchmodat", removal, -1, 1, 0},
};
enum { call_count = sizeof calls / sizeof *calls };

static char fault[8];
static long chosen = 0, seen = 0, syncs = 0;
static FILE *log_file;
static const char *folder;
static pid_t program;

static void give_up(const char *what) {
    perror(what);
    exit(unavailable);
}

// MARK: The program

/// Lets the kernel stop this process at `calls`.
static void install_filter(void) {
    struct sock_filter filter[call_count + 5] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 0, call_count + 1),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
    };
    for (int i = 0; i < call_count; i++) {
        filter[3 + i] =
            (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)calls[i].number, (unsigned char)(call_count - i), 0);
    }
    filter[3 + call_count] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    filter[4 + call_count] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE);
    struct sock_fprog whole = {call_count + 5, filter};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &whole)) _exit(unavailable);
}

static void run(char **command) {
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL)) _exit(unavailable);
    raise(SIGSTOP);
    install_filter();
    execv(command[0], command);
    perror(command[0]);
    _exit(127);
}

// MARK: A call

static unsigned long long argument(const struct user_regs_struct *registers, int position) {
    switch (position) {
    case 0: return registers->rdi;
    case 1: return registers->rsi;
    case 2: return registers->rdx;
    default: return registers->r10;
    }
}

static int read_link(char *target, const char *format, pid_t thread, int number) {
    char name[64];
    snprintf(name, sizeof name, format, thread, number);
    ssize_t length = readlink(name, target, path_size - 1);
    target[length > 0 ? length : 0] = 0;
    return length > 0;
}

/// A text in the program's memory.
static int read_text(pid_t thread, unsigned long long address, char *text) {
    char name[64];
    snprintf(name, sizeof name, "/proc/%d/mem", thread);
    int memory = open(name, O_RDONLY | O_CLOEXEC);
    if (memory < 0) return 0;
    // What is behind it may not be readable: at most one page further.
    size_t size = path_size - address % path_size;
    ssize_t length = pread(memory, text, size, (off_t)address);
    if (length == (ssize_t)size && !memchr(text, 0, size) && size < path_size) {
        ssize_t more = pread(memory, text + size, path_size - size, (off_t)(address + size));
        length += more > 0 ? more : 0;
    }
    close(memory);
    return length > 0 && memchr(text, 0, (size_t)length) != NULL;
}

/// The path that a call is about; empty for what is no file.
static void find_path(const struct call *call, const struct user_regs_struct *registers, pid_t thread, char *path) {
    path[0] = 0;
    if (call->file >= 0) {
        read_link(path, "/proc/%d/fd/%d", thread, (int)argument(registers, call->file));
        return;
    }
    char given[path_size], base[path_size];
    if (!read_text(thread, argument(registers, call->path), given)) return;
    if (given[0] == '/') {
        memcpy(path, given, path_size);
        return;
    }
    int start = call->folder >= 0 ? (int)argument(registers, call->folder) : AT_FDCWD;
    if (read_link(base, start == AT_FDCWD ? "/proc/%d/cwd" : "/proc/%d/fd/%d", thread, start)
        && strlen(base) + strlen(given) + 2 < path_size) {
        strcpy(path, base);
        strcat(path, "/");
        strcat(path, given);
    }
}

/// Whether the call changes something: opening does where it makes the file, or empties it.
static int changes(const struct call *call, const struct user_regs_struct *registers, const char *path) {
    struct stat status;
    if (call->number != SYS_open && call->number != SYS_openat) return 1;
    int flags = (int)(call->number == SYS_open ? registers->rsi : registers->rdx);
    return flags & O_TRUNC || (flags & O_CREAT && lstat(path, &status) != 0);
}

static int is_in_folder(const char *path) {
    size_t length = strlen(folder);
    return strncmp(path, folder, length) == 0 && (path[length] == 0 || path[length] == '/');
}

static int takes_space(const struct call *call, const struct user_regs_struct *registers, const char *path) {
    struct stat status;
    if (call->number != SYS_ftruncate && call->number != SYS_truncate) return call->kind == data || call->kind == addition;
    return stat(path, &status) == 0 && (off_t)registers->rsi > status.st_size;
}

/// Ends the program, and the process of this thread, which may be another.
static void kill_all(pid_t thread) {
    kill(program, SIGKILL);
    kill(thread, SIGKILL);
}

static void fail(pid_t thread, struct user_regs_struct *registers, int error) {
    registers->orig_rax = (unsigned long long)-1;
    registers->rax = (unsigned long long)-error;
    ptrace(PTRACE_SETREGS, thread, NULL, registers);
}

/// What becomes of the call at which a thread has stopped.
///
/// Returns the request by which the thread goes on; -1 where it does not.
static int handle(pid_t thread) {
    struct user_regs_struct registers;
    char path[path_size];
    if (ptrace(PTRACE_GETREGS, thread, NULL, &registers)) return PTRACE_CONT;
    const struct call *call = NULL;
    for (int i = 0; i < call_count && !call; i++) {
        if (calls[i].number == (long)registers.orig_rax) call = &calls[i];
    }
    if (!call) return PTRACE_CONT;
    int is_output = call->kind == data && registers.rdi == STDOUT_FILENO;
    find_path(call, &registers, thread, path);
    if (!is_output && !(is_in_folder(path) && changes(call, &registers, path))) return PTRACE_CONT;
    fprintf(log_file, "%ld %s %s\n", ++seen, call->name, is_output ? "standard output" : path);
    fflush(log_file);
    if (call->kind == sync_file) syncs++;
    if (!strcmp(fault, "kill") && seen == chosen) {
        kill_all(thread);
        return -1;
    }
    if (!strcmp(fault, "torn") && seen == chosen) {
        if (call->kind == data) {
            // Half of the bytes, or of the parts.
            registers.rdx = (registers.rdx + (call->number != SYS_write && call->number != SYS_pwrite64)) / 2;
            ptrace(PTRACE_SETREGS, thread, NULL, &registers);
        }
        // The next stop is the call's end.
        return PTRACE_SYSCALL;
    }
    if (!strcmp(fault, "full") && seen >= chosen && !is_output && takes_space(call, &registers, path)) {
        fail(thread, &registers, ENOSPC);
    } else if (!strcmp(fault, "sync") && call->kind == sync_file && syncs == chosen) {
        fail(thread, &registers, EIO);
    }
    return PTRACE_CONT;
}

// MARK: The program's threads

static int trace(void) {
    int status, ended = unavailable << 8;
    long options = PTRACE_O_TRACESECCOMP | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC
        | PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL;
    if (waitpid(program, &status, 0) < 0 || !WIFSTOPPED(status)) give_up("tracing");
    if (ptrace(PTRACE_SETOPTIONS, program, NULL, options) || ptrace(PTRACE_CONT, program, NULL, 0)) give_up("tracing");
    for (pid_t thread; (thread = waitpid(-1, &status, __WALL)) > 0;) {
        if (!WIFSTOPPED(status)) {
            if (thread == program) ended = status;
            continue;
        }
        int signal = WSTOPSIG(status), event = status >> 16, request = PTRACE_CONT;
        if (event == PTRACE_EVENT_SECCOMP) {
            request = handle(thread);
        } else if (signal == (SIGTRAP | 0x80)) {
            kill_all(thread);
            request = -1;
        }
        // A new thread stops by SIGSTOP first.
        int passed = event || signal == SIGSTOP || signal == SIGTRAP || signal == (SIGTRAP | 0x80) ? 0 : signal;
        if (request >= 0) ptrace(request, thread, NULL, (long)passed);
    }
    return ended;
}

int main(int count, char **arguments) {
    if (count < 5 || sscanf(arguments[1], "%7[a-z]:%ld", fault, &chosen) < 1) {
        fprintf(stderr, "callfaults FAULT LOG FOLDER PROGRAM ARGUMENT…\n");
        return 64;
    }
    log_file = fopen(arguments[2], "we");
    if (!log_file) give_up(arguments[2]);
    folder = arguments[3];
    program = fork();
    if (program < 0) give_up("fork");
    if (program == 0) run(arguments + 4);
    int status = trace();
    fclose(log_file);
    if (!WIFSIGNALED(status)) return WEXITSTATUS(status);
    signal(WTERMSIG(status), SIG_DFL);
    raise(WTERMSIG(status));
    return 128 + WTERMSIG(status);
}
