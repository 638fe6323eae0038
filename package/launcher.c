/*
 * Starts the hook of a packaged agentguard, so that nothing of the caller's environment reaches its interpreter.
 *
 *     ROOT/current               a link to the folder of the version in force, replaced in one step by an upgrade
 *     ROOT/<version>/bin/python3 -I -S ROOT/<version>/hook.py      what is started, with the streams of the caller
 *
 * It is linked statically: the dynamic loader, which LD_PRELOAD, LD_AUDIT and LD_LIBRARY_PATH speak to, has no part in
 * it, and the interpreter gets only the variables of KEPT and FIXED. Every descriptor but the streams is closed.
 *
 * It ends with 0 or 2, as the hook does. Whatever else happens (a signal, another exit code, no interpreter, no answer
 * in time) is one sentence on standard error and 2, which every client takes for "blocked"; any other code would let
 * the call run on clients that do not know `onFailure`. With the argument `observe`, which stands in managed settings
 * of a fleet that only observes, it is 0 instead: there a broken hook holds nothing up.
 *
 * While the hook runs, the folder of its version is locked (shared), and who takes old versions away asks for the lock.
 * Anybody can hold a lock on a folder that everybody can read, so not getting it stops nothing.
 *
 * Sources: execve(2), environ(7), ld.so(8), flock(2), sigwait(3), alarm(2), close_range(2), PR_SET_PDEATHSIG in prctl(2).
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef ROOT
#define ROOT "/opt/agentguard"
#endif
#ifndef REPAIR
#define REPAIR "install the package again"
#endif
#ifndef SECONDS
#define SECONDS 9 /* the hook's own watchdog denies after 8, the client gives up after 10 */
#endif

#define TRIES 8 /* so many upgrades may come in between */
#define MOST_DESCRIPTORS 65536 /* that are closed one by one, on kernels without close_range (before 5.9) */

/* What the hook reads: the client's version, and whether a person is there to answer. */
static const char *const KEPT[] = {"AI_AGENT", "CLAUDE_CODE_ENTRYPOINT", "CLAUDE_CODE_SESSION_ATTENDED"};
static const char *const FIXED[] = {"PATH=/usr/bin:/bin", "LANG=C.UTF-8", "OPENSSL_CONF=/dev/null"};
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static bool observing;

/* Say in one sentence what went wrong and what mends it, and end. */
static _Noreturn void fail(const char *what, const char *detail)
{
    dprintf(STDERR_FILENO, "agentguard: %s%s%s, so %s. Whoever manages this machine: %s\n", what, *detail ? ": " : "",
            detail, observing ? "nothing was judged" : "this is blocked", REPAIR);
    _exit(observing ? 0 : 2);
}

/* Keep the three streams and close everything else that was inherited. */
static void close_others(void)
{
#ifdef SYS_close_range
    if (syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, 0) == 0)
        return;
#endif
    long most = sysconf(_SC_OPEN_MAX);
    for (int fd = STDERR_FILENO + 1; fd < (most > 0 && most < MOST_DESCRIPTORS ? most : MOST_DESCRIPTORS); fd++)
        close(fd);
}

/* Read the name of the version in force. It is a single word: a link that leads elsewhere is not ours. */
static void read_current(char *name, size_t size)
{
    ssize_t length = readlink(ROOT "/current", name, size - 1);
    if (length <= 0)
        fail("its program is missing", strerror(errno));
    name[length] = '\0';
    if (strchr(name, '/') || name[0] == '.')
        fail("its program is damaged", name);
}

/* Find the version in force and lock its folder against being taken away; the lock goes when this process ends. */
static void choose_version(char *name, size_t size)
{
    char again[NAME_MAX + 1], folder[sizeof ROOT + NAME_MAX + 2];
    read_current(name, size);
    for (int tries = 0; tries < TRIES; tries++) {
        snprintf(folder, sizeof folder, ROOT "/%s", name);
        int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
        if (fd >= 0)
            (void)flock(fd, LOCK_SH | LOCK_NB);
        read_current(again, sizeof again);
        if (strcmp(again, name) == 0)
            return; /* what is current is never taken away, and from now on it is locked */
        if (fd >= 0)
            close(fd);
        memcpy(name, again, sizeof again);
    }
}

/* Return the environment of the interpreter: what is fixed, and what may be kept. */
static char **clean_environment(void)
{
    static char *clean[COUNT(FIXED) + COUNT(KEPT) + 1];
    static char kept[COUNT(KEPT)][256];
    size_t count = 0;
    for (size_t i = 0; i < COUNT(FIXED); i++)
        clean[count++] = (char *)(size_t)FIXED[i];
    for (size_t i = 0; i < COUNT(KEPT); i++) {
        const char *value = getenv(KEPT[i]);
        int length = value ? snprintf(kept[i], sizeof kept[i], "%s=%s", KEPT[i], value) : -1;
        if (length > 0 && (size_t)length < sizeof kept[i])
            clean[count++] = kept[i];
    }
    return clean;
}

/* Be the child: undo what was inherited about signals, end if the parent is gone, become the interpreter. */
static _Noreturn void become_hook(const char *version, pid_t parent)
{
    char python[sizeof ROOT + NAME_MAX + 16], stub[sizeof ROOT + NAME_MAX + 16];
    snprintf(python, sizeof python, ROOT "/%s/bin/python3", version);
    snprintf(stub, sizeof stub, ROOT "/%s/hook.py", version);
    char isolated[] = "-I", no_site[] = "-S";
    char *argv[] = {python, isolated, no_site, stub, NULL};
    sigset_t none;
    sigemptyset(&none);
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(2);
    execve(python, argv, clean_environment());
    int why = errno;
    char detail[sizeof python + 64];
    snprintf(detail, sizeof detail, "%s (%s)", python, strerror(why));
    fail("its Python interpreter cannot be started", detail);
}

/* Wait for the hook, hand on what tells us to end, and return its status as of waitpid(2). */
static int wait_for(pid_t hook, const sigset_t *watched)
{
    for (int number = SIGCHLD;;) {
        int status;
        pid_t ended = number == SIGCHLD ? waitpid(hook, &status, WNOHANG) : 0;
        if (ended == hook)
            return status;
        if (ended < 0)
            fail("its hook cannot be waited for", strerror(errno));
        if (number == SIGALRM) {
            kill(hook, SIGKILL);
            fail("its hook did not answer in time", "");
        }
        if (number != SIGCHLD)
            kill(hook, number);
        sigwait(watched, &number);
    }
}

int main(int argc, char **argv)
{
    observing = argc > 1 && strcmp(argv[1], "observe") == 0;
    close_others();
    umask(022);
    signal(SIGCHLD, SIG_DFL); /* ignored, a child's end could not be waited for */
    signal(SIGPIPE, SIG_IGN); /* nobody may read the sentence, and 2 is the answer all the same */
    sigset_t watched;
    sigemptyset(&watched);
    static const int WATCHED[] = {SIGCHLD, SIGALRM, SIGTERM, SIGINT, SIGHUP, SIGQUIT};
    for (size_t i = 0; i < COUNT(WATCHED); i++)
        sigaddset(&watched, WATCHED[i]);
    sigprocmask(SIG_BLOCK, &watched, NULL);

    alarm(SECONDS);

    char version[NAME_MAX + 1], detail[64];
    choose_version(version, sizeof version);
    pid_t self = getpid(), hook = fork();
    if (hook < 0)
        fail("its hook cannot be started", strerror(errno));
    if (hook == 0)
        become_hook(version, self);
    int status = wait_for(hook, &watched);
    if (WIFEXITED(status) && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 2))
        _exit(WEXITSTATUS(status));
    if (WIFSIGNALED(status))
        snprintf(detail, sizeof detail, "signal %d", WTERMSIG(status));
    else
        snprintf(detail, sizeof detail, "exit code %d", WEXITSTATUS(status));
    fail("its hook ended in an unforeseen way", detail);
}
